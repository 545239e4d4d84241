"""What is typed or pressed on the contact page? Each form has a name, under which a refusal finds its place on the page again."""

from datetime import datetime
from typing import Any

from django import forms

from standfast.foundation.kernel.choices import Answer, Choice
from standfast.foundation.kernel.days import from_wall_clock
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.assessment.rules.thrive import Limb
from standfast.journey.assessment.states import Refused
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import Ending
from standfast.journey.triage.queries import Matter
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.promise import Promise, Slot
from standfast.journey.triage.rules.route import Route

# How a person may end a contact by hand; the other endings follow from what became of it.
ENDINGS = (Ending.ADVICE_GIVEN, Ending.BROKEN_OFF, Ending.DUPLICATE, Ending.TEST)
CHANNELS_TAKEN = (Channel.CALL_999, Channel.CALL_101, Channel.COUNTER, Channel.OFFICER)


def one_of(kind: type[Choice], **also: Any) -> forms.TypedChoiceField:
    """Return a field that takes one code of a closed list."""
    return forms.TypedChoiceField(choices=kind.pairs(), coerce=kind, **also)


class Said(forms.Form):
    """A form that knows its name on the page."""

    name = "form"


class Part(Choice):
    """The parts of the page in which facts are typed."""

    WORDS = "words", "What is happening"
    CALLER = "caller", "Who is getting in touch"
    PLACE = "place", "Place"


class FillForm(Said):
    """Facts of a contact; only those that were sent are saved. The page sends them in three parts: words, caller, place."""

    part = one_of(Part)
    words = forms.CharField(required=False, max_length=50_000, strip=False)
    kind = forms.CharField(required=False, max_length=120)
    caller_name = forms.CharField(required=False, max_length=200)
    caller_phone = forms.CharField(required=False, max_length=60)
    caller_relation = forms.CharField(required=False, max_length=80)
    caller_born_on = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %m %Y"],
        error_messages={"invalid": "Write the birth date as day, month, year, such as 27/03/1961."},
    )
    safe_to_call = forms.TypedChoiceField(required=False, choices=Answer.pairs(), coerce=Answer)
    place_text = forms.CharField(required=False, max_length=400)
    chosen_place = forms.CharField(required=False, max_length=460)

    @property
    def name(self) -> str:  # type: ignore[override]
        """Each part is a form of its own."""
        return f"fill-{self.data.get('part', '')}"

    def values(self) -> dict[str, Any]:
        """Return the facts that were sent, by their stored names; a chosen place brings its point."""
        facts = self.cleaned_data.keys() & self.data.keys() - {"chosen_place", "part"}
        given = {name: self.cleaned_data[name] for name in facts}
        if "words" in given:
            # A browser sends line ends as two characters; one is stored, so that saving twice is no change.
            given["words"] = given["words"].replace("\r\n", "\n")
        if self.cleaned_data.get("chosen_place"):
            lat, lon, text = self.cleaned_data["chosen_place"].split("|", 2)
            given |= {"lat": float(lat), "lon": float(lon), "place_text": text}
        return given

    def clean_chosen_place(self) -> str:
        """Refuse a place that is not one of those offered."""
        chosen = str(self.cleaned_data["chosen_place"])
        try:
            if chosen:
                lat, lon, _ = chosen.split("|", 2)
                float(lat), float(lon)
        except ValueError:
            raise forms.ValidationError("Choose one of the places that are offered.") from None
        return chosen


class StartForm(Said):
    """By which way somebody is getting in touch."""

    name = "start"
    channel = forms.TypedChoiceField(
        choices=[(channel.value, channel.label) for channel in CHANNELS_TAKEN],
        coerce=Channel,
        error_messages={"required": "Say by which way they are getting in touch."},
    )


class LinkForm(Said):
    """Who the caller is; empty when nobody."""

    name = "link"
    person = forms.CharField(required=False, max_length=20)
    level = forms.CharField(required=False, max_length=20)


class NoteForm(Said):
    """A line for the log."""

    name = "note"
    text = forms.CharField(max_length=4000, error_messages={"required": "Write the line you want to add."})


class AnswerForm(Said):
    """An answer to a question of the grade table."""

    name = "ask"
    question = forms.CharField(max_length=40)
    answer = one_of(Answer)


class LimbForm(Said):
    """The rationale of one limb of THRIVE."""

    limb = one_of(Limb)
    text = forms.CharField(max_length=4000, required=False)
    level = one_of(Risk, error_messages={"required": "Choose a level for this limb."})

    @property
    def name(self) -> str:  # type: ignore[override]
        """Each limb is a form of its own."""
        return f"limb-{self.data.get('limb', '')}"


class StrandForm(Said):
    """A vulnerability somebody saw."""

    name = "flag"
    strand = one_of(Strand, error_messages={"required": "Choose the vulnerability you saw."})


class DismissForm(Said):
    """Why a suggested vulnerability is none."""

    strand = one_of(Strand)
    reason = forms.CharField(max_length=400, required=False)

    @property
    def name(self) -> str:  # type: ignore[override]
        """Each flag has a form of its own."""
        return f"flag-{self.data.get('strand', '')}"


class CompleteForm(Said):
    """The level an officer judges, and why."""

    name = "complete"
    level = one_of(Risk, error_messages={"required": "Choose the level you judge."})
    judgement = forms.CharField(max_length=4000, required=False)


class RefuseForm(Said):
    """Why somebody did not answer, and what was offered instead."""

    name = "refuse"
    why = one_of(Refused, error_messages={"required": "Choose why it was not answered."})
    words = forms.CharField(max_length=400, required=False)


class FollowUpForm(Said):
    """What came of what had to follow."""

    name = "follow-up"
    said = forms.CharField(max_length=400, required=False)


class SettleForm(Said):
    """Whether a vulnerability in doubt stands, and why."""

    doubt = forms.CharField(max_length=20)
    verdict = forms.ChoiceField(choices=[("yes", "It stands"), ("no", "It does not apply")])
    because = forms.CharField(max_length=400, required=False)

    @property
    def name(self) -> str:  # type: ignore[override]
        """Each doubt is settled by a form of its own."""
        return f"settle-{self.data.get('doubt', '')}"


class AdviceForm(Said):
    """Which advice was read out."""

    name = "advice"
    advice = forms.CharField(max_length=40)


class ConfirmForm(Said):
    """Nothing but the press of a button."""

    name = "confirm"


class ClaimForm(Said):
    """Nothing but the press of a button."""

    name = "claim"


class RaiseForm(Said):
    """A more urgent grade, and why."""

    name = "raise"
    grade = one_of(ResponseGrade)
    reason = forms.CharField(max_length=400, required=False)


class LowerForm(RaiseForm):
    """A less urgent grade, and why."""

    name = "lower"


class ReasonForm(Said):
    """Why something is done."""

    name = "reason"
    reason = forms.CharField(max_length=400, required=False)


class ReviewForm(ReasonForm):
    """What a review of the risk found."""

    name = "review"


class TakeOverForm(ReasonForm):
    """Why a contact is taken over."""

    name = "take-over"


class ReopenForm(ReasonForm):
    """Why a contact is opened again."""

    name = "reopen"


class HandBackForm(Said):
    """Where the contact stands, for whoever takes it next."""

    name = "hand-back"
    summary = forms.CharField(max_length=2000, required=False)


class CloseForm(Said):
    """How a contact ends, and why."""

    name = "close"
    ending = forms.TypedChoiceField(
        choices=[(ending.value, ending.label) for ending in ENDINGS],
        coerce=Ending,
        error_messages={"required": "Choose how the contact ends."},
    )
    reason = forms.CharField(max_length=400, required=False)


class ToldForm(Said):
    """What the caller was told: what happens next, by whom, when."""

    name = "told"
    told_what = forms.CharField(max_length=400, required=False)
    told_by_whom = forms.CharField(max_length=120, required=False)
    told_when = forms.CharField(max_length=120, required=False)

    def promise(self) -> Promise:
        """Return what was told."""
        given = self.cleaned_data
        return Promise(what=given["told_what"], by_whom=given["told_by_whom"], when=given["told_when"])


class RouteForm(ToldForm):
    """What the officer brings to a route."""

    name = "route"
    need = one_of(Need, required=False, empty_value=Need.NONE)
    fraud_call = one_of(Answer, required=False, empty_value=Answer.NOT_KNOWN)
    slot_from = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"])
    slot_until = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"])

    def matter(self) -> Matter:
        """Return what the officer said of the matter."""
        return Matter(need=self.cleaned_data["need"], fraud_call=self.cleaned_data["fraud_call"])

    def slot(self) -> Slot | None:
        """
        Return the time agreed for an appointment, or None.

        :raises UnclearTime: if a time does not exist, or happens twice, on a clock-change night
        """
        first, last = self.cleaned_data["slot_from"], self.cleaned_data["slot_until"]
        return Slot(starts_at=_london(first), ends_at=_london(last)) if first and last else None


class ChooseRouteForm(RouteForm):
    """Another route than the rule's, and why."""

    name = "choose-route"
    route = one_of(Route, error_messages={"required": "Choose the route."})
    reason = forms.CharField(max_length=400, required=False)


def _london(typed: datetime) -> datetime:
    # Django reads a time without a zone as London's and guesses on the clock-change nights; our own rule asks instead.
    return from_wall_clock(typed.replace(tzinfo=None))

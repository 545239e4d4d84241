"""What is typed or pressed on the chat desk? Each form has a name, under which a refusal finds its place on the page again."""

from django import forms

from standfast.faces.web.contact.forms import Said, one_of
from standfast.journey.chat.rules.fact_kind import FactKind
from standfast.journey.chat.states import AbandonedDecision, TranscriptWay

LONGEST = 4_000


class PressForm(Said):
    """Nothing but the press of a button."""

    name = "press"


class ReplyForm(Said):
    """A line to the visitor: the id was made by the page before the first try, `after` is the last line that was on screen."""

    name = "reply"
    id = forms.RegexField(r"^[0-9A-Za-z_-]{8,64}$")
    after = forms.RegexField(r"^\d{1,15}(\.\d{1,15})?$")
    text = forms.CharField(max_length=LONGEST, strip=False, error_messages={"required": "Write something first."})
    canned = forms.CharField(max_length=20, required=False)

    @property
    def seen(self) -> int:
        """Return the place of the last line that was on screen."""
        return int(str(self.cleaned_data["after"]).partition(".")[0])


class NoteForm(Said):
    """A line among staff."""

    name = "private"
    text = forms.CharField(max_length=LONGEST, error_messages={"required": "Write the note first."})


class WhisperForm(NoteForm):
    """A supervisor's line to whoever has the chat."""

    name = "whisper"


class SeenForm(Said):
    """Up to which line somebody has seen."""

    name = "seen"
    seq = forms.IntegerField(min_value=0)


class OfferForm(Said):
    """To whom a chat is offered, and where it stands."""

    name = "offer"
    to = forms.CharField(max_length=150, error_messages={"required": "Choose a colleague."})
    summary = forms.CharField(max_length=400, required=False)


class SummaryForm(Said):
    """Where a chat stands, for whoever takes it next."""

    name = "hand-back-chat"
    summary = forms.CharField(max_length=400, required=False)


class HandOverForm(SummaryForm):
    """Where one's chats stand, at the end of a shift."""

    name = "hand-over"


class WhyForm(Said):
    """Why something is done."""

    name = "why"
    reason = forms.CharField(max_length=400, required=False)


class RefuseForm(WhyForm):
    """Why an offer is refused."""

    name = "refuse-chat"


class TakeOverForm(WhyForm):
    """Why a chat is taken over."""

    name = "take-over-chat"


class CloseForm(WhyForm):
    """Why a chat ends, and the last line that was on screen."""

    name = "close-chat"
    after = forms.RegexField(r"^\d{1,15}(\.\d{1,15})?$")

    @property
    def seen(self) -> int:
        """Return the place of the last line that was on screen."""
        return int(str(self.cleaned_data["after"]).partition(".")[0])


class DecideForm(WhyForm):
    """What follows from a chat that broke off, and why."""

    name = "decide"
    decision = one_of(AbandonedDecision, error_messages={"required": "Choose what follows."})


class RevealForm(WhyForm):
    """Which masked line is needed whole, and why."""

    seq = forms.IntegerField(min_value=1)

    @property
    def name(self) -> str:  # type: ignore[override]
        """Each line has a form of its own."""
        return f"reveal-{self.data.get('seq', '')}"


class FactForm(Said):
    """Words of a line, and what they say."""

    name = "fact"
    seq = forms.IntegerField(min_value=1)
    words = forms.CharField(max_length=LONGEST, error_messages={"required": "Select the words first."})
    kind = one_of(FactKind, error_messages={"required": "Choose what the words say."})


class DropForm(Said):
    """A fact taken wrongly."""

    name = "drop"
    fact = forms.IntegerField(min_value=1)


class TapsForm(Said):
    """Whether the visitor can only tap."""

    name = "taps"
    only = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])


class PhoneForm(CloseForm):
    """What was agreed on going on by telephone."""

    name = "phone"


class TranscriptForm(Said):
    """By which way the words go to whoever wrote them, and in which line they agreed to it."""

    name = "transcript"
    way = one_of(TranscriptWay, error_messages={"required": "Choose the way they agreed to."})
    seq = forms.IntegerField(min_value=1, error_messages={"required": "Name the line in which they agreed to it."})

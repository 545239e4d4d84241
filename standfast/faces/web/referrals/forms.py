"""What is typed about a referral?"""

from collections.abc import Sequence
from typing import Any

from django import forms

from standfast.foundation.kernel.choices import Answer, Choice
from standfast.journey.triage.operations import NewReferral, ThresholdAnswers
from standfast.journey.triage.rules.lawful_basis import LawfulBasis, SharedField
from standfast.journey.triage.rules.police_threshold import ASKED, QUESTIONS, ThresholdFacts
from standfast.journey.triage.rules.promise import Promise

CONSENT = [
    (Answer.YES.value, "Yes, they agree"),
    (Answer.NO.value, "No, they do not agree"),
    (Answer.NOT_KNOWN.value, "They could not be asked"),
]
CHOOSE = {"required": "Choose one."}
WRITE = {"required": "Write it down."}


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="Reason", max_length=400, error_messages={"required": "Say why."})


class Heard(Choice):
    """What an agency said on the phone."""

    ACCEPTS = "accepts", "It takes this on"
    DECLINES = "declines", "It does not take this, or gives it back"
    COMPLETED = "completed", "It has dealt with this"


class ByPhoneForm(forms.Form):
    """What an agency said on the phone, and who said it."""

    spoken_to = forms.CharField(label="Who you spoke to", max_length=120, error_messages=WRITE)
    heard = forms.ChoiceField(label="What they said", error_messages=CHOOSE)
    words = forms.CharField(label="Why not, or what came of it", max_length=400, required=False)

    def __init__(self, *given: Any, heard: Sequence[Heard], **also: Any) -> None:
        super().__init__(*given, **also)
        self.fields["heard"].choices = [(each.value, each.label) for each in heard]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the words that a refusal and a result need."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("heard") == Heard.DECLINES and not given.get("words"):
            self.add_error("words", "Say why the agency does not take this.")
        if given.get("heard") == Heard.COMPLETED and not given.get("words"):
            self.add_error("words", "Say what came of it.")
        return given


class ToldForm(forms.Form):
    """What the caller was told."""

    told_what = forms.CharField(label="What happens next", max_length=300, error_messages=WRITE)
    told_by_whom = forms.CharField(label="Who does it", max_length=200, error_messages=WRITE)
    told_when = forms.CharField(label="By when", max_length=200, error_messages=WRITE)

    def promise(self) -> Promise:
        """Return what the caller was told."""
        given = self.cleaned_data
        return Promise(what=given["told_what"], by_whom=given["told_by_whom"], when=given["told_when"])


class ReferForm(ToldForm):
    """A referral to be sent: to whom, why, which fields, on what basis."""

    partner = forms.ChoiceField(label="Agency", error_messages={"required": "Choose an agency."})
    summary = forms.CharField(label="What is asked of them, and why", max_length=4000, error_messages=WRITE)
    fields_shared = forms.MultipleChoiceField(
        label="What they may see of this contact",
        choices=SharedField.pairs(),
        error_messages={"required": "Choose at least one: they see nothing else."},
    )
    consent = forms.ChoiceField(label="Does the person agree to this?", choices=CONSENT, error_messages=CHOOSE)
    override_reason = forms.CharField(label="Why it is shared without their agreement", max_length=400, required=False)
    lawful_basis = forms.ChoiceField(
        label="Lawful basis", choices=[("", "Choose one"), *LawfulBasis.pairs()], error_messages=CHOOSE
    )

    def __init__(self, *given: Any, partners: Sequence[str], **also: Any) -> None:
        super().__init__(*given, **also)
        self.fields["partner"].choices = [(each, each) for each in partners]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason that sharing without agreement needs."""
        given: dict[str, Any] = super().clean() or {}
        consent = given.get("consent")
        if consent and consent != Answer.YES and not given.get("override_reason"):
            self.add_error("override_reason", "Without their agreement, say why it is shared all the same.")
        return given

    def new_referral(self) -> NewReferral:
        """Return the referral as the operation takes it."""
        given = self.cleaned_data
        return NewReferral(
            partner=given["partner"],
            summary=given["summary"],
            fields=[SharedField(each) for each in given["fields_shared"]],
            consent=Answer(given["consent"]),
            override_reason=given["override_reason"],
            lawful_basis=LawfulBasis(given["lawful_basis"]),
            told=self.promise(),
        )


class ThresholdForm(forms.Form):
    """The five questions of the threshold test, each with the facts relied on."""

    def __init__(self, *given: Any, **also: Any) -> None:
        super().__init__(*given, **also)
        for name in QUESTIONS:
            self.fields[name] = forms.ChoiceField(
                label=ASKED[name], choices=Answer.pairs(), error_messages={"required": "Answer yes, no or not known."}
            )
            self.fields[f"{name}_fact"] = forms.CharField(label="Facts relied on", max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for the facts that an answer of yes or no rests on."""
        given: dict[str, Any] = super().clean() or {}
        for name in QUESTIONS:
            if given.get(name) in {Answer.YES, Answer.NO} and not given.get(f"{name}_fact"):
                self.add_error(f"{name}_fact", "Say which facts this answer rests on.")
        return given

    def answers(self) -> ThresholdAnswers:
        """Return the answers as the operation takes them."""
        given = self.cleaned_data
        facts = ThresholdFacts(**{name: Answer(given[name]) for name in QUESTIONS})
        return ThresholdAnswers(facts=facts, relied_on={name: given[f"{name}_fact"] for name in QUESTIONS})

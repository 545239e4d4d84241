"""What is typed where the intake is looked after?"""

from django import forms

from standfast.foundation.intake.operations import NewSource
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel.choices import Choice

WHY = {"required": "Say why."}


class Meant(Choice):
    """Which of two submissions under one key was meant."""

    FIRST = "first", "The first version stands"
    OTHER = "other", "The other version was meant"
    BOTH = "both", "They are two matters"
    NEITHER = "neither", "Neither can be relied on"


class ConflictForm(forms.Form):
    """What a person made of two submissions under one key."""

    meant = forms.ChoiceField(label="What was meant", choices=Meant.pairs(), error_messages={"required": "Choose one."})
    reason = forms.CharField(label="How you know, and what you did about it", max_length=350, error_messages=WHY)

    def resolution(self) -> str:
        """Return the decision as it is kept."""
        return f"{Meant(self.cleaned_data['meant']).label}: {self.cleaned_data['reason']}"


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="Reason", max_length=400, error_messages=WHY)


class SourceForm(forms.Form):
    """A sender to be registered."""

    code = forms.SlugField(
        label="Code",
        max_length=60,
        error_messages={"required": "Give it a code.", "invalid": "Use letters, digits, dashes and underscores."},
    )
    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Give it a name."})
    channels = forms.MultipleChoiceField(
        label="May send", choices=IntakeChannel.pairs(), error_messages={"required": "Choose at least one channel."}
    )
    rate_per_minute = forms.IntegerField(
        label="Contacts a minute",
        min_value=1,
        max_value=100_000,
        initial=600,
        error_messages={"required": "Say how many."},
    )

    def new_source(self) -> NewSource:
        """Return the sender as the operation takes it."""
        given = self.cleaned_data
        return NewSource(
            code=given["code"],
            name=given["name"],
            channels=[IntakeChannel(each) for each in given["channels"]],
            rate_per_minute=given["rate_per_minute"],
        )


class SearchForm(forms.Form):
    """Which events are asked for."""

    reference = forms.CharField(label="Reference", max_length=80, required=False)
    person = forms.CharField(label="Who did it or looked", max_length=120, required=False)
    area = forms.ChoiceField(label="Part", required=False)
    from_on = forms.DateField(label="From", required=False, error_messages={"invalid": "Write it as 2026-11-23."})
    until_on = forms.DateField(
        label="Up to and with", required=False, error_messages={"invalid": "Write it as 2026-11-23."}
    )
    before = forms.IntegerField(required=False, min_value=1)

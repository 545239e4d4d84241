"""What is typed about a waiting incident?"""

from collections.abc import Sequence
from typing import Any

from django import forms

from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk


class ReviewForm(forms.Form):
    """What a review of the risk found."""

    found = forms.CharField(
        label="What you found",
        max_length=4000,
        error_messages={"required": "Say what has changed, or that nothing has and how you know."},
    )
    level = forms.ChoiceField(label="Risk now", choices=Risk.pairs(), error_messages={"required": "Choose one."})


class DoubtForm(forms.Form):
    """Which vulnerability was not found at the incident, and what was found instead."""

    strand = forms.ChoiceField(label="Which vulnerability?", error_messages={"required": "Choose one."})
    found = forms.CharField(
        label="What was found instead",
        max_length=400,
        error_messages={"required": "Say what was found, by whom, and how they know."},
    )

    def __init__(self, *args: Any, strands: Sequence[str], **kwargs: Any) -> None:
        """Offer the vulnerabilities that were carried to the incident, and no other."""
        super().__init__(*args, **kwargs)
        self.fields["strand"].choices = [(each, Strand(each).label) for each in strands]  # type: ignore[attr-defined]


class PairForm(forms.Form):
    """Why two incidents belong together, or do not."""

    reason = forms.CharField(label="Why", max_length=400, error_messages={"required": "Say why."})


class MergeForm(forms.Form):
    """Why two incidents are one; `seen` names how both stood on the page on which that was decided."""

    reason = forms.CharField(
        label="How you know that they are one", max_length=400, error_messages={"required": "Say how you know."}
    )
    seen = forms.CharField(required=False, max_length=40)


class PartForm(forms.Form):
    """Why two incidents are not one."""

    reason = forms.CharField(
        label="How you know that they are two", max_length=400, error_messages={"required": "Say how you know."}
    )


class SplitForm(forms.Form):
    """What the second matter is, and how that is known."""

    kind = forms.CharField(
        label="What the second matter is", max_length=120, error_messages={"required": "Say what it is."}
    )
    reason = forms.CharField(
        label="How you know that it is one of its own", max_length=400, error_messages={"required": "Say how you know."}
    )

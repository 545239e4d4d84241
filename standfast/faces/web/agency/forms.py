"""What does an agency write about a referral?"""

from django import forms


class DeclineForm(forms.Form):
    """Why an agency does not take a referral."""

    reason = forms.CharField(label="Why you cannot take this", max_length=400, error_messages={"required": "Say why."})


class CompleteForm(forms.Form):
    """What came of a referral."""

    result = forms.CharField(
        label="What came of it", max_length=400, error_messages={"required": "Say what came of it."}
    )

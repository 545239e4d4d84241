"""What is typed to sign in?"""

from allauth.mfa.base.forms import AuthenticateForm
from django import forms
from django.core.exceptions import ValidationError

from standfast.foundation.kernel import clock
from standfast.foundation.people import operations


class CodeForm(AuthenticateForm):  # type: ignore[misc]  # the library has no types
    """The code of the second factor; a wrong one is remembered."""

    def clean_code(self) -> str:
        """Check the code once."""
        try:
            return str(super().clean_code())
        except ValidationError:
            operations.note_refusal(username=self.user.username, step="code", now=clock.now())
            raise


class FirstPasswordForm(forms.Form):
    """A one-time code and the password it sets."""

    username = forms.CharField(label="User name", max_length=80)
    code = forms.CharField(label="One-time code", max_length=30)
    password = forms.CharField(label="New password", max_length=200, strip=False)
    again = forms.CharField(label="New password again", max_length=200, strip=False)

    def clean_again(self) -> str:
        """Refuse two passwords that differ."""
        again = str(self.cleaned_data["again"])
        if self.cleaned_data.get("password") != again:
            raise ValidationError("The two passwords are not the same.")
        return again

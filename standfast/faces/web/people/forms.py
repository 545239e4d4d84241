"""What is typed about an account?"""

from collections.abc import Sequence
from typing import Any

from django import forms

from standfast.foundation.people.roles import MACHINE_ROLES, Role

ROLE_CHOICES = [(role.value, role.label) for role in Role if role not in MACHINE_ROLES]


class AddForm(forms.Form):
    """A new account."""

    username = forms.CharField(label="User name", max_length=79)
    name = forms.CharField(label="Name", max_length=120)
    roles = forms.MultipleChoiceField(label="Roles", choices=ROLE_CHOICES, required=False)
    team = forms.ChoiceField(label="Team", required=False)
    partner = forms.CharField(label="Partner agency", max_length=40, required=False)

    def __init__(self, *given: Any, teams: Sequence[tuple[str, str]], **also: Any) -> None:
        super().__init__(*given, **also)
        self.fields["team"].choices = [("", "No team"), *teams]  # type: ignore[attr-defined]


class RolesForm(forms.Form):
    """New roles of a person, and why."""

    roles = forms.MultipleChoiceField(label="Roles", choices=ROLE_CHOICES, required=False)
    reason = forms.CharField(label="Reason", max_length=500)


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="Reason", max_length=500)

"""What is typed about a person on record?"""

from typing import Any

from django import forms

from standfast.foundation.parties.operations import CorrectedPerson
from standfast.foundation.parties.queries import LookUpFacts, Sex

DAY_FORMATS = ["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y"]
BAD_DAY = {"invalid": "Write it as 12/03/1980."}
WHY = {"required": "Say why."}


class SearchForm(forms.Form):
    """By what a person is looked up."""

    name = forms.CharField(label="Name", max_length=240, required=False)
    phone = forms.CharField(label="Number", max_length=40, required=False)
    born_on = forms.DateField(label="Born", required=False, input_formats=DAY_FORMATS, error_messages=BAD_DAY)
    address_text = forms.CharField(label="Address", max_length=300, required=False)
    postcode = forms.CharField(label="Postcode", max_length=10, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for something to search by."""
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(given.values()):
            raise forms.ValidationError("Give a name, a number, a birth date or an address.")
        return given

    def facts(self) -> LookUpFacts:
        """Return what is searched by."""
        return LookUpFacts(**self.cleaned_data)


class CorrectForm(forms.Form):
    """What is to stand of a person, and how it is known."""

    given_names = forms.CharField(label="Given names", max_length=120, required=False)
    family_name = forms.CharField(label="Family name", max_length=120, required=False)
    known_as = forms.CharField(label="Known as", max_length=120, required=False)
    born_on = forms.DateField(label="Born", required=False, input_formats=DAY_FORMATS, error_messages=BAD_DAY)
    sex = forms.ChoiceField(label="Sex", choices=[("", "Not known"), *Sex.pairs()], required=False)
    reason = forms.CharField(label="How you know, and what was wrong", max_length=200, error_messages=WHY)
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def corrected(self) -> CorrectedPerson:
        """Return what is to stand, as the operation takes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return CorrectedPerson(**{**given, "sex": Sex(given["sex"]) if given["sex"] else None})


class MergeForm(forms.Form):
    """Which of two records is kept, and why they are one person."""

    keep = forms.ChoiceField(label="Which record is kept?", error_messages={"required": "Choose the one to keep."})
    reason = forms.CharField(label="How you know that they are one person", max_length=200, error_messages=WHY)

    def __init__(self, *given: Any, records: list[tuple[str, str]], **also: Any) -> None:
        super().__init__(*given, **also)
        self.fields["keep"].choices = records  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="How you know that they are two persons", max_length=200, error_messages=WHY)

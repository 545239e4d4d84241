"""What is typed on the dispatchers' board?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms

from standfast.foundation.kernel import days
from standfast.foundation.kernel.days import UnclearTime
from standfast.journey.incidents.queries import UNIT_KINDS
from standfast.journey.incidents.rules.closing import closing_codes
from standfast.journey.incidents.rules.opening import opening_codes, qualifiers

SAY_WHY = {"required": "Say why."}
WRITE = {"required": "Write what happened."}
HOW = (("send", "Dispatch"), ("another", "Send as well"), ("divert", "Divert"))


class SendForm(forms.Form):
    """Which unit goes, how, and why where that must be said."""

    callsign = forms.CharField(label="Unit", max_length=20, error_messages={"required": "Name a unit."})
    how = forms.ChoiceField(label="How", choices=HOW, required=False)
    reason = forms.CharField(label="Reason", max_length=400, required=False)


class StatusForm(forms.Form):
    """Which status a unit gave by voice."""

    code = forms.TypedChoiceField(
        label="Status",
        coerce=int,
        error_messages={"required": "Choose a status.", "invalid_choice": "Choose a status."},
    )

    def __init__(self, *given: Any, codes: Sequence[tuple[int, str]], **also: Any) -> None:
        super().__init__(*given, **also)
        self.fields["code"].choices = list(codes)  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label="Reason", max_length=400, error_messages=SAY_WHY)


class WordsForm(forms.Form):
    """What came of something, or what was said."""

    words = forms.CharField(label="What came of it", max_length=8000, error_messages=WRITE)


class EntryForm(forms.Form):
    """A line for the log, with the time it happened where that was not now."""

    words = forms.CharField(label="What happened", max_length=8000, error_messages=WRITE)
    at = forms.CharField(label="When, if not now", max_length=25, required=False)

    def __init__(self, *given: Any, today: date, **also: Any) -> None:
        super().__init__(*given, **also)
        self._today = today

    def clean_at(self) -> datetime | None:
        """Read a London time of today, or a whole date and time; ask when it does not exist or happens twice."""
        written = str(self.cleaned_data.get("at") or "").strip()
        if not written:
            return None
        try:
            return days.read_wall_clock(written, today=self._today)
        except UnclearTime as unclear:
            raise forms.ValidationError(str(unclear)) from None


class CloseForm(forms.Form):
    """With which code an incident is closed, and why."""

    code = forms.ChoiceField(label="Code", error_messages={"required": "Choose a code."})
    reason = forms.CharField(label="Why it can be closed", max_length=400, error_messages=SAY_WHY)

    def __init__(self, *given: Any, on: date, **also: Any) -> None:
        super().__init__(*given, **also)
        offered = [(row.code, row.label) for row in closing_codes(on).values()]
        self.fields["code"].choices = [("", "Choose a code"), *offered]  # type: ignore[attr-defined]


class DescribeForm(forms.Form):
    """As what an incident is recorded; `seen` is as what it was when the page was read."""

    code = forms.ChoiceField(label="Opening code", error_messages={"required": "Choose a code."})
    qualifiers = forms.MultipleChoiceField(label="Qualifiers", required=False)
    seen = forms.CharField(required=False, max_length=2000)

    def __init__(self, *given: Any, on: date, **also: Any) -> None:
        super().__init__(*given, **also)
        codes = [(row.code, f"{row.group.label}: {row.label}") for row in opening_codes(on).values()]
        self.fields["code"].choices = [("", "Choose a code"), *sorted(codes, key=lambda each: each[1])]  # type: ignore[attr-defined]
        self.fields["qualifiers"].choices = [(row.code, row.label) for row in qualifiers(on).values()]  # type: ignore[attr-defined]


class BookForm(forms.Form):
    """A unit's turn of duty."""

    callsign = forms.CharField(label="Callsign", max_length=20, error_messages={"required": "Write the callsign."})
    kind = forms.ChoiceField(label="Kind of unit", choices=UNIT_KINDS)
    crew = forms.MultipleChoiceField(label="Crew", error_messages={"required": "Choose who crews it."})
    hours = forms.IntegerField(
        label="Hours on duty",
        min_value=1,
        max_value=16,
        error_messages={"required": "Say for how many hours.", "invalid": "Write a whole number of hours, 1 to 16."},
    )

    def __init__(self, *given: Any, people: Sequence[tuple[str, str]], **also: Any) -> None:
        super().__init__(*given, **also)
        self.fields["crew"].choices = list(people)  # type: ignore[attr-defined]

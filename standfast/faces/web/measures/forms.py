"""Which days, team, half-hour or part of the contacts is asked for?"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms

from standfast.faces.web.measures.words import ANY
from standfast.foundation.kernel.choices import Choice
from standfast.journey.assessment import queries
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.assessment.rules.whole_count import Owed


class Period(Choice):
    """How many days up to and with the one asked for."""

    DAY = "day", "That day"
    WEEK = "week", "7 days"
    MONTH = "month", "28 days"


DAYS = {Period.DAY: 1, Period.WEEK: 7, Period.MONTH: 28}


class Part(Choice):
    """Which of the contacts: those that lack something they are owed, or ended without a whole assessment."""

    ALL = "", "All"
    LACKS_ASSESSED = "lacks_assessed", "not assessed whole"
    LACKS_CHECKED = "lacks_checked", "without every check"
    LACKS_ADVISED = "lacks_advised", "without all the advice"
    ENDED_WITHOUT = "ended_without", "closed without a whole assessment"


LACKS = {Owed.ASSESSED: Part.LACKS_ASSESSED, Owed.CHECKED: Part.LACKS_CHECKED, Owed.ADVISED: Part.LACKS_ADVISED}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for; empty where nothing narrows it. `origin` is machine or person, who saw the vulnerability first."""

    until: date
    period: Period = Period.DAY
    team: str = ANY
    half: str = ""
    part: Part = Part.ALL
    strand: str = ""
    state: str = ""
    origin: str = ""
    start: int = 0

    @property
    def span(self) -> queries.Span:
        """The London days asked for."""
        return queries.Span(first=self.until - timedelta(days=DAYS[self.period] - 1), last=self.until)

    def query(self, **other: Any) -> str:
        """Return the same as the query of an address, with something asked otherwise."""
        asked = replace(self, **other)
        said = {
            "until": asked.until.isoformat(),
            "period": asked.period.value,
            "team": asked.team,
            "half": asked.half,
            "part": asked.part.value,
            "strand": asked.strand,
            "state": asked.state,
            "origin": asked.origin,
            "start": str(asked.start or ""),
        }
        return "?" + urlencode({name: value for name, value in said.items() if value})


class AskForm(forms.Form):
    """What the page is asked for; nothing asked is today."""

    until = forms.DateField(
        required=False, label="Up to", error_messages={"invalid": "Write a day such as 2026-11-23."}
    )
    period = forms.ChoiceField(required=False, choices=Period.pairs(), label="How long")
    team = forms.CharField(required=False, max_length=80)
    half = forms.RegexField(
        r"^([01]\d|2[0-3]):(00|30)$",
        required=False,
        error_messages={"invalid": "A half-hour such as 14:30 was expected."},
    )
    part = forms.ChoiceField(required=False, choices=Part.pairs())
    strand = forms.ChoiceField(required=False, choices=[("", ""), *Strand.pairs()])
    state = forms.ChoiceField(required=False, choices=[("", ""), *queries.FlagState.pairs()])
    origin = forms.ChoiceField(required=False, choices=[("", ""), ("machine", ""), ("person", "")])
    start = forms.IntegerField(required=False, min_value=0, max_value=10_000_000)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_until(self) -> date:
        """Return the day asked for, by default today."""
        until: date = self.cleaned_data["until"] or self._today
        if until > self._today:
            raise forms.ValidationError("That day has not come yet: a day up to today was expected.")
        if until.year < 2000:
            raise forms.ValidationError("A day from 2000 on was expected.")
        return until

    def asked(self) -> Asked:
        """Return what is asked for; what was not understood is left out, and said beside its field."""
        self.is_valid()
        given = self.cleaned_data
        return Asked(
            until=given.get("until") or self._today,
            period=Period(given.get("period") or Period.DAY),
            team=given.get("team") or ANY,
            half=given.get("half") or "",
            part=Part(given.get("part") or ""),
            strand=given.get("strand") or "",
            state=given.get("state") or "",
            origin=given.get("origin") or "",
            start=given.get("start") or 0,
        )

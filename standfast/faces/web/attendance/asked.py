"""Of which attendances is a page asked to tell? From the address; what cannot be read is said, and the usual is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from standfast.foundation.kernel import days
from standfast.journey.assessment.rules.response_grade import ResponseGrade

PERIODS = (7, 14, 28)
CUTS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "all": ("All", lambda row: True),  # noqa: ARG005 - every row
    "domestic": ("Domestic abuse", lambda row: row.domestic),
    "vulnerable": ("Vulnerable", lambda row: row.vulnerable),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A number of London days up to and with a last one, a grade (none: all), and what was asked for and cannot be read."""

    last: date
    days: int
    grade: str
    wrong: str = ""

    @property
    def since(self) -> datetime:
        """The first instant of the period."""
        return days.day_bounds(self.last - timedelta(days=self.days - 1))[0]

    @property
    def until(self) -> datetime:
        """The first instant after the period."""
        return days.day_bounds(self.last)[1]

    def query(self, **other: object) -> str:
        """Return the address of the same with something else asked."""
        asked = {"to": self.last.isoformat(), "days": self.days, "grade": self.grade, **other}
        return "?" + urlencode({name: value for name, value in asked.items() if value not in {"", None}})


def read_asked(given: Mapping[str, str], *, today: date) -> Asked:
    """Read what is asked of a page from its address."""
    wrong = []
    last = today
    if text := given.get("to", ""):
        try:
            last = min(date.fromisoformat(text), today)
        except ValueError:
            wrong.append(f"“{text[:20]}” is no day; one such as {today.isoformat()} was expected.")
    number = given.get("days", "") or "7"
    if number not in {str(each) for each in PERIODS}:
        wrong.append(f"“{number[:20]}” is no length of time; 7, 14 or 28 days were expected.")
        number = "7"
    grade = given.get("grade", "")
    if grade not in {"", *ResponseGrade}:
        wrong.append(f"“{grade[:20]}” is no grade.")
        grade = ""
    if last.year < 2000:
        wrong.append("A day since the year 2000 was expected.")
        last = today
    return Asked(last=last, days=int(number), grade=grade, wrong=" ".join(wrong))

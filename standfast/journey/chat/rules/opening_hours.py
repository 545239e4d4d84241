"""
When is the chat desk open? Hours by week day with breaks between, bank holidays and exceptions: London wall-clock, whatever the season.

One calendar: the page that says when it opens and the rule that says whether it is open read the same rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from standfast.foundation.kernel.days import LONDON, ONE_DAY, london_day
from standfast.foundation.kernel.tables import DatedTable

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BANK_HOLIDAY = "bank_holiday"
LOOK_AHEAD_DAYS = 60


@dataclass(frozen=True, kw_only=True)
class HoursRow:
    """One stretch of a day: `day` is a week day or `bank_holiday`, times as HH:MM; `until` 24:00 is the end of the day."""

    id: str
    day: str
    opens: str
    until: str


@dataclass(frozen=True, kw_only=True)
class ExceptionRow:
    """One date on which other hours hold: `is` says whether it is a bank holiday, closed, or open for the stretch given."""

    id: str
    on: date
    kind: str
    name: str
    opens: str = ""
    until: str = ""


HOURS = DatedTable.beside(__file__, "opening_hours", row=HoursRow)
EXCEPTIONS = DatedTable.beside(__file__, "opening_exception", row=ExceptionRow)


def is_open(instant: datetime) -> bool:
    """Say whether the desk is open at an instant."""
    return any(opens <= instant < until for opens, until in stretches(london_day(instant)))


def next_opening(instant: datetime) -> datetime | None:
    """Return when the desk opens next after an instant, or None if not within two months."""
    day = london_day(instant)
    for ahead in range(LOOK_AHEAD_DAYS):
        for opens, _ in stretches(day + ahead * ONE_DAY):
            if opens > instant:
                return opens
    return None


def closes_at(instant: datetime) -> datetime | None:
    """Return when the stretch that is open at an instant ends; one that runs on past midnight is one stretch. None while closed."""
    until: datetime | None = None
    day = london_day(instant)
    for ahead in range(LOOK_AHEAD_DAYS):
        for opens, closes in stretches(day + ahead * ONE_DAY):
            if opens <= (until or instant) < closes or opens == until:
                until = closes
            elif until:
                return until
        if until is None:
            return None
    return until


def stretches(day: date) -> list[tuple[datetime, datetime]]:
    """Return the stretches of a London day, in order, half-open."""
    return sorted(_stretches(day))


def _stretches(day: date) -> Iterator[tuple[datetime, datetime]]:
    exceptions = [row for row in EXCEPTIONS.on(day).rows if row.on == day]
    kinds = {row.kind for row in exceptions}
    if "closed" in kinds:
        return
    if "open" in kinds:
        yield from (_stretch(day, row.opens, row.until) for row in exceptions if row.kind == "open")
        return
    wanted = BANK_HOLIDAY if BANK_HOLIDAY in kinds else WEEKDAYS[day.weekday()]
    yield from (_stretch(day, row.opens, row.until) for row in HOURS.on(day).rows if row.day == wanted)


def _stretch(day: date, opens: str, until: str) -> tuple[datetime, datetime]:
    return _instant(day, opens), _instant(day + ONE_DAY, "00:00") if until == "24:00" else _instant(day, until)


def _instant(day: date, text: str) -> datetime:
    # A wall-clock time that does not exist on the night in March is read an hour later, one that happens twice in October the first time.
    return datetime.combine(day, time.fromisoformat(text), tzinfo=LONDON).astimezone(LONDON) + timedelta(0)

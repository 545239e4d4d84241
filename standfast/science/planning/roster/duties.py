"""When are the duties of a roster, in true time, and which of them cover a moment?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from standfast.science.planning.roster.problem import Shift

Cell = tuple[int, int]
"""A day and a shift; -1 is the day before the first."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The days of a roster in their zone; -1 is the day before the first."""

    start: date
    days: int
    zone: ZoneInfo

    def at(self, day: int, minutes: int) -> datetime:
        """Return the instant so many minutes after a day's midnight by the clock on the wall."""
        wall = datetime.combine(self.start + timedelta(days=day), datetime.min.time()) + timedelta(minutes=minutes)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def begins(self, day: int, shift: Shift) -> datetime:
        """Return when a duty of a day begins."""
        return self.at(day, shift.starts or 0)

    def ends(self, day: int, shift: Shift) -> datetime:
        """Return when a duty of a day ends."""
        return self.at(day, shift.ends or 0)

    def instant(self, moment: datetime) -> datetime:
        """Return the instant of a time, on the wall of this zone unless it says its offset."""
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Duties:
    """The shifts of a roster, which of them are training, when they are, and what things cost."""

    shifts: tuple[Shift, ...]
    training: frozenset[int]
    calendar: Calendar
    costs: Mapping[str, float]

    def covering(self, moment: datetime) -> tuple[Cell, ...]:
        """Return the duties that cover a moment, those of the day before the first too."""
        day = (moment.astimezone(self.calendar.zone).date() - self.calendar.start).days
        return tuple(
            (each, number)
            for each in (day - 1, day)
            if -1 <= each < self.calendar.days
            for number, shift in enumerate(self.shifts)
            if number not in self.training
            and self.calendar.begins(each, shift) <= moment < self.calendar.ends(each, shift)
        )

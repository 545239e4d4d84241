"""What is a roster problem, once every file has been read: who may work what on which day, and what does each choice cost?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from standfast.foundation.kernel.errors import Refusal

OFF = -1
"""The choice of not working on a day. Arrays over choices keep it at their last place, which -1 reaches."""
SATURDAY, SUNDAY = 5, 6
MINUTES_A_DAY = 1440
Flags = npt.NDArray[np.bool_]
Cells = npt.NDArray[np.int8]
"""A roster: one row an officer, one column a day, a cell the number of a shift or OFF."""


Line = npt.NDArray[np.int8]
"""One row of a roster: what one officer works, day by day."""


class BadRoster(Refusal):
    """A roster problem that cannot be read: which file and line, and what was expected there."""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A kind of duty. Times are minutes after the midnight its day begins with, and may be unknown (a benchmark has none)."""

    id: str
    minutes: int
    starts: int | None = None
    ends: int | None = None
    night: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """Duties of some shifts, counted together: no more than `most`; each above the fair share costs `cost`."""

    name: str
    shifts: frozenset[int]
    most: int
    fair: int | None = None
    cost: int = 0


@dataclass(frozen=True, kw_only=True)
class Officer:
    """One person and the limits of their contract, in minutes and days over the whole roster."""

    id: str
    name: str = ""
    most_minutes: int
    least_minutes: int
    most_because: str = "contract_hours"
    """The rule that sets the most minutes: the contract, or the average week."""
    most_run: int
    least_run: int = 1
    least_rest: int = 1
    most_weekends: int = 99
    most_nights_run: int = 99
    groups: tuple[Group, ...] = ()
    fair_weekends: int | None = None
    weekend_cost: int = 0
    before: tuple[int, ...] | None = None
    """What was worked on the days before the first, the latest last. Unknown: any run or rest before is taken as long enough."""

    @property
    def called(self) -> str:
        """The name staff know the officer by."""
        return self.name or self.id


@dataclass(frozen=True, kw_only=True)
class Level:
    """A number of people wanted at once, and what one too few or too many of them costs."""

    required: int
    under: int
    over: int


@dataclass(frozen=True, kw_only=True)
class Cover:
    """
    How many of the officers are wanted on the (day, shift) cells that count together, all interchangeable there.

    Several levels say how sure the need is: each costs by itself, so the sum is convex. Fewer than `least` breaks a hard rule.
    """

    name: str
    cells: tuple[tuple[int, int], ...]
    levels: tuple[Level, ...]
    officers: frozenset[int] | None = None
    least: int = 0


@dataclass(frozen=True, kw_only=True)
class Closed:
    """Days on which an officer has only some choices (OFF: none but a day off), and why: leave, training, a duty that must be."""

    officer: int
    days: tuple[int, ...]
    only: tuple[int, ...]
    why: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """A whole roster problem. `price[e, d, c]` is what choice c costs officer e on day d; `fixed` is added to every roster."""

    days: int
    shifts: tuple[Shift, ...]
    officers: tuple[Officer, ...]
    covers: tuple[Cover, ...]
    could: Flags
    """`could[e, d, c]`: officer e may work choice c on day d, were it not for leave, training and duties that must be."""
    closed: tuple[Closed, ...]
    price: npt.NDArray[np.int64]
    barred_by: Mapping[str, Flags]
    """By rule, `[d, a, b]`: shift b on day d cannot follow shift a on the day before."""
    fixed: int = 0
    start: date | None = None

    @cached_property
    def may(self) -> Flags:
        """`may[e, d, c]`: officer e may work choice c on day d."""
        found = self.could.copy()
        for each in self.closed:
            for day in each.days:
                open_ones = np.zeros(found.shape[2], dtype=np.bool_)
                open_ones[list(each.only)] = True
                found[each.officer, day] &= open_ones
        return found

    @cached_property
    def barred(self) -> Flags:
        """`barred[d, a, b]`: some rule keeps shift b on day d from following shift a on the day before."""
        size = len(self.shifts)
        return np.logical_or.reduce([np.zeros((self.days, size, size), dtype=np.bool_), *self.barred_by.values()])

    @property
    def weekday(self) -> int:
        """Day of the week of the first day, Monday 0; benchmark instances start on a Monday."""
        return self.start.weekday() if self.start else 0

    def day(self, day: int) -> str:
        """Return how a day is called in words."""
        return f"{self.start + timedelta(days=day):%a %-d %b %Y}" if self.start else f"day {day}"

    def night_shifts(self) -> frozenset[int]:
        """Return the numbers of the night shifts."""
        return frozenset(number for number, shift in enumerate(self.shifts) if shift.night)

    def weekends(self) -> list[tuple[int, ...]]:
        """Return the days of each weekend, those within the roster."""
        found: dict[int, list[int]] = {}
        for day in range(self.days):
            if (day + self.weekday) % 7 in {SATURDAY, SUNDAY}:
                found.setdefault((day + self.weekday) // 7, []).append(day)
        return [tuple(days) for days in found.values()]


def counted(problem: Problem, cells: Cells) -> npt.NDArray[np.int64]:
    """Return how many officers stand on each cover."""
    found = np.zeros(len(problem.covers), dtype=np.int64)
    for number, cover in enumerate(problem.covers):
        rows = cells if cover.officers is None else cells[sorted(cover.officers)]
        found[number] = sum(int((rows[:, day] == shift).sum()) for day, shift in cover.cells)
    return found

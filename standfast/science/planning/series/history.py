"""What is a history of demand: which series, counted over which interval, with which gaps?"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series.clock import Clock
from standfast.science.planning.series.interval import Interval, Times

Numbers = NDArray[np.float64]
TOTAL = "all"
WALL_CLOCK = Clock()


@dataclass(frozen=True)
class Source:
    """A file that a result was made from, and what it held then."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Note:
    """Something a planner should know of a series: a gap, a break, an outlier, a closed hour."""

    series: str
    kind: str
    start: str
    end: str
    sentence: str


@dataclass(frozen=True, eq=False)
class Series:
    """One row of counts on a regular grid. A count nobody took is not a number; nought means that nothing came."""

    name: str
    keys: tuple[str, ...]
    first: np.datetime64
    counts: Numbers
    interval: Interval
    clock: Clock = WALL_CLOCK

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def starts(self) -> Times:
        """The start of each interval: wall-clock time, or UTC where the clock has a zone."""
        return self.interval.after(self.first, len(self.counts))

    @property
    def end(self) -> np.datetime64:
        """The first moment after the last interval."""
        return self.interval.after(self.first, len(self.counts) + 1)[-1]

    @property
    def walls(self) -> Times:
        """What the clock on the wall shows at each start; a day and longer are calendar days already."""
        return self.clock.wall(self.starts) if self.interval.is_within_day else self.starts

    def coming(self, number: int) -> "Series":
        """Return so many intervals that follow, with nothing counted yet."""
        return replace(self, first=self.end, counts=np.full(number, np.nan))

    def before(self, moment: np.datetime64) -> "Series":
        """Return the part that ended by a moment."""
        number = int(self.interval.between(self.first, np.array([moment]))[0])
        return replace(self, counts=self.counts[: max(0, number)])

    def written_starts(self) -> list[str]:
        """Return the starts as a result file shows them."""
        return self.clock.written(self.starts, self.interval)


@dataclass(frozen=True, eq=False)
class History:
    """All series of one file."""

    series: tuple[Series, ...]
    interval: Interval
    columns: tuple[str, ...]
    source: Source
    clock: Clock = WALL_CLOCK
    notes: tuple[Note, ...] = field(default=())

    def __iter__(self) -> Iterator[Series]:
        return iter(self.series)

    def named(self, name: str) -> Series:
        """Return one series by its name."""
        return next(each for each in self.series if each.name == name)

"""Over which stretch of time is demand counted: five minutes, an hour, a day, a week, a month?"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series.problems import BadSeries

Times = NDArray[np.datetime64]
"""Moments to the second, without a zone: wall-clock time, or UTC where a clock says so."""

SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
NAMES = {"m": "min", "minute": "min", "hour": "h", "day": "d", "week": "w", "month": "mo", "mon": "mo"}
DAY = 86400
MONDAY = np.datetime64("1970-01-05", "s")


@dataclass(frozen=True, order=True)
class Interval:
    """A fixed number of seconds, or of calendar months."""

    seconds: int = 0
    months: int = 0

    @property
    def name(self) -> str:
        """The interval as it is typed: 15min, 1h, 1d, 1w, 1mo."""
        if self.months:
            return f"{self.months}mo"
        for unit in ("w", "d", "h", "min"):
            if self.seconds % SECONDS[unit] == 0:
                return f"{self.seconds // SECONDS[unit]}{unit}"
        return f"{self.seconds}s"

    @property
    def is_within_day(self) -> bool:
        """Whether several of them make a day."""
        return not self.months and self.seconds < DAY

    @property
    def length(self) -> int:
        """Seconds; of a month, thirty days."""
        return self.seconds or self.months * 30 * DAY

    @property
    def per_week(self) -> int:
        """How many of them make a week; of a week or a month, one."""
        return max(1, 7 * DAY // self.length)

    @property
    def per_day(self) -> int:
        """How many of them make a day; of a day and more, one."""
        return max(1, DAY // self.length)

    def floor(self, times: Times) -> Times:
        """Return the start of the interval that each time falls in; weeks start on Monday."""
        if self.months:
            count = times.astype("datetime64[M]").astype(int)
            return (count // self.months * self.months).astype("datetime64[M]").astype("datetime64[s]")
        since = (times.astype("datetime64[s]") - MONDAY).astype(int)
        return MONDAY + (since // self.seconds * self.seconds).astype("timedelta64[s]")

    def after(self, first: np.datetime64, number: int) -> Times:
        """Return the starts of so many intervals, the first of them given."""
        if self.months:
            start = first.astype("datetime64[M]")
            return (start + np.arange(number) * self.months).astype("datetime64[s]")
        return first.astype("datetime64[s]") + np.arange(number) * np.timedelta64(self.seconds, "s")

    def between(self, first: np.datetime64, times: Times) -> NDArray[Any]:
        """Return how many intervals lie between a start and other starts."""
        if self.months:
            return (times.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(int) // self.months
        return (times.astype("datetime64[s]") - first.astype("datetime64[s]")).astype(int) // self.seconds

    def number_in(self, horizon: "Interval") -> int:
        """Return how many of them a horizon holds, at least one."""
        if self.months and horizon.months:
            return max(1, horizon.months // self.months)
        return max(1, horizon.length // self.length)


def read_interval(text: str) -> Interval:
    """
    Read an interval or a horizon such as 5min, 15min, 1h, 28d, 2w or 1mo.

    :raises BadSeries: if it is none
    """
    found = re.fullmatch(r"\s*(\d*)\s*([a-z]+?)s?\s*", text.lower())
    unit = NAMES.get(found[2], found[2]) if found else ""
    number = int(found[1] or 1) if found else 0
    if unit == "mo" and number:
        return Interval(months=number)
    if unit not in SECONDS or not number:
        raise BadSeries(f"“{text[:30]}” is no interval; one such as 5min, 15min, 1h, 1d, 1w or 1mo was expected.")
    return Interval(seconds=number * SECONDS[unit])


def read_counting_interval(text: str) -> Interval:
    """
    Read the interval demand is counted by: it divides a day, or is a day, a week or a month.

    :raises BadSeries: if it does not
    """
    interval = read_interval(text)
    fits = interval.months or (
        interval.seconds >= 60 and (DAY % interval.seconds == 0 or interval.seconds in {DAY, 7 * DAY})
    )
    if not fits:
        raise BadSeries(f"Demand cannot be counted by {interval.name}; 5min to 1h, 1d, 1w or 1mo was expected.")
    return interval


def infer_interval(times: Times) -> Interval | None:
    """Return the interval that sorted, distinct times are most often apart; None if there are too few to say."""
    if len(times) < 3:
        return None
    values, numbers = np.unique(np.diff(times.astype("datetime64[s]")).astype(int), return_counts=True)
    common = int(values[np.argmax(numbers)])
    if 28 * DAY <= common <= 31 * DAY:
        return Interval(months=1)
    return Interval(seconds=common)

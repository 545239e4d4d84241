"""How do single rows become a regular row of counts, with gaps told from noughts and the days the clocks change kept right?"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series.clock import DEFAULT_ZONE, Clock
from standfast.science.planning.series.history import Note, Numbers, Series
from standfast.science.planning.series.interval import DAY, Interval, Times

WHOLE_ENOUGH = 0.75
SURELY_NOT_CHANCE = 25.0
"""How many calls must have been usual for their absence to be a gap: by chance it would come once in e^25."""
SAME_STEP_RUN = 12
LAST_CALLS = 5.0


@dataclass(frozen=True)
class Grid:
    """What rows are counted into; `given` is the interval the file counts by, or None if each row is one call."""

    interval: Interval
    clock: Clock
    given: Interval | None

    def bucket(self, times: Times) -> Times:
        """Return the start of the interval each time falls in; days, weeks and months are those of the wall clock."""
        return self.interval.floor(times if self.interval.is_within_day else self.clock.wall(times))


@dataclass(frozen=True, eq=False)
class Reach:
    """From which interval to which a file goes, in which of them anything at all was told, and which are gaps of the file."""

    first: np.datetime64
    number: int
    told: NDArray[np.bool_]
    gaps: NDArray[np.bool_]


def reach_of(times: Times, grid: Grid) -> Reach:
    """Return which intervals a file covers as a whole."""
    buckets = grid.bucket(times)
    first, last = buckets.min(), buckets.max()
    number = int(grid.interval.between(first, np.array([last]))[0]) + 1
    rows = np.bincount(grid.interval.between(first, buckets), minlength=number)
    told = rows > 0
    gaps = np.zeros(number, dtype=bool)
    if grid.given is None:
        gaps = _silent(rows.astype(float), grid.interval)
        gaps[0] |= _begins_late(times, first)
        gaps[-1] |= _ends_early(times, grid, last)
    return Reach(first=first, number=number, told=told, gaps=gaps)


def count(name: str, key: tuple[str, ...], rows: tuple[Times, Numbers], *, grid: Grid, reach: Reach) -> Series:
    """Return the counts of one series over the whole reach of its file."""
    times, counts = rows
    places = grid.interval.between(reach.first, grid.bucket(times))
    counted = np.isfinite(counts)
    sums = np.bincount(places, weights=np.where(counted, counts, 0.0), minlength=reach.number).astype(np.float64)
    series = Series(name, key, reach.first, sums, grid.interval, grid.clock)
    if grid.given is None:
        gaps = reach.gaps
    else:
        present = np.bincount(places[counted], minlength=reach.number).astype(float)
        gaps = (present == 0) | _incomplete(present, series, grid.given)
        sums = np.where(_is_shown_twice(present, series, grid.given), sums / 2, sums)
    whole = replace(series, counts=np.where(gaps, np.nan, sums))
    return _trimmed(whole, trailing=grid.given is None or bool(reach.told[-1]))


def absent_is_nought(series: Series, reach: Reach) -> Series:
    """Return a series whose file leaves noughts out: an interval the file tells of for others, but not for it, is nought."""
    offset = int(series.interval.between(reach.first, np.array([series.first]))[0])
    told = reach.told[offset : offset + len(series)]
    return replace(series, counts=np.where(np.isnan(series.counts) & told, 0.0, series.counts))


def with_zone(times: Times, groups: NDArray[Any], clock: Clock) -> Times:
    """Return wall-clock times as instants; of an hour shown twice, what comes after the clock went back is the second."""
    second = np.zeros(len(times), dtype=bool)
    latest: dict[tuple[Any, Any], Any] = {}
    turned: set[tuple[Any, Any]] = set()
    for row in np.flatnonzero(shown_twice(times, clock.zone)):
        place = (groups[row], times[row].astype("datetime64[D]"))
        if place in latest and times[row] <= latest[place]:
            turned.add(place)
        latest[place] = times[row]
        second[row] = place in turned
    import pandas as pd

    placed = pd.DatetimeIndex(times).tz_localize(clock.zone, ambiguous=~second, nonexistent="shift_forward")
    return placed.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")


def shown_twice(times: Times, zone: str) -> NDArray[np.bool_]:
    """Return which wall-clock times come twice because the clocks of a zone go back."""
    import pandas as pd

    if not len(times):
        return np.zeros(0, dtype=bool)
    placed = pd.DatetimeIndex(times).tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
    return np.asarray(placed.isna())


def first_off_grid(distinct: Times, found: Interval, clock: Clock) -> int | None:
    """Return the place of the first time that does not follow the others by the interval, None if all do."""
    if found.months or len(distinct) < 2:
        return None
    times = distinct if found.is_within_day else clock.wall(distinct)
    steps = np.diff(times.astype(int))
    common = times[int(np.argmax(steps == found.seconds))]
    off = np.flatnonzero((times - common).astype(int) % found.seconds)
    if off.size:
        return int(off[0])
    return _long_run_of_another_step(steps, found.seconds)


def _long_run_of_another_step(steps: NDArray[Any], usual: int) -> int | None:
    # An hourly file that goes on by the day is two files; a file with gaps has no dozen equal ones in a row.
    changed = np.flatnonzero(np.diff(steps)) + 1
    edges = np.concatenate([[0], changed, [len(steps)]])
    for begin, end in pairwise(edges):
        if end - begin >= SAME_STEP_RUN and steps[begin] > usual:
            return int(begin) + 1
    return None


def _silent(rows: Numbers, interval: Interval) -> NDArray[np.bool_]:
    # Single calls tell nothing of an interval without any: a gap is where far too many are usual for that to be chance.
    period = interval.per_week if len(rows) >= 3 * interval.per_week else interval.per_day
    slots = np.arange(len(rows)) % period
    usual = np.bincount(slots, weights=rows, minlength=period) / np.maximum(np.bincount(slots, minlength=period), 1)
    empty = np.concatenate([[False], rows == 0, [False]])
    gaps = np.zeros(len(rows), dtype=bool)
    begins, ends = np.flatnonzero(~empty[:-1] & empty[1:]), np.flatnonzero(empty[:-1] & ~empty[1:])
    for begin, end in zip(begins, ends, strict=True):
        gaps[begin:end] = usual[slots[begin:end]].sum() > SURELY_NOT_CHANCE
    return gaps


def _begins_late(times: Times, first: np.datetime64) -> bool:
    return _silence_is_long(times, float((times.min() - first).astype(int)))


def _ends_early(times: Times, grid: Grid, last: np.datetime64) -> bool:
    end = grid.interval.after(last, 2)[1]
    latest = times if grid.interval.is_within_day else grid.clock.wall(times)
    return _silence_is_long(times, float((end - latest.max()).astype(int)))


def _silence_is_long(times: Times, seconds: float) -> bool:
    between = float((times.max() - times.min()).astype(int)) / max(1, len(times) - 1)
    return seconds > LAST_CALLS * between


def _incomplete(present: Numbers, series: Series, given: Interval) -> NDArray[np.bool_]:
    interval = series.interval
    if interval == given:
        return np.zeros(len(present), dtype=bool)
    # Compared with what is usual for the slot, so that an office that closes at nine is not forever incomplete.
    lengths = np.diff(interval.after(series.first, len(present) + 1).astype(int)) / given.length
    share = present / np.maximum(lengths, 1)
    slots = ((series.walls.astype(int) % (7 * DAY)) // DAY) if interval.length <= DAY else np.zeros(len(present), int)
    slots = slots * interval.per_day + (series.walls.astype(int) % DAY) * interval.per_day // DAY
    usual = np.ones(int(slots.max()) + 1)
    for slot in np.unique(slots):
        there = share[(slots == slot) & (present > 0)]
        usual[slot] = np.median(there) if there.size else 1.0
    return np.asarray(share < WHOLE_ENOUGH * usual[slots])


def _is_shown_twice(present: Numbers, series: Series, given: Interval) -> NDArray[np.bool_]:
    # The hour a wall clock shows twice is two rows of one slot, not one busy hour.
    if series.clock.zone or series.interval != given or not given.is_within_day or present.max(initial=0) < 2:
        return np.zeros(len(present), dtype=bool)
    usual = np.median(present[present > 0])
    return shown_twice(series.starts, DEFAULT_ZONE) & (present > 1.5 * usual)


def _trimmed(series: Series, *, trailing: bool) -> Series:
    told = np.flatnonzero(np.isfinite(series.counts))
    if not told.size:
        return series
    end = len(series)
    # The last interval is dropped if it is only begun; a series that stopped before its file keeps its gap.
    if trailing and np.isnan(series.counts[-1]) and told[-1] == end - 2:
        end -= 1
    first = int(told[0])
    return replace(series, first=series.starts[first], counts=series.counts[first:end])


def gap_notes(series: Series) -> list[Note]:
    """Return what is to be said of the gaps of a series."""
    told = np.flatnonzero(np.isfinite(series.counts))
    if not told.size:
        return []
    inner = np.isnan(series.counts)
    inner[: told[0]] = False
    inner[told[-1] + 1 :] = False
    number = int(inner.sum())
    if not number:
        return []
    places = np.flatnonzero(inner)
    first, last = (series.clock.written(series.starts[[place]], series.interval)[0] for place in places[[0, -1]])
    sentence = f"{number} of {len(series)} intervals were not counted; they are gaps, not noughts."
    return [Note(series.name, "gap", first, last, sentence)]

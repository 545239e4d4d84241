"""What does a CSV of counts, or of single calls, tell of demand? Bad input is refused with its line, never mended in silence."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series import gridding
from standfast.science.planning.series.clock import DEFAULT_ZONE, Clock, read_zone
from standfast.science.planning.series.history import TOTAL, History, Note, Numbers, Series
from standfast.science.planning.series.interval import Interval, Times, infer_interval, read_counting_interval
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.series.table import Table, counts_in, groups_in, read_table, times_in

START = "start"
COUNT = "count"
SERIES = "series"
HOUR = Interval(seconds=3600)
MANY_ROWS = 3
"""How often the cells of a column come on average if they name series."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """
    How a history file is laid out.

    A time column alone says that every row is one call; with a count column every row is a count. `by` are the columns that
    name series. A zone makes wall-clock times instants, with 23 and 25-hour days. Without an interval counts stay on their
    own and calls are counted by the hour.
    """

    interval: Interval | None = None
    by: tuple[str, ...] = ()
    time: str = ""
    count: str = ""
    zone: str = ""

    @property
    def is_calls(self) -> bool:
        """Whether each row is one call."""
        return bool(self.time) and not self.count


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of a file: when, how many, of which series."""

    table: Table
    times: Times
    counts: Numbers
    groups: NDArray[Any]
    keys: list[tuple[str, ...]]
    clock: Clock


def read_history(path: Path, *, layout: Layout) -> History:
    """
    Read a history: counts (`start,count`, optionally columns that name series), or one row a call.

    :raises BadSeries: at the first line that cannot be what it should be
    """
    table = read_table(path)
    time, count = layout.time or START, layout.count or COUNT
    table.require(time, *([] if layout.is_calls else [count]), *layout.by)
    by = layout.by or _naming(table, (time, count), is_calls=layout.is_calls)
    groups, keys = groups_in(table, by)
    times, instants = times_in(table, time)
    counts = np.ones(len(times)) if layout.is_calls else counts_in(table, count)
    if not layout.is_calls:
        _check_order(table, times, _finest_groups(table, times, groups, (time, count, *by)), layout.zone)
    clock, times = _placed(table, times, groups, instants=instants, zone=layout.zone)
    rows = _Rows(table, times, counts, groups, keys, clock)
    series, notes = _series(rows, layout)
    if not any(np.nansum(each.counts) > 0 for each in series):
        raise BadSeries.of(path, "every count is nought", expected="at least one count above 0 was")
    columns = by or (SERIES,)
    return History(tuple(series), series[0].interval, columns, table.source, clock, tuple(notes))


def _naming(table: Table, used: tuple[str, str], *, is_calls: bool) -> tuple[str, ...]:
    # Columns name series if times repeat and text that itself repeats stands beside them: not a temperature, not a remark.
    if SERIES in table.columns:
        return (SERIES,)
    if is_calls or len(set(table.columns[used[0]])) == len(table):
        return ()
    others = [name for name in table.columns if name not in used]
    return tuple(name for name in others if _is_name(table.columns[name]))


def _is_name(cells: NDArray[Any]) -> bool:
    distinct = set(cells)
    numeric = all(cell.strip().replace(".", "", 1).lstrip("+-").isdigit() for cell in distinct)
    return not numeric and len(distinct) * MANY_ROWS <= len(cells)


def _finest_groups(table: Table, times: Times, groups: NDArray[Any], used: tuple[str, ...]) -> NDArray[Any]:
    # A file may carry finer series than were asked for; inside each of those the times must still run forward.
    others = [name for name in table.columns if name not in used]
    if not others or _runs_forward(times, groups):
        return groups
    finer, keys = groups_in(table, others)
    return groups if len(keys) > len(times) // 2 else groups * len(keys) + finer


def _runs_forward(times: Times, groups: NDArray[Any]) -> bool:
    order = np.argsort(groups, kind="stable")
    steps = np.diff(times[order].astype(int))
    return bool(np.all((steps > 0) | (np.diff(groups[order]) != 0)))


def _check_order(table: Table, times: Times, groups: NDArray[Any], zone: str) -> None:
    order = np.argsort(groups, kind="stable")
    steps = np.diff(times[order].astype(int))
    same = np.diff(groups[order]) == 0
    backward = np.flatnonzero(same & (steps <= 0))
    # A wall clock shows an hour twice when the clocks go back: those rows may repeat.
    backward = backward[~gridding.shown_twice(times[order][backward + 1], zone or DEFAULT_ZONE)]
    if not backward.size:
        return
    row = int(order[backward + 1].min())
    earlier = int(order[np.flatnonzero(order == row)[0] - 1])
    shown, before = str(times[row]).replace("T", " "), str(times[earlier]).replace("T", " ")
    if shown == before:
        wrong, expected = f"{shown} comes twice", "each time once in a series was"
    else:
        wrong, expected = f"{shown} comes after {before}", "times that run forward were"
    raise BadSeries.at(table.path, table.line(row), wrong, expected=expected)


def _placed(table: Table, times: Times, groups: NDArray[Any], *, instants: bool, zone: str) -> tuple[Clock, Times]:
    if instants:
        return read_zone(zone or DEFAULT_ZONE), times
    clock = read_zone(zone)
    if not zone:
        return clock, times
    moments = gridding.with_zone(times, groups, clock)
    absent = np.flatnonzero(clock.wall(moments) != times)
    if absent.size:
        row = int(absent[0])
        wrong = f"{str(times[row]).replace('T', ' ')} does not exist in {zone}: the clocks went forward"
        raise BadSeries.at(table.path, table.line(row), wrong, expected="a time that exists was")
    return clock, moments


def _series(rows: _Rows, layout: Layout) -> tuple[list[Series], list[Note]]:
    if layout.is_calls:
        grid = gridding.Grid(interval=layout.interval or HOUR, clock=rows.clock, given=None)
    else:
        given = _given_interval(rows, layout.interval)
        grid = gridding.Grid(interval=layout.interval or given, clock=rows.clock, given=given)
    series: list[Series] = []
    notes: list[Note] = []
    order = np.argsort(rows.groups, kind="stable")
    edges = np.searchsorted(rows.groups[order], np.arange(len(rows.keys) + 1))
    reach = gridding.reach_of(rows.times, grid)
    zeros_told = bool((rows.counts == 0).any())
    for place, key in enumerate(rows.keys):
        mine = order[edges[place] : edges[place + 1]]
        name = "/".join(key) or TOTAL
        made = gridding.count(name, key, (rows.times[mine], rows.counts[mine]), grid=grid, reach=reach)
        if not layout.is_calls and len(rows.keys) > 1 and not zeros_told:
            made = gridding.absent_is_nought(made, reach)
        series.append(made)
        notes.extend(gridding.gap_notes(made))
    return series, notes


def _counted_by(rows: _Rows, found: Interval) -> Interval:
    try:
        return read_counting_interval(found.name)
    except BadSeries:
        wrong = f"its times are {found.name} apart"
        raise BadSeries.of(rows.table.path, wrong, expected="5min to 1h, 1d, 1w or 1mo was") from None


def _given_interval(rows: _Rows, asked: Interval | None) -> Interval:
    distinct = np.unique(rows.times)
    found = infer_interval(distinct) or asked
    if found is None:
        wrong = f"it has {len(distinct)} times, too few to tell its interval"
        raise BadSeries.of(rows.table.path, wrong, expected="two weeks of counts or more were")
    wanted = asked or _counted_by(rows, found)
    if found.length > wanted.length and not (found.months and wanted.months):
        raise BadSeries.of(
            rows.table.path, f"it is counted by {found.name}", expected=f"counts by {wanted.name} or finer were"
        )
    if wanted.seconds and found.seconds and wanted.seconds % found.seconds:
        raise BadSeries.of(
            rows.table.path, f"{found.name} does not divide {wanted.name}", expected="an interval it divides was"
        )
    off = gridding.first_off_grid(distinct, found, rows.clock)
    if off is not None:
        row = int(np.flatnonzero(rows.times == distinct[off])[0])
        shown = str(rows.times[row]).replace("T", " ")
        raise BadSeries.at(
            rows.table.path,
            rows.table.line(row),
            f"{shown} does not follow its neighbours by {found.name}",
            expected="one interval throughout was",
        )
    return found

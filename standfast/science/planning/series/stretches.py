"""
From when until when, in true time, does a file say how many? Of a forecast, and of a file of people such as a roster's coverage.

Times without an offset are London's. On the night the clocks go back an hour that is written once lasts two, and on the night they go
forward the hour that does not exist is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series.clock import DEFAULT_ZONE, Clock
from standfast.science.planning.series.forecasts import read_forecast
from standfast.science.planning.series.interval import Interval, Times
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.series.table import Table, counts_in, groups_in, read_table, times_in

ROSTERED = "rostered"
HOUR_MINUTES = 60.0
LONDON = Clock(DEFAULT_ZONE)


@dataclass(frozen=True, kw_only=True)
class PeopleStretch:
    """How many people from a time until another, in UTC."""

    starts_at: datetime
    ends_at: datetime
    people: int


@dataclass(frozen=True, kw_only=True)
class DemandStretch:
    """What is expected from a time until another, in UTC: the mean, and quantiles by level from 0 to 1."""

    starts_at: datetime
    ends_at: datetime
    mean: float
    quantiles: dict[float, float]


def people_stretches(path: Path, *, column: str = ROSTERED, series: str = "") -> list[PeopleStretch]:
    """
    Read how many people a file has when, in a column of one of its series: `start`, the column, and `minutes` where they differ.

    :raises BadSeries: naming the line and what was expected there
    """
    table = read_table(path)
    table.require("start", column)
    starts, has_offsets = times_in(table, "start")
    people = counts_in(table, column)
    groups, keys = groups_in(table, ("series",) if "series" in table.columns else ())
    rows = np.flatnonzero(groups == _chosen(path, [key[0] if key else "" for key in keys], series))
    if (empty := rows[np.isnan(people[rows])]).size:
        line = table.line(int(empty[0]))
        raise BadSeries.at(path, line, f"there is no number under {column}", expected="a whole number from 0 was")
    ends = _ends_of_people(table, rows, starts[rows])
    found = _in_true_time(starts[rows], ends, has_offsets=has_offsets)
    return [
        PeopleStretch(starts_at=begins, ends_at=until, people=int(number))
        for (begins, until), number in zip(found, people[rows], strict=True)
        if begins < until
    ]


def demand_stretches(path: Path, *, series: str = "") -> list[DemandStretch]:
    """
    Read what a forecast expects when, in one of its series.

    :raises BadSeries: naming the line and what was expected there
    """
    table = read_forecast(path)
    one = table.series[_chosen(path, [each.name for each in table.series], series)]
    ends = _ends(one.starts, table.interval)
    found = _in_true_time(one.starts, ends, has_offsets=table.has_offsets)
    return [
        DemandStretch(
            starts_at=begins,
            ends_at=until,
            mean=float(one.mean[row]),
            quantiles={level: float(values[row]) for level, values in one.quantiles.items()},
        )
        for row, (begins, until) in enumerate(found)
        if begins < until
    ]


def _chosen(path: Path, names: Sequence[str], series: str) -> int:
    if series in names:
        return names.index(series)
    if series or len(names) > 1:
        wrong = f"there is no series “{series}”" if series else f"it has {len(names)} series"
        raise BadSeries.of(path, wrong, expected=f"one of {', '.join(names[:10])}, named with --series, was")
    return 0


def _ends(starts: Times, interval: Interval) -> Times:
    if interval.months:
        ends = (starts.astype("datetime64[M]") + interval.months).astype("datetime64[s]")
    else:
        ends = starts + np.timedelta64(interval.seconds, "s")
    return _not_past_the_next(starts, ends)


def _ends_of_people(table: Table, rows: NDArray[np.intp], starts: Times) -> Times:
    if (backward := np.flatnonzero(np.diff(starts).astype(int) <= 0)).size:
        row = int(rows[backward[0] + 1])
        wrong = f"{table.columns['start'][row]} does not come after the line before"
        raise BadSeries.at(table.path, table.line(row), wrong, expected="starts in order, each once, were")
    if "minutes" not in table.columns:
        usual = float(np.median(np.diff(starts).astype(float))) / 60 if len(starts) > 1 else HOUR_MINUTES
        return _not_past_the_next(starts, starts + np.timedelta64(round(usual * 60), "s"))
    minutes = counts_in(table, "minutes")[rows]
    if (bad := np.flatnonzero(~(minutes > 0))).size:
        line = table.line(int(rows[bad[0]]))
        raise BadSeries.at(table.path, line, "its minutes are no length", expected="a whole number from 1 was")
    ends = starts + (minutes * 60).astype("timedelta64[s]")
    if (over := np.flatnonzero(ends[:-1] > starts[1:])).size:
        line = table.line(int(rows[over[0]]))
        raise BadSeries.at(table.path, line, "it goes on past the start of the next", expected="fewer minutes were")
    return ends


def _not_past_the_next(starts: Times, ends: Times) -> Times:
    return np.append(np.minimum(ends[:-1], starts[1:]), ends[-1:])


def _in_true_time(starts: Times, ends: Times, *, has_offsets: bool) -> list[tuple[datetime, datetime]]:
    both = [each if has_offsets else LONDON.from_wall(each) for each in (starts, ends)]
    begins, until = ([at.replace(tzinfo=UTC) for at in each.astype("datetime64[s]").tolist()] for each in both)
    return list(zip(begins, until, strict=True))

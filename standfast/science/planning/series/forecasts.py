"""What does a forecast file hold, and how is it read and written? `series,start,mean,q0.1,q0.5,…`, one row an interval of a series."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from standfast.science.planning.series.clock import Clock
from standfast.science.planning.series.history import Numbers, Source
from standfast.science.planning.series.interval import Interval, Times, infer_interval
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.series.results import write_result
from standfast.science.planning.series.table import Table, csv_text, groups_in, numbers_in, read_table, times_in

QUANTILE = re.compile(r"q(0?\.\d+)")
DECIMALS = 4


@dataclass(frozen=True, eq=False)
class SeriesForecast:
    """What is expected of one series: the mean, and for each quantile asked for (0.9: nine times in ten it is no more)."""

    name: str
    starts: Times
    written: tuple[str, ...]
    mean: Numbers
    quantiles: dict[float, Numbers]

    def at(self, level: float) -> Numbers:
        """
        Return a quantile, between two given ones by interpolation.

        :raises BadSeries: if it lies outside those given
        """
        levels = sorted(self.quantiles)
        if not levels or not levels[0] <= level <= levels[-1]:
            given = ", ".join(f"{each:g}" for each in levels) or "none"
            raise BadSeries(f"The quantile {level:g} cannot be told from those of the forecast ({given}).")
        above = int(np.searchsorted(levels, level))
        if levels[above] == level:
            return self.quantiles[level]
        low, high = levels[above - 1], levels[above]
        share = (level - low) / (high - low)
        return self.quantiles[low] * (1 - share) + self.quantiles[high] * share


@dataclass(frozen=True, eq=False)
class ForecastTable:
    """A forecast as it was read; times in UTC if the file says offsets, wall-clock time otherwise."""

    path: Path
    source: Source
    interval: Interval
    series: tuple[SeriesForecast, ...]
    has_offsets: bool


def read_forecast(path: Path) -> ForecastTable:
    """
    Read a forecast file.

    :raises BadSeries: at the first line that cannot be what it should be
    """
    table = read_table(path)
    table.require("series", "start", "mean")
    levels = {name: float(found[1]) for name in table.columns if (found := QUANTILE.fullmatch(name))}
    times, has_offsets = times_in(table, "start")
    columns = {name: _amounts(table, name) for name in ("mean", *levels)}
    groups, keys = groups_in(table, ("series",))
    _check(table, times, groups, [columns[name] for name in sorted(levels, key=lambda each: levels[each])])
    interval = infer_interval(np.unique(times))
    if interval is None:
        raise BadSeries.of(path, "there are too few rows to tell its interval", expected="three intervals or more were")
    made = []
    for place, key in enumerate(keys):
        mine = np.flatnonzero(groups == place)
        quantiles = {levels[name]: columns[name][mine] for name in levels}
        written = tuple(str(each) for each in table.columns["start"][mine])
        made.append(SeriesForecast(key[0], times[mine], written, columns["mean"][mine], quantiles))
    return ForecastTable(path, table.source, interval, tuple(made), has_offsets)


def forecast_text(series: Sequence[SeriesForecast]) -> str:
    """Return forecasts as CSV, with the quantiles they all have."""
    levels = sorted(series[0].quantiles) if series else []
    header = ["series", "start", "mean", *[f"q{level:g}" for level in levels]]
    rows: list[list[object]] = []
    for each in series:
        cells = [np.round(values, DECIMALS).tolist() for values in (each.mean, *(each.quantiles[q] for q in levels))]
        rows.extend([each.name, start, *values] for start, *values in zip(each.written, *cells, strict=True))
    return csv_text(header, rows)


def write_forecast(
    path: Path,
    series: Sequence[SeriesForecast],
    *,
    inputs: Iterable[Source],
    about: dict[str, Any],
) -> None:
    """
    Write forecasts and, beside them, what they were made from.

    :raises BadSeries: if the place cannot be written to
    """
    write_result(path, forecast_text(series), inputs=inputs, about=about)


def forecast_of(name: str, starts: Times, *, interval: Interval, clock: Clock, mean: Numbers) -> SeriesForecast:
    """Return a forecast of means only, its starts written as the history writes them."""
    return SeriesForecast(name, starts, tuple(clock.written(starts, interval)), mean, {})


def _amounts(table: Table, name: str) -> Numbers:
    amounts = numbers_in(table, name)
    if (bad := np.flatnonzero(amounts < 0)).size:
        row = int(bad[0])
        raise BadSeries.at(
            table.path, table.line(row), f"{name} is {amounts[row]:g}", expected="a number from 0 up was"
        )
    return amounts


def _check(table: Table, times: Times, groups: Any, quantiles: list[Numbers]) -> None:
    order = np.argsort(groups, kind="stable")
    backward = np.flatnonzero((np.diff(groups[order]) == 0) & (np.diff(times[order].astype(int)) <= 0))
    if backward.size:
        row = int(order[backward + 1].min())
        shown = str(times[row]).replace("T", " ")
        raise BadSeries.at(
            table.path,
            table.line(row),
            f"{shown} does not follow the row before",
            expected="times that run forward were",
        )
    for lower, higher in pairwise(quantiles):
        if (crossed := np.flatnonzero(higher < lower - 1e-9)).size:
            row = int(crossed[0])
            raise BadSeries.at(table.path, table.line(row), "its quantiles cross", expected="rising quantiles were")

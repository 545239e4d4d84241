"""Which stretch of time does a scenario cover, and which figure holds in which of its hours?"""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series.forecasts import read_forecast
from standfast.science.planning.series.history import Numbers, Source
from standfast.science.planning.series.interval import Times
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.series.table import Table, groups_in, numbers_in, read_table, times_in
from standfast.science.planning.simulate.centre import BadScenario, Steps

HOUR, DAY = 3600.0, 86400.0
MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001 - wall-clock time: any Monday, where a file names no day


@dataclass(frozen=True)
class Span:
    """From which moment (wall-clock, or UTC where files say offsets) for how many seconds."""

    start: datetime
    seconds: float

    @property
    def hours(self) -> Numbers:
        """The start of each hour, in seconds from the start."""
        return np.arange(0.0, self.seconds, HOUR)

    def since(self, moments: np.ndarray) -> Numbers:
        """Return moments as seconds from the start."""
        return (moments - np.datetime64(self.start, "s")).astype(np.float64)

    def by_hour(self, row: list[float] | float) -> Numbers:
        """Return a figure for each hour of the span: of the day (24), of the week (168), or always the same."""
        hours = self.hours
        if isinstance(row, float):
            return np.full(len(hours), row)
        of_day = self.start.hour + (hours // HOUR).astype(int)
        place = of_day % 24 if len(row) == 24 else (self.start.weekday() * 24 + of_day) % 168
        return np.array(row)[place]


@dataclass(frozen=True)
class When:
    """In which hours of which days (the first is 1) something holds."""

    first_day: int = 1
    last_day: int = 10**6
    begins: float = 0.0
    ends: float = DAY

    def holds(self, moments: Numbers, span: Span) -> np.ndarray:
        """Return for each moment whether it falls in."""
        wall = moments + span.start.hour * HOUR + span.start.minute * 60 + span.start.second
        day, of_day = wall // DAY + 1, wall % DAY
        if self.begins < self.ends:
            in_hours = (of_day >= self.begins) & (of_day < self.ends)
        else:  # over midnight
            in_hours = (of_day >= self.begins) | (of_day < self.ends)
        return (day >= self.first_day) & (day <= self.last_day) & in_hours


@dataclass(frozen=True, eq=False)
class FiledFigures:
    """One series of a file of figures by time."""

    moments: np.ndarray
    values: Numbers
    seconds: float
    source: Source
    path: Path = Path()


def forecast_figures(path: Path, *, series: str) -> FiledFigures:
    """
    Return the mean of one series of a forecast.

    :raises BadSeries: if the file cannot be read
    :raises BadScenario: if it has no such series
    """
    table = read_forecast(path)
    for each in table.series:
        if each.name == series or (not series and len(table.series) == 1):
            return FiledFigures(each.starts, each.mean, float(table.interval.length), table.source, path)
    raise BadScenario(
        f"{path} has no series “{series}”; {', '.join(each.name for each in table.series)} were expected."
    )


def people_figures(path: Path, *, series: str, column: str) -> FiledFigures:
    """
    Return a column of one series of a file with a `start`: a requirement, or the coverage of a roster.

    :raises BadSeries: if the file cannot be read, or a row holds no number of people or comes before the one above
    :raises BadScenario: if it has no such series
    """
    table = read_table(path)
    table.require("start", column)
    moments, _ = times_in(table, "start")
    values = numbers_in(table, column)
    groups, keys = groups_in(table, ("series",) if "series" in table.columns else ())
    names = [key[0] if key else "" for key in keys]
    if series not in names and (series or len(names) > 1):
        raise BadScenario(f"{path} has no series “{series}”; {', '.join(names)} were expected.")
    mine = np.flatnonzero(groups == (names.index(series) if series in names else 0))
    _check_people(table, mine, moments=moments, values=values)
    gap = float(np.median(np.diff(moments[mine]).astype(float))) if len(mine) > 1 else HOUR
    return FiledFigures(moments[mine], values[mine], gap, table.source, path)


def _check_people(table: Table, rows: NDArray[np.intp], *, moments: Times, values: Numbers) -> None:
    if (bad := rows[values[rows] < 0]).size:
        wrong = f"{values[bad[0]]:g} is no number of people"
        raise BadSeries.at(table.path, table.line(int(bad[0])), wrong, expected="a number from 0 was")
    if (bad := rows[1:][np.diff(moments[rows]).astype(float) <= 0]).size:
        row = int(bad[0])
        wrong = f"{table.columns['start'][row]} does not come after the line before"
        raise BadSeries.at(table.path, table.line(row), wrong, expected="starts in order, each once, were")


def steps_of(figures: FiledFigures, span: Span) -> Steps:
    """Return figures as steps within a span; nobody is there before the first, after the last, or in a stretch left out."""
    at = span.since(figures.moments)
    inside = np.flatnonzero((at + figures.seconds > 0) & (at < span.seconds))
    begins, values = np.maximum(at[inside], 0.0), figures.values[inside]
    ends = at[inside] + figures.seconds
    alone = ends[np.append(begins[1:], np.inf) > ends]
    begins, values = np.append(begins, alone), np.append(values, np.zeros(len(alone)))
    if not begins.size or begins.min() > 0:
        begins, values = np.append(0.0, begins), np.append(0.0, values)
    order = np.argsort(begins, kind="stable")
    return Steps(at=begins[order], values=values[order])


def read_clock(text: str) -> float:
    """
    Return seconds after midnight of a time such as 18:30.

    :raises ValueError: if it is none
    """
    found = re.fullmatch(r"([01]?\d|2[0-4]):([0-5]\d)", text.strip())
    if not found:
        raise ValueError(text)
    return int(found[1]) * HOUR + int(found[2]) * 60.0

"""On which series are forecasts measured? The development data sets, each skipped with its reason where it is absent."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from standfast.science.planning.forecast.past import by_day
from standfast.science.planning.series.history import WALL_CLOCK, Series
from standfast.science.planning.series.interval import DAY, Interval
from standfast.science.planning.series.reading import Layout, read_history

HOUR, ONE_DAY = Interval(seconds=3600), Interval(seconds=DAY)
AHEAD_DAYS = 28


@dataclass(frozen=True)
class DataSet:
    """A file of counts: where it lies, how it is laid out, whose holidays it knows, which of its series are no series."""

    name: str
    file: str
    layout: Layout
    nation: str
    without: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, eq=False)
class Case:
    """One series on the clock on the wall, and whose holidays it knows."""

    name: str
    series: Series
    nation: str

    @property
    def season(self) -> int:
        """How many intervals make a week."""
        return self.series.interval.per_week

    def at(self, months_back: int) -> tuple[Series, np.ndarray] | None:
        """Return what was known so many months before the last four weeks, and what came; None without 60 days before."""
        last = self.series.end.astype("datetime64[D]") - AHEAD_DAYS
        month = last.astype("datetime64[M]") - months_back
        day = min(int((last - last.astype("datetime64[M]").astype("datetime64[D]")).astype(int)), 27)
        origin = (month.astype("datetime64[D]") + day).astype("datetime64[s]")
        known = self.series.before(origin)
        number = AHEAD_DAYS * self.series.interval.per_day
        if len(known) < 60 * self.series.interval.per_day:
            return None
        return known, self.series.counts[len(known) : len(known) + number]


DATA_SETS = (
    DataSet(
        "Iowa",
        "iowa_ed_hourly/hourly_arrivals.csv.gz",
        Layout(interval=HOUR, time="hour_start_local", count="arrivals"),
        "US",
    ),
    DataSet(
        "Denver",
        "denver_ems_hourly/hourly_calls.csv.gz",
        Layout(interval=HOUR, time="hour_start_utc", count="calls", zone="America/Denver"),
        "US",
    ),
    DataSet(
        "Bank 1999",
        "bank_call_arrivals/anonymous_bank_6min_1999.csv.gz",
        Layout(interval=HOUR, time="interval_start_local", count="calls"),
        "none",
    ),
    DataSet(
        "South West",
        "swast_ambulance_daily/daily_responses.csv.gz",
        Layout(interval=ONE_DAY, time="date", count="responses", by=("area",)),
        "England",
        frozenset({"OOA"}),
    ),
    DataSet(
        "Wales",
        "wales_ems_daily/daily_incidents.csv.gz",
        Layout(interval=ONE_DAY, time="date", count="incidents", by=("health_board",)),
        "Wales",
    ),
)


def data_folder() -> Path:
    """Return where the data sets are looked for."""
    return Path(os.environ.get("STANDFAST_DATA_DIR") or Path(__file__).parents[3] / "shared" / "data")


def cases(folder: Path, skipped: list[str]) -> Iterator[Case]:
    """Give every series there is; what is absent is named in the list."""
    for data in DATA_SETS:
        if not (folder / data.file).exists():
            skipped.append(f"{data.name}: {data.file} is not in {folder.name}/")
            continue
        for series in read_history(folder / data.file, layout=data.layout):
            if series.name not in data.without:
                name = data.name if series.name == "all" else f"{data.name} {series.name}"
                yield Case(name, _on_the_wall(series), data.nation)


def _on_the_wall(series: Series) -> Series:
    # Everybody gets the same row of 24 hours a day, so that no peer stumbles over a day of 23 or 25.
    days, counts = by_day(series)
    first = np.datetime64(int(days[0]), "D").astype("datetime64[s]")
    whole = counts if np.isfinite(counts[-1]).any() else counts[:-1]
    return replace(series, first=first, counts=whole.ravel(), clock=WALL_CLOCK)

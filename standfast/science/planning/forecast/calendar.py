"""Which days are unlike their neighbours: bank holidays, Bonfire Night, the days the clocks change, and what a force adds itself?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series.history import Numbers
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.series.table import Table, read_table

Days = NDArray[np.int64]
"""Days since 1 January 1970."""

LONGEST_REACH = 28
KEPT = 32
"""For how many runs of days the columns are remembered; a back-test of one series asks for seven."""
NATIONS = {
    "england": ("GB", "ENG"),
    "wales": ("GB", "WLS"),
    "scotland": ("GB", "SCT"),
    "northern ireland": ("GB", "NIR"),
}
NONE = "none"
YEARLY = {"Christmas Eve": (12, 24), "New Year's Eve": (12, 31), "Halloween": (10, 31), "Bonfire Night": (11, 5)}
"""What a year has in England besides its bank holidays, each on its day of the month."""
A_DAY = "a day such as 2026-11-05 was"


@dataclass(frozen=True)
class Occasion:
    """One dated occasion, with the days before and after it that feel it; a holiday of the nation, or a local event."""

    name: str
    first: date
    last: date
    lead: int = 0
    lag: int = 0
    is_local: bool = False

    def felt_on(self) -> Iterator[tuple[str, int]]:
        """Return each day that feels it under a name of its own: the day before a match is not the day of the match."""
        first, last = _number(self.first), _number(self.last)
        for ahead in range(self.lead, 0, -1):
            yield f"{self.name} -{ahead}", first - ahead
        for day in range(first, last + 1):
            yield self.name, day
        for after in range(1, self.lag + 1):
            yield f"{self.name} +{after}", last + after


@dataclass(frozen=True, eq=False)
class Effects:
    """For a run of days a column for each kind of day, 1 where it falls."""

    names: tuple[str, ...]
    matrix: Numbers
    local: NDArray[np.bool_]


@dataclass(frozen=True)
class Calendar:
    """A nation's holidays and a force's own occasions."""

    nation: str = "England"
    local: tuple[Occasion, ...] = field(default=())

    def effects(self, days: Days, *, past: int) -> Effects:
        """Return the columns of a run of days of which so many are past; what has not happened yet has no column."""
        return _effects(self, int(days[0]), len(days), past)

    def named_on(self, days: Days) -> list[str]:
        """Return for each day what it is called, nothing for an ordinary one."""
        names: dict[int, list[str]] = {}
        for occasion in (*_national(self.nation, *_years(days)), *self.local):
            for name, day in occasion.felt_on():
                names.setdefault(day, []).append(name)
        return [", ".join(dict.fromkeys(names.get(int(day), ()))) for day in days]


def read_calendar(given: Sequence[str], *, nation: str) -> tuple[Calendar, tuple[Path, ...]]:
    """
    Return the calendar of what was named: a nation, or files of local occasions, `date,name` and optionally `until,lead,lag` in days.

    A file beside no named nation is beside the one given.

    :raises BadSeries: at the first line that cannot be, or if a name is neither a nation that is known nor a file
    """
    _check_nation(nation)
    paths = []
    for name in given:
        if _is_nation(name):
            nation = name
        elif Path(name).is_file():
            paths.append(Path(name))
        else:
            raise BadSeries(
                f"“{name[:80]}” is neither a nation whose holidays are known nor a file; England, none, a country code "
                "or a CSV of local occasions was expected."
            )
    local = tuple(occasion for path in paths for occasion in _occasions(_occasion_table(path)))
    return Calendar(nation=nation, local=local), tuple(paths)


def _occasion_table(path: Path) -> Table:
    table = read_table(path)
    table.require("date", "name")
    return table


def _occasions(table: Table) -> Iterable[Occasion]:
    for row in range(len(table)):
        name = str(table.columns["name"][row]).strip()
        if not name:
            raise BadSeries.at(table.path, table.line(row), "the occasion has no name", expected="a name was")
        first = _day(table, row, "date")
        last = _day(table, row, "until") if _cell(table, row, "until") else first
        if last < first:
            wrong = f"it ends on {last}, before it begins on {first}"
            raise BadSeries.at(table.path, table.line(row), wrong, expected="an end on or after the date was")
        lead, lag = (_reach(table, row, column) for column in ("lead", "lag"))
        yield Occasion(name, first, last, lead, lag, is_local=True)


def _cell(table: Table, row: int, column: str) -> str:
    return str(table.columns[column][row]).strip() if column in table.columns else ""


def _day(table: Table, row: int, column: str) -> date:
    text = _cell(table, row, column)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadSeries.at(table.path, table.line(row), f"“{text[:40]}” is no date", expected=A_DAY) from None


def _reach(table: Table, row: int, column: str) -> int:
    text = _cell(table, row, column) or "0"
    if not text.isdecimal() or int(text) > LONGEST_REACH:
        wrong = f"“{text[:40]}” under {column} is no number of days"
        raise BadSeries.at(table.path, table.line(row), wrong, expected=f"a whole number from 0 to {LONGEST_REACH} was")
    return int(text)


def _is_nation(name: str) -> bool:
    import holidays

    return name.lower() in {*NATIONS, NONE} or name.upper() in holidays.list_supported_countries()


def _check_nation(nation: str) -> None:
    if not _is_nation(nation):
        raise BadSeries(f"No holidays are known for “{nation[:40]}”; England, none or a country code was expected.")


def _years(days: Days) -> tuple[int, int]:
    first, last = (np.datetime64(int(day), "D").astype("datetime64[Y]").astype(int) + 1970 for day in days[[0, -1]])
    return int(first), int(last)


@lru_cache(KEPT)
def _effects(calendar: Calendar, first: int, number: int, past: int) -> Effects:
    # The many series of one file share their days: what falls on them is looked up once, and read only.
    columns: dict[str, Numbers] = {}
    local: dict[str, bool] = {}
    days = first + np.arange(number)
    for occasion in (*_national(calendar.nation, *_years(days)), *calendar.local):
        for name, day in occasion.felt_on():
            if 0 <= day - first < number:
                columns.setdefault(name, np.zeros(number))[day - first] = 1.0
                local[name] = occasion.is_local
    seen = [name for name, column in columns.items() if column[:past].any()]
    matrix = np.column_stack([columns[name] for name in seen]) if seen else np.zeros((number, 0))
    matrix.flags.writeable = False
    return Effects(tuple(seen), matrix, np.array([local[name] for name in seen], dtype=bool))


@cache
def _national(nation: str, first: int, last: int) -> tuple[Occasion, ...]:
    if nation.lower() == NONE:
        return ()
    import holidays

    country, part = NATIONS.get(nation.lower(), (nation.upper(), None))
    years = range(first, last + 2)
    found = holidays.country_holidays(country, subdiv=part, years=years, language="en_GB" if country == "GB" else None)
    named = [Occasion(_plain(name), day, day) for day, name in sorted(found.items())]
    if country == "GB":
        named += [Occasion(name, date(year, *day), date(year, *day)) for year in years for name, day in YEARLY.items()]
        named += [Occasion(name, day, day) for year in years for name, day in _clock_changes(year)]
    return tuple(named)


def _plain(name: Any) -> str:
    # “Christmas Day (observed)” is felt like a bank holiday, not like Christmas.
    return "Bank holiday in lieu" if "observed" in str(name) else str(name).split(";", maxsplit=1)[0].strip()


def _clock_changes(year: int) -> list[tuple[str, date]]:
    changes = []
    for name, month in (("Clocks go forward", 3), ("Clocks go back", 10)):
        last = date(year, month, 31)
        changes.append((name, last.replace(day=31 - last.isoweekday() % 7)))
    return changes


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days

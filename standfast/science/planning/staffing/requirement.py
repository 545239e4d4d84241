"""
How many people are needed when? The file that staffing writes, and a roster and a simulation read.

Columns: `series,start,required,scheduled,minutes`, then the measures behind them (`load,answered,wait_seconds,occupancy,abandoned`).

- `series`: which line, queue or area; `all` where a forecast has one only.
- `start`: the start of the interval as the forecast wrote it: wall-clock time, or with an offset.
- `required`: people on the task; `scheduled`: people on the roster, once leave, sickness, breaks and meetings are taken off.
- `minutes`: the length of the interval.
- `load`: busy people on average; `answered`: share answered in time; `occupancy`: share of their time people are busy.

A reader needs `start` and `required`. `series` is then `all`, `scheduled` the same as `required`, `minutes` the usual distance
between starts.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from standfast.science.planning.series.problems import BadSeries

ONLY_SERIES = "all"
FIRST_COLUMNS = ("series", "start", "required", "scheduled", "minutes")
MEASURES = ("load", "answered", "wait_seconds", "occupancy", "abandoned")
MOST_DIGITS = 7


@dataclass(frozen=True, kw_only=True)
class Need:
    """What one interval of one series takes."""

    start: str
    required: int
    scheduled: int
    minutes: int
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """The start as a time; without an offset it is the time on the wall."""
        return datetime.fromisoformat(self.start)


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What each interval of one series takes, in order of time."""

    series: str
    needs: tuple[Need, ...]

    @property
    def required(self) -> tuple[int, ...]:
        """People on the task, interval by interval."""
        return tuple(each.required for each in self.needs)

    @property
    def scheduled(self) -> tuple[int, ...]:
        """People on the roster, interval by interval."""
        return tuple(each.scheduled for each in self.needs)


def written(requirements: Iterable[Requirement]) -> str:
    """Return the text of a requirement file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*FIRST_COLUMNS, *MEASURES))
    for each in requirements:
        for need in each.needs:
            measures = [_shown(need.measures.get(name)) for name in MEASURES]
            writer.writerow((each.series, need.start, need.required, need.scheduled, need.minutes, *measures))
    return out.getvalue()


def read_requirement(path: Path) -> tuple[Requirement, ...]:
    """
    Read a requirement file, one part a series, in the order they first appear.

    :raises BadSeries: with the line and what was expected there
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "is not text in UTF-8"
        raise BadSeries.of(path, str(reason), expected="a requirement file that can be read was") from None
    rows: dict[str, list[tuple[int, Need]]] = {}
    for line, cells in _lines(path, text):
        series = (cells.get("series") or ONLY_SERIES).strip() or ONLY_SERIES
        rows.setdefault(series, []).append((line, _need(path, line, cells)))
    if not rows:
        raise BadSeries.of(path, "there is no row", expected="a start and a number of people on each line were")
    return tuple(_series(path, name, found) for name, found in rows.items())


def _lines(path: Path, text: str) -> Iterator[tuple[int, dict[str, str | None]]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    if missing := {"start", "required"} - set(reader.fieldnames or ()):
        raise BadSeries.at(path, 1, f"no column {min(missing)}", expected="a header with start and required was")
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as wrong:
        raise BadSeries.at(path, reader.line_num, str(wrong), expected="comma-separated values were") from None


def _need(path: Path, line: int, cells: dict[str, str | None]) -> Need:
    start = (cells.get("start") or "").strip()
    try:
        datetime.fromisoformat(start)
    except ValueError:
        raise BadSeries.at(
            path, line, f"“{start[:40]}” is no time", expected="one such as 2026-11-23 21:45 was"
        ) from None
    required = _people(path, line, cells.get("required"))
    scheduled = _people(path, line, cells["scheduled"]) if cells.get("scheduled") else required
    minutes = _people(path, line, cells["minutes"]) if cells.get("minutes") else 0
    return Need(start=start, required=required, scheduled=scheduled, minutes=minutes)


def _people(path: Path, line: int, cell: str | None) -> int:
    text = (cell or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < MOST_DIGITS):
        raise BadSeries.at(path, line, f"“{text[:40]}” is no number of people", expected="a whole number from 0 was")
    return int(text)


def _series(path: Path, name: str, rows: list[tuple[int, Need]]) -> Requirement:
    moments = [_comparable(need.moment) for _, need in rows]
    for (earlier, later), (line, need) in zip(pairwise(moments), rows[1:], strict=True):
        if later <= earlier:
            wrong = f"{need.start} of {name} does not come after the line before"
            raise BadSeries.at(path, line, wrong, expected="starts in order, each once, were")
    gaps = Counter(int((later - earlier).total_seconds() // 60) for earlier, later in pairwise(moments))
    usual = gaps.most_common(1)[0][0] if gaps else 60
    needs = tuple(
        need if need.minutes else Need(**{**vars(need), "minutes": usual})  # the length was not written
        for _, need in rows
    )
    return Requirement(series=name, needs=needs)


def _comparable(moment: datetime) -> datetime:
    # Wall-clock times are compared with each other only: which zone they are read in makes no difference.
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"

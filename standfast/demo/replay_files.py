"""
Which calls does a file hold? CSV, plain or gzipped, in one of three layouts told by the header; bad rows are named, good ones read.

Alexandria and Montgomery write US Eastern wall time without offset. It is read as such; of an hour that came twice, the first.
The generic layout needs `received_at` (RFC 3339) and `channel`; all other columns named below may be missing or empty.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from standfast.demo.replay_mapping import SourceTerms
from standfast.demo.replayed_text import text_of
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel.days import UnclearTime, parse_instant
from standfast.foundation.kernel.errors import Refusal

EASTERN = ZoneInfo("America/New_York")


class CallsFileWrong(Refusal):
    """A file that holds no calls we can read; says the file and what was expected."""


class RowWrong(Exception):
    """A row that is no call; says what was expected."""


@dataclass(frozen=True, kw_only=True)
class Chain:
    """
    When what was done about a call was done, as the file says; None where it does not.

    `queued_at` is when the call was given to a dispatcher, `sent_at` when the first unit was sent. The times of arriving and clearing
    are those of whichever unit arrived or cleared first. A call that was opened again counts as closed when it was for good. `outcome`
    is the file's own word for how it ended.
    """

    queued_at: datetime
    sent_at: datetime
    en_route_at: datetime | None
    at_scene_at: datetime | None
    cleared_at: datetime | None
    closed_at: datetime | None
    outcome: str


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """
    One call of a file.

    `at` is when the file says it came (for voice: was answered). `terms` are the file's own words for what it was, to be mapped; the
    generic layout has none and says `channel`, `kind` and `priority` itself.
    """

    line: int
    row_id: str
    at: datetime
    presented_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    abandoned_at: datetime | None = None
    terms: SourceTerms | None = None
    channel: str = ""
    kind: str = ""
    priority: int | None = None
    words: str = ""
    caller: dict[str, str] = field(default_factory=dict)
    place: dict[str, str | float] = field(default_factory=dict)
    chain: Chain | None = None

    @property
    def last_at(self) -> datetime:
        """The last instant the file gives for the call itself, whatever was done about it later."""
        return max(at for at in (self.at, self.answered_at, self.ended_at, self.abandoned_at) if at)


@dataclass(frozen=True, kw_only=True)
class BadRow:
    """A row that could not be read: its line in the file and what was expected."""

    line: int
    expected: str


@dataclass(frozen=True, kw_only=True)
class CallsFile:
    """The calls of a file in order of time, its bad rows, and an identity that copies and longer versions of it share."""

    name: str
    layout: str
    identity: str
    calls: tuple[CallRow, ...]
    bad: tuple[BadRow, ...]


Cells = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A way to write calls: its name, the columns it cannot do without, and how a row is read."""

    name: str
    needs: frozenset[str]
    read: Callable[[Cells, int, str], CallRow]


def read_calls(path: Path) -> CallsFile:
    """
    Read a file of calls.

    :raises CallsFileWrong: if it cannot be read at all or its header is of no known layout
    """
    bad: list[BadRow] = []
    rows = _lines(text_of(path, wrong=CallsFileWrong), bad)
    header = [name.strip() for name in next(rows, ([], 0))[0]]
    layout = next((each for each in LAYOUTS if each.needs <= set(header)), None)
    if layout is None:
        raise CallsFileWrong(
            f"{path.name}, line 1: the columns received_at and channel, or those of an Alexandria or Montgomery file, were expected."
        )
    reader = _Reader(layout, header, bad)
    for cells, line in rows:
        reader.take(cells, line)
    calls = tuple(sorted(reader.calls, key=lambda call: (call.at, call.line)))
    return CallsFile(name=path.name, layout=layout.name, identity=reader.identity, calls=calls, bad=tuple(reader.bad))


class _Reader:
    # Reads row after row; the first row is part of the file's identity, a row's own cells its identity where it has no id.
    def __init__(self, layout: Layout, header: list[str], bad: list[BadRow]) -> None:
        self.layout, self.header, self.bad = layout, header, bad
        self.calls: list[CallRow] = []
        self.identity = ""
        self._seen: dict[str, int] = {}

    def take(self, cells: list[str], line: int) -> None:
        self.identity = self.identity or _digest([self.layout.name, *self.header, *cells])
        try:
            self.calls.append(self._read(cells, line))
        except RowWrong as error:
            self.bad.append(BadRow(line=line, expected=str(error)))

    def _read(self, cells: list[str], line: int) -> CallRow:
        if len(cells) != len(self.header):
            raise RowWrong(f"{len(self.header)} columns were expected, {len(cells)} were found")
        if any("\ufffd" in cell for cell in cells):
            raise RowWrong("UTF-8 text was expected")
        row = {name: cell.strip() for name, cell in zip(self.header, cells, strict=True)}
        return self.layout.read(row, line, self._row_id(row, cells))

    def _row_id(self, row: Cells, cells: list[str]) -> str:
        given = row.get("incident_id") or row.get("id") or ""
        name = given or _digest(cells)
        times = self._seen[name] = self._seen.get(name, 0) + 1
        if given and times > 1:
            raise RowWrong(f"an id of its own was expected, {given} stands further up")
        return given or f"{name}/{times}"


def _lines(text: str, bad: list[BadRow]) -> Iterator[tuple[list[str], int]]:
    """Yield the rows and the line each begins on; what is no CSV is set down as bad, and reading goes on at the next line."""
    source = io.StringIO(text, newline="").readlines()
    begins = 0
    while begins < len(source):
        rows = csv.reader((source[number] for number in range(begins, len(source))), strict=True)
        offset = begins
        try:
            for cells in rows:
                if cells:
                    yield cells, begins + 1
                begins = offset + rows.line_num
        except csv.Error as error:
            bad.append(BadRow(line=begins + 1, expected=f"a row of CSV was expected; {error}"))
            begins += 1


def _alexandria(row: Cells, line: int, row_id: str) -> CallRow:
    answered = _eastern(row, "start_time")
    terms = SourceTerms(
        layout="alexandria",
        agency=_needed(row, "agency"),
        type=_needed(row, "problem"),
        reception=row["reception"],
        priority=_whole_number(row, "priority"),
    )
    ended = _if_given(_eastern, row, "phone_stop_time")
    _in_order(start_time=answered, phone_stop_time=ended)
    return CallRow(
        line=line,
        row_id=row_id,
        at=answered,
        answered_at=answered,
        ended_at=ended,
        terms=terms,
        words=terms.type,
        chain=_chain(row),
    )


def _chain(row: Cells) -> Chain | None:
    """Read what was done about a call, in whatever order the file has it: that is for the receiving side to make something of."""
    queued, sent = (_if_given(_eastern, row, name) for name in ("queue_time", "dispatch_time"))
    if queued is None or sent is None:
        return None
    return Chain(
        queued_at=queued,
        sent_at=sent,
        en_route_at=_if_given(_eastern, row, "enroute_time"),
        at_scene_at=_if_given(_eastern, row, "arrival_time"),
        cleared_at=_if_given(_eastern, row, "first_cleared_time"),
        closed_at=_if_given(_eastern, row, "final_closed_time" if row.get("first_reopen_time") else "first_close_time")
        or _if_given(_eastern, row, "final_closed_time"),
        outcome=row.get("disposition", ""),
    )


def _montgomery(row: Cells, line: int, row_id: str) -> CallRow:
    answered = _eastern(row, "timestamp_local")
    title = _needed(row, "title").removesuffix("-").strip()
    terms = SourceTerms(layout="montgomery", agency=title.partition(":")[0], type=title, reception="", priority=None)
    where = ", ".join(part for part in (row.get("address", ""), row.get("township", "")) if part)
    place = {"text": where, "lat": _degrees(row, "lat", 90), "lon": _degrees(row, "lon", 180)}
    return CallRow(
        line=line,
        row_id=row_id,
        at=answered,
        answered_at=answered,
        terms=terms,
        words=title,
        place={key: value for key, value in place.items() if value not in (None, "")},
    )


def _generic(row: Cells, line: int, row_id: str) -> CallRow:
    channel = _needed(row, "channel")
    if channel not in {code.value for code in IntakeChannel}:
        raise RowWrong(f"channel was expected to be one of {', '.join(IntakeChannel)}, {channel[:20]} was found")
    received = _instant(row, "received_at")
    presented, answered = _if_given(_instant, row, "presented_at"), _if_given(_instant, row, "answered_at")
    ended, abandoned = _if_given(_instant, row, "ended_at"), _if_given(_instant, row, "abandoned_at")
    _in_order(presented_at=presented, answered_at=answered, ended_at=ended)
    _in_order(presented_at=presented, abandoned_at=abandoned)
    place = {"text": row.get("place", ""), "lat": _degrees(row, "lat", 90), "lon": _degrees(row, "lon", 180)}
    return CallRow(
        line=line,
        row_id=row_id,
        at=received,
        presented_at=presented,
        answered_at=answered,
        ended_at=ended,
        abandoned_at=abandoned,
        channel=channel,
        kind=row.get("kind", ""),
        priority=_whole_number(row, "priority"),
        words=row.get("words", ""),
        caller={key: row[key] for key in ("name", "phone", "relation") if row.get(key)},
        place={key: value for key, value in place.items() if value not in (None, "")},
    )


LAYOUTS = (
    Layout(
        name="alexandria",
        needs=frozenset({"incident_id", "agency", "problem", "priority", "reception", "start_time", "phone_stop_time"}),
        read=_alexandria,
    ),
    Layout(name="montgomery", needs=frozenset({"timestamp_local", "lat", "lon", "title"}), read=_montgomery),
    Layout(name="generic", needs=frozenset({"received_at", "channel"}), read=_generic),
)


def _needed(row: Cells, name: str) -> str:
    if not row[name]:
        raise RowWrong(f"{name} was expected to say something")
    return row[name]


def _if_given(read: Callable[[Cells, str], datetime], row: Cells, name: str) -> datetime | None:
    return read(row, name) if row.get(name) else None


def _eastern(row: Cells, name: str) -> datetime:
    text = _needed(row, name)
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=EASTERN).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowWrong(f"{name} was expected to be a time such as 2025-11-02 01:30:00, {text[:30]} was found") from None


def _instant(row: Cells, name: str) -> datetime:
    try:
        return parse_instant(_needed(row, name))
    except UnclearTime as error:
        raise RowWrong(f"{name}: {error}".removesuffix(".")) from None


def _whole_number(row: Cells, name: str) -> int | None:
    text = row.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise RowWrong(f"{name} was expected to be a whole number from 0 to 999, {text[:20]} was found")
    return int(text)


def _degrees(row: Cells, name: str, most: int) -> float | None:
    text = row.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise RowWrong(f"{name} was expected to be degrees from -{most} to {most}, {text[:20]} was found")
    return value


def _in_order(**times: datetime | None) -> None:
    given = [(name, at) for name, at in times.items() if at]
    for (earlier, first), (later, second) in pairwise(given):
        if second < first:
            raise RowWrong(f"{later} was expected to be no earlier than {earlier}")


def _digest(cells: list[str]) -> str:
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:32]

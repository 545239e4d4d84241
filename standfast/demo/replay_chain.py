"""
Which made-up unit goes to which replayed call, and what happens to it when? Pure: steps in order of time, from what the file says.

The file names no units, so callsigns are made: as few as are busy at once, and of those that are free the one that has been free longest.
Where the first unit cleared before anybody arrived, another had come as well: it is sent with the first and clears when the call is closed.
Only the public's telephone calls to the police are attended: not those of the other services, nor what officers began themselves. Nor
texts: their first contact is when we stored them, which a replay cannot put back.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from standfast.demo.replay_files import CallRow, CallsFile
from standfast.demo.replay_mapping import Meaning
from standfast.demo.replay_plan import VOICE, Laying, call_key, meaning_of_call
from standfast.foundation.kernel.choices import Choice
from standfast.journey.incidents.rules.unit_status import AT_SCENE, EN_ROUTE

POLICE = "POLICE"
PATROLLING = 2
PREFIX = "RP"


class Deed(Choice):
    """What happens in a step; of the same instant, in this order."""

    OPEN = "open", "Call graded, incident opened"
    SEND = "send", "Unit sent"
    REPORT = "report", "Terminal reports"
    CLOSE = "close", "Incident closed"


@dataclass(frozen=True, kw_only=True)
class Attended:
    """A call somebody is sent to: the key of its contact, what it means here and how it ended in the file."""

    key: str
    about: str
    meaning: Meaning
    words: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happens: when, to which call, and by which unit where it is one that does it; `code` is what is reported."""

    at: datetime
    deed: Deed
    call: Attended
    callsign: str = ""
    code: int | None = None


@dataclass(frozen=True, kw_only=True)
class _Going:
    """One unit on its way to a call: when it is sent, what it reports when, and from when on it is free again, if that is known."""

    sent_at: datetime
    reports: Sequence[tuple[int, datetime]]

    @property
    def free_at(self) -> datetime | None:
        return next((at for code, at in self.reports if code == PATROLLING), None)


def steps_of(file: CallsFile, laying: Laying, *, on: date, taken: frozenset[str] = frozenset()) -> list[Step]:
    """Return what happens to the calls of a file until now, in order of time; callsigns that are `taken` are not given again."""
    found: list[Step] = []
    goings: list[tuple[datetime, int, _Going, Attended]] = []
    for number, row in enumerate(file.calls):
        meaning = meaning_of_call(row, on)
        if not is_attended(row, meaning):
            continue
        call = Attended(
            key=call_key(file, row),
            about=f"{file.name}, line {row.line}",
            meaning=meaning,
            words=row.words,
            outcome=row.chain.outcome if row.chain else "",
        )
        found += _inside(row, call, laying)
        goings += [(each.sent_at, number, each, call) for each in _goings(row, laying)]
    goings.sort(key=lambda each: each[:2])
    found += _of_units(goings, taken)
    order = list(Deed)
    return sorted((step for step in found if step.at <= laying.starts_at), key=lambda s: (s.at, order.index(s.deed)))


def is_attended(row: CallRow, meaning: Meaning) -> bool:
    """Say whether officers go to a call: one by telephone to the police, to which the file has a unit sent."""
    ours = row.terms is not None and row.terms.agency == POLICE
    return row.chain is not None and ours and meaning.channel in VOICE


def _inside(row: CallRow, call: Attended, laying: Laying) -> Iterator[Step]:
    assert row.chain is not None  # noqa: S101 - only what is attended is asked about
    yield Step(at=_laid(row.chain.queued_at, laying), deed=Deed.OPEN, call=call)
    if row.chain.closed_at:
        yield Step(at=_laid(row.chain.closed_at, laying), deed=Deed.CLOSE, call=call)


def _goings(row: CallRow, laying: Laying) -> Iterator[_Going]:
    done = row.chain
    assert done is not None  # noqa: S101 - as above
    sent_at, cleared_at = done.sent_at, done.cleared_at or done.closed_at
    way = [(EN_ROUTE, done.en_route_at)] if done.en_route_at else []
    if done.at_scene_at and cleared_at and cleared_at < done.at_scene_at:
        yield _going(sent_at, [*way, (PATROLLING, cleared_at)], laying)
        left = done.closed_at if done.closed_at and done.closed_at >= done.at_scene_at else done.at_scene_at
        yield _going(sent_at, [(AT_SCENE, done.at_scene_at), (PATROLLING, left)], laying)
        return
    there = [(AT_SCENE, done.at_scene_at)] if done.at_scene_at else []
    yield _going(sent_at, [*way, *there, *([(PATROLLING, cleared_at)] if cleared_at else [])], laying)


def _going(sent_at: datetime, reports: Sequence[tuple[int, datetime]], laying: Laying) -> _Going:
    return _Going(sent_at=_laid(sent_at, laying), reports=[(code, _laid(at, laying)) for code, at in reports])


def _of_units(goings: Sequence[tuple[datetime, int, _Going, Attended]], taken: frozenset[str]) -> Iterator[Step]:
    names = (name for number in count(1) if (name := f"{PREFIX}{number:02d}") not in taken)
    free: list[tuple[datetime, str]] = []
    for sent_at, _, going, call in goings:
        callsign = heapq.heappop(free)[1] if free and free[0][0] < sent_at else next(names)
        yield Step(at=sent_at, deed=Deed.SEND, call=call, callsign=callsign)
        for code, at in going.reports:
            yield Step(at=at, deed=Deed.REPORT, call=call, callsign=callsign, code=code)
        if going.free_at is not None:
            heapq.heappush(free, (max(going.free_at, sent_at), callsign))


def _laid(at: datetime, laying: Laying) -> datetime:
    # To the millisecond, as it is sent: a unit would else set off a moment before it was sent.
    laid = laying.at(at)
    return laid.replace(microsecond=laid.microsecond // 1000 * 1000)

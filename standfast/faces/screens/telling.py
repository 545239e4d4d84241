"""How are the events of a record, and its duties, told on a page?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from standfast.faces.screens.parts import DutyRow, TimelineRow
from standfast.faces.screens.times import ClockState, Countdown, count_down, met, short_moment, span
from standfast.foundation.eventlog.queries import TimelineLine
from standfast.foundation.kernel.days import wall_clock
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind

MACHINES = {"worker": "Standfast"}
PERSON = "staff:"
# Events keep codes, editions, seconds and exact instants; a page says them in words.
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)")
EDITION = re.compile(r"\b([a-z]+(?:_[a-z]+)*)/(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))\b")
CODE = re.compile(r"(?<![\w/])[a-z]+(?:_[a-z]+)+(?![\w/])")
MARGIN = re.compile(r"(-?)(\d+) seconds before its limit")
FOLLOWS = "obligations."


class Duty(Protocol):
    """What a page needs of a duty with a time limit."""

    kind: str
    starts_at: datetime
    warn_at: datetime
    due_at: datetime
    met_at: datetime | None
    stopped_at: datetime | None
    stopped_because: str


def told(lines: Iterable[TimelineLine], *, names: Mapping[str, str], now: datetime) -> list[TimelineRow]:
    """Return events as shown, in their order; `names` are people's names by the reference their acts are stored under."""
    return [
        TimelineRow(
            time=short_moment(line.at, now=now),
            title=wall_clock(line.at),
            icon="i-person" if line.by_ref.startswith(PERSON) else "i-dot",
            text=signed(in_words(line.sentence, now=now), by=doer(line.by_ref, names)),
            quiet=not line.by_ref.startswith(PERSON) or line.kind.startswith(FOLLOWS),
        )
        for line in lines
    ]


def in_words(sentence: str, *, now: datetime) -> str:
    """Return the sentence of an event for people: instants as London clock times, codes, editions and margins as words."""
    said = INSTANT.sub(lambda found: short_moment(datetime.fromisoformat(found[0]), now=now), sentence)
    said = EDITION.sub(lambda found: f"{found[1]} of {_day(found[2])}", said)
    said = MARGIN.sub(lambda found: f"{span(int(found[2]))} {'after' if found[1] else 'before'} its limit", said)
    said = CODE.sub(lambda found: found[0].replace("_", " "), said)
    return said[:1].upper() + said[1:]


def signed(sentence: str, *, by: str) -> str:
    """Return a sentence with who did it, unless it ends with their name already."""
    return sentence if not by or sentence.endswith(by) else f"{sentence} · {by}"


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%-d %B %Y}"


def doer(ref: str, names: Mapping[str, str]) -> str:
    """Return who did something, by name where there is one."""
    return names.get(ref) or MACHINES.get(ref) or ref.removeprefix(PERSON)


def clock_of(duty: Duty, *, now: datetime) -> Countdown:
    """Return a duty's clock, running or ended; one that was late stays visible as late."""
    if duty.met_at is not None:
        return met(duty.due_at, met_at=duty.met_at, starts_at=duty.starts_at)
    if duty.stopped_at is not None:
        return still("Ended", f"{short_moment(duty.stopped_at, now=now)}, {duty.stopped_because}")
    return count_down(duty.due_at, now=now, warn_at=duty.warn_at)


def still(figure: str, word: str) -> Countdown:
    """Return the place of a clock where none runs any more, or none runs yet, and what is so instead."""
    return Countdown(state=ClockState.PAUSED, figure=figure, word=word)


def duty_rows(duties: Sequence[Duty], *, now: datetime) -> list[DutyRow]:
    """Return duties as listed, in their order."""
    return [
        DutyRow(
            title=ObligationKind(duty.kind).label,
            countdown=clock_of(duty, now=now),
            note=f"From {short_moment(duty.starts_at, now=now)}",
        )
        for duty in duties
    ]

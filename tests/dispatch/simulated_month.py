"""A simulated month of a control room: calls, units that all take the same time to a place, and single faults planted in it."""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any

from standfast.journey.incidents.rules.why_late import AttendanceFacts, Cause, Sent, Span
from standfast.science.planning.simulate.response import (
    AskAgain,
    Assignment,
    ResponseCall,
    ResponseUnit,
    nearest_free,
    simulate_response,
)

START = datetime(2026, 11, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR, DAY = 3600.0, 86400.0
MONTH_DAYS, UNITS, PER_HOUR, SCENE = 28, 12, 4.5, 2700.0
NAMED = 0.9


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=round(seconds))


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong in a simulated month: seconds more, a factor, units away on every other day, or more calls on it."""

    handling: float = 0.0
    grading: float = 0.0
    deciding: float = 0.0
    taken_away: float = 0.0
    press: float = 0.0
    travel: float = 1.0
    scene: float = 1.0
    units_away: int = 0
    demand: float = 1.0


def is_odd_day(seconds: float) -> bool:
    return int(seconds // DAY) % 2 == 1


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One call of the simulated month: when each thing happened to it, in seconds, and which unit came."""

    came: float
    graded: float
    ready: float
    lost: float
    assigned: float
    arrived: float
    cleared: float
    unit: str


def happenings(fault: Fault = Fault(), *, days: int = MONTH_DAYS) -> list[Happened]:
    """Simulate a month of calls, or its first days, for units that all take the same time to a place."""
    chance, calls, marks = random.Random(20), [], {}
    now, number = 0.0, 0
    while now < days * DAY:
        now += chance.expovariate(PER_HOUR * 2.5 / HOUR)
        draws = (chance.random(), 120 + chance.expovariate(1 / 60), 20 + chance.expovariate(1 / 20))
        travel, scene, extra = chance.uniform(120, 700), chance.expovariate(1 / SCENE), chance.random()
        kept = (fault.demand if is_odd_day(now) else 1.0) / 2.5
        if draws[0] > kept:
            continue
        number += 1
        handling, grading = draws[1] + fault.handling, draws[2] + fault.grading
        lost = fault.taken_away if extra < 0.5 else 0.0
        ready = now + handling + grading
        marks[str(number)] = (now, now + handling, ready, lost)
        calls.append(
            ResponseCall(
                ref=str(number), at=ready + lost, place=travel * fault.travel, scene_seconds=scene * fault.scene
            )
        )
    outcome = simulate_response(calls, _units(fault), _policy(fault.deciding), lambda _, place, __: place)
    return [
        Happened(
            **dict(zip(("came", "graded", "ready", "lost"), marks[call.about.ref], strict=True)),
            assigned=call.assigned_at,
            arrived=call.arrived_at,
            cleared=call.cleared_at,
            unit=call.units[0],
        )
        for call in outcome.calls
    ]


def month(fault: Fault = Fault(), *, roster_is_known: bool = True) -> list[AttendanceFacts]:
    """Return what a control room would know of each call of a simulated month."""
    happened = happenings(fault)
    free = _free(happened, fault)
    ends = [span.ends_at for span in free]
    odd = [Span(at(day * DAY), at((day + 1) * DAY)) for day in range(1, MONTH_DAYS + 2, 2)]
    facts = []
    for call in happened:
        until, ready, lost = at(call.arrived + fault.press), call.ready, call.lost
        facts.append(
            AttendanceFacts(
                first_contact_at=at(call.came),
                first_graded_at=at(call.graded),
                opened_at=at(ready),
                until=until,
                sent=[*([Sent(at(ready), at(ready + lost))] if lost else []), Sent(at(call.assigned))],
                free=list(
                    takewhile(
                        lambda span, until=until: span.starts_at < until,
                        islice(free, bisect_right(ends, at(ready)), None),
                    )
                ),
                short=odd if fault.units_away and roster_is_known else [],
                unforeseen=odd if fault.demand > 1 else [],
                at_place_since=at(call.arrived),
            )
        )
    return facts


def _units(fault: Fault) -> list[ResponseUnit]:
    even = tuple((day * DAY, (day + 1) * DAY) for day in range(0, MONTH_DAYS + 2, 2))
    return [
        ResponseUnit(ref=str(each), home=0.0, duties=even)
        if each < fault.units_away
        else ResponseUnit(ref=str(each), home=0.0)
        for each in range(UNITS)
    ]


def _policy(deciding: float) -> Callable[[Any], Iterable[Any]]:
    def slow(situation: Any) -> Iterable[Any]:
        ready = [call for call in situation.waiting if situation.now >= call.about.at + deciding]
        for call in situation.waiting:
            if call not in ready:
                yield AskAgain(call.about.at + deciding)
        free = situation.free()
        yield from (Assignment(call, unit) for call, unit in zip(ready, free, strict=False))

    return slow if deciding else nearest_free


def _free(calls: Sequence[Happened], fault: Fault) -> list[Span]:
    """Return when a unit was free, from the times of the units alone."""
    changes: dict[float, int] = {0.0: UNITS - fault.units_away}
    for day in range(MONTH_DAYS + 2):
        if fault.units_away:
            changes[day * DAY] = changes.get(day * DAY, 0) + (-1) ** day * fault.units_away
    for call in calls:
        changes[call.assigned] = changes.get(call.assigned, 0) - 1
        changes[call.cleared] = changes.get(call.cleared, 0) + 1
    number, spans = 0, []
    for moment, later in pairwise(sorted(changes)):
        number += changes[moment]
        if number > 0:
            spans.append(Span(at(moment), at(later)))
    return spans


FAULTS = {
    Cause.HANDLING: Fault(handling=240),
    Cause.GRADING: Fault(grading=180),
    Cause.QUEUEING: Fault(deciding=150),
    Cause.NO_UNIT: Fault(scene=2.6),
    Cause.ROSTER_GAP: Fault(units_away=8),
    Cause.FORECAST: Fault(demand=2.5),
    Cause.TAKEN_AWAY: Fault(taken_away=300),
    Cause.TRAVEL: Fault(travel=1.6),
    Cause.LATE_PRESS: Fault(press=140),
}

"""
What happens to each call for a unit under a dispatch policy? Units with duties and places, travel, and a policy in plain Python.

The policy is asked whenever something happened and somebody waits: a call came, a unit came free or on duty, or the policy asked
to be asked again. It answers with assignments. It may send a unit that is free, or divert one that is still travelling: the call
that unit was on its way to then waits again, unless others go to it. Everything that is chance is in the calls or in
`Situation.chance`, so that two policies with the same calls and the same seed differ by what they decide.
"""

import math
import random
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from standfast.foundation.kernel.errors import Refusal
from standfast.science.planning.simulate.engine import Engine

Place = Hashable
CLEAR, DUTY, ARRIVE_AT, COME, ASK = range(5)


class BadResponse(Refusal):
    """Calls, units or an assignment that cannot be."""


class UnitState(Enum):
    """What a unit is at."""

    OFF = "off duty"
    FREE = "free"
    TRAVELLING = "travelling"
    AT_SCENE = "at the scene"


@dataclass(frozen=True, kw_only=True)
class ResponseCall:
    """A call that wants units: when it comes, where, of what rank (low first), for how long each unit stays. Seconds from the start."""

    ref: str
    at: float
    place: Place
    rank: int = 0
    scene_seconds: float = 0.0
    units_wanted: int = 1
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ResponseUnit:
    """A unit: where it starts from, when it is on duty (from, until), and what its crew can do."""

    ref: str
    home: Place
    duties: tuple[tuple[float, float], ...] = ((0.0, math.inf),)
    skills: frozenset[str] = frozenset()


class Travel(Protocol):
    """How long a journey takes."""

    def __call__(self, origin: Place, destination: Place, at: float) -> float:
        """Return the seconds a journey takes that begins at a moment; infinite where there is no way."""


class TravelInPart(Travel, Protocol):
    """Travel that also knows where a unit is on its way; without it a diverted unit sets out anew from where it came."""

    def part_way(self, origin: Place, destination: Place, share: float) -> Place:
        """Return the place after a share of the journey."""


@dataclass(slots=True)
class Unit:
    """How a unit stands now: a policy reads it, the simulation alone changes it."""

    about: ResponseUnit
    state: UnitState = UnitState.OFF
    place: Place = None
    call: "Call | None" = None
    set_out_at: float = 0.0
    arrives_at: float = math.inf
    clears_at: float = math.inf
    is_on_duty: bool = False
    journey: int = 0


@dataclass(slots=True)
class Call:
    """How a call stands now, and what became of it: when units were assigned, when the first came, when the last left."""

    about: ResponseCall
    missing: int
    assigned_at: float = math.nan
    arrived_at: float = math.nan
    cleared_at: float = math.nan
    at_scene: int = 0
    units: list[str] = field(default_factory=list)
    diverted: int = 0


@dataclass(frozen=True, slots=True)
class Assignment:
    """Send this unit to this call."""

    call: Call
    unit: Unit


@dataclass(frozen=True, slots=True)
class StandDown:
    """Take this unit, still on its way, off its call: it is free where it is, and the call waits again."""

    unit: Unit


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Ask me again at this moment, even if nothing happens before."""

    at: float


@dataclass(slots=True)
class Situation:
    """What a policy may look at. `waiting` is in order of rank, then of arrival; `units` are all, by reference."""

    now: float
    waiting: list[Call]
    units: Mapping[str, Unit]
    travel: Travel
    chance: random.Random

    def free(self) -> list[Unit]:
        """Return the units that are on duty with nothing to go to."""
        return [unit for unit in self.units.values() if unit.state is UnitState.FREE]

    def seconds(self, unit: Unit, call: Call) -> float:
        """Return how long a unit would take to a call if it set out now from where it was last."""
        return self.travel(unit.place, call.about.place, self.now)


Answer = Assignment | StandDown | AskAgain
Policy = Callable[[Situation], Iterable[Answer]]


@dataclass(frozen=True)
class ResponseOutcome:
    """What became of each call, in the order they came, and how long each unit was busy."""

    calls: tuple[Call, ...]
    busy_seconds: Mapping[str, float]


def nearest_free(situation: Situation) -> Iterable[Assignment]:
    """Send to each call, lowest rank first, the nearest free units that can do what it wants: the plainest policy."""
    free = situation.free()
    for call in situation.waiting:
        able = [unit for unit in free if call.about.skills <= unit.about.skills]
        able.sort(key=lambda unit, call=call: situation.seconds(unit, call))  # type: ignore[misc]
        for unit in able[: call.missing]:
            if situation.seconds(unit, call) < math.inf:
                free.remove(unit)
                yield Assignment(call, unit)


def simulate_response(
    calls: Sequence[ResponseCall], units: Sequence[ResponseUnit], policy: Policy, travel: Travel, seed: int = 1
) -> ResponseOutcome:
    """
    Replay calls through a dispatch policy and return what became of each.

    :raises BadResponse: if a unit or a call is there twice, or the policy sends a unit that cannot go
    """
    return _Response(calls, units, policy, travel, seed).run()


class _Response:
    def __init__(
        self, calls: Sequence[ResponseCall], units: Sequence[ResponseUnit], policy: Policy, travel: Travel, seed: int
    ) -> None:
        self.units = {each.ref: Unit(each, place=each.home) for each in units}
        self.calls = [Call(each, each.units_wanted) for each in sorted(calls, key=lambda each: each.at)]
        if len(self.units) < len(units) or len({each.ref for each in calls}) < len(calls):
            raise BadResponse("Two units or two calls have the same reference; each once was expected.")
        self.policy, self.travel = policy, travel
        self.asks_always = bool(getattr(policy, "asks_always", False))
        self.engine = Engine()
        self.situation = Situation(0.0, [], self.units, travel, random.Random(seed))  # noqa: S311 - the same chance again
        self.busy = dict.fromkeys(self.units, 0.0)

    def run(self) -> ResponseOutcome:
        engine = self.engine
        for unit in self.units.values():
            for begin, end in unit.about.duties:
                engine.at(begin, DUTY, self._begin_duty, unit)
                if end < math.inf:
                    engine.at(end, DUTY, self._end_duty, unit)
        engine.foresee([each.about.at for each in self.calls], COME, self._come)
        engine.run()
        return ResponseOutcome(tuple(self.calls), self.busy)

    def _come(self, number: int) -> None:
        self._wait(self.calls[number])
        self._ask()

    def _wait(self, call: Call) -> None:
        waiting = self.situation.waiting
        waiting.append(call)
        if len(waiting) > 1 and (call.about.rank, call.about.at) < (waiting[-2].about.rank, waiting[-2].about.at):
            waiting.sort(key=lambda each: (each.about.rank, each.about.at))

    def _begin_duty(self, unit: Unit) -> None:
        unit.is_on_duty = True
        if unit.state is UnitState.OFF:
            unit.state, unit.place = UnitState.FREE, unit.about.home
        self._ask()

    def _end_duty(self, unit: Unit) -> None:
        # Who is on a call finishes it first.
        unit.is_on_duty = False
        if unit.state is UnitState.FREE:
            unit.state = UnitState.OFF

    def _ask(self, _: object = None) -> None:
        situation = self.situation
        situation.now = self.engine.now
        if not (situation.waiting or self.asks_always):
            return
        for answer in list(self.policy(situation)):
            if isinstance(answer, AskAgain):
                self.engine.at(answer.at, ASK, self._ask, None)
            elif isinstance(answer, StandDown):
                self._stand_down(answer.unit)
            else:
                self._send(answer.unit, answer.call)

    def _send(self, unit: Unit, call: Call) -> None:
        if unit.state not in {UnitState.FREE, UnitState.TRAVELLING}:
            raise BadResponse(f"{unit.about.ref} is {unit.state.value} and cannot be sent; a free one was expected.")
        if call.missing < 1:
            raise BadResponse(f"{call.about.ref} has all its units; a call that waits was expected.")
        now = self.engine.now
        if unit.state is UnitState.TRAVELLING:
            self._turn_back(unit, now)
        seconds = self.travel(unit.place, call.about.place, now)
        if not 0 <= seconds < math.inf:
            raise BadResponse(
                f"There is no way for {unit.about.ref} to {call.about.ref}; one that takes 0 s or more was expected."
            )
        unit.state, unit.call, unit.set_out_at, unit.arrives_at = UnitState.TRAVELLING, call, now, now + seconds
        unit.journey += 1
        call.units.append(unit.about.ref)
        call.missing -= 1
        if math.isnan(call.assigned_at):
            call.assigned_at = now
        if not call.missing:
            self.situation.waiting.remove(call)
        self.engine.at(unit.arrives_at, ARRIVE_AT, self._arrive, (unit, unit.journey))

    def _stand_down(self, unit: Unit) -> None:
        if unit.state is not UnitState.TRAVELLING:
            raise BadResponse(f"{unit.about.ref} is {unit.state.value}; only a unit on its way can be stood down.")
        self._turn_back(unit, self.engine.now)
        unit.call, unit.arrives_at = None, math.inf
        unit.journey += 1
        unit.state = UnitState.FREE if unit.is_on_duty else UnitState.OFF

    def _turn_back(self, unit: Unit, now: float) -> None:
        """Take a unit off the call it is on its way to, which then waits again."""
        call = unit.call
        if call is None:
            return
        self.busy[unit.about.ref] += now - unit.set_out_at
        whole = unit.arrives_at - unit.set_out_at
        if (part_way := getattr(self.travel, "part_way", None)) is not None and whole > 0:
            unit.place = part_way(unit.place, call.about.place, (now - unit.set_out_at) / whole)
        call.units.remove(unit.about.ref)
        call.diverted += 1
        call.missing += 1
        if not call.units:
            call.assigned_at = math.nan
        if call.missing == 1:
            self._wait(call)

    def _arrive(self, what: tuple[Unit, int]) -> None:
        unit, journey = what
        if unit.journey != journey or unit.call is None:
            return  # it was diverted meanwhile
        call, now = unit.call, self.engine.now
        unit.state, unit.place, unit.clears_at = UnitState.AT_SCENE, call.about.place, now + call.about.scene_seconds
        call.at_scene += 1
        if math.isnan(call.arrived_at):
            call.arrived_at = now
        self.engine.at(unit.clears_at, CLEAR, self._clear, unit)

    def _clear(self, unit: Unit) -> None:
        call, now = unit.call, self.engine.now
        if call is not None:
            call.at_scene -= 1
            call.cleared_at = now
        self.busy[unit.about.ref] += now - unit.set_out_at
        unit.call, unit.arrives_at, unit.clears_at = None, math.inf, math.inf
        unit.state = UnitState.FREE if unit.is_on_duty else UnitState.OFF
        self._ask()

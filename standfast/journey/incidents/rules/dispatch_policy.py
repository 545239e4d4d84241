"""
What would happen if every dispatcher took the first choice of the ranking? The policy a simulation of real calls is run with.

It sends as `rank_units` ranks, diversions included. Beyond that it does what a good dispatcher does and the ranking of one incident alone
cannot say: among incidents of one grade the near one first unless the other has waited long, and a unit that has come free takes the place
of one further off. Whoever is relieved so is free again at once.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from standfast.foundation.kernel.tables import DatedTable
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.rules.unit_rank import Candidate, MatterFacts, UnitFacts, rank_units
from standfast.journey.incidents.rules.unit_status import Availability
from standfast.science.planning.simulate.response import (
    Answer,
    AskAgain,
    Assignment,
    Call,
    Situation,
    StandDown,
    Unit,
    UnitState,
)

Point = tuple[float, float]
BY_RANK = tuple(ResponseGrade)
SHIFT_LEFT = 480.0


@dataclass(frozen=True, kw_only=True)
class OrderRow:
    """The weights: see the table."""

    id: str
    wait_weight: float
    swap_gain_minutes: float
    closest_minutes: float
    because: str


TABLE = DatedTable.beside(__file__, "dispatch_order", row=OrderRow)


class SendByRank:
    """
    Send as the ranking says; places are (latitude, longitude), a call's rank is the number of its grade from 0.

    `area_of` names the area of a place, for what sending a unit leaves uncovered; without it no area is left uncovered.
    """

    asks_always = True

    def __init__(self, *, on: date, area_of: Callable[[Point], str] | None = None) -> None:
        self._on, self._area_of = on, area_of
        self._row = TABLE.on(on).rows[0]

    def __call__(self, situation: Situation) -> Iterable[Answer]:
        """Return who is sent where now."""
        able = {
            unit.about.ref: unit
            for unit in situation.units.values()
            if unit.state is UnitState.FREE or (unit.state is UnitState.TRAVELLING and self._may_turn(unit, situation))
        }
        facts = {ref: self._facts(unit, situation) for ref, unit in able.items()}
        left, again = list(situation.waiting), False
        while left and facts:
            chosen = self._next(left, facts, situation.now)
            if chosen is None:
                # Nobody can go to this grade: those below it may still be served by whoever is free.
                left = [call for call in left if call.about.rank != left[0].about.rank]
                continue
            call, candidate = chosen
            del facts[candidate.callsign]
            left.remove(call)
            # Asked again at once: who lost its unit, or wants another, may get one that is free.
            again = again or candidate.diverted or call.missing > 1
            yield Assignment(call, able[candidate.callsign])
        if again:
            yield AskAgain(situation.now)
        elif not situation.waiting:
            yield from self._swap(situation)

    def _may_turn(self, unit: Unit, situation: Situation) -> bool:
        return unit.call is not None and unit.arrives_at - situation.now > self._row.closest_minutes * 60

    def _facts(self, unit: Unit, situation: Situation) -> UnitFacts:
        lat, lon = place_of(unit, situation)
        travelling = unit.state is UnitState.TRAVELLING and unit.call is not None
        return UnitFacts(
            callsign=unit.about.ref,
            availability=Availability.DIVERTIBLE if travelling else Availability.FREE,
            state_label="En route" if travelling else "On patrol",
            lat=lat,
            lon=lon,
            position_age=0.0,
            shift_left=SHIFT_LEFT,
            crew=2,
            skills=frozenset(),
            area=self._area_of((lat, lon)) if self._area_of else "",
            on_grade=BY_RANK[unit.call.about.rank] if travelling and unit.call else "",
        )

    def _next(self, left: Sequence[Call], facts: dict[str, UnitFacts], now: float) -> tuple[Call, Candidate] | None:
        """Return which call of the most urgent grade is served next, and by whom."""
        best: tuple[Call, Candidate] | None = None
        least = math.inf
        units = list(facts.values())
        for call in left:
            if call.about.rank != left[0].about.rank:
                break
            lat, lon = cast("Point", call.about.place)
            matter = MatterFacts(lat=lat, lon=lon, setting="urban", grade=BY_RANK[call.about.rank])
            ranked = rank_units(matter, units, on=self._on).candidates
            if not ranked:
                continue
            score = ranked[0].score - self._row.wait_weight * (now - call.about.at) / 60
            if score < least:
                best, least = (call, ranked[0]), score
        return best

    def _swap(self, situation: Situation) -> Iterable[Answer]:
        """Let a free unit take over from one on its way, where it comes sooner: one at a time, the most urgent first."""
        free = situation.free()
        going = [unit for unit in situation.units.values() if unit.state is UnitState.TRAVELLING and unit.call]
        for unit in sorted(going, key=lambda each: each.call.about.rank):  # type: ignore[union-attr]
            call = unit.call
            if call is None or not free:
                return
            nearest = min(free, key=lambda each: situation.seconds(each, call))
            if situation.now + situation.seconds(nearest, call) + self._row.swap_gain_minutes * 60 < unit.arrives_at:
                yield StandDown(unit)
                yield Assignment(call, nearest)
                return


def place_of(unit: Unit, situation: Situation) -> Point:
    """Return where a unit is now, on its way or not."""
    whole = unit.arrives_at - unit.set_out_at
    if unit.state is not UnitState.TRAVELLING or unit.call is None or whole <= 0:
        return unit.place  # type: ignore[return-value]
    share = (situation.now - unit.set_out_at) / whole
    found: Point = situation.travel.part_way(unit.place, unit.call.about.place, share)  # type: ignore[attr-defined]
    return found

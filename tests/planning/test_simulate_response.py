"""Does a replay of calls through a dispatch policy follow units rightly, and queues exactly?"""

import math
import random

import pytest

from standfast.science.planning.simulate.response import (
    AskAgain,
    Assignment,
    BadResponse,
    ResponseCall,
    ResponseUnit,
    UnitState,
    nearest_free,
    simulate_response,
)
from standfast.science.planning.staffing import formulas

HOUR = 3600.0


def along_a_line(origin, destination, at):
    """A minute a mile."""
    return abs(origin - destination) * 60.0


class LineTravel:
    def __call__(self, origin, destination, at):
        return along_a_line(origin, destination, at)

    def part_way(self, origin, destination, share):
        return origin + (destination - origin) * share


def one_call(**changes):
    return ResponseCall(**{"ref": "c1", "at": 0.0, "place": 5, "scene_seconds": 600.0} | changes)


def test_the_nearest_free_unit_goes_arrives_and_clears():
    units = [ResponseUnit(ref="far", home=20), ResponseUnit(ref="near", home=3)]
    (call,) = simulate_response([one_call()], units, nearest_free, along_a_line).calls
    assert call.units == ["near"]
    assert (call.assigned_at, call.arrived_at, call.cleared_at) == (0.0, 120.0, 720.0)


def test_a_call_waits_for_a_unit_and_the_more_urgent_goes_first():
    calls = [
        one_call(),
        one_call(ref="routine", at=10.0, rank=2),
        one_call(ref="immediate", at=20.0, rank=0),
    ]
    found = {
        each.about.ref: each
        for each in simulate_response(calls, [ResponseUnit(ref="u", home=5)], nearest_free, along_a_line).calls
    }
    assert found["immediate"].arrived_at == 600.0
    assert found["routine"].arrived_at == 1200.0


def test_a_unit_off_duty_is_not_sent_and_one_on_a_call_stays_to_its_end():
    unit = ResponseUnit(ref="u", home=5, duties=((100.0, 200.0), (5000.0, 6000.0)))
    calls = [one_call(), one_call(ref="c2", at=300.0)]
    first, second = simulate_response(calls, [unit], nearest_free, along_a_line).calls
    assert (first.arrived_at, first.cleared_at) == (100.0, 700.0)
    assert second.arrived_at == 5000.0


def test_a_call_gets_as_many_units_as_it_wants_and_of_the_skills_it_wants():
    units = [
        ResponseUnit(ref="plain", home=5),
        *(ResponseUnit(ref=f"armed {n}", home=9, skills=frozenset({"arms"})) for n in (1, 2)),
    ]
    (call,) = simulate_response(
        [one_call(units_wanted=2, skills=frozenset({"arms"}))], units, nearest_free, along_a_line
    ).calls
    assert call.units == ["armed 1", "armed 2"]
    assert call.cleared_at == 240.0 + 600.0


def divert_for_urgent(situation):
    """Send the nearest free unit; for the most urgent also one that is on its way to something less urgent."""
    for call in situation.waiting:
        movable = [
            unit
            for unit in situation.units.values()
            if unit.state is UnitState.FREE
            or (unit.state is UnitState.TRAVELLING and unit.call is not None and unit.call.about.rank > call.about.rank)
        ]
        if movable:
            yield Assignment(call, movable[0])
            return


def test_a_diverted_unit_sets_out_from_where_it_is_and_the_call_it_left_waits_again():
    calls = [one_call(ref="routine", place=10, rank=2), one_call(ref="immediate", at=300.0, place=0, rank=0)]
    outcome = simulate_response(calls, [ResponseUnit(ref="u", home=0)], divert_for_urgent, LineTravel())
    routine, immediate = outcome.calls
    assert immediate.arrived_at == 300.0 + 5 * 60.0
    assert routine.diverted == 1
    assert routine.arrived_at == immediate.cleared_at + 600.0
    assert outcome.busy_seconds["u"] == pytest.approx(routine.cleared_at)


def test_a_policy_may_ask_to_be_asked_again():
    asked = []

    def hesitant(situation):
        asked.append(situation.now)
        if situation.now < 90:
            return [AskAgain(situation.now + 45)]
        return list(nearest_free(situation))

    (call,) = simulate_response([one_call()], [ResponseUnit(ref="u", home=5)], hesitant, along_a_line).calls
    assert asked == [0.0, 45.0, 90.0]
    assert call.assigned_at == 90.0


def test_a_policy_that_sends_a_busy_unit_is_refused():
    def careless(situation):
        return [Assignment(call, situation.units["u"]) for call in situation.waiting]

    with pytest.raises(BadResponse, match="at the scene"):
        simulate_response(
            [one_call(), one_call(ref="c2", at=30.0)], [ResponseUnit(ref="u", home=5)], careless, along_a_line
        )


def test_a_reference_twice_is_refused():
    with pytest.raises(BadResponse, match="same reference"):
        simulate_response([one_call(), one_call()], [ResponseUnit(ref="u", home=5)], nearest_free, along_a_line)


def test_units_without_travel_are_an_exact_queue_and_keep_its_order_of_rank():
    chance, at, calls = random.Random(8), 0.0, []
    for number in range(40_000):
        at += chance.expovariate(8 / HOUR)
        rank = 0 if chance.random() < 0.3 else 1
        calls.append(
            ResponseCall(ref=str(number), at=at, place=0, rank=rank, scene_seconds=chance.expovariate(1 / 2700))
        )
    units = [ResponseUnit(ref=str(number), home=0) for number in range(8)]
    outcome = simulate_response(calls, units, nearest_free, along_a_line)
    again = simulate_response(calls, units, nearest_free, along_a_line)
    waits = {
        rank: [each.arrived_at - each.about.at for each in outcome.calls if each.about.rank == rank] for rank in (0, 1)
    }
    emptying = formulas.erlang_c(6.0, 8) * 2700 / 8
    # Cobham's waits for one rank before another.
    assert sum(waits[0]) / len(waits[0]) == pytest.approx(emptying / (1 - 0.225), rel=0.1)
    assert sum(waits[1]) / len(waits[1]) == pytest.approx(emptying / (1 - 0.225) / (1 - 0.75), rel=0.15)
    assert [each.arrived_at for each in outcome.calls] == [each.arrived_at for each in again.calls]
    assert not any(math.isnan(each.cleared_at) for each in outcome.calls)

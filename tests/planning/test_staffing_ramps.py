"""Does staffing follow a load that ramps, an order of lines, chats and deadlines? Simulation is the judge, not the formula."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standfast.science.planning.series.forecasts import read_forecast
from standfast.science.planning.simulate.centre import Centre, Kind, Spread, Steps, Team, changes_of, rules_of
from standfast.science.planning.simulate.kernel import run_kernel
from standfast.science.planning.simulate.measures import answered_in_time_by
from standfast.science.planning.simulate.streams import Demand, draw_contacts, steady
from standfast.science.planning.staffing.backlog import ROUNDING, Items, required_for_backlog, taut_string
from standfast.science.planning.staffing.plan import Order, Staffing, plan_pool
from standfast.science.planning.staffing.priorities import Line, pool_reached, required_pool
from standfast.science.planning.staffing.ramps import METHODS, Arrivals, stationary, transient
from standfast.science.planning.staffing.targets import NoStaffingMeets, Target, Work

QUARTER = 900.0
TARGET = Target(answered=0.9, within=10)
LONG_CALLS = Work(aht=600)
PEAK = 5 + 85 * np.exp(-(((np.arange(40) - 20) / 5) ** 2))


@pytest.mark.parametrize("patience", [math.inf, 150.0])
def test_a_ramp_is_staffed_to_its_target_where_the_formula_falls_far_short(patience):
    work = Work(aht=600, patience=patience)
    arrivals = Arrivals(expected=PEAK, seconds=QUARTER)
    ours = simulated(transient(arrivals, work=work, target=TARGET), work)
    formula = simulated(stationary(arrivals, work=work, target=TARGET), work)
    assert ours.min() > 0.9 - 0.02
    assert formula.min() < 0.75


@pytest.mark.parametrize("method", METHODS)
def test_a_level_load_gets_the_level_answer(method):
    arrivals = Arrivals(expected=np.full(12, 30.0), seconds=QUARTER)
    found = METHODS[method](arrivals, work=Work(aht=240), target=TARGET)
    assert found.tolist() == [13] * 12


def test_nobody_is_needed_while_nobody_calls():
    arrivals = Arrivals(expected=np.array([20.0, 0.0, 0.0, 20.0, 0.0]), seconds=QUARTER)
    assert transient(arrivals, work=LONG_CALLS, target=TARGET)[[1, 2, 4]].tolist() == [0, 0, 0]


def test_a_call_in_the_first_line_of_a_pool_goes_first():
    lines = [
        Line(per_second=0.02, aht=300, target=Target(answered=0.9, within=10)),
        Line(per_second=0.03, aht=300, target=Target(answered=0.8, within=60)),
    ]
    agents = required_pool(lines)
    first, second = pool_reached(lines, agents)
    assert first.answered >= 0.9
    assert second.answered >= 0.8
    fewer = pool_reached(lines, agents - 1)
    assert fewer[0].answered < 0.9 or fewer[1].answered < 0.8
    assert [each.answered for each in (first, second)] == pytest.approx(pool_simulated(lines, agents), abs=0.01)


@pytest.mark.parametrize("patience", [60.0, 600.0])
def test_a_pool_that_callers_leave_is_never_staffed_with_too_few(patience):
    lines = [
        Line(per_second=0.006, aht=420, target=Target(answered=0.9, within=10), patience=patience),
        Line(per_second=0.017, aht=420, target=Target(answered=0.8, within=60, abandoned=0.05), patience=2 * patience),
    ]
    agents = required_pool(lines)
    contacts, outcome = pool_run(lines, agents)
    left = [float(np.isnan(outcome.answered[contacts.kind == rank]).mean()) for rank in range(2)]
    for said, answered, lost in zip(pool_reached(lines, agents), pool_simulated(lines, agents), left, strict=True):
        assert said.answered - 0.005 < answered < said.answered + 0.06
        assert said.abandoned - 0.03 < lost < said.abandoned + 0.005
    assert required_pool([replace(line, patience=math.inf) for line in lines[:1]]) <= required_pool(lines[:1])


def test_a_pool_follows_a_ramp_where_the_formula_falls_far_short(tmp_path):
    midnight = datetime(2026, 6, 1)
    rows = [
        f"{line},{midnight + place * timedelta(seconds=QUARTER)},{calls}"
        for line in ("999", "101")
        for place, calls in enumerate(PEAK)
    ]
    (tmp_path / "f.csv").write_text("\n".join(["series,start,mean", *rows]) + "\n")
    table = read_forecast(tmp_path / "f.csv")
    least = {}
    for method in ("transient", "stationary"):
        orders = [(line, Order(work=LONG_CALLS, target=TARGET, method=method)) for line in ("999", "101")]
        least[method] = simulated(np.array(plan_pool(table, orders, Staffing()).required), LONG_CALLS, lines=2).min()
    assert least["transient"] > 0.9 - 0.05
    assert least["stationary"] < 0.75


def test_a_pool_needs_no_more_than_two_desks_apart():
    one, other = (Line(per_second=0.02, aht=300, target=TARGET) for _ in range(2))
    assert required_pool([one, other]) < required_pool([one]) + required_pool([other])


def test_a_pool_with_a_target_that_no_staffing_meets_is_refused():
    with pytest.raises(NoStaffingMeets):
        required_pool([Line(per_second=0.02, aht=300, target=Target(answered=1.0, within=10))])


@settings(max_examples=50, deadline=None)
@given(
    counts=st.lists(st.floats(0, 50), min_size=2, max_size=40),
    deadline=st.floats(1, 20_000),
    occupancy=st.floats(0.5, 1),
)
def test_a_backlog_is_done_before_every_deadline_and_never_before_it_comes(counts, deadline, occupancy):
    items = Items(expected=np.array(counts), seconds=1800.0, aht=600.0, deadline=deadline)
    people = required_for_backlog(items, occupancy=occupancy)
    edges = np.arange(len(counts) + 1) * items.seconds
    come = np.append(0.0, np.cumsum(items.expected)) * items.aht
    due = np.interp(edges - deadline, edges, come, left=0.0)
    done = np.zeros(len(edges))
    for place, number in enumerate(people):
        done[place + 1] = min(come[place + 1], done[place] + number * items.seconds * occupancy)
    forgiven = ROUNDING * items.seconds * len(counts)
    assert (done >= due - forgiven).all()
    assert people.sum() * items.seconds * occupancy >= come[-1] - forgiven


def test_work_that_may_wait_until_tomorrow_is_still_staffed_today():
    items = Items(expected=np.full(24, 120.0), seconds=3600.0, aht=600.0, deadline=4 * 3600.0)
    assert required_for_backlog(items).tolist() == [20] * 24
    late = Items(expected=np.array([0.0, 0.0, 0.0, 24.0]), seconds=3600.0, aht=3600.0, deadline=6 * 3600.0)
    assert required_for_backlog(late).tolist() == [6] * 4


def test_the_string_is_taut():
    low = np.array([0.0, 0.0, 0.0, 0.0, 8.0])
    high = np.array([0.0, 4.0, 6.0, 7.0, 8.0])
    assert taut_string(low, high).tolist() == [0.0, 2.0, 4.0, 6.0, 8.0]
    high = np.array([0.0, 1.0, 6.0, 7.0, 8.0])
    assert taut_string(low, high) == pytest.approx([0.0, 1.0, 10 / 3, 17 / 3, 8.0])


def simulated(agents, work, runs=600, lines=1):
    """
    Return the share answered in time in each interval of the peak, after a long lead-in at the first load.

    Of several lines with the same peak, the last is told: the one that is answered after the others.
    """
    lead = 8
    expected = np.concatenate([np.full(lead, PEAK[0]), PEAK])
    people = np.concatenate([np.full(lead, agents[0]), agents]).astype(float)
    at = np.arange(len(expected)) * QUARTER
    names = tuple(map(str, range(lines)))
    kinds = tuple(
        Kind(name=name, rank=rank, handling=Spread(mean=work.aht), patience=work.patience)
        for rank, name in enumerate(names)
    )
    centre = Centre(kinds=kinds, teams=(Team(name="desk", takes=names, people=Steps(at=at, values=people)),))
    demands = [
        Demand(kind=name, starts=at, seconds=QUARTER, expected=expected, factor=np.ones(len(at))) for name in names
    ]
    came, met = np.zeros(len(at)), np.zeros(len(at))
    for replication in range(runs):
        contacts = draw_contacts(centre, demands, seed=3, replication=replication)
        outcome = run_kernel(contacts, rules_of(centre), changes_of(centre))
        edges = np.append(at, len(at) * QUARTER)
        found = answered_in_time_by(contacts, outcome, kind=lines - 1, within=TARGET.within, edges=edges)
        came += found["offered"]
        met += found["in_time"]
    return (met / came)[lead:]


def pool_simulated(lines, agents):
    """Return of each line the share answered in time, once the pool has run for long."""
    contacts, outcome = pool_run(lines, agents)
    waits = outcome.answered - contacts.arrive
    return [float((waits[contacts.kind == rank] <= line.target.within).mean()) for rank, line in enumerate(lines)]


def pool_run(lines, agents):
    seconds = 40 * 86400.0
    kinds = tuple(
        Kind(name=str(rank), rank=rank, handling=Spread(mean=line.aht), patience=line.patience)
        for rank, line in enumerate(lines)
    )
    people = Steps(at=np.zeros(1), values=np.array([float(agents)]))
    centre = Centre(kinds=kinds, teams=(Team(name="pool", takes=("0", "1"), people=people),))
    demands = [steady(str(rank), per_hour=line.per_second * 3600, seconds=seconds) for rank, line in enumerate(lines)]
    contacts = draw_contacts(centre, demands, seed=1)
    return contacts, run_kernel(contacts, rules_of(centre), changes_of(centre))

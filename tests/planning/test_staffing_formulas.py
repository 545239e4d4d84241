"""Are the queue formulas right, against exact values and against the plain balance of a birth and death process?"""

import csv
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from standfast.science.planning.staffing import formulas
from standfast.science.planning.staffing.grid import Cells, fewest_agents, reached, required_agents
from standfast.science.planning.staffing.targets import NoStaffingMeets, Target, check_target

REFERENCE = "erlang_reference/erlang_reference.csv"
CLOSE = 1e-9


def test_the_reference_table_is_met_to_nine_places(shared_data):
    with (shared_data / REFERENCE).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows
    for row in rows:
        aht, agents = float(row["aht_s"]), int(row["agents"])
        load = float(row["calls"]) * aht / float(row["interval_s"])
        got = reached(Cells(load=load, aht=aht, within=float(row["target_s"])), agents)
        assert formulas.erlang_b(load, agents) == pytest.approx(float(row["erlang_b"]), rel=CLOSE)
        assert got.waits == pytest.approx(float(row["erlang_c"]), rel=CLOSE)
        assert got.answered == pytest.approx(float(row["service_level"]), rel=CLOSE)
        assert got.average_wait == pytest.approx(float(row["asa_s"]), rel=CLOSE)
        assert got.occupancy == pytest.approx(float(row["occupancy"]), rel=CLOSE)


@pytest.mark.parametrize(
    ("load", "agents", "aht", "within", "answered"),
    [(8, 10, 240, 20, 0.6536), (8, 13, 240, 10, 0.9383), (10, 14, 300, 20, 0.8666), (20, 24, 180, 20, 0.8089)],
)
def test_worked_examples_of_emergency_lines(load, agents, aht, within, answered):
    got = reached(Cells(load=load, aht=aht, within=within), agents)
    assert got.answered == pytest.approx(answered, abs=5e-5)


@pytest.mark.parametrize("leaving", [0.05, 0.5, 2.0])
@pytest.mark.parametrize(("load", "agents"), [(8.0, 10), (10.0, 8), (30.0, 32), (50.0, 45), (0.3, 1)])
def test_erlang_a_is_what_the_balance_of_states_gives(load, agents, leaving):
    within = 0.05
    assert formulas.with_leaving(load, agents, within, leaving) == pytest.approx(
        _balance(load, agents, within, leaving), rel=1e-9, abs=1e-12
    )


def test_erlang_a_with_endless_patience_is_erlang_c():
    patient = formulas.measures(8.0, 10, 0.05, 0.0)
    nearly = formulas.measures(8.0, 10, 0.05, 1e-8)
    assert nearly == pytest.approx(patient, rel=1e-6, abs=1e-7)


def test_a_hopelessly_overloaded_line_loses_all_it_cannot_take():
    answered, lost, waits = formulas.with_leaving(5000.0, 10, 0.1, 0.05)
    assert (lost, waits) == pytest.approx((0.998, 1.0))
    assert answered == pytest.approx(0.0, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    load=st.floats(0.01, 120),
    aht=st.floats(30, 900),
    answered=st.floats(0.2, 0.99),
    within=st.floats(0, 120),
    patience=st.sampled_from([math.inf, 60.0, 400.0]),
)
def test_a_requirement_is_enough_and_one_fewer_is_not(load, aht, answered, within, patience):
    cells = Cells(load=load, aht=aht, answered=answered, within=within, patience=patience)
    agents = int(required_agents(cells))
    assert reached(cells, agents).answered >= answered - 1e-12
    assert reached(cells, agents - 1).answered < answered


@settings(max_examples=60, deadline=None)
@given(load=st.floats(0.01, 200), agents=st.integers(1, 200), patience=st.sampled_from([math.inf, 90.0]))
def test_more_people_never_answer_fewer(load, agents, patience):
    both = reached(Cells(load=load, aht=300, within=20, patience=patience), [agents, agents + 1])
    assert both.answered[1] >= both.answered[0] - 1e-12
    assert both.average_wait[1] <= both.average_wait[0] + 1e-12


def test_a_grid_is_its_cells_one_by_one():
    loads, within = np.array([0.0, 3.7, 25.0]), np.array([0.0, 10.0, 60.0, 300.0])
    grid = Cells(load=loads[:, None], aht=240, answered=0.9, within=within, occupancy=0.85)
    found = required_agents(grid)
    assert found.shape == (3, 4)
    assert (found[0] == 0).all()
    single = [
        [int(required_agents(Cells(load=a, aht=240, answered=0.9, within=t, occupancy=0.85))) for t in within]
        for a in loads
    ]
    assert found.tolist() == single


def test_an_occupancy_ceiling_and_a_share_that_hangs_up_are_kept():
    cells = Cells(load=20.0, aht=300, patience=120, occupancy=0.8, abandoned=0.01)
    agents = int(required_agents(cells))
    got, fewer = reached(cells, agents), reached(cells, agents - 1)
    assert got.occupancy <= 0.8
    assert got.abandoned <= 0.01
    assert fewer.occupancy > 0.8 or fewer.abandoned > 0.01


@pytest.mark.parametrize(
    "target", [Target(answered=1.0, within=10), Target(average_wait=0), Target(abandoned=0), Target(occupancy=0)]
)
def test_a_target_that_no_staffing_meets_is_refused(target):
    with pytest.raises(NoStaffingMeets, match="No staffing meets"):
        check_target(target)
    assert fewest_agents(Cells(load=5.0, aht=300, patience=100, **vars(target))) == -1


def _balance(load, agents, within, leaving, states=900):
    weights = np.zeros(states + 1)
    for state in range(1, states + 1):
        weights[state] = weights[state - 1] + math.log(load / (min(state, agents) + max(0, state - agents) * leaving))
    share = np.exp(weights - weights.max())
    share /= share.sum()
    lost = sum(share[state] * (state - agents) * leaving for state in range(agents, states + 1)) / load
    ahead = 90
    rates = np.zeros((ahead + 2, ahead + 2))
    for state in range(ahead):
        rates[state, state - 1 if state else ahead] += agents + state * leaving
        rates[state, ahead + 1] += leaving
        rates[state, state] -= agents + state * leaving + leaving
    soon = expm(rates * within)[:, ahead]
    answered = share[:agents].sum() + share[agents : agents + ahead] @ soon[:ahead]
    return answered, lost, share[agents:].sum()

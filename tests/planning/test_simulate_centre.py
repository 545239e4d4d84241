"""Is a simulated contact centre right, the same twice, and never worse with more people?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standfast.science.planning.simulate.by_policy import UsualPolicy, run_by_policy
from standfast.science.planning.simulate.centre import (
    BadScenario,
    Centre,
    Kind,
    Spread,
    Steps,
    Team,
    changes_of,
    rules_of,
)
from standfast.science.planning.simulate.engine import Engine
from standfast.science.planning.simulate.kernel import run_kernel
from standfast.science.planning.simulate.measures import Window, difference, estimate, worked_seconds
from standfast.science.planning.simulate.runs import Chance, Setting, simulate_centre
from standfast.science.planning.simulate.streams import Demand, draw_contacts, steady
from standfast.science.planning.staffing import formulas

DAYS = 12 * 86400.0
PEOPLE = st.lists(st.integers(0, 6), min_size=3, max_size=3)


def level(*people, step=900.0):
    return Steps(at=np.arange(len(people)) * step, values=np.array(people, dtype=float))


def one_line(people, *, patience=math.inf, handling=None):
    kind = Kind(name="999", handling=handling or Spread(mean=300.0), patience=patience, within=20)
    return Centre(kinds=(kind,), teams=(Team(name="desk", takes=("999",), people=people),))


def busy_floor(people):
    """Three teams, four kinds, breaks in numbers, patience, chats and call backs: everything at once."""
    kinds = (
        Kind(name="999", rank=0, handling=Spread(mean=300.0), patience=120.0),
        Kind(
            name="101",
            rank=1,
            handling=Spread(mean=500.0, variation=0.8),
            patience=200,
            held_back=1,
            call_back_after=60,
            call_back_share=0.4,
            call_back_as="back",
        ),
        Kind(name="chat", rank=2, handling=Spread(mean=900.0, variation=0.5), at_once=3, patience=400),
        Kind(name="back", rank=3, handling=Spread(mean=400.0, variation=0.0)),
    )
    teams = (
        Team(name="999 desk", takes=("999",), people=level(*people[0])),
        Team(name="all", takes=("999", "101", "chat", "back"), people=level(*people[1])),
        Team(name="chat desk", takes=("chat", "back"), people=level(*people[2])),
    )
    return Centre(kinds=kinds, teams=teams)


def floor_contacts(centre, seed, seconds=6300.0):
    demands = [steady(name, per_hour=rate, seconds=seconds) for name, rate in (("999", 40), ("101", 70), ("chat", 30))]
    return draw_contacts(centre, demands, seed=seed)


@settings(max_examples=40, deadline=None)
@given(people=st.lists(PEOPLE, min_size=3, max_size=3), seed=st.integers(0, 1000))
def test_the_compiled_and_the_general_engine_agree_to_the_last_bit(people, seed):
    centre = busy_floor(people)
    contacts = floor_contacts(centre, seed)
    compiled = run_kernel(contacts, rules_of(centre), changes_of(centre))
    general = run_by_policy(contacts, rules_of(centre), changes_of(centre))
    for one, other in zip(compiled, general, strict=True):
        assert np.array_equal(one, other, equal_nan=True)


@settings(max_examples=40, deadline=None)
@given(people=st.lists(PEOPLE, min_size=3, max_size=3), seed=st.integers(0, 1000))
def test_nobody_does_two_things_and_nobody_is_forgotten_beside_a_free_person(people, seed):
    centre = busy_floor(people)
    contacts = floor_contacts(centre, seed)
    outcome = run_kernel(contacts, rules_of(centre), changes_of(centre))
    answered = ~np.isnan(outcome.answered)
    assert (outcome.answered[answered] >= contacts.arrive[answered]).all()
    stayed = answered & (outcome.kind == contacts.kind)
    assert (outcome.answered - contacts.arrive)[stayed].max(initial=0) <= contacts.leaves[stayed].max(initial=0)
    for team in range(3):
        begins = np.sort(outcome.answered[(outcome.team == team) & (outcome.desk < 0)])
        ends = np.sort(outcome.ends[(outcome.team == team) & (outcome.desk < 0)])
        at_once = np.arange(1, len(begins) + 1) - np.searchsorted(ends, begins, side="right")
        assert at_once.max(initial=0) <= max(people[team])


@settings(max_examples=60, deadline=None)
@given(
    people=st.lists(st.integers(0, 8), min_size=4, max_size=8),
    more=st.lists(st.integers(0, 3), min_size=8, max_size=8),
    seed=st.integers(0, 10_000),
)
def test_more_people_never_answer_anybody_later(people, more, seed):
    """With the same callers, first come first served: not on average, but each single one of them."""
    few = one_line(level(*people, 8))
    many = one_line(level(*(number + extra for number, extra in zip(people, more, strict=False)), 8))
    contacts = draw_contacts(few, [steady("999", per_hour=60, seconds=7200.0)], seed=seed)
    later = run_kernel(contacts, rules_of(few), changes_of(few)).answered
    sooner = run_kernel(contacts, rules_of(many), changes_of(many)).answered
    assert (sooner <= later).all()


def test_more_people_never_answer_fewer_on_a_whole_floor():
    figures = []
    for extra in (0, 1, 2, 4):
        centre = busy_floor([[3 + extra] * 3, [6 + extra] * 3, [2 + extra] * 3])
        setting = Setting(name="", centre=centre, demands=demands_of_floor(), window=Window(0.0, 20_000.0))
        runs = simulate_centre(setting, chance=Chance(replications=20))
        figures.append(estimate(runs)["999.answered_in_time"].mean)
    assert figures == sorted(figures)


def test_the_same_seed_gives_the_same_answer_and_another_seed_another():
    setting = Setting(
        name="",
        centre=one_line(level(10)),
        demands=[steady("999", per_hour=100, seconds=86400)],
        window=Window(0, 86400),
    )
    once, again = (simulate_centre(setting, chance=Chance(seed=4, replications=2)) for _ in range(2))
    assert once == again
    assert once != simulate_centre(setting, chance=Chance(seed=5, replications=2))


@pytest.mark.parametrize(
    ("load", "agents", "patience"), [(8.5, 10, math.inf), (8.5, 10, 120.0), (12.0, 10, 200.0), (2.0, 4, math.inf)]
)
def test_exact_queues_lie_in_the_interval(load, agents, patience):
    setting = Setting(
        name="",
        centre=one_line(level(agents), patience=patience),
        demands=[steady("999", per_hour=load * 12, seconds=DAYS)],
        window=Window(6 * 3600.0, DAYS),
    )
    found = estimate(simulate_centre(setting, chance=Chance(seed=11, replications=30)), confidence=0.999)
    answered, lost, waits, _, busy = formulas.measures(load, agents, 20 / 300, 300 / patience)
    assert found["999.answered_in_time"].holds(answered)
    assert found["999.waited"].holds(waits)
    assert found["desk.occupancy"].holds(busy)
    if math.isfinite(patience):
        assert found["999.abandoned"].holds(lost)


def test_a_fixed_handling_time_waits_half_as_long_at_one_desk():
    # Pollaczek and Khinchine: the mean wait at one desk goes with 1 + variation².
    waits = []
    for variation in (1.0, 0.0):
        setting = Setting(
            name="",
            centre=one_line(level(1), handling=Spread(mean=300.0, variation=variation)),
            demands=[steady("999", per_hour=6, seconds=60 * 86400.0)],
            window=Window(3600.0, 60 * 86400.0),
        )
        waits.append(
            estimate(simulate_centre(setting, chance=Chance(replications=20)), confidence=0.999)["999.wait_seconds"]
        )
    assert waits[0].holds(300.0)
    assert waits[1].holds(150.0)


def test_a_scenario_sees_the_contacts_of_another_and_more():
    centre = one_line(level(10))
    base = steady("999", per_hour=200, seconds=36_000.0)
    more = Demand(**{**vars(base), "factor": np.array([1.3])})
    less = Demand(**{**vars(base), "factor": np.array([0.6])})
    seen = [set(draw_contacts(centre, [each], seed=2).arrive.tolist()) for each in (less, base, more)]
    assert seen[0] < seen[1] < seen[2]
    assert len(seen[2]) / len(seen[1]) == pytest.approx(1.3, abs=0.05)


def test_sharing_chance_narrows_the_difference():
    runs = [
        simulate_centre(
            Setting(
                name="",
                centre=one_line(level(people), patience=120.0),
                demands=[steady("999", per_hour=110, seconds=86400.0)],
                window=Window(7200.0, 86400.0),
            ),
            chance=Chance(seed=seed, replications=20),
        )
        for people, seed in ((10, 1), (11, 1), (11, 2))
    ]
    shared = difference(runs[1], runs[0])["999.answered_in_time"]
    apart = difference(runs[2], runs[0])["999.answered_in_time"]
    assert shared.low > 0
    assert shared.high - shared.low < 0.6 * (apart.high - apart.low)


def test_two_chats_at_one_desk_are_one_persons_time():
    centre = Centre(
        kinds=(Kind(name="chat", handling=Spread(mean=900.0), at_once=3),),
        teams=(Team(name="desk", takes=("chat",), people=level(5)),),
    )
    contacts = draw_contacts(centre, [steady("chat", per_hour=40, seconds=86400.0)], seed=1)
    outcome = run_kernel(contacts, rules_of(centre), changes_of(centre))
    busy = 0.0
    for desk in range(6):
        mine = outcome.desk == desk
        until = -1.0
        for begin, end in sorted(zip(outcome.answered[mine], outcome.ends[mine], strict=True)):
            busy += max(0.0, end - max(begin, until))
            until = max(until, end)
    assert worked_seconds(outcome, Window(0.0, 1e9), 1)[0] == pytest.approx(busy)
    held = [((outcome.answered <= at) & (outcome.ends > at)).sum() for at in outcome.answered]
    assert max(held) == 15


def test_a_policy_in_python_can_be_another():
    class ChatFirst(UsualPolicy):
        def kind_for(self, team, floor):
            for kind in (2, 0, 1, 3):
                if floor.first(kind) is not None and kind in self._kinds[team] and floor.can_start(team, kind):
                    return kind
            return -1

    centre = busy_floor([[2] * 3, [6] * 3, [1] * 3])
    contacts = floor_contacts(centre, 3)
    rules, changes = rules_of(centre), changes_of(centre)
    usual = run_by_policy(contacts, rules, changes)
    other = run_by_policy(contacts, rules, changes, ChatFirst(rules))
    chats = contacts.kind == 2
    assert np.nanmean((other.answered - contacts.arrive)[chats]) < np.nanmean((usual.answered - contacts.arrive)[chats])


def test_a_kind_nobody_takes_is_refused():
    with pytest.raises(BadScenario, match="No team takes chat"):
        rules_of(
            Centre(
                kinds=(Kind(name="chat", handling=Spread(mean=60)),),
                teams=(Team(name="desk", takes=(), people=level(1)),),
            )
        )


def test_the_engine_acts_in_order_of_time_then_rank_then_plan():
    engine, seen = Engine(), []
    engine.foresee([1.0, 2.0, 2.0], 3, lambda number: seen.append(("known", number)))
    engine.at(2.0, 1, seen.append, "ranked")
    engine.at(2.0, 3, seen.append, "later planned")
    engine.at(0.5, 9, lambda _: engine.at(0.1, 0, lambda _: seen.append(("past", engine.now)), None), None)
    engine.run(until=1.5)
    assert seen == [("past", 0.5), ("known", 0)]
    engine.run()
    assert seen[2:] == ["ranked", ("known", 1), ("known", 2), "later planned"]


def demands_of_floor():
    return [steady(name, per_hour=rate, seconds=20_000.0) for name, rate in (("999", 40), ("101", 70), ("chat", 30))]

"""Does every benchmark roster keep the published rules, cost what it says, and cost as little as can be?"""

import json
import random
import signal
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.science.planning.roster import finding, grid, lanes, report, search, walks
from standfast.science.planning.roster.benchmark import read_instance
from standfast.science.planning.roster.costs import total_cost
from standfast.science.planning.roster.effort import Budget, End
from standfast.science.planning.roster.generation import Generation, Staff
from standfast.science.planning.roster.lanes import Lane, together
from standfast.science.planning.roster.problem import OFF, BadRoster
from standfast.science.planning.roster.rules import costs_by_rule, hard_breaches
from tests.planning import roster_oracle as oracle

BEST_KNOWN = {1: 607, 2: 828, 3: 1001}


@pytest.fixture(scope="module")
def instances(shared_data):
    folder = shared_data / "shift_scheduling_benchmarks"
    if not folder.is_dir():
        pytest.skip("the shift-scheduling instances are not there")
    return folder


def solved(path, **limits):
    problem = finding.read_problem(path).problem
    return problem, finding.find_roster(problem, budget=Budget(**limits))


@pytest.mark.live_data
@pytest.mark.parametrize("number", BEST_KNOWN)
def test_small_instances_are_solved_to_the_best_known_and_proven(instances, number):
    path = instances / f"Instance{number}.txt"
    problem, outcome = solved(path, work=30)
    instance = oracle.parse(path.read_text())
    header, rows = oracle.read_rows(grid.as_csv(problem, outcome.cells))
    assert list(oracle.breaches(instance, header, rows)) == []
    assert oracle.price(instance, rows) == outcome.cost == BEST_KNOWN[number]
    assert outcome.end is End.PROOF
    assert sum(costs_by_rule(problem, outcome.cells).values()) == outcome.cost


@pytest.mark.live_data
def test_the_same_work_gives_the_same_roster_and_one_that_keeps_every_rule(instances, monkeypatch):
    path = instances / "Instance6.txt"
    # Few dives, so that the work is enough for the lanes that search side by side to meet several times.
    for name, value in {"TURNS": 0, "DIVES_A_TURN": 1, "TURN_WORK": 0.05}.items():
        monkeypatch.setattr(search, name, value)
    stretches: list[None] = []
    go_on = Lane.go_on
    monkeypatch.setattr(Lane, "go_on", lambda lane, *given, **named: stretches.append(go_on(lane, *given, **named)))
    problem, first = solved(path, work=10.0, seed=7)
    assert len(stretches) >= 3 * search.LANES
    _, second = solved(path, work=10.0, seed=7)
    assert first.is_repeatable
    assert (first.cells == second.cells).all()
    header, rows = oracle.read_rows(grid.as_csv(problem, first.cells))
    instance = oracle.parse(path.read_text())
    assert list(oracle.breaches(instance, header, rows)) == []
    assert oracle.price(instance, rows) == first.cost
    assert first.bound <= 1950 <= first.cost


@pytest.mark.live_data
def test_the_checker_sees_what_breaks_a_rule(instances):
    # A negative control: in a roster that keeps every rule, one cell changed is found by our checks and by the other ones.
    path = instances / "Instance2.txt"
    problem, outcome = solved(path, work=30)
    instance = oracle.parse(path.read_text())
    bad = outcome.cells.copy()
    employee, day = next(
        iter((n, min(instance.off[o.id])) for n, o in enumerate(problem.officers) if instance.off[o.id])
    )
    bad[employee, day] = 0
    assert any(breach.rule == "closed_days" for breach in hard_breaches(problem, bad))
    header, rows = oracle.read_rows(grid.as_csv(problem, bad))
    assert any("day off" in wrong for wrong in oracle.breaches(instance, header, rows))


@st.composite
def tiny_instances(draw):
    days = draw(st.integers(5, 8))
    shifts = draw(st.sampled_from([{"E": ""}, {"E": "", "L": "E"}]))
    if len(shifts) == 2:
        days = min(days, 6)
    lines = ["SECTION_HORIZON", str(days), "SECTION_SHIFTS"]
    minutes = {name: draw(st.sampled_from([480, 600])) for name in shifts}
    lines += [f"{name},{minutes[name]},{after}" for name, after in shifts.items()]
    lines.append("SECTION_STAFF")
    for name in "AB":
        most = "|".join(f"{shift}={draw(st.integers(0, days))}" for shift in shifts)
        low = draw(st.integers(0, 3)) * 480
        high = low + draw(st.integers(0, 5)) * 480
        runs = draw(st.integers(1, 4))
        limits = [high, low, runs, draw(st.integers(1, runs)), draw(st.integers(1, 3)), draw(st.integers(0, 2))]
        lines.append(f"{name},{most},{','.join(map(str, limits))}")
    lines += ["SECTION_DAYS_OFF", f"A,{draw(st.integers(0, days - 1))}", "SECTION_SHIFT_ON_REQUESTS"]
    lines.append(f"B,{draw(st.integers(0, days - 1))},E,{draw(st.integers(1, 9))}")
    lines += ["SECTION_SHIFT_OFF_REQUESTS", f"A,{draw(st.integers(0, days - 1))},E,{draw(st.integers(1, 9))}"]
    lines.append("SECTION_COVER")
    lines += [
        f"{day},{shift},{draw(st.integers(0, 2))},{draw(st.integers(0, 20))},{draw(st.integers(0, 9))}"
        for day in range(days)
        for shift in shifts
    ]
    return "\n".join(lines) + "\n"


def cheapest_by_trying_all(instance):
    """The least any two rows cost that break no rule, None if there are none: every row is tried."""
    rows = list(product(["", *instance.minutes], repeat=instance.days))
    good = {name: [row for row in rows if not any(oracle.own_breaches(instance, name, row))] for name in instance.staff}
    return min((oracle.price(instance, {"A": a, "B": b}) for a, b in product(good["A"], good["B"])), default=None)


@settings(max_examples=25)
@given(text=tiny_instances())
def test_no_roster_breaks_a_rule_and_a_proven_one_is_the_cheapest_of_all(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("instance") / "tiny.txt"
    path.write_text(text)
    instance = oracle.parse(text)
    cheapest = cheapest_by_trying_all(instance)
    try:
        problem, outcome = solved(path, work=30)
    except finding.NoRoster:
        assert cheapest is None
        return
    header, rows = oracle.read_rows(grid.as_csv(problem, outcome.cells))
    assert list(oracle.breaches(instance, header, rows)) == []
    assert oracle.price(instance, rows) == outcome.cost
    assert outcome.end is End.PROOF
    assert outcome.cost == cheapest


def test_every_rule_is_checked_as_the_other_checker_does(tmp_path):
    path = tmp_path / "one.txt"
    path.write_text(TEXT)
    problem, instance = read_instance(path), oracle.parse(TEXT)
    found = set()
    for row in product((OFF, 0, 1), repeat=problem.days):
        cells = problem.could[:, :, 0].astype("int8") * 0 + row
        ours = hard_breaches(problem, cells.astype("int8"))
        names = [grid.as_csv(problem, cells.astype("int8"))]
        header, rows = oracle.read_rows(names[0])
        assert bool(ours) == bool(list(oracle.breaches(instance, header, rows))), row
        found |= {breach.rule for breach in ours}
    assert found == RULES_OF_AN_INSTANCE


RULES_OF_AN_INSTANCE = {
    "closed_days",
    "succession",
    "run_of_duties",
    "shortest_run",
    "rest_days_in_blocks",
    "contract_hours",
    "weekends",
    "duties_of_a_kind",
}
TEXT = """SECTION_HORIZON
8
SECTION_SHIFTS
E,480,
L,600,E
SECTION_STAFF
A,E=4|L=2,2400,960,3,2,2,0
SECTION_DAYS_OFF
A,1
SECTION_COVER
0,E,1,10,1
"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("8\n", "eight\n", "line 2"),
        ("8\n", "0\n", "line 2"),
        ("E,480,", "E,480,N", "line 4"),
        ("L,600,E", "E,600,E", "line 5"),
        ("E=4", "X=4", "line 7"),
        ("960,3", "960", "line 7"),
        ("A,1\n", "B,1\n", "line 9"),
        ("A,1\n", "A,9\n", "line 9"),
        ("0,E,1,10,1", "0,E,1,10,-1", "line 11"),
        ("0,E,1,10,1", "0,E,1,10,1\n0,E,2,10,1", "line 12"),
        ("SECTION_COVER", "SECTION_COVERS", "line 10"),
        ("SECTION_STAFF\nA,E=4|L=2,2400,960,3,2,2,0\n", "", "line"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path, old, new, told):
    path = tmp_path / "bad.txt"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(BadRoster, match=told) as refused:
        read_instance(path)
    assert str(refused.value).endswith("expected.")
    assert "\n" not in str(refused.value)


def test_an_impossible_instance_leaves_no_file(tmp_path):
    path, out = tmp_path / "bad.txt", tmp_path / "roster.csv"
    path.write_text(TEXT.replace("2400,960", "2400,2400"))
    done = subprocess.run(
        [sys.executable, "-m", "standfast.cli.main", "roster", str(path), "-o", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == f"standfast: {CLASH}\n"
    assert [each.name for each in tmp_path.iterdir()] == ["bad.txt"]


CLASH = (
    "No roster keeps all of these together: A works at most 40 hours by contract; A works at most 4 duties of E; "
    "A works at most 2 duties of L; A works at least 40 hours. One of them must be given up or loosened."
)


@pytest.mark.live_data
def test_a_search_stopped_by_hand_keeps_the_best_so_far(instances, tmp_path):
    path, out = instances / "Instance6.txt", tmp_path / "roster.csv"
    command = [sys.executable, "-m", "standfast.cli.main", "roster", str(path), "-o", str(out), "--seconds", "600"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in running.stderr:
        if "best" in line:
            running.send_signal(signal.SIGINT)
            break
    told, _ = running.communicate(timeout=120)
    assert running.returncode == 0
    assert "Not repeatable" in told
    about = json.loads(Path(tmp_path / "roster.about.json").read_text())
    assert about["ended_by"] == "stopped"
    assert about["repeatable"] is False
    instance = oracle.parse(path.read_text())
    header, rows = oracle.read_rows(out.read_text())
    assert list(oracle.breaches(instance, header, rows)) == []
    assert oracle.price(instance, rows) == about["objective"]


def test_the_command_tells_objective_and_repeatability(tmp_path):
    path, out = tmp_path / "one.txt", tmp_path / "roster.csv"
    path.write_text(TEXT)
    result = CliRunner().invoke(app, ["roster", str(path), "-o", str(out), "--work", "5"])
    assert result.exit_code == 0, result.output
    assert "proven" in result.output
    assert json.loads((tmp_path / "roster.about.json").read_text())["repeatable"] is True


def test_where_too_many_lines_could_help_the_choice_is_among_those_known(tmp_path, monkeypatch):
    path = tmp_path / "one.txt"
    path.write_text(TEXT)
    problem = read_instance(path)
    monkeypatch.setattr(lanes, "MOST_LISTED", 0)
    staff = Staff(problem, budget=Budget())
    begun = np.stack([staff.own_best()[0]])
    whole = Generation(staff, officers=[0])
    settled = whole.settle(rounds=50)

    def chosen(known):
        lane = Lane(staff, cells=begun, liked=[[]], chance=random.Random(1))
        monkeypatch.setattr(lanes, "KNOWN_EACH", known)
        assert not lane.choose(whole, settled)
        lane.choose_known(whole, settled)
        return lane.cost

    before = total_cost(problem, begun)
    # A control: of no lines at all only what stands can be chosen.
    assert chosen(0) == before
    assert chosen(50) == settled.bound < before
    staff.close()


def test_lanes_put_together_what_each_found_where_it_helps_together_too(tmp_path):
    path = tmp_path / "two.txt"
    staff = "\n".join(f"{name},E=4|L=2,2400,0,3,1,1,9" for name in "AB")
    path.write_text(
        TEXT.replace("A,E=4|L=2,2400,960,3,2,2,0", staff).replace("0,E,1,10,1", "0,E,1,10,20\n3,E,1,10,20\n5,E,1,10,20")
    )
    problem = read_instance(path)
    begun = np.full((2, problem.days), OFF, dtype=np.int8)

    def both(days_of_a, days_of_b):
        staff = Staff(problem, budget=Budget())
        lanes = [Lane(staff, cells=begun, liked=[[], []], chance=random.Random(1)) for _ in range(2)]
        for officer, (lane, days) in enumerate(zip(lanes, (days_of_a, days_of_b), strict=True)):
            line = begun[officer].copy()
            line[list(days)] = 0
            lane.place({officer: line})
            assert lane.cost == 30 - 10 * len(days)
        found = together(lanes, begun)
        staff.close()
        return total_cost(problem, found), (found == 0).sum(axis=1).tolist()

    assert both([0], [3]) == (10, [1, 1])
    # Both found the same day: together they are one too many, so only the better of the two counts.
    assert both([0], [0]) == (20, [1, 0])
    assert both([0], [0, 5]) == (10, [0, 2])


def test_a_part_of_a_search_stops_with_the_whole_and_has_work_of_its_own():
    whole = Budget(work=10)
    part, other = whole.part(work=1), whole.part(work=1)
    part.spend(2)
    assert part.is_over()
    assert not other.is_over()
    assert not whole.is_over()
    interrupted = []
    other.stopping.append(lambda: interrupted.append("other"))
    whole.stop()
    assert interrupted == ["other"]
    assert other.is_over()
    assert other.ended_early is End.STOPPED


def test_an_instance_too_wide_to_table_still_gets_a_roster_without_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(walks, "MOST_PLACES", 10)
    path = tmp_path / "one.txt"
    text = TEXT.replace(
        "A,E=4|L=2,2400,960,3,2,2,0", "\n".join(f"{name},E=4|L=2,2400,960,3,2,2,0" for name in "ABCDEF")
    )
    path.write_text(text)
    problem, outcome = solved(path, work=0.5)
    assert outcome.gap is None
    assert outcome.is_repeatable
    header, rows = oracle.read_rows(grid.as_csv(problem, outcome.cells))
    instance = oracle.parse(text)
    assert list(oracle.breaches(instance, header, rows)) == []
    assert oracle.price(instance, rows) == outcome.cost
    assert "no bound known" in report.told(outcome, seed=1)
    assert report.about(problem, outcome, seed=1)["bound"] is None

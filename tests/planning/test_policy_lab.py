"""Are two ways of sending units compared on the same real calls with the same chance, and is the comparison itself sound?"""

import csv
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standfast.bench.lab_figures import compare
from standfast.bench.policy_lab import LABS, LabUnclear, read_lab
from standfast.cli.main import app
from standfast.journey.incidents.rules.dispatch_policy import SendByRank
from standfast.science.planning.simulate.response import (
    BadResponse,
    ResponseCall,
    ResponseUnit,
    StandDown,
    nearest_free,
    simulate_response,
)

ON = date(2026, 11, 23)
HERE = (52.80, -2.10)


def km_north(km: float) -> tuple[float, float]:
    return HERE[0] + km / 111.195, HERE[1]


class Straight:
    """A minute a kilometre, along the line."""

    def __call__(self, origin, destination, at):
        return (abs(origin[0] - destination[0]) * 111.195 + abs(origin[1] - destination[1]) * 67) * 60

    def part_way(self, origin, destination, share):
        return tuple(a + (b - a) * share for a, b in zip(origin, destination, strict=True))


def call(ref, at, km, rank, scene=600.0):
    return ResponseCall(ref=ref, at=at, place=km_north(km), rank=rank, scene_seconds=scene)


def replayed(calls, units, policy):
    return {each.about.ref: each for each in simulate_response(calls, units, policy, Straight()).calls}


def test_an_emergency_takes_a_unit_from_less_and_what_it_left_gets_the_next_that_is_free():
    units = [ResponseUnit(ref="a", home=HERE), ResponseUnit(ref="b", home=km_north(30))]
    calls = [call("routine", 0.0, 12, 2), call("immediate", 240.0, 5, 0)]
    found = replayed(calls, units, SendByRank(on=ON))
    assert found["immediate"].units == ["a"]
    assert found["routine"].units == ["b"]
    assert replayed(calls, units, nearest_free)["immediate"].units == ["b"]


def test_who_comes_free_nearer_takes_over_and_who_was_relieved_is_free():
    units = [ResponseUnit(ref="far", home=km_north(30)), ResponseUnit(ref="near", home=km_north(1))]
    calls = [
        call("first", 0.0, 0, 1, scene=120.0),
        call("second", 30.0, 2, 1, scene=600.0),
        call("third", 400.0, 29, 1),
    ]
    found = replayed(calls, units, SendByRank(on=ON))
    assert found["second"].units == ["near"]
    assert found["second"].arrived_at < 500
    assert found["third"].arrived_at < 1200


def test_of_one_grade_the_near_one_is_first_unless_the_other_has_waited_long():
    unit = [ResponseUnit(ref="u", home=HERE)]
    busy = call("busy", 0.0, 0, 1, scene=1200.0)
    near = replayed([busy, call("far", 300.0, 20, 1), call("near", 600.0, 2, 1)], unit, SendByRank(on=ON))
    assert near["near"].arrived_at < near["far"].arrived_at
    old = call("busy", 0.0, 0, 1, scene=20_000.0)
    waited = replayed([old, call("far", 10.0, 6, 1), call("near", 19_000.0, 2, 1)], unit, SendByRank(on=ON))
    assert waited["far"].arrived_at < waited["near"].arrived_at


def test_only_a_unit_on_its_way_can_be_stood_down():
    def careless(situation):
        return [StandDown(situation.units["u"])]

    with pytest.raises(BadResponse, match="only a unit on its way"):
        simulate_response([call("c", 0.0, 1, 1)], [ResponseUnit(ref="u", home=HERE)], careless, Straight())


def test_the_interval_holds_nothing_for_the_same_ways_and_excludes_it_for_a_real_gain():
    chance = random.Random(3)
    waits = [(day, chance.uniform(0, 1800)) for day in range(28) for _ in range(40)]
    same = compare(waits, waits, target=900)
    assert (same.ahead, same.low, same.high) == (0, 0, 0)
    faster = [(day, took * 0.9) for day, took in waits]
    gain = compare(waits, faster, target=900)
    assert 0 < gain.low < gain.ahead < gain.high
    shuffled = [(day, chance.uniform(0, 1800)) for day, _ in waits]
    noise = compare(waits, shuffled, target=900)
    assert noise.low < 0 < noise.high


def made_up_calls(path: Path) -> None:
    chance, at = random.Random(5), datetime(2017, 3, 20)
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["timestamp_local", "problem", "lat", "lon"])
        while at < datetime(2017, 5, 8):
            at += timedelta(seconds=chance.expovariate(1 / 420))
            what = chance.choice(["suspicious", "traffic"])
            rows.writerow([at.isoformat(sep=" "), what, chance.uniform(44.9, 45.04), chance.uniform(-93.32, -93.2)])
        rows.writerow(["yesterday", "traffic", "north", ""])


def test_the_command_replays_calls_and_says_what_came_of_it_twice_the_same(tmp_path: Path):
    calls = tmp_path / "calls.csv"
    made_up_calls(calls)
    told = []
    for name in ("one.json", "two.json"):
        asked = [
            "simulate",
            str(LABS / "minneapolis.toml"),
            "--calls",
            str(calls),
            "--days",
            "5",
            "-o",
            str(tmp_path / name),
        ]
        result = CliRunner().invoke(app, asked)
        assert result.exit_code == 0, result.output
        told.append((tmp_path / name).read_text(encoding="utf-8"))
    assert "Immediate: in target" in result.output
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("units        = 8", "units = 0"), "units was expected to be a whole number from 1"),
        (("[fleet]", "[flotilla]"), "fleet was expected"),
        (("[lab]", "[lab"), "a lab in TOML was expected"),
        (("from = 2017-05-01", 'from = "May"'), "lab.from was expected to be a day"),
    ],
)
def test_a_lab_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, change: tuple[str, str], said: str):
    path = tmp_path / "lab.toml"
    path.write_text((LABS / "minneapolis.toml").read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(LabUnclear, match=said):
        read_lab(path)


def test_a_file_without_the_columns_is_refused_and_nothing_is_written(tmp_path: Path):
    calls, out = tmp_path / "calls.csv", tmp_path / "out.json"
    calls.write_text("when,where\n", encoding="utf-8")
    result = CliRunner().invoke(
        app, ["simulate", str(LABS / "minneapolis.toml"), "--calls", str(calls), "-o", str(out)]
    )
    assert result.exit_code != 0
    assert not out.exists()

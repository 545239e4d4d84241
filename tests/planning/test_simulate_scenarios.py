"""Does a scenario file give an answer, and a bad one a sentence with its line?"""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.foundation.kernel.errors import Refusal

BASE = """
days = 2
replications = 8

[[kind]]
name = "999"
handling_seconds = 300
patience_seconds = 180
answer = "0.9/10"
per_hour = [20,16,12,10,8,8,10,14,20,24,26,28,30,30,30,32,34,36,36,36,38,40,36,28]

[[kind]]
name = "101"
rank = 1
handling_seconds = 540
answer = "0.8/60"
patience_seconds = 300
per_hour = 40

[[team]]
name = "all desks"
takes = ["999", "101"]
people = 9
breaks = [{ start = "12:00", minutes = 60, people = 2 }]

[[road]]
from = "north"
to = "centre"
minutes = 8

[[road]]
from = "north"
to = "south"
minutes = 9

[[road]]
from = "south"
to = "centre"
minutes = 7

[[station]]
area = "centre"
units = 5

[[incident]]
name = "immediate"
target_minutes = 15
scene_minutes = 50
per_hour = { north = 1.0, centre = 2.0 }
"""

CHANGES = """
[[change]]
name = "Six more call handlers"
people = { "all desks" = 6 }

[[change]]
name = "A closed route"
closed = [{ from = "north", to = "centre" }]

[[change]]
name = "A heatwave"
demand = { "999" = 1.3, "101" = 1.2, "immediate" = 1.3 }
first_day = 2

[[change]]
name = "101 moves"
move = [{ from = "101", to = "999", share = 0.5 }]
"""


@pytest.fixture
def scenario(tmp_path):
    def written(text=BASE + CHANGES):
        path = tmp_path / "scenario.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def simulated(path: Path, *more: str):
    out = path.parent / "result.json"
    result = CliRunner().invoke(app, ["simulate", str(path), "-o", str(out), *more])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(out.read_text(encoding="utf-8"))


def test_each_change_shows_where_it_acts_and_nowhere_else(scenario):
    result = simulated(scenario())
    more, closed, heat, moved = (each["differences"] for each in result["changes"])
    assert more["999.answered_in_time"]["low"] > 0
    assert more["immediate.response_minutes"] == {"mean": 0, "low": 0, "high": 0}
    assert closed["999.answered_in_time"]["mean"] == 0
    assert closed["immediate.response_minutes"]["low"] > 0
    assert heat["101.answered_in_time"]["high"] < 0
    assert heat["immediate.incidents"]["low"] > 0
    assert moved["101.offered"]["high"] < 0
    assert moved["999.offered"]["mean"] == pytest.approx(-moved["101.offered"]["mean"], rel=0.15)
    assert [each["name"] for each in result["inputs"]] == ["scenario.toml"]


def test_the_same_seed_gives_the_same_answer(scenario):
    path = scenario()
    assert simulated(path, "--seed", "5") == simulated(path, "--seed", "5")
    assert simulated(path, "--seed", "5")["base"] != simulated(path, "--seed", "6")["base"]


def test_a_forecast_and_its_requirement_are_simulated_to_the_target(tmp_path, scenario):
    forecast, requirement = tmp_path / "forecast.csv", tmp_path / "requirement.csv"
    rows = [
        f"999,2026-06-{1 + hour // 24:02d} {hour % 24:02d}:00,{30 + 25 * (8 <= hour % 24 < 22)}" for hour in range(96)
    ]
    forecast.write_text("series,start,mean\n" + "\n".join(rows) + "\n", encoding="utf-8")
    options = ["--aht", "300", "--answer", "0.9/10", "--shrinkage", "0.3", "-o", str(requirement)]
    assert CliRunner().invoke(app, ["staffing", str(forecast), *options]).exit_code == 0
    path = scenario(
        """
replications = 30
[[kind]]
name = "999"
handling_seconds = 300
answer = "0.9/10"
forecast = "forecast.csv"
[[team]]
name = "desk"
takes = ["999"]
requirement = "requirement.csv"
series = "999"
"""
    )
    result = simulated(path)
    assert result["days"] == 4.0
    assert 0.9 <= result["base"]["999.answered_in_time"]["mean"] <= 0.97
    assert [each["name"] for each in result["inputs"]] == ["scenario.toml", "forecast.csv", "requirement.csv"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("rank = 1", 'rank = "one"', "line 14: “rank” cannot be used; a number from 0 was expected."),
        ("handling_seconds = 540", "handling_seconds = -1", "line 15: “handling_seconds”"),
        ("handling_seconds = 540", "handling = 540", "line 12: “handling_seconds”"),
        (
            "rank = 1",
            "rank = 1\nshoe_size = 9",
            "line 15: “shoe_size” cannot be used; a field this table has was expected.",
        ),
        ('takes = ["999", "101"]', 'takes = ["999"]', "No team takes 101"),
        ('takes = ["999", "101"]', 'takes = ["999", "101", "fax"]', "There is no kind of contact fax"),
        ('answer = "0.8/60"', 'answer = "soon"', "line 16: “answer” cannot be used; a target such as 0.9/10"),
        ("per_hour = 40", "per_hour = [1, 2]", "24 (one an hour of the day)"),
        ('start = "12:00"', 'start = "25:00"', "a time such as 12:30"),
        ("days = 2", "days = ", "line 2: Invalid value"),
        ("days = 2", "days = 0.05", "warms up longer"),
        ('"all desks" = 6', '"night desk" = 6', "“Six more call handlers” names night desk, which is not there"),
        ('from = "north", to = "centre"', 'from = "north", to = "moon"', "closes a road between moon and north"),
        ("units = 5", "units = 0", "no station has a unit"),
        ("north = 1.0", "moon = 1.0", "No station has a way to moon"),
    ],
)
def test_a_bad_scenario_is_one_sentence_and_leaves_nothing(scenario, old, new, sentence):
    assert old in BASE + CHANGES
    path = scenario((BASE + CHANGES).replace(old, new))
    with pytest.raises(Refusal) as refusal:
        simulated(path)
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert [each.name for each in path.parent.iterdir()] == ["scenario.toml"]

"""Do the four commands compose on real calls: forecast, staffing, roster, simulation, each result naming what it came from?"""

import csv
import gzip
from datetime import datetime

import numpy as np
import pytest

from standfast.science.planning.roster import finding, grid
from standfast.science.planning.roster.rules import hard_breaches
from standfast.science.planning.series.history import Source
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.simulate.centre import BadScenario
from standfast.science.planning.simulate.scenario import read_scenario
from standfast.science.planning.simulate.times import HOUR, FiledFigures, Span, people_figures, steps_of
from tests.planning.planner import hash_of, inputs_of, walk

CALLS = "alexandria_911_cad/incidents.csv.gz"
LINES = {"E-911": "999", "Phone": "101"}
FROM = "2025-10-06"


@pytest.fixture(name="folder")
def real_calls(tmp_path, shared_data):
    with gzip.open(shared_data / CALLS, "rt", encoding="utf-8") as stream:
        calls = [(row["start_time"], LINES.get(row["reception"])) for row in csv.DictReader(stream)]
    with (tmp_path / "calls.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["received", "line"])
        writer.writerows((at, line) for at, line in calls if line and at >= FROM)
    return tmp_path


@pytest.mark.live_data
def test_from_real_calls_to_a_roster_that_answers_them(folder):
    result = walk(folder, people=30, work=1, zone="America/New_York")
    asked = finding.read_problem(folder / "problem.toml")
    cells = grid.read_published(folder / "roster.csv", asked.problem)
    assert hard_breaches(asked.problem, cells) == []
    assert inputs_of(folder / "forecast.about.json") == {"calls.csv": hash_of(folder / "calls.csv")}
    assert inputs_of(folder / "need_90.about.json") == {"forecast.csv": hash_of(folder / "forecast.csv")}
    rostered_from = inputs_of(folder / "roster.about.json")
    assert rostered_from["need_50.csv"] == hash_of(folder / "need_50.csv")
    assert set(rostered_from) == {"problem.toml", "people.csv", "absences.csv", "need_50.csv", "need_90.csv"}
    simulated_from = {each["name"]: each["sha256"] for each in result["inputs"]}
    assert simulated_from["coverage.csv"] == hash_of(folder / "coverage.csv")
    assert set(simulated_from) == {"scenario.toml", "forecast.csv", "coverage.csv"}
    # The roster begins with its first early duty: who worked the night before is not known.
    assert result["start"].endswith("07:00:00")
    assert 13.6 < result["days"] < 14
    assert result["base"]["999.answered_in_time"]["low"] > 0.9
    assert result["base"]["101.answered_in_time"]["low"] > 0.8
    assert result["changes"][0]["differences"]["999.answered_in_time"]["high"] < 0


def test_nobody_is_there_in_the_hours_a_file_leaves_out():
    moments = np.array([f"2026-06-01T{hour:02d}:00" for hour in (8, 9, 20)], dtype="datetime64[s]")
    source = Source(name="need.csv", sha256="")
    filed = FiledFigures(moments, np.array([3.0, 4.0, 2.0]), HOUR, source)
    steps = steps_of(filed, Span(datetime(2026, 6, 1, 6), 20 * HOUR))
    hours = (steps.at / HOUR + 6).tolist()
    assert dict(zip(hours, steps.values.tolist(), strict=True)) == {6: 0, 8: 3, 9: 4, 10: 0, 20: 2, 21: 0}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("2026-06-01,4\n2026-06-01,4\n", "line 3: 2026-06-01 does not come after the line before"),
        ("2026-06-02,4\n2026-06-01,4\n", "line 3: 2026-06-01 does not come after the line before"),
        ("2026-06-01,-4\n2026-06-02,4\n", "line 2: -4 is no number of people"),
        ("2026-06-01,four\n2026-06-02,4\n", "line 2: "),
    ],
)
def test_people_that_cannot_be_are_told_with_their_line(tmp_path, rows, sentence):
    (tmp_path / "need.csv").write_text("start,required\n" + rows)
    with pytest.raises(BadSeries) as refusal:
        people_figures(tmp_path / "need.csv", series="", column="required")
    assert sentence in str(refusal.value)
    assert "expected" in str(refusal.value)


def test_a_file_that_covers_other_days_is_no_time_to_simulate(tmp_path):
    (tmp_path / "forecast.csv").write_text("series,start,mean\n" + "".join(f"999,2026-06-0{d},9\n" for d in (1, 2, 3)))
    (tmp_path / "need.csv").write_text("series,start,required\nall,2026-07-01,4\nall,2026-07-02,4\n")
    (tmp_path / "s.toml").write_text(
        '[[kind]]\nname = "999"\nhandling_seconds = 300\nforecast = "forecast.csv"\n'
        '[[team]]\nname = "desk"\ntakes = ["999"]\nrequirement = "need.csv"\n'
    )
    with pytest.raises(BadScenario, match=r"forecast\.csv and need\.csv cover .* together.* were expected\."):
        read_scenario(tmp_path / "s.toml")

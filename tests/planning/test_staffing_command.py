"""Does `standfast staffing` turn a forecast into a requirement, and a bad question into a sentence?"""

import csv
import json

import pytest
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.foundation.kernel.errors import Refusal
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.staffing.requirement import Need, Requirement, read_requirement, written

FORECAST = "series,start,mean,q0.1,q0.5,q0.9\n" + "".join(
    f"{name},2026-06-01 {hour:02d}:00,{mean},{mean * 0.8},{mean},{mean * 1.25}\n"
    for name, mean in (("999", 120), ("101", 60))
    for hour in range(24)
)


@pytest.fixture
def forecast(tmp_path):
    path = tmp_path / "forecast.csv"
    path.write_text(FORECAST, encoding="utf-8")
    return path


def staffed(forecast, *options):
    out = forecast.parent / "requirement.csv"
    result = CliRunner().invoke(app, ["staffing", str(forecast), "-o", str(out), *options])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    with out.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_eight_erlangs_take_thirteen_people_and_the_roster_more(forecast):
    rows = staffed(forecast, "--aht", "240", "--answer", "0.9/10", "--shrinkage", "0.35")
    level = [row for row in rows if row["series"] == "999"]
    assert list(rows[0])[:5] == ["series", "start", "required", "scheduled", "minutes"]
    assert {(row["required"], row["scheduled"], row["minutes"]) for row in level} == {("13", "20", "60")}
    assert float(level[0]["load"]) == pytest.approx(8)
    assert float(level[0]["answered"]) == pytest.approx(0.9383, abs=1e-4)
    about = json.loads((forecast.parent / "requirement.about.json").read_text(encoding="utf-8"))
    assert about["inputs"][0]["name"] == "forecast.csv"
    assert len(about["inputs"][0]["sha256"]) == 64


def test_a_higher_quantile_a_lower_ceiling_and_chats_change_the_need(forecast):
    common = ("--aht", "240", "--answer", "0.9/10")
    needs = {
        name: int(staffed(forecast, *common, *options)[0]["required"])
        for name, options in {
            "mean": (),
            "high": ("--quantile", "0.9"),
            "ceiling": ("--max-occupancy", "0.5"),
            "chats": ("--channel", "chat:2"),
            "patience": ("--patience", "120"),
        }.items()
    }
    assert needs["high"] > needs["mean"]
    assert needs["ceiling"] == 16
    assert needs["chats"] == 7
    assert needs["patience"] <= needs["mean"]


def test_lines_have_figures_of_their_own_and_may_share_a_pool(forecast):
    common = ("--aht", "240", "--answer", "0.9/10", "--line", "101:aht=540,answer=0.8/60")
    apart = staffed(forecast, *common)
    pooled = staffed(forecast, *common, "--pool", "999,101")
    assert {row["series"] for row in pooled} == {"999>101"}
    assert int(pooled[0]["required"]) < int(apart[0]["required"]) + int(apart[24]["required"])


def test_a_backlog_is_spread_over_the_time_it_may_wait(forecast):
    rows = staffed(forecast, "--aht", "600", "--answer", "1/14400", "--channel", "backlog")
    assert max(int(row["required"]) for row in rows if row["series"] == "999") == 20


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--answer", "1/10"), "No staffing meets a target of every single call in time"),
        (("--answer", "0.9/10", "--max-occupancy", "0"), "No staffing meets"),
        (("--answer", "0.9"), "“0.9” is no answer target"),
        ((), "There is no target"),
        (("--answer", "0.9/10", "--quantile", "0.99"), "The quantile 0.99"),
        (("--answer", "0.9/10", "--shrinkage", "1"), "The shrinkage is 1"),
        (("--answer", "0.9/10", "--channel", "fax"), "“fax” is no channel"),
        (("--answer", "0.9/10", "--method", "guess"), "“guess” is no method"),
        (("--answer", "0.9/10", "--line", "chat:aht=60"), "has no series “chat”"),
        (("--answer", "0.9/10", "--line", "999:aht=long"), "“long” is no number of seconds"),
        (("--answer", "0.9/10", "--pool", "999,fax"), "has no series “fax”"),
        (("--answer", "0.9/10", "--patience", "0"), "The patience is 0"),
        (("--answer", "0.9/10", "--abandoned", "0.05"), "Nobody hangs up without a patience"),
        (("--answer", "0.9/10", "--pool", "999,101", "--channel", "chat:2"), "A pool answers calls and not chat"),
        (
            ("--answer", "0.9/10", "-o", "{forecast}"),
            "the result would overwrite its own input; another name was expected",
        ),
    ],
)
def test_a_bad_question_is_one_sentence_and_leaves_nothing(forecast, options, sentence):
    with pytest.raises(Refusal) as refusal:
        staffed(forecast, "--aht", "300", *(option.format(forecast=forecast) for option in options))
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert [each.name for each in forecast.parent.iterdir()] == ["forecast.csv"]
    assert forecast.read_text(encoding="utf-8") == FORECAST


def test_a_requirement_is_read_as_it_was_written(tmp_path):
    needs = tuple(
        Need(start=f"2026-06-01 0{hour}:00", required=hour, scheduled=hour + 1, minutes=60) for hour in range(3)
    )
    path = tmp_path / "requirement.csv"
    path.write_text(written([Requirement(series="999", needs=needs)]), encoding="utf-8")
    assert read_requirement(path) == (Requirement(series="999", needs=needs),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("start,people\n", "line 1: no column required"),
        ("start,required\n", "there is no row"),
        ("start,required\nsoon,3\n", "line 2: “soon” is no time"),
        ("start,required\n2026-06-01 00:00,many\n", "line 2: “many” is no number of people"),
        ("start,required\n2026-06-01 01:00,1\n2026-06-01 00:00,1\n", "line 3"),
    ],
)
def test_a_bad_requirement_is_told_with_its_line(tmp_path, text, sentence):
    path = tmp_path / "requirement.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSeries, match=sentence):
        read_requirement(path)

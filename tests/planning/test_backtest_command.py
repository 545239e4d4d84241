"""Does `standfast backtest` measure what `standfast forecast` would have said then, and refuse what cannot be measured?"""

import csv
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.foundation.kernel.errors import Refusal
from tests.planning.demand import HOUR, ask, counts, write

CHEAP = ["--models", "regression,mean8"]


def report(history, *options):
    out = history.with_name("report.json")
    found = CliRunner().invoke(app, ["backtest", str(history), *options, "-o", str(out)], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return json.loads(out.read_text()), found.stdout


def mean_error(forecast, came):
    return float(np.mean([abs(row["mean"] - came[row["start"]]) for row in forecast]))


def test_an_origin_is_scored_by_what_the_forecast_of_that_day_said(tmp_path):
    rows = counts(200)
    history, ahead = write(tmp_path / "h.csv", rows), 7
    told, said = report(history, *CHEAP, "--horizon", "7d", "--origins", "2")
    assert "all: MASE" in said
    assert [each["origin"] for each in told["origins"]] == [rows[-14][0], rows[-7][0]]
    known = rows[: -2 * ahead]
    forecast = ask(write(tmp_path / "then.csv", known), *CHEAP, "--horizon", "7d")["all"]
    came, first = dict(rows), told["origins"][0]
    assert first["mae"] == pytest.approx(mean_error(forecast, came), abs=1e-3)
    y = np.array([count for _, count in known], dtype=float)
    assert first["mase"] == pytest.approx(first["mae"] / np.abs(y[7:] - y[:-7]).mean(), abs=1e-3)
    inside = [row["q0.1"] <= came[row["start"]] <= row["q0.9"] for row in forecast]
    assert first["coverage"]["0.8"] == pytest.approx(np.mean(inside), abs=1e-3)
    levels = [0.025, 0.1, 0.5, 0.9, 0.975]
    losses = [
        max(level * over, (level - 1) * over)
        for row in forecast
        for level in levels
        for over in [came[row["start"]] - row[f"q{level:g}"]]
    ]
    assert first["pinball"] == pytest.approx(np.mean(losses), abs=1e-3)
    assert set(first["models"]) <= {"regression", "mean8"}
    assert "earlier origins" in first["why"]
    assert first["mase of each model"]["seasonal_naive"] > first["mase"]
    assert told["inputs"][0]["name"] == "h.csv"


def test_what_came_after_an_origin_changes_nothing_of_what_was_said_at_it(tmp_path):
    rows = counts(120)
    other = [*rows[:-14], *([at, count * 5] for at, count in rows[-14:])]
    one, two = (
        report(write(tmp_path / name / "h.csv", each), *CHEAP, "--horizon", "7d", "--origins", "2")[0]["origins"][0]
        for name, each in (("a", rows), ("b", other))
        if (tmp_path / name).mkdir() is None
    )
    assert (one["models"], one["why"], one["known"]) == (two["models"], two["why"], two["known"])
    assert one["mae"] < two["mae"]


def test_series_and_their_totals_are_measured_apart_and_together(tmp_path):
    rows = [[*row, name] for seed, name in enumerate(("N", "S")) for row in counts(90, mean=10, seed=seed)]
    history = write(tmp_path / "h.csv", rows, ("start", "count", "area"))
    told, said = report(history, *CHEAP, "--horizon", "7d", "--origins", "2", "--totals")
    assert set(told["series"]) == {"N", "S", "all"}
    assert len(told["origins"]) == 6
    assert told["overall"]["mae"] == pytest.approx(np.mean([each["mae"] for each in told["series"].values()]), abs=1e-3)
    assert "all 3 series" in said


def test_a_history_too_short_for_every_origin_says_how_many_it_gave(tmp_path):
    history = write(tmp_path / "h.csv", counts(40 * 24, step=HOUR))
    told, _ = report(history, *CHEAP, "--horizon", "7d", "--interval", "1h")
    assert told["overall"]["origins"] == 3
    assert "long enough for 3 of 6 origins" in told["notes"][-1]


def test_months_are_measured_too(tmp_path):
    starts = [f"{2022 + each // 12}-{each % 12 + 1:02d}-01" for each in range(40)]
    history = write(tmp_path / "h.csv", [[start, 3000 + 10 * place] for place, start in enumerate(starts)])
    told, _ = report(history, "--horizon", "3mo", "--origins", "2")
    assert told["interval"] == "1mo"
    assert all(each["mase"] is not None for each in told["origins"])


@pytest.mark.parametrize(
    ("number", "options", "sentence"),
    [
        (30, (), "30 intervals of 1d, and 28 are to be forecast; 42 or more for one origin"),
        (60, ("--origins", "0"), "0 is no number of origins; a whole number from 1 to 60"),
        (60, ("--models", "oracle"), "no model “oracle”"),
        (60, ("--horizon", "soon"), "“soon” is no interval"),
        (60, ("--calendar", "narnia"), "“narnia” is neither a nation whose holidays are known nor a file"),
    ],
)
def test_what_cannot_be_measured_is_refused_and_leaves_no_file(tmp_path, number, options, sentence):
    history, out = write(tmp_path / "h.csv", counts(number)), tmp_path / "report.json"
    with pytest.raises(Refusal, match=sentence):
        CliRunner().invoke(app, ["backtest", str(history), *options, "-o", str(out)], catch_exceptions=False)
    assert [each.name for each in tmp_path.iterdir()] == ["h.csv"]


def test_the_input_is_never_overwritten(tmp_path):
    history = write(tmp_path / "h.csv", counts(60))
    before = history.read_bytes()
    for command in ("backtest", "forecast"):
        with pytest.raises(Refusal, match="would overwrite its own input"):
            CliRunner().invoke(app, [command, str(history), "-o", str(history)], catch_exceptions=False)
    assert history.read_bytes() == before


def test_as_of_a_day_only_what_came_before_is_known(tmp_path):
    rows = counts(120)
    history = write(tmp_path / "h.csv", rows)
    then = ask(write(tmp_path / "then.csv", rows[:100]), *CHEAP)
    assert ask(history, *CHEAP, "--as-of", rows[100][0]) == then
    assert ask(history, *CHEAP, "--as-of", f"{rows[100][0]}T17:30") == then
    late = ask(write(tmp_path / "then.csv", rows[:100]), *CHEAP, "--as-of", rows[105][0])["all"]
    assert late[0]["start"] == rows[105][0]


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("Tuesday", "“Tuesday” under --as-of is no time"),
        ("2026-01-01", "more than 28 days before 2026-01-01"),
        ("2024-01-01", "nothing was counted before 2024-01-01"),
        ("2025-02-01T00:00+00:00", "has an offset, unlike the times"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(tmp_path, moment, sentence):
    history = write(tmp_path / "h.csv", counts(60))
    with pytest.raises(Refusal, match=sentence):
        ask(history, *CHEAP, "--as-of", moment)


def test_a_calendar_is_a_nation_or_a_file_or_both(tmp_path):
    rows = [[at, count * (3 if at[5:] == "12-25" else 1)] for at, count in counts(2 * 365 - 20)]
    history, local = write(tmp_path / "h.csv", rows), tmp_path / "local.csv"
    with local.open("w", newline="") as stream:
        csv.writer(stream).writerows([("date", "name"), ("2025-12-01", "Fair"), ("2026-12-20", "Fair")])
    christmas = {}
    for calendar in (("england",), ("none",), ("england", str(local))):
        found = ask(history, *CHEAP, *(word for each in calendar for word in ("--calendar", each)))["all"]
        christmas[calendar] = {row["start"]: row["mean"] for row in found}["2026-12-25"]
    assert christmas[("england",)] > 1.3 * christmas[("none",)]
    assert christmas[("england", str(local))] == pytest.approx(christmas[("england",)], rel=0.1)

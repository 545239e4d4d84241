"""Do forecasts add up, say when reality leaves them, look right, and feed the staffing command?"""

import csv
import json
from collections import defaultdict
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.foundation.kernel.errors import Refusal
from standfast.science.planning.forecast.choosing import blend
from standfast.science.planning.forecast.spread import KNOTS, Spread, fit_spread, put_right
from standfast.science.planning.forecast.watching import runs
from tests.planning.demand import HOUR, ask, counts, write

CHEAP = ["--models", "cheap"]
LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def rows_of(path):
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(name="three_ways")
def a_history_by_area_and_line(tmp_path):
    rows = [
        [*row, area, line]
        for seed, (area, line) in enumerate(
            [("N", "nines"), ("N", "ones"), ("S", "nines"), ("S", "ones"), ("W", "nines")]
        )
        for row in counts(120, mean=5 + 20 * seed, seed=seed)
    ]
    return write(tmp_path / "h.csv", rows, ("start", "count", "area", "line"))


def test_totals_are_the_sums_of_their_parts(three_ways):
    found = ask(three_ways, *CHEAP, "--totals")
    assert {"N/nines", "W/nines", "N/all", "all/nines", "all/all"} <= set(found)
    for place in range(28):
        mean = {name: rows[place]["mean"] for name, rows in found.items()}
        assert mean["N/all"] == pytest.approx(mean["N/nines"] + mean["N/ones"], abs=1e-6)
        assert mean["all/ones"] == pytest.approx(mean["N/ones"] + mean["S/ones"], abs=1e-6)
        assert mean["all/all"] == pytest.approx(mean["N/all"] + mean["S/all"] + mean["W/all"], abs=1e-6)


def test_hours_make_the_days_and_months_written_beside_them(tmp_path):
    history = write(tmp_path / "h.csv", counts(40 * 24, step=HOUR))
    out = tmp_path / "f.csv"
    assert run("forecast", history, *CHEAP, "-o", out, "--also", "1d,1mo").exit_code == 0
    hours, days, months = (rows_of(tmp_path / name) for name in ("f.csv", "f.1d.csv", "f.1mo.csv"))
    assert len(days) == 28
    by_day: dict[str, float] = defaultdict(float)
    for row in hours:
        by_day[row["start"][:10]] += float(row["mean"])
    assert {row["start"]: float(row["mean"]) for row in days} == pytest.approx(by_day, abs=1e-3)
    assert sum(float(row["mean"]) for row in months) == pytest.approx(sum(by_day.values()), abs=1e-2)
    one = days[3]
    assert float(one["q0.1"]) < float(one["mean"]) < float(one["q0.9"])
    spread = (float(one["q0.9"]) - float(one["q0.1"])) / float(one["mean"])
    assert spread < (float(hours[80]["q0.9"]) - float(hours[80]["q0.1"])) / float(hours[80]["mean"])


def test_a_lasting_departure_from_the_band_is_an_anomaly_and_one_odd_day_is_not(tmp_path):
    earlier, out = tmp_path / "earlier.csv", tmp_path / "f.csv"
    rows = counts(160)
    run("forecast", write(tmp_path / "h.csv", rows[:130]), *CHEAP, "-o", earlier)
    odd = [[at, count * 3 if place == 132 or 140 <= place < 145 else count] for place, (at, count) in enumerate(rows)]
    said = run("forecast", write(tmp_path / "now.csv", odd), *CHEAP, "-o", out, "--against", earlier)
    notes = [each for each in json.loads((tmp_path / "f.about.json").read_text())["notes"] if each["kind"] == "anomaly"]
    assert [(each["start"], each["end"]) for each in notes] == [(rows[140][0], rows[144][0])]
    assert "5 intervals in a row came above" in said.stderr


def test_a_forecast_of_another_time_is_no_measure(tmp_path):
    earlier = tmp_path / "earlier.csv"
    run("forecast", write(tmp_path / "h.csv", counts(60)), *CHEAP, "-o", earlier)
    with pytest.raises(Refusal, match=r"earlier\.csv: nothing it forecast is in the history"):
        run("forecast", tmp_path / "h.csv", *CHEAP, "-o", tmp_path / "f.csv", "--against", earlier)
    assert not (tmp_path / "f.csv").exists()


def test_a_break_is_found_told_and_forgotten_by_the_level(tmp_path):
    rows = [[at, int(count * 2) if place >= 100 else count] for place, (at, count) in enumerate(counts(180))]
    out = tmp_path / "f.csv"
    run("forecast", write(tmp_path / "h.csv", rows), *CHEAP, "-o", out)
    breaks = [each for each in json.loads((tmp_path / "f.about.json").read_text())["notes"] if each["kind"] == "break"]
    assert [each["start"] for each in breaks] == [rows[100][0]]
    working_day = float(rows_of(out)[1]["mean"])
    assert 72 < working_day < 88


def test_an_outlier_is_reported_and_moves_the_forecast_little(tmp_path):
    rows = counts(150)
    calm = ask(write(tmp_path / "calm.csv", rows), *CHEAP)["all"]
    rows[120][1] = 900
    out = tmp_path / "f.csv"
    run("forecast", write(tmp_path / "h.csv", rows), *CHEAP, "-o", out)
    notes = json.loads((tmp_path / "f.about.json").read_text())["notes"]
    assert [each["start"] for each in notes if each["kind"] == "outlier"] == [rows[120][0]]
    moved = [float(row["mean"]) / before["mean"] for row, before in zip(rows_of(out), calm, strict=True)]
    assert np.median(moved) == pytest.approx(1, abs=0.08)


def test_the_reasons_name_the_week_and_a_holiday_to_come(tmp_path):
    rows = [[at, count * 2 if at[5:] == "12-25" else count] for at, count in counts(3 * 365 - 20)]
    run("forecast", write(tmp_path / "h.csv", rows), *CHEAP, "-o", tmp_path / "f.csv")
    about = json.loads((tmp_path / "f.about.json").read_text())["series"]["all"]
    assert about["parts"]["week"]["Saturday"] > 1.15
    assert about["parts"]["holidays and events ahead"]["Christmas Day"] > 1.4
    assert "Christmas Day moves its day by" in about["in words"]


def test_the_parts_of_each_day_multiply_to_what_is_expected(tmp_path):
    history, parts = write(tmp_path / "h.csv", counts(3 * 365 - 20)), tmp_path / "parts.csv"
    out = tmp_path / "f.csv"
    run("forecast", history, "--models", "regression", "-o", out, "--parts", parts)
    for day, row in zip(rows_of(parts), rows_of(out), strict=True):
        assert day["day"] == row["start"]
        made = np.prod([float(day[part]) for part in ("level", "week", "year", "holiday", "event")])
        assert made == pytest.approx(float(row["mean"]), rel=1e-3)
    assert float(rows_of(parts)[20]["holiday"]) != 1 or float(rows_of(parts)[19]["holiday"]) != 1


def test_two_results_never_share_a_name(tmp_path):
    history, out = write(tmp_path / "h.csv", counts(60)), tmp_path / "f.svg"
    with pytest.raises(Refusal, match="two results would be written there"):
        run("forecast", history, "-o", out, "--plot", out)
    assert not out.exists()


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_picture_is_drawn_the_same_each_time(tmp_path, form):
    history, picture = write(tmp_path / "h.csv", counts(90)), tmp_path / f"f.{form}"
    made = []
    for _ in range(2):
        run("forecast", history, *CHEAP, "-o", tmp_path / "f.csv", "--plot", picture)
        made.append(picture.read_bytes())
    assert made[0] == made[1]
    if form == "svg":
        assert ET.fromstring(made[0]).tag.endswith("svg")  # noqa: S314 - drawn by ourselves a moment ago
    with pytest.raises(Refusal, match=r"ends in \.svg or \.png"):
        run("forecast", history, *CHEAP, "-o", tmp_path / "g.csv", "--plot", tmp_path / "g.gif")
    assert not (tmp_path / "g.csv").exists()


def test_a_forecast_of_hours_is_staffed(tmp_path):
    history = write(tmp_path / "h.csv", counts(30 * 24, step=HOUR))
    assert staffed(tmp_path, history) > 3


@pytest.mark.live_data
@pytest.mark.parametrize(
    ("name", "options"),
    [
        (
            "iowa_ed_hourly/hourly_arrivals.csv.gz",
            ("--time", "hour_start_local", "--count", "arrivals", "--holidays", "US"),
        ),
        ("montgomery_911/calls.csv.gz", ("--time", "timestamp_local", "--holidays", "US")),
    ],
)
def test_real_demand_is_forecast_and_staffed(tmp_path, shared_data, name, options):
    assert staffed(tmp_path, shared_data / name, *options) > 1


def staffed(folder, history, *options):
    forecast, need = folder / "forecast.csv", folder / "need.csv"
    asked = ["forecast", history, *CHEAP, "--horizon", "3d", "--quantiles", "0.1,0.5,0.9", "-o", forecast, *options]
    assert run(*asked).exit_code == 0
    asked = [
        "staffing",
        forecast,
        "-o",
        need,
        "--aht",
        300,
        "--answer",
        "0.9/10",
        "--quantile",
        0.9,
        "--shrinkage",
        0.3,
    ]
    assert run(*asked).exit_code == 0
    inputs = json.loads((folder / "need.about.json").read_text())["inputs"]
    assert [each["name"] for each in inputs] == ["forecast.csv"]
    rows = rows_of(need)
    assert len(rows) == 72
    return max(float(row["required"]) for row in rows)


@given(
    means=st.lists(st.floats(0, 1e5), min_size=1, max_size=6),
    scatter=st.floats(1, 20),
    swing=st.floats(0, 1),
    seen=st.lists(st.floats(-4, 4), max_size=300),
)
@settings(max_examples=60, deadline=None)
def test_quantiles_never_cross_whatever_the_spread(means, scatter, swing, seen):
    spread = put_right(Spread(scatter, swing), np.array(seen))
    found = spread.quantiles(np.array(means), LEVELS)
    values = np.stack([found[level] for level in LEVELS])
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert (np.diff(values, axis=0) >= -1e-6 * (1 + values[:-1])).all()


@pytest.mark.parametrize(("mean", "scatter"), [(0.3, 1.0), (4.0, 1.0), (30.0, 2.0), (900.0, 5.0)])
def test_bands_cover_what_they_promise(mean, scatter):
    chance = np.random.default_rng(5)
    mu = mean * chance.uniform(0.7, 1.3, 20_000)
    rate = mu if scatter == 1 else chance.gamma(mu / (scatter - 1), scatter - 1)
    came = chance.poisson(rate).astype(float)
    fitted = fit_spread(came, mu)
    spread = put_right(fitted, fitted.place_of(came, mu))
    assert len(spread.bent) == len(KNOTS)
    found = spread.quantiles(mu, (0.025, 0.1, 0.9, 0.975))
    if mean > 1:
        assert ((found[0.1] <= came) & (came <= found[0.9])).mean() == pytest.approx(0.8, abs=0.02)
        assert ((found[0.025] <= came) & (came <= found[0.975])).mean() == pytest.approx(0.95, abs=0.015)
    assert (came > found[0.975]).mean() < 0.05


@given(side=st.lists(st.sampled_from([-1, 0, 1]), max_size=40))
def test_a_run_is_three_or_more_on_one_side(side):
    marked = np.zeros(len(side), dtype=bool)
    for begin, end in runs(np.array(side, dtype=np.int64)):
        assert end - begin >= 3
        assert len(set(side[begin:end])) == 1
        marked[begin:end] = True
    for place in range(len(side) - 2):
        if side[place] and side[place] == side[place + 1] == side[place + 2]:
            assert marked[place : place + 3].all()


@given(seen=st.lists(st.floats(-4, 4), max_size=50), mean=st.floats(1, 1000))
@settings(max_examples=30, deadline=None)
def test_the_median_of_a_count_is_a_whole_number_between_its_neighbours(seen, mean):
    spread = put_right(Spread(1.3, 0.01), np.array(seen))
    alone = spread.quantiles(np.array([mean]), (0.5,))[0.5]
    assert alone == np.round(alone)
    among = spread.quantiles(np.array([mean]), (0.49, 0.5, 0.51))
    assert among[0.49] <= among[0.5] <= among[0.51]


def test_a_model_that_runs_away_moves_little_and_shares_weigh():
    near, far = np.array([[10.0]]), np.array([[1e9]])
    assert blend([near, near, far], [1.0, 1.0, 1.0])[0, 0] <= 20
    assert blend([near, np.array([[12.0]])], [3.0, 1.0])[0, 0] == pytest.approx(10.5)

"""Does `standfast forecast` answer any fair history, and refuse what is wrong in one sentence without leaving a file?"""

import json
import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.foundation.kernel.errors import Refusal
from tests.planning.demand import DAY, HOUR, ask, counts, write

CHEAP = ["--models", "cheap"]


def test_a_daily_history_gives_four_weeks_with_the_quantiles_asked_for(tmp_path):
    history = write(tmp_path / "h.csv", counts(200))
    rows = ask(history, *CHEAP, "--quantiles", "0.9,0.1,0.5")["all"]
    assert list(rows[0]) == ["start", "mean", "q0.1", "q0.5", "q0.9"]
    assert [row["start"] for row in rows[:2]] == ["2025-07-20", "2025-07-21"]
    assert len(rows) == 28
    weekend, working = rows[0]["mean"], rows[1]["mean"]
    assert 45 < weekend < 59
    assert 35 < working < 45


@pytest.mark.parametrize(
    ("minutes", "days"), [(5, 20), (15, 21), (30, 30), (60, 14), (60, 40)], ids=lambda value: f"{value}"
)
def test_short_histories_within_the_day_fall_back_gracefully(tmp_path, minutes, days):
    step = timedelta(minutes=minutes)
    history = write(tmp_path / "h.csv", counts(days * 1440 // minutes, step=step, mean=minutes / 10))
    rows = ask(history, *CHEAP, "--horizon", "7d")["all"]
    assert len(rows) == 7 * 1440 // minutes
    by_hour: dict[str, float] = defaultdict(float)
    for row in rows:
        by_hour[row["start"][11:13]] += row["mean"]
    assert by_hour["15"] > 1.5 * by_hour["03"]


def test_quantiles_never_cross_and_never_fall_below_nought(tmp_path):
    levels = [0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99]
    rows = [[*row, name] for name, mean in (("quiet", 0.05), ("busy", 300.0)) for row in counts(120, mean=mean)]
    history = write(tmp_path / "h.csv", rows, ("start", "count", "series"))
    for found in ask(history, *CHEAP, "--quantiles", ",".join(map(str, levels))).values():
        for row in found:
            values = [row[f"q{level:g}"] for level in levels]
            assert values == sorted(values)
            assert values[0] >= 0


def test_columns_of_text_name_series_and_columns_of_numbers_do_not(tmp_path):
    rows = [[*row, area, line, 11.5] for area in "NS" for line in ("999", "101") for row in counts(60)]
    history = write(tmp_path / "h.csv", rows, ("start", "count", "area", "line", "heat"))
    assert set(ask(history, *CHEAP, "--by", "area,line")) == {"N/999", "N/101", "S/999", "S/101"}
    lettered = write(
        tmp_path / "l.csv",
        [[*row, area, 11.5] for area in "NS" for row in counts(60)],
        ("start", "count", "area", "heat"),
    )
    assert set(ask(lettered, *CHEAP)) == {"N", "S"}


def test_a_series_of_noughts_beside_another_expects_nothing(tmp_path):
    rows = [*([*row, "busy"] for row in counts(90)), *([row[0], 0, "never"] for row in counts(90))]
    found = ask(write(tmp_path / "h.csv", rows, ("start", "count", "series")), *CHEAP)
    assert max(row["mean"] for row in found["never"]) < 0.05


def test_calls_one_a_row_are_counted_by_the_hour(tmp_path):
    chance = random.Random(3)
    moments = sorted(datetime(2025, 3, 1) + timedelta(minutes=chance.uniform(0, 30 * 1440)) for _ in range(3000))
    history = write(tmp_path / "calls.csv", [[at.isoformat(" ", "seconds")] for at in moments], ("received",))
    rows = ask(history, *CHEAP, "--time", "received", "--horizon", "1d")["all"]
    assert len(rows) == 24
    assert sum(row["mean"] for row in rows) == pytest.approx(100, rel=0.25)


def test_days_of_23_and_25_hours_are_whole_days_in_london(tmp_path):
    from zoneinfo import ZoneInfo

    london, utc = ZoneInfo("Europe/London"), ZoneInfo("UTC")
    start = datetime(2026, 8, 1, tzinfo=london).astimezone(utc)
    hours = int((datetime(2026, 10, 20, tzinfo=london).astimezone(utc) - start) / HOUR)
    rows = [[(start + each * HOUR).astimezone(london).isoformat(), 5 + each % 3] for each in range(hours)]
    found = ask(write(tmp_path / "h.csv", rows), *CHEAP, "--horizon", "10d")["all"]
    of_the_day = [row["start"] for row in found if row["start"].startswith("2026-10-25")]
    assert len(of_the_day) == 25
    assert "2026-10-25T01:00+01:00" in of_the_day
    assert "2026-10-25T01:00+00:00" in of_the_day


def test_a_gap_is_no_run_of_noughts(tmp_path):
    rows = counts(150)
    history = write(tmp_path / "h.csv", rows[:110] + rows[135:])
    assert 35 < ask(history, *CHEAP)["all"][2]["mean"] < 60


def test_local_occasions_move_their_days_and_the_days_around_them(tmp_path):
    rows = counts(365)
    fairs = [date for date, _ in rows[20::60]]
    busy = {*fairs, *(str((datetime.fromisoformat(each) + DAY).date()) for each in fairs)}
    history = write(tmp_path / "h.csv", [[at, count * 3 if at in busy else count] for at, count in rows])
    coming = write(tmp_path / "c.csv", [[each, "Fair", 1] for each in (*fairs, "2026-01-14")], ("date", "name", "lag"))
    found = {row["start"]: row["mean"] for row in ask(history, *CHEAP, "--calendar", str(coming))["all"]}
    assert found["2026-01-14"] > 2 * found["2026-01-13"]
    assert found["2026-01-15"] > 2 * found["2026-01-13"]
    assert found["2026-01-16"] < 1.5 * found["2026-01-13"]


@pytest.mark.parametrize(("step", "number", "ahead"), [(7 * DAY, 60, 13), (30 * DAY, 30, 12)])
def test_weeks_and_months_are_carried_forward(tmp_path, step, number, ahead):
    if step > 7 * DAY:
        starts = [f"{2022 + each // 12}-{each % 12 + 1:02d}-01" for each in range(number)]
        rows: list[list[Any]] = [[start, 3000 + 10 * place] for place, start in enumerate(starts)]
    else:
        rows = [
            [at, 700 + place % 5] for place, (at, _) in enumerate(counts(number, step=step, start=datetime(2024, 1, 1)))
        ]
    found = ask(write(tmp_path / "h.csv", rows))["all"]
    assert len(found) == ahead
    assert all(0.8 * rows[-1][1] < row["mean"] < 1.3 * rows[-1][1] for row in found)


def test_the_same_history_gives_the_same_forecast_and_a_stored_choice_is_kept(tmp_path):
    history = write(tmp_path / "h.csv", counts(200))
    first, second = ask(history), ask(history)
    assert first == second
    out = tmp_path / "f.csv"
    CliRunner().invoke(app, ["forecast", str(history), "-o", str(out)], catch_exceptions=False)
    about = json.loads((tmp_path / "f.about.json").read_text())
    assert about["inputs"][0]["name"] == "h.csv"
    assert len(about["inputs"][0]["sha256"]) == 64
    assert "earlier origins" in about["series"]["all"]["why"]
    assert ask(history, "--choice", str(tmp_path / "f.about.json")) == first


BAD = {
    "twice": ([*counts(30), counts(30)[-1]], (), "line 32: 2025-01-30 00:00:00 comes twice"),
    "backward": (counts(30)[::-1], (), "line 3: .* comes after"),
    "text": ([*counts(30), ["2025-01-31", "lots"]], (), "line 32: “lots” is no count; a whole number"),
    "negative": ([*counts(30), ["2025-01-31", -4]], (), "line 32: “-4” is no count"),
    "mixed": (
        [*counts(20 * 24, step=HOUR), *([f"{at} 00:00", 9] for at, _ in counts(40, start=datetime(2025, 1, 21)))],
        (),
        "line 48\\d: .* does not follow its neighbours by 1h; one interval throughout",
    ),
    "a week": (counts(7), (), "7 days of history; 14 days or more"),
    "a week of hours": (counts(168, step=HOUR), (), "7 days of history; 14 days or more"),
    "noughts": ([[at, 0] for at, _ in counts(40)], (), "every count is nought; at least one count above 0"),
    "model": (counts(40), ("--models", "oracle"), "no model “oracle”; auto, cheap, .* expected"),
    "quantile": (counts(40), ("--quantiles", "0.5,7"), "“7” is no quantile"),
    "horizon": (counts(40), ("--horizon", "soon"), "“soon” is no interval"),
    "nation": (counts(40), ("--holidays", "Narnia"), "No holidays are known for “Narnia”"),
    "column": (counts(40), ("--count", "calls"), "line 1: there is no column “calls”, only start, count"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence_and_no_file(tmp_path, case):
    rows, options, sentence = BAD[case]
    history = write(tmp_path / "h.csv", rows)
    out = tmp_path / "out" / "f.csv"
    out.parent.mkdir()
    with pytest.raises(Refusal, match=sentence) as refusal:
        ask(history, *options, "-o", str(out))
    assert "\n" not in str(refusal.value)
    assert list(out.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("2026-02-30,Fair,,,", "line 2: “2026-02-30” is no date; a day such as"),
        ("2026-02-20,Fair,2026-02-10,,", "line 2: it ends on 2026-02-10, before it begins"),
        ("2026-02-20,,,,", "line 2: the occasion has no name"),
        ("2026-02-20,Fair,,-1,", "line 2: “-1” under lead is no number of days"),
    ],
)
def test_an_impossible_calendar_is_refused_with_its_line(tmp_path, line, sentence):
    history = write(tmp_path / "h.csv", counts(40))
    calendar = tmp_path / "c.csv"
    calendar.write_text(f"date,name,until,lead,lag\n{line}\n")
    with pytest.raises(Refusal, match=sentence):
        ask(history, "--calendar", str(calendar))

"""Do the commands take the product's own files, refuse bad ones in one sentence, and leave nothing half loaded?"""

import csv
import random
from datetime import UTC, datetime, timedelta

import django
import pytest
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.cli.problems import BAD_INPUT, PROBLEMS
from standfast.force.resourcing import queries
from standfast.force.resourcing.models import ForecastDemand, Publication, RosteredUnits
from standfast.foundation.kernel import clock
from tests.planning.planner import run

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-30"
PROBLEM = f"""
[roster]
name = "Response units"
start = {MONDAY}
days = 7
people = "units.csv"
[limits]
rest_days_together = 1
[[shift]]
id = "D"
starts = 07:00:00
ends = 19:00:00
[[shift]]
id = "N"
starts = 19:00:00
ends = 07:00:00
[[shift]]
id = "T"
starts = 09:00:00
ends = 17:00:00
training = true
[[need]]
file = "need.csv"
"""


@pytest.fixture(autouse=True)
def _connected(monkeypatch):
    # The commands then speak to the test's own database; its clock stands before the plans. Django is set up already: again, it would close
    # every logging handler, and absl's, which the roster's solver brings, closes what pytest catches the output with.
    monkeypatch.setattr(django, "setup", lambda: None)
    monkeypatch.setenv("DATABASE_URL", "postgresql://here")
    monkeypatch.setenv("STANDFAST_PROCESS", "staff")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 29, 12, tzinfo=UTC))


def refused(*words):
    """Ask a command; its refusal in one sentence, with the exit code the program gives it."""
    done = CliRunner().invoke(app, ["resourcing", *map(str, words)])
    assert isinstance(done.exception, PROBLEMS), done.output
    assert (BAD_INPUT, Publication.objects.count(), RosteredUnits.objects.count()) == (2, 0, 0)
    assert ForecastDemand.objects.count() == 0
    told = str(done.exception)
    assert "\n" not in told
    assert "expected" in told or "no such file" in told
    return told


def file(tmp_path, text, name="plan.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def hours_of(day):
    begins = datetime.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(hours=1)
    pieces = queries.rostered_between(begins, begins + timedelta(hours=25))
    return [
        (p.starts_at.isoformat(timespec="minutes")[5:16], p.ends_at.isoformat(timespec="minutes")[5:16], p.of.said)
        for p in pieces
    ]


def test_a_roster_of_the_products_own_is_published_by_its_coverage_or_by_its_problem(tmp_path):
    hours = [datetime.fromisoformat(MONDAY) + timedelta(hours=hour) for hour in range(7 * 24)]
    need = "".join(f"all,{hour:%Y-%m-%d %H:%M},{4 if 7 <= hour.hour < 19 else 2}\n" for hour in hours)
    file(tmp_path, f"series,start,required\n{need}", "need.csv")
    units = "".join(f"ND{number},48\n" for number in range(12))
    file(tmp_path, f"person,hours_a_week\n{units}", "units.csv")
    problem, roster, coverage = file(tmp_path, PROBLEM, "p.toml"), tmp_path / "roster.csv", tmp_path / "coverage.csv"
    run("roster", problem, "--work", 1, "-o", roster, "--coverage", coverage)
    told = run("resourcing", "roster", coverage).output
    assert told.startswith("Published: roster of units from 30 Nov 2026 07:00:00 GMT until ")
    by_coverage = queries.rostered_between(datetime(2026, 12, 2, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC))
    run("resourcing", "roster", roster, "--problem", problem)
    by_problem = queries.rostered_between(datetime(2026, 12, 2, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC))
    assert Publication.objects.count() == 2
    assert units_by_hour(by_problem) == units_by_hour(by_coverage)
    assert sum(units_by_hour(by_problem)) > 0
    listed = run("resourcing", "list").output.splitlines()
    assert ["(roster.csv)" in listed[0], "(coverage.csv)" in listed[1]] == [True, True]


def units_by_hour(pieces):
    begins = datetime(2026, 12, 2, tzinfo=UTC)
    hours = [begins + timedelta(hours=hour) for hour in range(72)]
    return [next((p.of.said for p in pieces if p.starts_at <= hour < p.ends_at), 0) for hour in hours]


def test_a_forecast_of_the_products_own_is_published_and_another_file_of_people_may_stand_for_a_roster(tmp_path):
    chance = random.Random(7)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    with (tmp_path / "opened.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["opened"])
        at = start
        while (at := at + timedelta(hours=chance.expovariate(3.0))) < datetime(2026, 11, 29, tzinfo=UTC):
            writer.writerow([at.isoformat(timespec="seconds")])
    forecast, need = tmp_path / "forecast.csv", tmp_path / "need.csv"
    asked = ("--time", "opened", "--models", "cheap", "--horizon", "7d", "--quantiles", "0.1,0.5,0.9")
    run("forecast", tmp_path / "opened.csv", *asked, "-o", forecast)
    told = run("resourcing", "forecast", forecast).output
    assert told.startswith("Published: forecast of demand for units from 29 Nov 2026 ")
    allowed = queries.allowed_between(datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC))
    assert 3 < sum(each.most for each in allowed) / len(allowed) < 12
    run("staffing", forecast, "--aht", 2700, "--answer", "0.9/300", "-o", need)
    run("resourcing", "roster", need, "--column", "required")
    assert (
        units_by_hour(queries.rostered_between(datetime(2026, 12, 2, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC)))[9]
        > 0
    )


def test_an_hour_on_the_wall_lasts_as_long_as_it_does_on_the_nights_the_clocks_change(tmp_path):
    rows = "".join(f"2027-{day} {hour:02d}:00,{hour + 1}\n" for day in ("03-28", "10-31") for hour in range(4))
    run("resourcing", "roster", file(tmp_path, f"start,rostered\n{rows}"))
    assert hours_of("2027-03-28") == [
        ("03-28T00:00", "03-28T01:00", 1),
        ("03-28T01:00", "03-28T02:00", 3),
        ("03-28T02:00", "03-28T03:00", 4),
    ]
    assert hours_of("2027-10-31") == [
        ("10-30T23:00", "10-31T00:00", 1),
        ("10-31T00:00", "10-31T02:00", 2),
        ("10-31T02:00", "10-31T03:00", 3),
        ("10-31T03:00", "10-31T04:00", 4),
    ]


ROWS = f"{MONDAY} 07:00,60,4\n{MONDAY} 08:00,60,4\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("start,minutes,rostered\n", "line 2: there is no row"),
        (f"start,minutes,required\n{ROWS}", "line 1: there is no column “rostered”"),
        (f"start,minutes,rostered\n{ROWS}soon,60,4\n", "line 4: “soon” is no time"),
        (f"start,minutes,rostered\n{ROWS}{MONDAY} 09:00,60,four\n", "line 4: “four” is no count"),
        (f"start,minutes,rostered\n{ROWS}{MONDAY} 09:00,60,-1\n", "line 4: “-1” is no count"),
        (f"start,minutes,rostered\n{ROWS}{MONDAY} 09:00,60,\n", "line 4: there is no number under rostered"),
        (f"start,minutes,rostered\n{ROWS}{MONDAY} 09:00,0,4\n", "line 4: its minutes are no length"),
        (f"start,minutes,rostered\n{ROWS}{MONDAY} 08:00,60,4\n", f"line 4: {MONDAY} 08:00 does not come after"),
        (f"start,minutes,rostered\n{MONDAY} 07:00,90,4\n{MONDAY} 08:00,60,4\n", "line 2: it goes on past the start"),
        (f"start,minutes,rostered\n{MONDAY} 07:00,60\n", "line 2"),
        ("start,minutes,rostered\n2026-11-01 07:00,60,4\n", "it ends 1 Nov 2026 08:00:00 GMT, which is past"),
        (f"start,minutes,rostered\n{MONDAY} 07:00,60,10001\n", "10,001 units at once"),
        (f"series,start,rostered\na,{MONDAY} 07:00,4\nb,{MONDAY} 07:00,4\n", "it has 2 series; one of a, b"),
        (f"employee,{MONDAY}\nND1,D\n", "line 1: it says who works which shift, not when; --problem"),
    ],
)
def test_a_roster_that_cannot_be_read_is_refused_in_a_sentence_and_nothing_is_loaded(tmp_path, text, words):
    told = refused("roster", file(tmp_path, text))
    assert "plan.csv" in told
    assert words in told


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    assert "there is no such file" in refused("roster", tmp_path / "none.csv")
    (tmp_path / "noise.csv").write_bytes(b"\xff\xfe\x00\x80")
    assert "it is not text" in refused("forecast", tmp_path / "noise.csv")
    roster, problem = file(tmp_path, f"employee,{MONDAY}\nND1,D\n"), file(tmp_path, "[roster", "p.toml")
    assert "p.toml" in refused("roster", roster, "--problem", problem)


HOURS = "".join(f"all,{MONDAY} {hour:02d}:00,4,2,7\n" for hour in range(6))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("series,start\nall,2026-11-30\n", "line 1: there is no column “mean”"),
        (
            f"series,start,mean,q0.1,q0.9\n{HOURS}all,{MONDAY} 06:00,many,2,7\n",
            "line 8: “many” under mean is no number",
        ),
        (f"series,start,mean,q0.1,q0.9\n{HOURS}all,{MONDAY} 06:00,4,9,7\n", "line 8: its quantiles cross"),
        (f"series,start,mean,q0.1,q0.9\n{HOURS}all,{MONDAY} 05:00,4,2,7\n", "line 8"),
        (f"series,start,mean,q0.1,q0.5\n{HOURS}", "its quantiles are 0.1, 0.5; the quantile 0.9"),
        (f"series,start,mean\n{HOURS.replace(',2,7', '')}", "its quantiles are none"),
        (f"series,start,mean,q0.1,q0.9\n{HOURS}{HOURS.replace('all', 'b')}", "it has 2 series; one of all, b"),
    ],
)
def test_a_forecast_that_cannot_be_read_is_refused_in_a_sentence_and_nothing_is_loaded(tmp_path, text, words):
    told = refused("forecast", file(tmp_path, text))
    assert "plan.csv" in told
    assert words in told

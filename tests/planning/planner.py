"""A planner's way from a list of calls to a roster and what it would reach: the four commands, each on what the one before wrote."""

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

from typer.testing import CliRunner

from standfast.cli.main import app

SKILLS = ("", "supervisor", "", "")
SHIFTS = (("Early", 7, 15, False), ("Middle", 12, 20, False), ("Late", 15, 23, False), ("Night", 23, 7, False))


def run(*words):
    """Run one command; a refusal is raised as it is."""
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def walk(folder: Path, *, people: int, work: float, zone: str, forms: dict[str, Path] | None = None, first="999,101"):
    """Go from calls.csv (received,line) in a folder to result.json in it, over every file between; return the result."""
    forecast, need = folder / "forecast.csv", folder / "need_{}.csv"
    asked = (
        "--time",
        "received",
        "--by",
        "line",
        "--models",
        "cheap",
        "--horizon",
        "14d",
        "--quantiles",
        "0.1,0.5,0.9",
    )
    run("forecast", folder / "calls.csv", *asked, "-o", forecast)
    for quantile in (0.5, 0.9):
        figures = ("--aht", 300, "--answer", "0.9/10", "--line", "101:aht=420,answer=0.8/60", "--pool", first)
        place = str(need).format(round(100 * quantile))
        run("staffing", forecast, *figures, "--quantile", quantile, "--shrinkage", 0.1, "-o", place)
    start = date.fromisoformat(forecast.read_text().splitlines()[1].split(",")[1][:10])
    write_problem(folder, people=people, start=start, zone=zone)
    options = [word for form, place in (forms or {}).items() for word in (f"--{form}", place)]
    roster = (
        folder / "problem.toml",
        "--work",
        work,
        "--coverage",
        folder / "coverage.csv",
        "-o",
        folder / "roster.csv",
    )
    run("roster", *roster, *options)
    (folder / "scenario.toml").write_text(SCENARIO)
    run("simulate", folder / "scenario.toml", "-o", folder / "result.json")
    return json.loads((folder / "result.json").read_text())


def write_problem(folder: Path, *, people: int, start: date, zone: str) -> None:
    """Write a roster problem of made-up people for the needs that lie in a folder."""
    rows = [f"P{number:02d},Handler {number},37,{SKILLS[number % 4]}" for number in range(1, people + 1)]
    (folder / "people.csv").write_text("\n".join(["person,name,hours_a_week,skills", *rows]) + "\n")
    away = (f"P03,{start + timedelta(days=3)},{start + timedelta(days=9)},leave", f"P04,{start},{start},training")
    (folder / "absences.csv").write_text("\n".join(["person,from,to,kind", *away]) + "\n")
    duties = (*SHIFTS, ("Training", 9, 17, True))
    shifts = "".join(
        f'[[shift]]\nid = "{name}"\nstarts = {first:02d}:00:00\nends = {last:02d}:00:00\ntraining = {str(training).lower()}\n'
        for name, first, last, training in duties
    )
    needs = "".join(f'[[need]]\nfile = "need_{each}.csv"\nquantile = 0.{each}\n' for each in (50, 90))
    least = '[[minimum]]\nshift = "Night"\npeople = 2\n[[minimum]]\nshift = "Late"\npeople = 1\nskill = "supervisor"\n'
    head = f'[roster]\nname = "Call handlers"\nstart = {start}\ndays = 14\nzone = "{zone}"\n'
    files = 'people = "people.csv"\nabsences = "absences.csv"\n'
    (folder / "problem.toml").write_text(head + files + shifts + needs + least)


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inputs_of(about: Path) -> dict[str, str]:
    """Return the inputs that a result names, by their hashes."""
    return {each["name"]: each["sha256"] for each in json.loads(about.read_text())["inputs"]}


SCENARIO = """
replications = 6
[[kind]]
name = "999"
handling_seconds = 300
patience_seconds = 120
answer = "0.9/10"
forecast = "forecast.csv"
series = "999"
[[kind]]
name = "101"
rank = 1
handling_seconds = 420
patience_seconds = 240
answer = "0.8/60"
forecast = "forecast.csv"
series = "101"
[[team]]
name = "handlers"
takes = ["999", "101"]
requirement = "coverage.csv"
column = "rostered"
on_task = 0.9
[[change]]
name = "Four are off sick"
people = { handlers = -4 }
"""

"""Which force does the roster bench roster? One made up here: people, leave, training, requests and an hourly need, from a seed."""

import csv
import random
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

START = date(2026, 11, 30)
SEED = 3
DAY = (
    0.5,
    0.4,
    0.35,
    0.3,
    0.3,
    0.35,
    0.6,
    0.9,
    1.1,
    1.2,
    1.25,
    1.3,
    1.3,
    1.3,
    1.3,
    1.3,
    1.35,
    1.4,
    1.4,
    1.35,
    1.25,
    1.1,
    0.9,
    0.7,
)
"""How busy each hour is, against the mean."""
SHIFTS = (("E", 7, 15), ("D", 10, 18), ("L", 15, 23), ("N", 22, 7), ("T", 9, 17))
SHARE_ON_DUTY = 34 / 168 * 0.93
"""Share of people on duty at a mean hour, leave and training taken off."""
HIGHER = 1.12
"""The nine-in-ten need against the even one."""


def write_force(folder: Path, *, people: int, days: int) -> Path:
    """Write a roster problem of so many people and days, and return its file."""
    chance = random.Random(SEED)
    names = [f"P{number:03d}" for number in range(1, people + 1)]
    _write(folder / "people.csv", "person,hours_a_week,skills,shifts,most_weekends", _people(names, chance))
    _write(folder / "absences.csv", "person,from,to,kind", _absences(names, days, chance))
    _write(folder / "requests.csv", "person,day,wants,weight", _requests(names, days, chance))
    for quantile, higher in (("50", 1.0), ("90", HIGHER)):
        _write(folder / f"need_{quantile}.csv", "start,required,minutes", _need(people * higher, days))
    path = folder / "problem.toml"
    path.write_text(_problem(people, days), encoding="utf-8")
    return path


def _people(names: list[str], chance: random.Random) -> Iterable[tuple[object, ...]]:
    for number, name in enumerate(names):
        skills = "supervisor|999" if number % 5 == 0 else "999" if number % 3 else ""
        early_only = "E|D|L" if number % 11 == 5 else ""
        yield name, chance.choice([37, 37, 37, 30, 22.2]), skills, early_only, chance.choice(["", 3])


def _absences(names: list[str], days: int, chance: random.Random) -> Iterable[tuple[object, ...]]:
    for name in names[::4]:
        first = START + timedelta(days=chance.randrange(days - 7))
        yield name, first, first + timedelta(days=6), "leave"
    for name in names[1::6]:
        day = START + timedelta(days=7 * chance.randrange(days // 7) + 2)
        yield name, day, day, "training"


def _requests(names: list[str], days: int, chance: random.Random) -> Iterable[tuple[object, ...]]:
    for name in names:
        for _ in range(2):
            day = START + timedelta(days=chance.randrange(days))
            yield name, day, chance.choice(["off", "off", "E", "not N"]), chance.choice([5, 10, 20])


def _need(people: float, days: int) -> Iterable[tuple[object, ...]]:
    mean = sum(DAY) / len(DAY)
    for day in range(days):
        weekend = 1.05 if day % 7 in {4, 5} else 1.0
        for hour, busy in enumerate(DAY):
            start = f"{START + timedelta(days=day)} {hour:02d}:00"
            yield start, round(0.85 * busy / mean * people * SHARE_ON_DUTY * weekend), 60


def _problem(people: int, days: int) -> str:
    shifts = "".join(
        f'[[shift]]\nid = "{name}"\nstarts = {first:02d}:00:00\nends = {last:02d}:00:00\ntraining = {str(name == "T").lower()}\n'
        for name, first, last in SHIFTS
    )
    needs = "".join(f'[[need]]\nfile = "need_{each}.csv"\nquantile = 0.{each}\n' for each in ("50", "90"))
    minimums = "".join(f'[[minimum]]\nshift = "{shift}"\npeople = 1\nskill = "supervisor"\n' for shift in "EL")
    head = f'[roster]\nname = "Made-up force"\nstart = {START}\ndays = {days}\n'
    files = "".join(f'{name} = "{name}.csv"\n' for name in ("people", "absences", "requests"))
    return f'{head}{files}{shifts}{needs}{minimums}[[minimum]]\nshift = "N"\npeople = {max(2, people // 20)}\n'


def _write(path: Path, head: str, rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([head.split(","), *rows])

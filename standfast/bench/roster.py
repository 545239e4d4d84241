"""
How cheap a roster is found, how sure is that, and how long does it take?

The published instances, where they are there, and a force of 120 people over 28 days made up here; beside each a plain CP-SAT model of
the same rules gets the same seconds on the same cores. The short form takes some five minutes; STANDFAST_BENCH_LONG=1 gives the larger
instances the ten minutes their goals speak of.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from standfast.bench.made_up_force import write_force
from standfast.science.planning.roster.effort import Budget
from standfast.science.planning.roster.finding import NoRoster, find_roster, read_problem
from standfast.science.planning.roster.outcome import Outcome
from standfast.science.planning.roster.rules import hard_breaches

DATA_VARIABLE = "STANDFAST_DATA_DIR"
LONG_VARIABLE = "STANDFAST_BENCH_LONG"
SMALL = {"1": 607, "2": 828, "3": 1001}
LARGE = {"6": (1950, 0.0), "9": (439, 0.0), "10": (4631, 0.01), "12": (4040, 0.01)}
"""By instance the best known objective, and how far above it the goal lies as a share."""
SHORT_SECONDS, LONG_SECONDS, SMALL_SECONDS, FORCE_SECONDS = 60.0, 600.0, 30.0, 60.0
SHORT_LARGE = ("6", "10")
PEOPLE, DAYS, GAP = 120, 28, 0.02


def run() -> dict[str, Any]:
    """Roster the instances and the made-up force, each beside the plain model."""
    found = _Found()
    with tempfile.TemporaryDirectory() as folder:
        _force(found, write_force(Path(folder), people=PEOPLE, days=DAYS))
    instances = _instances()
    if instances is None:
        found.goal("instances at the best known", "not measured: the instances are not here", "<= best known", None)
    else:
        for number, best in SMALL.items():
            _instance(found, instances / f"Instance{number}.txt", best, 0.0, SMALL_SECONDS)
        is_long = bool(os.environ.get(LONG_VARIABLE))
        for number in LARGE if is_long else SHORT_LARGE:
            best, above = LARGE[number]
            seconds = LONG_SECONDS if is_long else SHORT_SECONDS
            _instance(found, instances / f"Instance{number}.txt", best, above, seconds)
    return {"figures": found.figures, "yardstick": found.yardstick, "ratios": found.ratios, "goals": found.goals}


class _Found:
    """What has been measured so far."""

    def __init__(self) -> None:
        self.figures: dict[str, float | None] = {}
        self.yardstick: dict[str, float | None] = {}
        self.ratios: dict[str, float] = {}
        self.goals: list[dict[str, Any]] = []

    def goal(self, name: str, value: Any, goal: str, met: bool | None) -> None:  # noqa: FBT001 - a row of a table
        """Add one row to the goals."""
        self.goals.append({"name": name, "value": value, "goal": goal, "met": met})


def _force(found: _Found, path: Path) -> None:
    outcome, seconds = _ours(path, FORCE_SECONDS)
    plain = _plain(path, FORCE_SECONDS)
    name = f"{PEOPLE}_people_{DAYS}_days"
    broken = None
    if outcome is not None and outcome.cells is not None:
        broken = len(hard_breaches(read_problem(path).problem, outcome.cells))
        found.figures |= {f"{name}_objective": outcome.cost, f"{name}_bound": outcome.bound, f"{name}_seconds": seconds}
    found.yardstick |= {f"{name}_plain_objective": plain["objective"], f"{name}_plain_bound": plain["bound"]}
    gap = None if outcome is None or outcome.gap is None else round(outcome.gap, 4)
    found.goal(f"{PEOPLE} people × {DAYS} days: hard breaches", broken, "0 in 60 s", broken == 0)
    found.goal(f"{PEOPLE} people × {DAYS} days: proven gap", gap, f"<= {GAP} in 60 s", gap is not None and gap <= GAP)


def _instance(found: _Found, path: Path, best: int, above: float, seconds: float) -> None:
    outcome, took = _ours(path, seconds)
    plain = _plain(path, seconds)["objective"]
    name = path.stem.lower()
    cost = None if outcome is None else outcome.cost
    found.figures |= {f"{name}_objective": cost, f"{name}_seconds": took}
    if outcome is not None:
        found.figures[f"{name}_bound"] = outcome.bound
    found.yardstick |= {f"{name}_plain_objective": plain, f"{name}_best_known": best}
    if cost and plain:
        found.ratios[f"{name}_ours_to_plain"] = round(cost / plain, 4)
    limit = int(best * (1 + above))
    found.goal(f"{path.stem} in {seconds:.0f} s", cost, f"<= {limit}", cost is not None and cost <= limit)


def _ours(path: Path, seconds: float) -> tuple[Outcome | None, float]:
    """Return what our search found within the seconds, all its preparation included, and how long it took."""
    began = perf_counter()
    try:
        outcome = find_roster(read_problem(path).problem, budget=Budget(seconds=seconds))
    except NoRoster:
        outcome = None
    return outcome, round(perf_counter() - began, 1)


def _plain(path: Path, seconds: float) -> dict[str, float | None]:
    command = [sys.executable, "-m", "standfast.bench.roster_plain", str(path), str(seconds), str(os.cpu_count() or 2)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return json.loads(told)  # type: ignore[no-any-return]


def _instances() -> Path | None:
    given = os.environ.get(DATA_VARIABLE)
    data = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = data / "shift_scheduling_benchmarks"
    return folder if folder.is_dir() else None

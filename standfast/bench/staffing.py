"""
How exact and how fast is staffing, and does it hold where the load ramps?

Exactness against a table of exact values where the data is there; speed on a million cells beside pyworkforce; a ramp against the
fewest people that a simulation of the same calls needs, with the formula for a level load beside. Speed is by processor time of one
thread on either side: other programs on the machine then weigh on neither.
"""

import csv
import math
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from standfast.bench.shared_data import shared_data
from standfast.science.planning.simulate.centre import Centre, Kind, Spread, Steps, Team, changes_of, rules_of
from standfast.science.planning.simulate.kernel import run_kernel
from standfast.science.planning.simulate.measures import answered_in_time_by
from standfast.science.planning.simulate.streams import Contacts, Demand, draw_contacts
from standfast.science.planning.staffing import formulas
from standfast.science.planning.staffing.grid import Cells, Counts, Numbers, fewest_agents, reached
from standfast.science.planning.staffing.ramps import Arrivals, stationary, transient
from standfast.science.planning.staffing.targets import Target, Work

REFERENCE = "erlang_reference/erlang_reference.csv"
LOADS, AHTS, SHARES, WITHIN = 1_000, 10, 10, 10
COMPARED = 4_000
QUARTER = 900.0
LEAD = 8
RUNS = 400
PEAK = 5 + 85 * np.exp(-(((np.arange(40) - 20) / 5) ** 2))
WORK, TARGET = Work(aht=600), Target(answered=0.9, within=10)
EXACT, FASTER, NEAR = 1e-9, 50.0, 0.02


def run() -> dict[str, Any]:
    """Measure exactness, a grid of a million requirements beside pyworkforce, and a ramp beside its simulation."""
    table, grid, ramp = _table(), _grid(), _ramp()
    goals = [
        _goal("largest error against the exact table", table, f"<= {EXACT}", met=table is not None and table <= EXACT),
        _goal(
            "requirements a second to pyworkforce's",
            grid["ratio"],
            f">= {FASTER:g}",
            met=(grid["ratio"] or 0) >= FASTER,
        ),
        _goal("cells where pyworkforce is right and ours differs", grid["wrong"], "0", met=grid["wrong"] == 0),
        _goal(
            "people too many or too few on a ramp, to simulation",
            ramp["ours"],
            f"<= {NEAR}, the formula further off",
            met=ramp["ours"] <= NEAR < ramp["formula"],
        ),
    ]
    figures = {"cells": grid["cells"], "requirements_per_second": grid["ours"], "ramp_people": ramp["people"]}
    yardstick = {"pyworkforce_per_second": grid["theirs"], "formula_off_simulation": ramp["formula"]}
    ratios = {"grid_to_pyworkforce": grid["ratio"], "share_pyworkforce_is_right": grid["right"]}
    return {"figures": figures, "yardstick": yardstick, "ratios": ratios, "goals": goals}


def _goal(name: str, value: float | None, goal: str, *, met: bool) -> dict[str, Any]:
    if value is None:
        return {"name": name, "value": "not there to compare with", "goal": goal, "met": None}
    return {"name": name, "value": value, "goal": goal, "met": met}


def _table() -> float | None:
    folder = shared_data()
    if folder is None or not (folder / REFERENCE).is_file():
        return None
    return max(_errors(folder / REFERENCE))


def _errors(path: Path) -> list[float]:
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    errors = []
    for row in rows:
        aht, agents = float(row["aht_s"]), int(row["agents"])
        load = float(row["calls"]) * aht / float(row["interval_s"])
        got = reached(Cells(load=load, aht=aht, within=float(row["target_s"])), agents)
        pairs = (
            (formulas.erlang_b(load, agents), row["erlang_b"]),
            (float(got.waits), row["erlang_c"]),
            (float(got.answered), row["service_level"]),
            (float(got.average_wait), row["asa_s"]),
            (float(got.occupancy), row["occupancy"]),
        )
        errors += [abs(ours - float(exact)) / max(abs(float(exact)), 1e-300) for ours, exact in pairs]
    return errors


def _grid() -> dict[str, Any]:
    axes = np.meshgrid(
        np.linspace(0.5, 120.0, LOADS),
        np.linspace(60.0, 900.0, AHTS),
        np.linspace(0.5, 0.95, SHARES),
        np.linspace(5.0, 120.0, WITHIN),
        indexing="ij",
    )
    load, aht, answered, within = (axis.ravel() for axis in axes)
    fewest_agents(Cells(load=load[:10], aht=aht[:10], answered=answered[:10], within=within[:10]))
    began = process_time()
    found = fewest_agents(Cells(load=load, aht=aht, answered=answered, within=within))
    ours = len(found) / (process_time() - began)
    chosen = np.random.default_rng(1).choice(len(found), COMPARED, replace=False)
    cells = np.stack([load, aht, answered, within], axis=1)[chosen]
    return {"cells": len(found), "ours": round(ours), **_beside_pyworkforce(cells, found[chosen], ours)}


def _beside_pyworkforce(cells: Numbers, ours: Counts, rate: float) -> dict[str, Any]:
    try:
        from pyworkforce.queuing import ErlangC
    except ImportError:
        return {"theirs": None, "ratio": None, "right": None, "wrong": None}
    began = process_time()
    theirs = np.array(
        [
            ErlangC(transactions=load, aht=aht / 60, asa=within / 60, interval=aht / 60).required_positions(answered)[
                "raw_positions"
            ]
            for load, aht, answered, within in cells.tolist()
        ]
    )
    speed = len(cells) / (process_time() - began)
    right = _is_fewest(cells, theirs)
    return {
        "theirs": round(speed),
        "ratio": round(rate / speed, 1),
        "right": round(float(right.mean()), 4),
        "wrong": int((right & (ours != theirs)).sum()),
    }


def _is_fewest(cells: Numbers, people: Counts) -> Any:
    """Return where a number of people is right: it reaches the target, and one fewer does not (or cannot keep up at all)."""
    load, aht, answered, within = cells.T
    queue = Cells(load=load, aht=aht, within=within)
    fewer = np.where(people - 1 > load, reached(queue, np.maximum(people - 1, 1)).answered, 0.0)
    return (people > load) & (reached(queue, people).answered >= answered) & (fewer < answered)


def _ramp() -> dict[str, Any]:
    arrivals = Arrivals(expected=PEAK, seconds=QUARTER)
    ours, formula = (way(arrivals, work=WORK, target=TARGET) for way in (transient, stationary))
    needed = _by_simulation(ours)
    return {
        "people": [int(each.sum()) for each in (needed, ours, formula)],
        "ours": _off(ours, needed),
        "formula": _off(formula, needed),
    }


def _off(people: Counts, needed: Counts) -> float:
    """Return the people too many or too few, interval by interval, as a share of those needed."""
    return round(float(np.abs(people - needed).sum() / needed.sum()), 4)


def _by_simulation(first: Counts) -> Counts:
    """Return the fewest people of each interval, one after the other, with whom the simulated callers are answered in time."""
    expected = np.concatenate([np.full(LEAD, PEAK[0]), PEAK])
    at: Numbers = np.arange(0.0, QUARTER * len(expected), QUARTER)
    demand = Demand(kind="999", starts=at, seconds=QUARTER, expected=expected, factor=np.ones(len(at)))
    drawn = [draw_contacts(_centre(at, np.ones(len(at))), [demand], seed=3, replication=each) for each in range(RUNS)]
    people = np.concatenate([np.full(LEAD, first[0]), first]).astype(float)
    for place in range(LEAD, len(people)):
        while _reaches(drawn, at, people, place):
            people[place] -= 1
        while not _reaches(drawn, at, people, place):
            people[place] += 1
    return people[LEAD:].astype(np.int64)


def _reaches(drawn: list[Contacts], at: Numbers, people: Numbers, place: int) -> bool:
    # What comes later cannot change who is answered in this interval's time, so later intervals may hold any number.
    edges = np.array([at[place], at[place] + QUARTER])
    centre = _centre(at, people)
    rules, changes = rules_of(centre), changes_of(centre)
    came = met = 0.0
    for contacts in drawn:
        soon = contacts.arrive < edges[1] + TARGET.within
        arrive, kind, hold, leaves, then = (each[soon] for each in contacts[:5])
        part = Contacts(arrive, kind, hold, leaves, then, contacts.moves)
        found = answered_in_time_by(part, run_kernel(part, rules, changes), kind=0, within=TARGET.within, edges=edges)
        came += float(found["offered"][0])
        met += float(found["in_time"][0])
    return met >= TARGET.answered * came


def _centre(at: Numbers, people: Numbers) -> Centre:
    kind = Kind(name="999", handling=Spread(mean=WORK.aht), patience=math.inf, within=TARGET.within)
    return Centre(kinds=(kind,), teams=(Team(name="desk", takes=("999",), people=Steps(at=at, values=people)),))

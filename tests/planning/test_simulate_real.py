"""Does the simulated contact centre answer as a real one did? A control room's hours of telephone answering are the judge."""

import csv
import gzip

import numpy as np
import pytest

from standfast.science.planning.simulate.centre import Centre, Kind, Spread, Steps, Team, changes_of, rules_of
from standfast.science.planning.simulate.kernel import run_kernel
from standfast.science.planning.simulate.streams import Demand, draw_contacts

ANSWERING = "alexandria_911_cad/phone_hourly.csv.gz"
LINES = {"e911": 200.0, "adm": 150.0}
BANDS = ("10", "15", "20", "40", "60", "120", "121")
LATE = (20.0, 40.0, 60.0)
LEARNT_WEEKS, REPLICATIONS = 3, 5
MARGIN = 0.02


@pytest.fixture(scope="module")
def hours(shared_data):
    with gzip.open(shared_data / ANSWERING, "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([float(row[name] or 0) for row in rows]) for name in rows[0] if name != "hour_start_local"}


def test_what_is_learnt_from_three_weeks_foretells_the_next_two(hours):
    """Nobody wrote down how many answered: that one figure is fitted to the first weeks, everything else is simulated."""
    learnt = np.arange(len(hours["e911_t"])) < LEARNT_WEEKS * 168
    spare = min(
        (0.5, 1.0, 1.25, 1.5, 2.0),
        key=lambda each: abs(simulated(hours, learnt, spare=each)[:, 0] - observed(hours, learnt)[:, 0]).sum(),
    )
    real = observed(hours, ~learnt)
    assert abs(simulated(hours, ~learnt, spare=spare) - real).max() < MARGIN
    assert abs(simulated(hours, ~learnt, spare=spare, fewer=1) - real).max() > MARGIN


def observed(hours, rows):
    """Return the share of those answered who waited longer than each time, line by line."""
    found = []
    for line in LINES:
        bands = np.array([hours[f"{line}_{band}"][rows].sum() for band in BANDS])
        later = bands[::-1].cumsum()[::-1] / bands.sum()
        found.append(later[3:6])
    return np.array(found)


def simulated(hours, rows, *, spare, fewer=0):
    """Return the same shares of simulated callers: people follow the load of the hour of the day, with some to spare."""
    number = len(rows)
    at, hour = np.arange(number) * 3600.0, np.arange(number) % 24
    load = sum(hours[f"{line}_t"] * seconds for line, seconds in LINES.items()) / 3600
    usual = np.array([load[hour == each].mean() for each in range(24)])[hour]
    people = np.ceil(usual + spare * np.sqrt(usual)) + 1 - fewer
    kinds = tuple(
        Kind(name=line, rank=rank, handling=Spread(mean=seconds, variation=1.2), patience=(60.0, 200.0)[rank])
        for rank, (line, seconds) in enumerate(LINES.items())
    )
    centre = Centre(
        kinds=kinds, teams=(Team(name="desk", takes=tuple(LINES), people=Steps(at=at, values=np.maximum(people, 1))),)
    )
    demands = [
        Demand(kind=line, starts=at, seconds=3600.0, expected=hours[f"{line}_t"], factor=np.ones(number))
        for line in LINES
    ]
    late, answered = np.zeros((len(LINES), len(LATE))), np.zeros(len(LINES))
    for replication in range(REPLICATIONS):
        contacts = draw_contacts(centre, demands, seed=5, replication=replication)
        waits = run_kernel(contacts, rules_of(centre), changes_of(centre)).answered - contacts.arrive
        counted = rows[(contacts.arrive // 3600).astype(int)] & ~np.isnan(waits)
        for line in range(len(LINES)):
            mine = waits[counted & (contacts.kind == line)]
            answered[line] += len(mine)
            late[line] += [(mine > each).sum() for each in LATE]
    return late / answered[:, None]

"""What did a simulated day look like: how many were answered in time, how long did they wait, how busy were people?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.simulate.centre import NONE, Centre, Changes, Numbers
from standfast.science.planning.simulate.kernel import Outcome
from standfast.science.planning.simulate.streams import Contacts

Figures = dict[str, float]
EARLY = 5.0
"""Who hangs up sooner than this is counted apart: most dialled wrongly."""


@dataclass(frozen=True)
class Window:
    """What counts, in seconds from the start: what came, and what was worked, from `begin` until `end`. Before it the floor warms up."""

    begin: float
    end: float


@dataclass(frozen=True)
class Estimate:
    """A mean over replications, and the interval that holds the true one as often as was asked for."""

    mean: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Return whether a value lies in the interval."""
        return self.low <= value <= self.high


def measure(centre: Centre, contacts: Contacts, outcome: Outcome, *, changes: Changes, window: Window) -> Figures:
    """Return the figures of one replication, each under the name of its kind or team: `999.answered_in_time`."""
    counted = (contacts.arrive >= window.begin) & (contacts.arrive < window.end)
    figures: Figures = {}
    for number, kind in enumerate(centre.kinds):
        mine = counted & (contacts.kind == number)
        found = _kind(contacts, outcome, mine, within=kind.within)
        figures |= {f"{kind.name}.{name}": value for name, value in found.items()}
    staffed = staffed_seconds(changes, window, len(centre.teams))
    worked = worked_seconds(outcome, window, len(centre.teams))
    for number, team in enumerate(centre.teams):
        figures[f"{team.name}.occupancy"] = float(worked[number] / staffed[number]) if staffed[number] else math.nan
    return figures


def estimate(runs: Sequence[Figures], *, confidence: float = 0.95) -> dict[str, Estimate]:
    """Return each figure's mean over replications with its interval (Student's t); a figure no replication has is left out."""
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: _estimate(np.array([run[name] for run in runs]), confidence) for name in names}


def difference(runs: Sequence[Figures], base: Sequence[Figures], *, confidence: float = 0.95) -> dict[str, Estimate]:
    """Return how much each figure differs from the base, pair by pair: the replications share their chance."""
    pairs = zip(runs, base, strict=True)
    return estimate(
        [{name: run[name] - other[name] for name in run if name in other} for run, other in pairs],
        confidence=confidence,
    )


def worked_seconds(outcome: Outcome, window: Window, teams: int) -> Numbers:
    """Return how long the people of each team were busy; two chats at one desk at once are one person's time."""
    worked = np.zeros(teams)
    taken = np.flatnonzero(outcome.team != NONE)
    alone = taken[outcome.desk[taken] == NONE]
    begin, end = (np.clip(each, window.begin, window.end) for each in (outcome.answered, outcome.ends))
    np.add.at(worked, outcome.team[alone], end[alone] - begin[alone])
    shared = taken[outcome.desk[taken] != NONE]
    if not len(shared):
        return worked
    order = shared[np.lexsort((outcome.answered[shared], outcome.desk[shared], outcome.team[shared]))]
    place = outcome.team[order] * (outcome.desk.max() + 1) + outcome.desk[order]
    # One desk after another on one long line: what a desk was busy until never reaches into the next desk's part.
    shift = place * (outcome.ends[order].max() + 1.0)
    until = np.maximum.accumulate(outcome.ends[order] + shift) - shift
    before = np.concatenate([[-np.inf], until[:-1]])
    before[np.flatnonzero(np.diff(place, prepend=NONE))] = -np.inf
    extra = np.clip(until, window.begin, window.end) - np.clip(
        np.maximum(before, outcome.answered[order]), window.begin, window.end
    )
    np.add.at(worked, outcome.team[order], np.maximum(extra, 0.0))
    return worked


def staffed_seconds(changes: Changes, window: Window, teams: int) -> Numbers:
    """Return how long people of each team were there, all added up."""
    staffed = np.zeros(teams)
    for team in range(teams):
        mine = changes.team == team
        at = np.clip(np.append(changes.at[mine], math.inf), window.begin, window.end)
        staffed[team] = float((np.diff(at) * changes.people[mine]).sum())
    return staffed


def waits_of(contacts: Contacts, outcome: Outcome) -> Numbers:
    """Return how long each contact waited: until it was answered, else until it left; for ever if neither happened."""
    waited = outcome.answered - contacts.arrive
    return np.where(np.isnan(waited), contacts.leaves, waited)


def _kind(contacts: Contacts, outcome: Outcome, mine: NDArray[np.bool_], *, within: float) -> Figures:
    offered = int(mine.sum())
    moved = mine & (outcome.kind != contacts.kind)
    answered = mine & ~np.isnan(outcome.answered)
    live = answered & ~moved
    left = mine & ~answered & ~moved & np.isfinite(contacts.leaves)
    wait = waits_of(contacts, outcome)
    waits = wait[live]
    figures: Figures = {
        "offered": offered,
        "answered": int(live.sum()),
        "answered_in_time": _share(int((waits <= within).sum()), offered),
        "abandoned": _share(int(left.sum()), offered),
        "abandoned_early": _share(int((left & (contacts.leaves < EARLY)).sum()), offered),
        "called_back": _share(int((moved & answered).sum()), offered),
        "never_answered": _share(offered - int(live.sum()) - int(left.sum()) - int((moved & answered).sum()), offered),
        "wait_seconds": float(waits.mean()) if len(waits) else math.nan,
        "waited": _share(int((waits > 0).sum()) + int(left.sum()) + int(moved.sum()), offered),
    }
    marks = np.quantile(waits, [0.5, 0.9, 0.95]) if len(waits) else np.full(3, np.nan)
    return figures | dict(zip(("wait_p50", "wait_p90", "wait_p95"), marks.tolist(), strict=True))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _estimate(values: Numbers, confidence: float) -> Estimate:
    from scipy.stats import t

    values = values[np.isfinite(values)]
    if not len(values):
        return Estimate(math.nan, math.nan, math.nan)
    mean = float(values.mean())
    if len(values) == 1:
        return Estimate(mean, math.nan, math.nan)
    reach = float(t.ppf(0.5 + confidence / 2, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values)))
    return Estimate(mean, mean - reach, mean + reach)


def answered_in_time_by(
    contacts: Contacts, outcome: Outcome, *, kind: int, within: float, edges: Numbers
) -> Mapping[str, Numbers]:
    """Return, between edges, how many contacts of a kind came and how many of them were answered in time."""
    mine = contacts.kind == kind
    in_time = mine & (outcome.answered - contacts.arrive <= within) & (outcome.kind == kind)
    came, _ = np.histogram(contacts.arrive[mine], bins=edges)
    met, _ = np.histogram(contacts.arrive[in_time], bins=edges)
    return {"offered": came.astype(np.float64), "in_time": met.astype(np.float64)}

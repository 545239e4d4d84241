"""
Which contacts come, and how long would each take and wait? Drawn before anything is simulated, so that scenarios share their chance.

Every contact brings its own handling time, patience and answer to a call back. Two scenarios with the same seed see the same
people: more demand adds contacts to those that came anyway, less demand leaves some out, other staffing changes none.
"""

import zlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from standfast.science.planning.simulate.centre import NONE, Centre, Kind, Numbers, Places, Spread, call_back_kinds


class Contacts(NamedTuple):
    """
    Contacts in order of arrival, seconds from the start.

    `hold` is the handling time. `leaves` is how long they wait: then they hang up, or where `then` is not -1 accept a call back and
    wait as that kind. `moves` are those who would accept, in the order of the moments they would.
    """

    arrive: Numbers
    kind: Places
    hold: Numbers
    leaves: Numbers
    then: Places
    moves: Places


@dataclass(frozen=True, eq=False, kw_only=True)
class Demand:
    """
    How many contacts of a kind are expected in each interval; `factor` says how many times as many a scenario has.

    `stream` names the chance it is drawn from, where that is not the kind's own.
    """

    kind: str
    starts: Numbers
    seconds: float
    expected: Numbers
    factor: Numbers
    stream: str = ""


def steady(kind: str, *, per_hour: float, seconds: float) -> Demand:
    """Return the demand of a kind that comes at the same rate throughout."""
    expected = np.array([per_hour * seconds / 3600])
    return Demand(kind=kind, starts=np.zeros(1), seconds=seconds, expected=expected, factor=np.ones(1))


def draw_contacts(centre: Centre, demands: list[Demand], *, seed: int, replication: int = 0) -> Contacts:
    """Return the contacts of one replication: Poisson within each interval, the same for the same seed and replication."""
    numbers = {kind.name: number for number, kind in enumerate(centre.kinds)}
    backs = call_back_kinds(centre)
    parts = []
    for demand in demands:
        number = numbers[demand.kind]
        for layer in range(int(np.ceil(demand.factor.max(initial=0.0)))):
            chance = _chance(seed, replication, demand.stream or demand.kind, layer)
            parts.append(_layer(demand, layer, centre.kinds[number], (number, backs[number]), chance))
    return _in_order(parts)


def _chance(*key: int | str) -> np.random.Generator:
    words = [zlib.crc32(each.encode()) if isinstance(each, str) else each for each in key]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def _layer(demand: Demand, layer: int, kind: Kind, numbers: tuple[int, int], chance: np.random.Generator) -> Contacts:
    """Draw as many contacts as the first scenario expects, and keep the share of them this scenario has in this layer."""
    counts = chance.poisson(demand.expected)
    total = int(counts.sum())
    interval = np.repeat(np.arange(len(counts)), counts)
    arrive = demand.starts[interval] + demand.seconds * chance.random(total)
    mark = chance.random(total)
    hold = _durations(kind.handling, total, chance)
    patience = chance.standard_exponential(total)
    accepts = chance.random(total) < kind.call_back_share
    patience = patience * kind.patience if np.isfinite(kind.patience) else np.full(total, np.inf)
    number, back = numbers
    accepts &= (back != NONE) & (kind.call_back_after < patience)
    leaves = np.where(accepts, kind.call_back_after, patience)
    then = np.where(accepts, back, NONE)
    kept = mark < demand.factor[interval] - layer
    nobody = np.empty(0, dtype=np.int64)
    return Contacts(arrive[kept], np.full(int(kept.sum()), number), hold[kept], leaves[kept], then[kept], nobody)


def _durations(spread: Spread, total: int, chance: np.random.Generator) -> Numbers:
    if spread.variation == 1:
        return spread.mean * chance.standard_exponential(total)
    deviation = np.sqrt(np.log1p(spread.variation**2))
    drawn: Numbers = spread.mean * np.exp(deviation * chance.standard_normal(total) - deviation**2 / 2)
    return drawn


def _in_order(parts: list[Contacts]) -> Contacts:
    if not parts:
        empty, none = np.empty(0), np.empty(0, dtype=np.int64)
        return Contacts(empty, none, empty, empty, none, none)
    arrive, kind, hold, leaves, then = (np.concatenate([part[column] for part in parts]) for column in range(5))
    order = np.argsort(arrive, kind="stable")
    return arranged(arrive[order], kind[order], hold[order], leaves=leaves[order], then=then[order])


def arranged(arrive: Numbers, kind: Places, hold: Numbers, *, leaves: Numbers, then: Places) -> Contacts:
    """Return contacts that are in order of arrival, with the order of those who would accept a call back."""
    moves = np.flatnonzero(then != NONE)
    moves = moves[np.argsort(arrive[moves] + leaves[moves], kind="stable")]
    return Contacts(arrive, kind.astype(np.int64), hold, leaves, then.astype(np.int64), moves.astype(np.int64))

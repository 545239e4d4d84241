"""
How many people does a pool need that answers one line before another, 999 before 101?

Whoever is free takes the first line that waits; a call in hand is never broken off. With one handling time for all lines (their mean,
weighted by calls) the waits are exact: all lines wait equally often (Erlang C); who waits has a geometric number of callers of
their own and earlier lines ahead, each taking as long as the queue of the earlier lines takes to empty again. The chance to wait
longer than a time comes from the transform of that, inverted numerically (Abate and Whitt 1995).

Where callers hang up, waits are those of a queue in which nobody does: nobody waits longer for it that others leave, so that no more
hang up and no fewer are answered than is said here. The need is on the safe side, the more so the more hang up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.staffing import formulas
from standfast.science.planning.staffing.grid import MOST_AGENTS
from standfast.science.planning.staffing.targets import NoStaffingMeets, Target, check_target

Complex = NDArray[np.complexfloating[Any, Any]]
ROUNDING = 1e-9
MEASURES = ("answered", "average_wait", "abandoned")
EULER_TERMS, EULER_MEANS, EULER_A = 20, 12, 18.4
BINOMIAL = np.array([math.comb(EULER_MEANS - 1, k) for k in range(EULER_MEANS)]) / 2.0 ** (EULER_MEANS - 1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a pool: callers a second, mean handling time and patience in seconds, and what it must reach."""

    per_second: float
    aht: float
    target: Target
    patience: float = math.inf


@dataclass(frozen=True)
class LineReached:
    """What a line of a pool reaches: the share answered in time, the mean wait in seconds over all callers, the share that hangs up."""

    answered: float
    average_wait: float
    abandoned: float = 0.0


Moment = tuple[float, Sequence[Line]]
"""A share of an interval, and the lines as they are then."""


def required_pool(lines: Sequence[Line]) -> int:
    """
    Return the fewest people with whom every line of a pool reaches its target; the first line is answered first.

    :raises NoStaffingMeets: if no number of people would do
    """
    return required_pool_over([(1.0, lines)])


def required_pool_over(moments: Sequence[Moment]) -> int:
    """
    Return the fewest people with whom every line reaches its target on average over moments of different load.

    :raises NoStaffingMeets: if no number of people would do
    """
    for _, lines in moments:
        for line in lines:
            check_target(line.target)
    load = sum(share * line.per_second * line.aht for share, lines in moments for line in lines)
    if load <= 0:
        return 0
    ceiling = min(line.target.occupancy for _, lines in moments for line in lines)
    agents = max(math.floor(load) + 1, math.ceil(load / ceiling - ROUNDING))
    while not _meets(moments, agents):
        agents += 1
        if agents > MOST_AGENTS:
            raise NoStaffingMeets(f"No staffing up to {MOST_AGENTS} people meets the targets at {load:.6g} erlangs.")
    return agents


def pool_over(moments: Sequence[Moment], agents: int) -> list[LineReached]:
    """Return what each line reaches on average over moments of different load."""
    reached = [(share, pool_reached(lines, agents)) for share, lines in moments]
    return [
        LineReached(*(sum(share * getattr(found[place], name) for share, found in reached) for name in MEASURES))
        for place in range(len(moments[0][1]))
    ]


def pool_reached(lines: Sequence[Line], agents: int) -> list[LineReached]:
    """Return what each line reaches, the first answered first; a line whose queue grows for ever waits for ever."""
    rate = sum(line.per_second for line in lines)
    load = sum(line.per_second * line.aht for line in lines)
    if rate <= 0:
        return [LineReached(1.0, 0.0) for _ in lines]
    waits = formulas.erlang_c(load, agents)
    speed = agents * rate / load  # calls ended a second while everybody is busy
    found, before = [], 0.0
    for line in lines:
        after = before + line.per_second
        if after >= speed or load >= agents:
            found.append(LineReached(0.0, math.inf, 1.0) if line.per_second else LineReached(1.0, 0.0))
        else:
            found.append(_reached(line, waits, _Ahead(speed, before, after)))
        before = after
    return found


def _meets(moments: Sequence[Moment], agents: int) -> bool:
    return all(
        each.answered >= line.target.answered - ROUNDING
        and each.average_wait <= line.target.average_wait
        and each.abandoned <= line.target.abandoned + ROUNDING
        for each, line in zip(pool_over(moments, agents), moments[0][1], strict=True)
    )


class _Ahead(NamedTuple):
    """Calls ended a second while everybody is busy, and callers a second of the lines before, without and with the line itself."""

    speed: float
    before: float
    after: float


def _reached(line: Line, waits: float, ahead: _Ahead) -> LineReached:
    """Return what a line reaches of whose callers such a share waits at all."""
    mean = waits * ahead.speed / ((ahead.speed - ahead.before) * (ahead.speed - ahead.after))
    within, leaves = line.target.within, 1.0 / line.patience
    if not leaves:
        return LineReached(1.0 - waits * (1.0 - _sooner(within, ahead)), mean)
    # Who waits so long and is still there: the chance of the wait, less by the chance to have hung up meanwhile.
    stays = 1.0 - waits + waits * _sooner(within, ahead, leaves=leaves)
    hang_up = waits * (1.0 - float(_transform(np.array([leaves + 0j]), ahead).real[0]))
    return LineReached(stays, hang_up * line.patience, hang_up)


def _transform(s: Complex, ahead: _Ahead) -> Complex:
    """Return the Laplace transform of the wait of those who wait."""
    speed, before, after = ahead
    if before <= 0:
        found: Complex = (speed - after) / (speed - after + s)
        return found
    busy = after / speed
    whole = speed + before + s
    emptied = (whole - np.sqrt(whole * whole - 4 * speed * before)) / (2 * before)
    ended: Complex = (1 - busy) * emptied / (1 - busy * emptied)
    return ended


def _sooner(within: float, ahead: _Ahead, *, leaves: float = 0.0) -> float:
    """Return the chance that who waits does so no longer than a time, and has not hung up by then."""
    if within <= 0:
        return 0.0
    k = np.arange(EULER_TERMS + EULER_MEANS)
    s = (EULER_A + 2j * math.pi * k) / (2 * within)
    # The inverse is taken of what is left, which is smooth at nought.
    all_of_them = float(_transform(np.array([leaves + 0j]), ahead).real[0]) if leaves else 1.0
    transform = (all_of_them - _transform(s + leaves, ahead)) / s
    terms = np.where(k % 2, -1.0, 1.0) * transform.real
    terms[0] /= 2
    sums = math.exp(EULER_A / 2) / within * np.cumsum(terms)
    later = float((BINOMIAL * sums[EULER_TERMS:]).sum())
    return all_of_them - min(all_of_them, max(0.0, later))

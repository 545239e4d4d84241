"""
Which lines may one officer work, and which of them is cheapest at given prices?

A line is what one person works over the whole roster. Every rule that concerns one person alone is a walk through states (the
shift just worked, how long the run or the rest is, how many nights in a row) that gathers totals (minutes, weekends, duties of a
group). The cheapest line is then a shortest path, found exactly; only cover ties people together, and that is left to prices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd

import numpy as np
import numpy.typing as npt

from standfast.science.planning.roster.problem import SATURDAY, SUNDAY, Group, Line, Officer, Problem, Shift
from standfast.science.planning.roster.spells import TooWide, barred_of, states_of
from standfast.science.planning.roster.walk_kernels import Floats, Ints, Net, backward, forward, retrace, within

MOST_TOTALS = 60_000
MOST_PLACES = 60_000_000
"""Totals of an officer, and places (day × state × total) of a shortest path, beyond which a problem is searched without prices."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Totals:
    """Every total within the limits, by minutes ascending, and where a duty leads; -1 is beyond a limit."""

    minutes: Ints
    onward: Ints
    """`onward[c, w, r]`: the total after choice c that does (1) or does not (0) begin a weekend."""
    backward: Ints
    cost: Floats
    """What an officer's own totals cost at the end; infinite below the contract minutes."""


class Walks:
    """
    The lines one officer may work. Prices are one number a day and choice, the last choice being a day off.

    :raises TooWide: if they are too many to table
    """

    def __init__(self, problem: Problem, number: int) -> None:
        officer = problem.officers[number]
        states = states_of(problem, officer)
        allowed = frozenset(s for s in range(len(problem.shifts)) if problem.may[number, :, s].any())
        self.totals = _totals(_limits(officer, len(problem.weekends())), problem.shifts, allowed)
        if problem.days * len(states.shift) * len(self.totals.minutes) > MOST_PLACES:
            raise TooWide
        minutes = np.array([*(shift.minutes for shift in problem.shifts), 0], dtype=np.int64)
        self.net = Net(
            shift=states.shift,
            run=states.run,
            source=states.source,
            choice=states.choice,
            target=states.target,
            early=states.early,
            start=states.start,
            onward=self.totals.onward,
            may=np.ascontiguousarray(problem.may[number]),
            barred=barred_of(problem),
            weekend=_weekend_days(problem),
            first=np.zeros((problem.days, len(states.shift)), dtype=np.int32),
        )
        self.net = self.net._replace(first=_first_totals(self.net, self.totals, minutes, officer.least_minutes))

    def size(self) -> int:
        """Return how many steps the shortest path takes at most."""
        return len(self.net.may) * len(self.net.source) * len(self.totals.minutes)

    def best(self, *, prices: Floats, most: int = 1) -> list[tuple[float, Line]]:
        """Return the cheapest line and up to `most` - 1 good ones with other totals, each with its cost, cheapest first."""
        last, arcs = forward(self.net, prices)
        ends = last + self.totals.cost[None, :]
        found = []
        by_total = ends.min(axis=0)
        chosen = np.argpartition(by_total, min(most, len(by_total) - 1))[:most]
        for total in chosen[np.argsort(by_total[chosen], kind="stable")]:
            if not np.isfinite(by_total[total]):
                break
            end = (int(ends[:, total].argmin()), int(total))
            found.append((float(by_total[total]), retrace(self.net, arcs, self.totals.backward, end)))
        return found

    def within(self, *, prices: Floats, limit: float, most: int) -> npt.NDArray[np.int8]:
        """Return every line that costs no more than a limit, or `most` of them if there are more."""
        left = backward(self.net, prices, self.totals.cost)
        return within(self.net, left, prices, limit, most)


@dataclass(frozen=True, kw_only=True)
class _Limits:
    most_minutes: int
    least_minutes: int
    weekends: int | None
    fair_weekends: int | None
    weekend_cost: int
    groups: tuple[Group, ...]


def _limits(officer: Officer, weekends: int) -> _Limits:
    counts = officer.most_weekends < weekends or officer.fair_weekends is not None
    return _Limits(
        most_minutes=officer.most_minutes,
        least_minutes=officer.least_minutes,
        weekends=min(officer.most_weekends, weekends) if counts else None,
        fair_weekends=officer.fair_weekends,
        weekend_cost=officer.weekend_cost,
        groups=tuple(group for group in officer.groups if group.most > 0),
    )


@lru_cache(maxsize=512)
def _totals(limits: _Limits, shifts: tuple[Shift, ...], allowed: frozenset[int]) -> Totals:
    unit = gcd(*(shifts[s].minutes for s in allowed)) or 1
    groups = [group for group in limits.groups if group.shifts & allowed]
    bounds = [limits.most_minutes // unit, limits.weekends or 0, *(group.most for group in groups)]
    counts = int(limits.weekends is not None)
    steps = {
        (choice, weekend): (
            shifts[choice].minutes // unit,
            weekend * counts,
            *(int(choice in group.shifts) for group in groups),
        )
        for choice in allowed
        for weekend in (0, 1)
    }
    order = {total: number for number, total in enumerate(sorted(_reached(bounds, list(steps.values()))))}
    onward = np.full((len(shifts), 2, len(order)), -1, dtype=np.int32)
    back = np.full_like(onward, -1)
    for (choice, weekend), step in steps.items():
        for total, number in order.items():
            after = order.get(tuple(a + b for a, b in zip(total, step, strict=True)), -1)
            onward[choice, weekend, number] = after
            if after >= 0:
                back[choice, weekend, after] = number
    minutes = np.array([total[0] * unit for total in order], dtype=np.int32)
    return Totals(minutes=minutes, onward=onward, backward=back, cost=_end_costs(limits, groups, list(order), minutes))


def _reached(bounds: list[int], steps: list[tuple[int, ...]]) -> set[tuple[int, ...]]:
    seen = {(0,) * len(bounds)}
    edge = list(seen)
    steps = sorted(set(steps))
    while edge:
        total = edge.pop()
        for step in steps:
            after = tuple(a + b for a, b in zip(total, step, strict=True))
            if after not in seen and all(a <= b for a, b in zip(after, bounds, strict=True)):
                seen.add(after)
                edge.append(after)
        if len(seen) > MOST_TOTALS:
            raise TooWide
    return seen


def _end_costs(limits: _Limits, groups: Sequence[Group], totals: Sequence[tuple[int, ...]], minutes: Ints) -> Floats:
    cost = np.where(minutes < limits.least_minutes, np.inf, 0.0)
    fair = [(limits.fair_weekends, limits.weekend_cost), *((group.fair, group.cost) for group in groups)]
    for place, (share, each) in enumerate(fair, start=1):
        if share is not None and each:
            cost += each * np.maximum(np.array([total[place] for total in totals]) - share, 0)
    return cost


def _weekend_days(problem: Problem) -> npt.NDArray[np.int8]:
    """Return for each day whether it begins a weekend (1), ends one (2) or is none of one (0)."""
    weekday = (np.arange(problem.days) + problem.weekday) % 7
    return np.where(weekday == SATURDAY, 1, np.where(weekday == SUNDAY, 2, 0)).astype(np.int8)


def _first_totals(net: Net, totals: Totals, minutes: npt.NDArray[np.int64], least: int) -> Ints:
    """Return for each day and state the first total from which the contract minutes can still be reached."""
    days = len(net.may)
    left = np.zeros((days + 1, len(net.shift)), dtype=np.int64)
    for day in range(days - 1, -1, -1):
        reach = np.where(net.may[day, net.choice], minutes[net.choice] + left[day + 1, net.target], 0)
        np.maximum.at(left[day], net.source, reach)
    need = np.maximum(least - left[:-1], 0)
    return np.searchsorted(totals.minutes, need).astype(np.int32)

"""
How many people does work that may wait take: e-mails, online reports, crimes to record, each to be done before its deadline?

The evenest staffing that meets every deadline: the string pulled taut between what has come (nobody can do more) and what is due
(nobody may do less). No other plan has a lower peak. What may wait beyond the end is not left out of the count: the times before and
after are taken to be like this one, so that as much work is there at the start as is left at the end.
"""

import math
from dataclasses import dataclass

import numpy as np

from standfast.science.planning.staffing.grid import Counts, Numbers

ROUNDING = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Items:
    """Items that come in each of a row of intervals of the same length, the time one takes, and the time each may wait, in seconds."""

    expected: Numbers
    seconds: float
    aht: float
    deadline: float


def required_for_backlog(items: Items, *, occupancy: float = 1.0) -> Counts:
    """Return the evenest number of people with whom every item is done by its deadline, each busy at most a share of the time."""
    count, length = len(items.expected), len(items.expected) * items.seconds
    around = 1 + math.ceil(items.deadline / length)
    edges = items.seconds * np.arange(-around * count, (around + 1) * count + 1, dtype=np.float64)
    done = taut_string(_come(items, edges - items.deadline), _come(items, edges))
    found = np.diff(done)[around * count : (around + 1) * count]
    return np.ceil(found / (items.seconds * occupancy) - ROUNDING).astype(np.int64)


def _come(items: Items, at: Numbers) -> Numbers:
    """Return the seconds of work that come from the start until each moment; before the start it is negative."""
    edges = np.arange(len(items.expected) + 1) * items.seconds
    come = np.append(0.0, np.cumsum(items.expected)) * items.aht
    times, within = np.divmod(at, edges[-1])
    found: Numbers = times * come[-1] + np.interp(within, edges, come)
    return found


def taut_string(low: Numbers, high: Numbers) -> Numbers:
    """Return the shortest path between two rows of bounds, from the first lower bound to the last: the one of least peak slope."""
    path = np.empty(len(low))
    path[0] = low[0]
    at = 0
    while at < len(low) - 1:
        end, value = _straight(low, high, at, path[at])
        path[at : end + 1] = np.linspace(path[at], value, end - at + 1)
        at = end
    return path


def _straight(low: Numbers, high: Numbers, at: int, value: float) -> tuple[int, float]:
    """Return how far a straight line reaches between the bounds, and where it touches one and bends."""
    steepest_due, due_at = -np.inf, at
    flattest_come, come_at = np.inf, at
    for end in range(at + 1, len(low)):
        is_last = end == len(low) - 1
        due = (low[end] - value) / (end - at)
        come = ((low[end] if is_last else high[end]) - value) / (end - at)
        if due > flattest_come:
            return come_at, high[come_at]
        if come < steepest_due:
            return due_at, low[due_at]
        if due >= steepest_due:
            steepest_due, due_at = due, end
        if come <= flattest_come:
            flattest_come, come_at = come, end
    return len(low) - 1, low[-1]

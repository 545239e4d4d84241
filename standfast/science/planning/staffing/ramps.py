"""
How many people does each interval need when the load ramps up and down through them?

Erlang's formulas suppose that the load has always been what it is now. A call that began before the ramp is still being handled
in it, and a queue left by one interval waits into the next. Four answers, from the plainest:

- `stationary`: each interval by itself, as if it went on for ever (what a table of Erlang C gives).
- `lagged`: the same, with the calls that arrived one handling time before.
- `offered_load`: the same, with the people that would be busy if nobody ever had to wait (the modified offered load).
- `transient`: the chances of each number of callers, followed from interval to interval, and the fewest people with whom the
  callers of the interval itself reach the target. It is never below what the lightest moment of the interval needs for good,
  so that a level load gets the level answer of the formula.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from standfast.science.planning.staffing.grid import Counts, Numbers, cells_of, required_agents
from standfast.science.planning.staffing.targets import Target, Work
from standfast.science.planning.staffing.transient import Course, follow


@dataclass(frozen=True, eq=False, kw_only=True)
class Arrivals:
    """How many callers are expected in each of a row of intervals of the same length, in seconds."""

    expected: Numbers
    seconds: float

    @property
    def per_second(self) -> Numbers:
        """Callers a second in each interval."""
        return self.expected / self.seconds


def stationary(arrivals: Arrivals, *, work: Work, target: Target) -> Counts:
    """
    Return the need of each interval by itself.

    :raises NoStaffingMeets: if no staffing meets the target
    """
    return required_agents(cells_of(arrivals.per_second * work.aht, work=work, target=target))


def lagged(arrivals: Arrivals, *, work: Work, target: Target) -> Counts:
    """
    Return the need of each interval with the callers of one handling time before.

    :raises NoStaffingMeets: if no staffing meets the target
    """
    edges = np.append(0.0, np.cumsum(arrivals.expected))
    moments = np.arange(len(edges)) * arrivals.seconds - work.aht
    # Before the first interval the load was what it is in it.
    before = np.minimum(moments, 0.0) * arrivals.per_second[0]
    known = np.interp(np.maximum(moments, 0.0), np.arange(len(edges)) * arrivals.seconds, edges) + before
    load = np.diff(known) / arrivals.seconds * work.aht
    return required_agents(cells_of(load, work=work, target=target))


def offered_load(arrivals: Arrivals, *, work: Work, target: Target) -> Counts:
    """
    Return the need of each interval for the mean number that would be busy in it.

    :raises NoStaffingMeets: if no staffing meets the target
    """
    return required_agents(cells_of(mean_busy(arrivals, work=work)[0], work=work, target=target))


def transient(arrivals: Arrivals, *, work: Work, target: Target) -> Counts:
    """
    Return the fewest people with whom the callers of each interval reach the target, whatever the one before left behind.

    :raises NoStaffingMeets: if no staffing meets the target
    """
    middle, edges = mean_busy(arrivals, work=work)
    lightest = np.minimum(edges[:-1], edges[1:])
    least = required_agents(cells_of(lightest, work=work, target=target))
    guess = np.maximum(required_agents(cells_of(middle, work=work, target=target)), least)
    course = Course(arrivals.per_second, arrivals.seconds, 1.0 / work.aht, 1.0 / work.patience)
    return follow(course, guess, least, target)


def mean_busy(arrivals: Arrivals, *, work: Work) -> tuple[Numbers, Numbers]:
    """Return how many would be busy if nobody waited: the mean in each interval, and at each of its edges."""
    offered = arrivals.per_second * work.aht
    decay = np.exp(-arrivals.seconds / work.aht)
    edges = np.empty(len(offered) + 1)
    edges[0] = offered[0] if len(offered) else 0.0
    for interval, load in enumerate(offered):
        edges[interval + 1] = load + (edges[interval] - load) * decay
    means = offered + (edges[:-1] - offered) * (1 - decay) * work.aht / arrivals.seconds
    return means, edges


STATIONARY = "stationary"
Method = Callable[..., Counts]
METHODS: dict[str, Method] = {
    "transient": transient,
    "offered-load": offered_load,
    "lagged": lagged,
    STATIONARY: stationary,
}

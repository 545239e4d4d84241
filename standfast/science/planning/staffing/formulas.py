"""
How long do people wait in a queue that is in its steady state? Erlang B, C and A.

Time is measured in handling times: `load` is arrivals in one handling time (erlangs), `within` the target over the handling
time, `leaving` the handling time over the mean patience (0: nobody hangs up). Erlang B and C by the usual recursions; Erlang A
(M/M/n+M) in closed form from the density of the wait a very patient caller would have (Zeltyn and Mandelbaum 2005), summed as a
series of positive terms, so that nothing cancels.
"""

import math

from standfast.science.planning.staffing.compiling import compiled

LARGEST = 1e250
LOG_LARGEST = math.log(LARGEST)
SMALLEST_TERM = 1e-17


@compiled
def inverse_erlang_b(load: float, agents: int) -> float:
    """Return one over the share of calls lost where nobody may wait; infinite where none is."""
    if load <= 0.0:
        return 1.0 if agents == 0 else math.inf
    per_load = 1.0 / load
    inverse = 1.0
    for agent in range(1, agents + 1):
        inverse = 1.0 + inverse * (agent * per_load)
    return inverse


@compiled
def erlang_b(load: float, agents: int) -> float:
    """Return the share of calls lost where nobody may wait."""
    return 1.0 / inverse_erlang_b(load, agents)


@compiled
def erlang_c(load: float, agents: int) -> float:
    """Return the share of callers who wait at all, where nobody hangs up; 1 where the queue grows for ever."""
    if load >= agents:
        return 1.0
    return waits_from(inverse_erlang_b(load, agents), load, agents)


@compiled
def waits_from(inverse: float, load: float, agents: int) -> float:
    """Return Erlang C from one over Erlang B of the same agents, more agents than load."""
    return agents / (load + (agents - load) * inverse)


@compiled
def answered_without_leaving(load: float, agents: int, within: float) -> float:
    """Return the share answered within a time, where nobody hangs up."""
    if load >= agents:
        return 0.0 if load > 0.0 else 1.0
    return 1.0 - erlang_c(load, agents) * math.exp(-(agents - load) * within)


@compiled
def log_series(shape: float, at: float) -> float:
    """Return the logarithm of the sum over k of at^k / (shape (shape + 1) … (shape + k))."""
    scale = 0.0
    term = 1.0
    total = 1.0
    k = 1.0
    while True:
        ratio = at / (shape + k)
        term *= ratio
        total += term
        if ratio < 1.0 and term < total * SMALLEST_TERM * (1.0 - ratio):
            return math.log(total) + scale - math.log(shape)
        if total > LARGEST:
            total /= LARGEST
            term /= LARGEST
            scale += LOG_LARGEST
        k += 1.0


@compiled
def with_leaving(load: float, agents: int, within: float, leaving: float) -> tuple[float, float, float]:
    """
    Return the shares of all callers answered within a time, hanging up, and waiting at all, where patience is exponential.

    Those who hang up count among all callers. `leaving` must be above 0.
    """
    if load <= 0.0:
        return 1.0, 0.0, 0.0
    if agents == 0:
        return 0.0, 1.0, 1.0
    shape = agents / leaving
    log_all = log_series(shape, load / leaving) - math.log(leaving)
    exponent = load * -math.expm1(-leaving * within) / leaving - agents * within
    log_later = exponent + log_series(shape, load / leaving * math.exp(-leaving * within)) - math.log(leaving)
    if log_all > LOG_LARGEST:  # so overloaded that everybody waits
        answered = agents / load * -math.expm1(log_later - log_all)
        return answered, (load - agents) / load, 1.0
    none = inverse_erlang_b(load, agents - 1)
    if math.isinf(none):  # so many people that nobody ever waits
        return 1.0, 0.0, 0.0
    everything, later = math.exp(log_all), math.exp(log_later)
    whole = none + load * everything
    answered = (none + math.expm1(exponent) + agents * (everything - later)) / whole
    return answered, (1.0 + (load - agents) * everything) / whole, load * everything / whole


@compiled
def measures(load: float, agents: int, within: float, leaving: float) -> tuple[float, float, float, float, float]:
    """
    Return, of a queue in its steady state: the shares answered in time, hanging up and waiting, the mean wait, the occupancy.

    The wait is in handling times, over all callers. Without patience (`leaving` 0) an overloaded queue waits for ever.
    """
    if load <= 0.0:
        return 1.0, 0.0, 0.0, 0.0, 0.0
    if leaving > 0.0:
        answered, lost, waits = with_leaving(load, agents, within, leaving)
        return answered, lost, waits, lost / leaving, load * (1.0 - lost) / agents if agents else 1.0
    if load >= agents:
        return 0.0, 0.0, 1.0, math.inf, 1.0
    waits = erlang_c(load, agents)
    answered = 1.0 - waits * math.exp(-(agents - load) * within)
    return answered, 0.0, waits, waits / (agents - load), load / agents

"""How is the cheapest line found? Compiled shortest paths over days, states and totals; `walks.py` says what these are."""

from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

SATURDAY, SUNDAY = 1, 2
OFF = -1
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


class Net(NamedTuple):
    """
    The states between two days, the arcs that a day's choice takes from one to the next, and the totals they gather.

    `early` arcs end a run that began before the roster. `onward[c, w, t]` is the total after choice c that does (w = 1) or does
    not begin a weekend, -1 beyond a limit; `first[d, s]` the first total from which the contract minutes can still be reached.
    """

    shift: Ints
    run: Ints
    source: Ints
    choice: Ints
    target: Ints
    early: Flags
    start: int
    onward: Ints
    may: Flags
    barred: Flags
    weekend: npt.NDArray[np.int8]
    first: Ints


class Trail(NamedTuple):
    """What a search for all cheap lines remembers of every day it stands on."""

    state: Ints
    total: Ints
    cost: Floats
    arc: Ints


@numba.njit(cache=True, nogil=True)
def forward(net: Net, prices: Floats) -> tuple[Floats, npt.NDArray[np.int16]]:
    """Return the cheapest cost of every last state and total, and the arc that led into each on each day."""
    days, states, totals = prices.shape[0], net.shift.shape[0], net.onward.shape[2]
    cost = np.full((states, totals), np.inf)
    cost[net.start, 0] = 0.0
    arcs = np.full((days, states, totals), -1, dtype=np.int16)
    for day in range(days):
        after = np.full((states, totals), np.inf)
        for arc in range(net.source.shape[0]):
            if _is_open(net, day, arc):
                _take(net, day, arc, prices[day, net.choice[arc]], (cost, after, arcs))
        cost = after
    return cost, arcs


@numba.njit(cache=True, nogil=True)
def retrace(net: Net, arcs: npt.NDArray[np.int16], backward_step: Ints, end: tuple[int, int]) -> npt.NDArray[np.int8]:
    """Return the choices of the path that ends in a state and total."""
    state, total = end
    days = arcs.shape[0]
    line = np.full(days, OFF, dtype=np.int8)
    for day in range(days - 1, -1, -1):
        arc = arcs[day, state, total]
        made = net.choice[arc]
        line[day] = made
        state = net.source[arc]
        if made != OFF:
            total = backward_step[made, _begins_weekend(net.weekend[day], net.shift[state]), total]
    return line


@numba.njit(cache=True, nogil=True)
def backward(net: Net, prices: Floats, ends: Floats) -> Floats:
    """Return the cheapest cost from every day, state and total to the end."""
    days, states, totals = prices.shape[0], net.shift.shape[0], net.onward.shape[2]
    left = np.full((days + 1, states, totals), np.inf)
    for state in range(states):
        left[days, state] = ends
    for day in range(days - 1, -1, -1):
        for arc in range(net.source.shape[0]):
            if not _is_open(net, day, arc):
                continue
            at, to, made = net.source[arc], net.target[arc], net.choice[arc]
            for total in range(net.first[day, at], totals):
                new = _after(net, day, arc, total)
                if new >= 0:
                    value = left[day + 1, to, new] + prices[day, made]
                    left[day, at, total] = min(left[day, at, total], value)
    return left


@numba.njit(cache=True, nogil=True)
def within(net: Net, left: Floats, prices: Floats, limit: float, most: int) -> npt.NDArray[np.int8]:
    """Return every line that costs no more than a limit, or `most` of them if there are more."""
    days = prices.shape[0]
    begin = _first_arcs(net)
    found = np.full((most, days), OFF, dtype=np.int8)
    line = np.full(days, OFF, dtype=np.int8)
    ints = np.int32
    trail = Trail(np.zeros(days + 1, ints), np.zeros(days + 1, ints), np.zeros(days + 1), np.zeros(days + 1, ints))
    trail.state[0], trail.arc[0] = net.start, begin[net.start]
    count, day = 0, 0
    while day >= 0 and count < most:
        if day == days:
            found[count] = line
            count += 1
            day -= 1
        elif trail.arc[day] >= begin[trail.state[day] + 1]:
            day -= 1
        else:
            arc = trail.arc[day]
            trail.arc[day] += 1
            if _steps_on(net, day, arc, trail, (left, prices, limit)):
                line[day] = net.choice[arc]
                day += 1
                if day < days:
                    trail.arc[day] = begin[net.target[arc]]
    return found[:count]


@numba.njit(cache=True, nogil=True)
def _take(net: Net, day: int, arc: int, price: float, tables: Any) -> None:
    """Take an arc from every total, and keep what became cheaper by it."""
    cost, after, arcs = tables
    at, to, made = net.source[arc], net.target[arc], net.choice[arc]
    totals = net.onward.shape[2]
    if made == OFF:
        for total in range(net.first[day, at], totals):
            value = cost[at, total] + price
            if value < after[to, total]:
                after[to, total] = value
                arcs[day, to, total] = arc
        return
    step = net.onward[made, _begins_weekend(net.weekend[day], net.shift[at])]
    for total in range(net.first[day, at], totals):
        value = cost[at, total] + price
        new = step[total]
        if new >= 0 and value < after[to, new]:
            after[to, new] = value
            arcs[day, to, new] = arc


@numba.njit(cache=True, nogil=True)
def _steps_on(net: Net, day: int, arc: int, trail: Trail, bounds: Any) -> bool:
    """Go on along an arc, if a line within the limit can still come of it."""
    left, prices, limit = bounds
    total = trail.total[day]
    if total < net.first[day, net.source[arc]] or not _is_open(net, day, arc):
        return False
    new = _after(net, day, arc, total)
    if new < 0:
        return False
    cost = trail.cost[day] + prices[day, net.choice[arc]]
    if cost + left[day + 1, net.target[arc], new] > limit:
        return False
    trail.state[day + 1], trail.total[day + 1], trail.cost[day + 1] = net.target[arc], new, cost
    return True


@numba.njit(cache=True, nogil=True)
def _first_arcs(net: Net) -> Ints:
    """Return for each state the first of its arcs; they stand in order of their source."""
    arcs, states = net.source.shape[0], net.shift.shape[0]
    begin = np.full(states + 1, arcs, dtype=np.int32)
    for arc in range(arcs - 1, -1, -1):
        begin[net.source[arc]] = arc
    for state in range(states - 1, -1, -1):
        begin[state] = min(begin[state], begin[state + 1])
    return begin


@numba.njit(cache=True, nogil=True)
def _is_open(net: Net, day: int, arc: int) -> bool:
    """Tell whether an arc may be taken on a day."""
    at, made = net.source[arc], net.choice[arc]
    if not net.may[day, made] or (net.early[arc] and net.run[at] != day):
        return False
    return not net.barred[day, net.shift[at], made]


@numba.njit(cache=True, nogil=True)
def _after(net: Net, day: int, arc: int, total: int) -> int:
    """Return the total after an arc, -1 beyond a limit."""
    made = net.choice[arc]
    if made == OFF:
        return total
    return net.onward[made, _begins_weekend(net.weekend[day], net.shift[net.source[arc]]), total]


@numba.njit(cache=True, nogil=True)
def _begins_weekend(kind: int, before: int) -> int:
    """Tell whether working on a day of this kind after this shift begins a weekend's work."""
    if kind == SATURDAY:
        return 1
    return 1 if kind == SUNDAY and before == OFF else 0

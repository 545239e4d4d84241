"""How many people does each of a million cells need, and what would they reach? Whole grids at once."""

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from standfast.science.planning.staffing import formulas
from standfast.science.planning.staffing.compiling import compiled
from standfast.science.planning.staffing.targets import NoStaffingMeets, Target, Work, check_target, check_work

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]
MOST_AGENTS = 200_000
ROUNDING = 1e-9
NONE_MEETS = -1


@dataclass(frozen=True, kw_only=True)
class Cells:
    """
    Queues, each a cell: arrays (or numbers) that are stretched over one another, seconds throughout.

    `load` is in erlangs. A `patience` of infinity means that nobody hangs up. The rest is as in `Target`.
    """

    load: ArrayLike
    aht: ArrayLike
    answered: ArrayLike = 0.0
    within: ArrayLike = 0.0
    patience: ArrayLike = np.inf
    average_wait: ArrayLike = np.inf
    abandoned: ArrayLike = 1.0
    occupancy: ArrayLike = 1.0

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the whole grid."""
        return np.broadcast_shapes(*(np.shape(getattr(self, each.name)) for each in fields(self)))

    def flat(self) -> tuple[Any, ...]:
        """Return each figure as one row: of the whole grid, or of one number that holds for all of it."""
        shape = self.shape
        return tuple(_row(np.asarray(getattr(self, each.name), dtype=np.float64), shape) for each in fields(self))


@dataclass(frozen=True, eq=False)
class Reached:
    """What so many people reach in each cell. Waits are seconds over all callers; `waits` is the share that waits at all."""

    answered: Numbers
    abandoned: Numbers
    waits: Numbers
    average_wait: Numbers
    occupancy: Numbers


def cells_of(load: ArrayLike, *, work: Work, target: Target) -> Cells:
    """
    Return one queue after another with the same work and target.

    :raises NoStaffingMeets: if no staffing meets the target
    """
    check_work(work)
    check_target(target)
    return Cells(load=load, aht=work.aht, patience=work.patience, **vars(target))


def required_agents(cells: Cells) -> Counts:
    """
    Return the fewest people that meet every target of each cell.

    :raises NoStaffingMeets: if a cell cannot be met
    """
    found = fewest_agents(cells)
    if (found == NONE_MEETS).any():
        cell = int(np.argmax(found.ravel() == NONE_MEETS))
        load = float(np.broadcast_to(np.asarray(cells.load, dtype=float), cells.shape).ravel()[cell])
        raise NoStaffingMeets(f"No staffing up to {MOST_AGENTS} people meets the target at {load:.6g} erlangs.")
    return found


def fewest_agents(cells: Cells) -> Counts:
    """Return the fewest people of each cell, -1 where no number of people meets its targets."""
    shape = cells.shape
    out = np.empty(int(np.prod(shape, dtype=np.int64)), dtype=np.int64)
    _fewest(cells.flat(), out)
    return out.reshape(shape)


def reached(cells: Cells, agents: ArrayLike) -> Reached:
    """Return what so many people reach in each cell, by Erlang C, or by Erlang A where callers hang up."""
    shape = np.broadcast_shapes(cells.shape, np.shape(agents))
    rows = (np.asarray(each, dtype=np.float64) for each in (cells.load, cells.aht, cells.within, cells.patience))
    figures = tuple(np.broadcast_to(each, shape).ravel() for each in rows)
    out = np.empty((int(np.prod(shape, dtype=np.int64)), 5))
    people = np.broadcast_to(np.asarray(agents, dtype=np.int64), shape)
    _measure(figures, people.ravel(), out)
    return Reached(*(out[:, column].reshape(shape) for column in range(5)))


def _row(figure: Numbers, shape: tuple[int, ...]) -> Numbers:
    if figure.size == 1:
        return figure.reshape(1)
    return np.ascontiguousarray(np.broadcast_to(figure, shape)).reshape(-1)


@compiled
def _measure(figures: tuple[Numbers, ...], agents: Counts, out: Numbers) -> None:
    load, aht, within, patience = figures
    for i in range(len(out)):
        handling = aht[i]
        got = formulas.measures(load[i], agents[i], within[i] / handling, handling / patience[i])
        out[i, 0], out[i, 1], out[i, 2], out[i, 3], out[i, 4] = got[0], got[1], got[2], got[3] * handling, got[4]


@compiled
def _at(row: Numbers, i: int) -> float:
    return row[i] if len(row) > 1 else row[0]


@compiled
def _fewest(figures: tuple[Numbers, ...], out: Counts) -> None:
    load, aht, answered, within, patience, average_wait, abandoned, occupancy = figures
    known, start, inverse = -1.0, 0, 1.0
    for i in range(len(out)):
        cell_load = _at(load, i)
        handling = _at(aht, i)
        limits = (_at(answered, i), _at(average_wait, i) / handling, _at(abandoned, i), _at(occupancy, i))
        if cell_load <= 0.0:
            out[i] = 0
        elif np.isinf(_at(patience, i)):
            if cell_load != known:  # cells side by side often have the same load: its recursion is walked once
                known, start = cell_load, int(cell_load) + 1
                inverse = formulas.inverse_erlang_b(cell_load, start)
            out[i] = _fewest_patient(cell_load, start, inverse, _at(within, i) / handling, limits)
        else:
            out[i] = _fewest_leaving(cell_load, _at(within, i) / handling, handling / _at(patience, i), limits)


@compiled
def _fewest_patient(
    load: float, start: int, inverse: float, within: float, limits: tuple[float, float, float, float]
) -> int:
    answered, wait, _, occupancy = limits
    if answered >= 1.0 or wait <= 0.0 or occupancy <= 0.0:
        return NONE_MEETS
    agents = start
    later = math.exp(-(agents - load) * within)
    step = math.exp(-within)
    per_load = 1.0 / load
    while agents <= MOST_AGENTS:
        spare = agents - load
        waits = formulas.waits_from(inverse, load, agents)
        if waits * later <= 1.0 - answered and waits <= wait * spare and load <= occupancy * agents * (1.0 + ROUNDING):
            return agents
        agents += 1
        inverse = 1.0 + inverse * (agents * per_load)
        later *= step
    return NONE_MEETS


@compiled
def _fewest_leaving(load: float, within: float, leaving: float, limits: tuple[float, float, float, float]) -> int:
    answered, wait, abandoned, occupancy = limits
    if answered >= 1.0 or wait <= 0.0 or abandoned <= 0.0 or occupancy <= 0.0:
        return NONE_MEETS
    # More people always do better: the first number that does is bracketed, then found by halving.
    low, high = -1, max(1, int(load * 0.5))
    while not _meets(load, high, within, leaving, limits):
        low = high
        high += max(1, high // 4)
        if high > MOST_AGENTS:
            return NONE_MEETS
    while high - low > 1:
        middle = (low + high) // 2
        if _meets(load, middle, within, leaving, limits):
            high = middle
        else:
            low = middle
    return high


@compiled
def _meets(load: float, agents: int, within: float, leaving: float, limits: tuple[float, float, float, float]) -> bool:
    got, lost, _, wait, busy = formulas.measures(load, agents, within, leaving)
    return got >= limits[0] - 1e-15 and wait <= limits[1] and lost <= limits[2] and busy <= limits[3] * (1.0 + ROUNDING)

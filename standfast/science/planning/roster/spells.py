"""In which states can an officer be between two days, and where does each day's choice lead? The rules on runs, rests and nights."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from standfast.science.planning.roster.problem import OFF, Officer, Problem
from standfast.science.planning.roster.walk_kernels import Flags, Ints

MOST_ARCS = 32_000
"""An arc is kept as a 16-bit number in the tables of the shortest path."""


class TooWide(Exception):
    """An officer's limits can be met in too many ways to table."""


class State(NamedTuple):
    """What was done last (a shift, or those like it, or OFF), for how many days in a row, and how many nights in a row."""

    shift: int
    run: int
    nights: int


class Spell(NamedTuple):
    """The limits of one officer's spells at work and at rest, in days."""

    most_run: int
    least_run: int
    least_rest: int
    most_nights: int


@dataclass(frozen=True, kw_only=True, eq=False)
class States:
    """The states between two days, and the arcs a day's choice takes; `early` arcs end a run that began before the roster."""

    shift: Ints
    run: Ints
    source: Ints
    choice: Ints
    target: Ints
    early: Flags
    start: int


def states_of(problem: Problem, officer: Officer) -> States:
    """
    Return the states and arcs of an officer.

    :raises TooWide: if there are too many to table
    """
    spell = Spell(officer.most_run, officer.least_run, officer.least_rest, officer.most_nights_run)
    return _states(spell, tuple(shift.night for shift in problem.shifts), _alike(problem), officer.before)


def barred_of(problem: Problem) -> Flags:
    """Return barred[d, a, c]: choice c on day d after a on the day before; the last a and c are a day off, never barred."""
    size = len(problem.shifts) + 1
    found = np.zeros((problem.days, size, size), dtype=np.bool_)
    found[:, :-1, :-1] = problem.barred
    return found


@lru_cache(maxsize=16)
def _alike(problem: Problem) -> tuple[int, ...]:
    """Return for each shift the first that bars the same shifts after it: for what follows, the two are one."""
    first: dict[tuple[bool, bytes], int] = {}
    return tuple(
        first.setdefault((shift.night, problem.barred[:, number].tobytes()), number)
        for number, shift in enumerate(problem.shifts)
    )


@lru_cache(maxsize=512)
def _states(spell: Spell, nights: tuple[bool, ...], alike: tuple[int, ...], before: tuple[int, ...] | None) -> States:
    start = _start(before, nights, alike, spell)
    names: dict[State, int] = {start: 0}
    arcs: list[tuple[int, int, int, bool]] = []
    for state in _Growing(names):
        for choice, after, early in _moves(state, nights, alike, spell):
            if not early or before is None:
                arcs.append((names[state], choice, names.setdefault(after, len(names)), early))
        if len(arcs) > MOST_ARCS:
            raise TooWide
    arcs.sort()
    source, made, target, early_ones = (np.array(each) for each in zip(*arcs, strict=True))
    return States(
        shift=np.array([state.shift for state in names], dtype=np.int32),
        run=np.array([state.run for state in names], dtype=np.int32),
        source=source.astype(np.int32),
        choice=made.astype(np.int32),
        target=target.astype(np.int32),
        early=early_ones.astype(np.bool_),
        start=names[start],
    )


class _Growing:
    """The names of a dictionary in order, those added on the way too."""

    def __init__(self, names: dict[State, int]) -> None:
        self.names = names

    def __iter__(self) -> Iterator[State]:
        seen = 0
        while seen < len(self.names):
            fresh = list(self.names)[seen:]
            seen += len(fresh)
            yield from fresh


def _start(before: tuple[int, ...] | None, nights: tuple[bool, ...], alike: tuple[int, ...], spell: Spell) -> State:
    """Return the state a roster begins in: well rested if nothing is known, else what the days before leave."""
    if not before:
        return State(OFF, spell.least_rest, 0)
    latest = before[::-1]
    if latest[0] == OFF:
        rest = next((n for n, choice in enumerate(latest) if choice != OFF), spell.least_rest)
        return State(OFF, min(rest, spell.least_rest), 0)
    run = next((n for n, choice in enumerate(latest) if choice == OFF), len(latest))
    night = next((n for n, choice in enumerate(latest) if choice == OFF or not nights[choice]), len(latest))
    counts = spell.most_nights < spell.most_run
    return State(alike[latest[0]], min(run, spell.most_run), min(night, spell.most_nights) if counts else 0)


def _moves(
    state: State, nights: tuple[bool, ...], alike: tuple[int, ...], spell: Spell
) -> Iterator[tuple[int, State, bool]]:
    """Give each choice a day can bring, the state after it, and whether it ends a run too short."""
    run = state.run
    if state.shift == OFF:
        yield OFF, State(OFF, min(run + 1, spell.least_rest), 0), False
        if run < spell.least_rest:
            return
        run = 0
    else:
        yield OFF, State(OFF, 1, 0), run < spell.least_run
    if run >= spell.most_run:
        return
    # Nights in a row are told apart only where they have a limit shorter than a run.
    counts = spell.most_nights < spell.most_run
    for choice, is_night in enumerate(nights):
        in_a_row = state.nights + 1 if is_night and counts else 0
        if not counts or in_a_row <= spell.most_nights:
            yield choice, State(alike[choice], run + 1, in_a_row), False

"""How is a mix of lines made into a roster? By diving: hold the surest lines, let the rest adjust to them, and go on."""

import random
from typing import NamedTuple

import numpy as np

from standfast.science.planning.roster.generation import Generation, Settled, rounded_up
from standfast.science.planning.roster.problem import Line

CERTAIN = 0.999
USED = 1e-6
TREMBLE = 0.1
"""How much chance disturbs the order of lines: two dives should not end in the same place."""


class Pace(NamedTuple):
    """How fast a dive goes: the part of the officers held at each step, the rounds that adjust the rest, and how sure a line must be."""

    one_of: int
    rounds: int
    least_share: float


CAREFUL = Pace(one_of=12, rounds=8, least_share=0.5)
HASTY = Pace(one_of=4, rounds=3, least_share=0.2)
AT_ONCE = Pace(one_of=1, rounds=0, least_share=0.0)


def dive(
    generation: Generation, *, chance: random.Random, worse_than: float, root: Settled, pace: Pace = CAREFUL
) -> dict[int, Line] | None:
    """Return lines of a roster that costs less than `worse_than`, or None where this dive finds none. Nobody is held after it."""
    settled = root
    try:
        while rounded_up(settled.mix.cost) < worse_than:
            chosen = _surest(generation, settled, chance, pace)
            if not chosen:
                return None
            for officer, number in chosen.items():
                generation.hold(officer, number)
            if len(generation.held) == len(generation.officers):
                return {officer: generation.master.lines[number] for officer, number in generation.held.items()}
            following = generation.settle(rounds=pace.rounds, worse_than=worse_than)
            # When the time is over, everybody else takes their surest line as it stands.
            pace, settled = (pace, following) if following is not None else (AT_ONCE, settled)
        return None
    finally:
        generation.let_all_go()


def _surest(generation: Generation, settled: Settled, chance: random.Random, pace: Pace) -> dict[int, int]:
    """Return the lines to hold now, by officer: all that are certain, and a few of the likeliest."""
    share, owners = settled.mix.share, generation.master.owners
    open_ones = [number for number in np.flatnonzero(share > USED).tolist() if owners[number] not in generation.held]
    certain = {owners[number]: number for number in open_ones if share[number] > CERTAIN}
    rest = sorted(
        (number for number in open_ones if owners[number] not in certain),
        key=lambda number: -(share[number] + TREMBLE * chance.random()),
    )
    most = max(1, (len(generation.officers) - len(generation.held)) // pace.one_of)
    likely: dict[int, int] = {}
    for number in rest:
        if len(likely) == most or (likely and share[number] < pace.least_share):
            break
        likely.setdefault(owners[number], number)
    return {**certain, **likely}

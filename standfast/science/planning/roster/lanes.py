"""
How is a roster improved? In lanes side by side, each a search of its own from the best roster, that put together what they found.

A lane takes neighbourhood after neighbourhood: it lets some officers go and holds the rest to their lines. Where few lines could still
improve it they are all listed and the choice is exact; else it is made among those known, and the neighbourhood is dived into. Lanes
meet after a set measure of work, not of time, so that two of them on two cores find the same as one after the other.
"""

import random
from collections.abc import Sequence

import numpy as np

from standfast.science.planning.roster.costs import total_cost
from standfast.science.planning.roster.dives import dive
from standfast.science.planning.roster.effort import Budget
from standfast.science.planning.roster.generation import CLOSE, Generation, Settled, Staff, rounded_up
from standfast.science.planning.roster.partition import Partition
from standfast.science.planning.roster.problem import Cells, Line
from standfast.science.planning.roster.sheet import Effort, Ended

ROUNDS = 20
PARTITION_WORK = 1.0
MOST_LISTED = 2_500
"""Lines that could help a neighbourhood, if they are so few that all are chosen among."""
KNOWN_EACH = 30
"""Lines an officer, on the mean, that are chosen among where that is too many: with twice as many no choice was made to its end."""
SMALLEST = 4
PATIENCE = 25
"""After so many neighbourhoods without a better roster they grow larger and are searched longer, up to `WIDEST` times."""
WIDEST = 3
LIKED = 30
"""Lines of each officer that a neighbourhood begins with."""


class Lane:
    """One search: the best roster it knows, the lines it likes, and its own chance."""

    def __init__(self, staff: Staff, *, cells: Cells, liked: Sequence[Sequence[Line]], chance: random.Random) -> None:
        self.staff, self.problem = staff, staff.problem
        self.everyone = list(range(len(staff.walks)))
        self.liked = [list(lines) for lines in liked]
        self.chance = chance
        self.idle = 0
        self.cells, self.cost = cells, total_cost(staff.problem, cells)
        """The best roster known to this lane."""
        self.bound = -np.inf

    def go_on(self, budget: Budget, *, work: float) -> None:
        """Search for so much work, or until the budget is over or nothing is left to find."""
        self.staff = self.staff.charged_to(budget)
        while not budget.is_over() and budget.used < work and self.bound < self.cost:
            self._neighbourhood()

    def adopt(self, cells: Cells, cost: int) -> None:
        """Go on from a roster, one that is at least as good."""
        if cost < self.cost:
            self.idle = 0
        self.cells, self.cost = cells, cost

    def place(self, lines: dict[int, Line] | None) -> None:
        """Put lines into the roster, and keep it if it is at least as good."""
        if lines is None:
            return
        cells = self.cells.copy()
        for officer, line in lines.items():
            cells[officer] = line
            self.liked[officer] = [line, *self.liked[officer][:LIKED]]
        self.keep(cells)

    def keep(self, cells: Cells | None) -> None:
        """Keep a roster that is at least as good as the best so far."""
        if cells is not None and (cost := total_cost(self.problem, cells)) <= self.cost:
            self.adopt(cells, cost)

    def _neighbourhood(self) -> None:
        """Let some officers go, find the best for them, and keep what is at least as good as before."""
        most = len(self.everyone)
        self.idle += 1
        wide = min(WIDEST, self.idle // PATIENCE)
        largest = max(SMALLEST, most * (3 + wide) // 6)
        size = min(most, self.chance.randint(min(most, SMALLEST), largest))
        free = sorted(self.chance.sample(self.everyone, size))
        target = self.cost + self.chance.randint(0, 1)
        part = Generation(self.staff, officers=free, standing=self.cells)
        for officer in free:
            part.know(officer, [self.cells[officer], *self.liked[officer]])
        settled = part.settle(rounds=ROUNDS, worse_than=target)
        if settled is None or rounded_up(settled.bound) >= target:
            return
        before = self.cost
        decided = self.choose(part, settled, wider=2**wide)
        if not decided:
            self.choose_known(part, settled)
        # Where nothing cheaper is there, a dive may still find another as cheap, from which the search gets further.
        if self.cost == before and not (decided and target == before):
            self.place(dive(part, chance=self.chance, worse_than=target, root=settled))

    def choose(self, part: Generation, settled: Settled, *, wider: int = 1) -> bool:
        """Choose among every line that a better roster could use; False if they are too many to list, or to choose among."""
        lines = self._that_could_help(part, settled, most=MOST_LISTED * wider)
        if lines is None:
            return False
        decided = self._choose_among(lines, work=PARTITION_WORK * wider) in {Ended.PROVEN, Ended.IMPOSSIBLE}
        if decided and len(part.officers) == len(self.everyone):
            self.bound = float(self.cost)
        return decided

    def choose_known(
        self, part: Generation, settled: Settled, *, shares: Sequence[float] = (1.0,), work: float = PARTITION_WORK
    ) -> None:
        """Choose among the likeliest lines known: for each share anew, those that need no more of the room for a better roster."""
        known = self._known(part, settled)[: KNOWN_EACH * len(part.officers)]
        for share in shares:
            if self.staff.budget.is_over():
                return
            most = self._room(settled) * share + CLOSE
            lines: list[list[Line]] = [[line] for line in self.cells]
            for extra, officer, line in known:
                if extra <= most:
                    lines[officer].append(line)
            self._choose_among(lines, work=work)

    def _known(self, part: Generation, settled: Settled) -> list[tuple[float, int, Line]]:
        """Return the lines known, each with its officer and what it costs beyond their cheapest, which needs least of it first."""
        master, prices = part.master, part.master.prices(settled.worth)
        least = {officer: self.staff.walks[officer].best(prices=prices[officer])[0][0] for officer in part.officers}
        days = np.arange(self.cells.shape[1])
        found = [
            (float(prices[officer, days, line].sum() - least[officer]), officer, line)
            for officer, line in zip(master.owners, master.lines, strict=True)
        ]
        return sorted(found, key=lambda each: each[0])

    def _choose_among(self, lines: list[list[Line]], *, work: float) -> Ended:
        budget = self.staff.budget
        effort = Effort(
            work=max(0.01, min(work, budget.work_left())),
            seconds=budget.seconds_left(),
            seed=self.chance.randrange(2**31),
        )
        answer = Partition(self.problem, lines).solve(effort, below=self.cost, budget=budget)
        self.keep(answer.cells)
        return answer.ended

    def _that_could_help(self, part: Generation, settled: Settled, *, most: int) -> list[list[Line]] | None:
        """Return by officer every line that a cheaper roster could use, None if they are more than `most`."""
        prices = part.master.prices(settled.worth)
        lines: list[list[Line]] = [[line] for line in self.cells]
        for officer in part.officers:
            walks = self.staff.walks[officer]
            least = walks.best(prices=prices[officer])[0][0]
            found = walks.within(prices=prices[officer], limit=least + self._room(settled) + CLOSE, most=most)
            most -= len(found)
            if most <= 0:
                return None
            lines[officer] = list(found)
        return lines

    def _room(self, settled: Settled) -> float:
        """Return how much a line may cost beyond an officer's cheapest and still be part of a cheaper roster."""
        return max(self.cost - 1 - settled.bound, 0.0)


def together(lanes: Sequence[Lane], begun: Cells) -> Cells:
    """Return the best roster of the lanes, or of what each changed in the roster all began from, if that is as good."""
    best = min(lanes, key=lambda lane: lane.cost)
    cells, free = best.cells.copy(), (best.cells == begun).all(axis=1)
    for lane in lanes:
        changed = free & (lane.cells != begun).any(axis=1)
        cells[changed] = lane.cells[changed]
        free &= ~changed
    return cells if total_cost(best.problem, cells) <= best.cost else best.cells

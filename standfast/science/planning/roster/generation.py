"""
How little can a roster cost at the least, and which lines would such a roster be made of?

Column generation: the linear program over the lines known gives each cover its worth, the cheapest line of every officer at those
worths is found and added, until no line helps. What the cheapest lines cost together is a bound that no roster can beat.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass

import numpy as np

from standfast.science.planning.roster.costs import line_cost
from standfast.science.planning.roster.effort import WORK_A_ROUND, Budget
from standfast.science.planning.roster.master import Counts, Master, Mix
from standfast.science.planning.roster.problem import OFF, Cells, Line, Problem, counted
from standfast.science.planning.roster.walk_kernels import Floats
from standfast.science.planning.roster.walks import Walks

LINES_A_ROUND = 3
TRUST = 0.5
"""How much of the best worths so far goes into the next ones: worths that swing wildly teach little."""
SMALL = 1e-6
TIGHT = 0.02
"""How near the bound comes to the mix: what lies between is room for lines that in truth could not help."""
ROUGH = 1.0
"""Near enough to dive once: every cost is whole, so that the bound is mostly the last one already."""
CLOSE = 1e-4
STEPS_OF_WORK = 1e9
"""Steps of the shortest path that count as one unit of work."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The best mix when no line helped any more (or the rounds were over), and the bound proven on the way."""

    mix: Mix
    bound: float
    worth: Floats


class Staff:
    """Everybody's walks, threads to search them on, and the budget all of it is charged to."""

    def __init__(self, problem: Problem, *, budget: Budget, threads: int = 2) -> None:
        self.problem, self.budget = problem, budget
        self.walks = [Walks(problem, number) for number in range(len(problem.officers))]
        self._sizes = [walks.size() for walks in self.walks]
        self._threads = ThreadPoolExecutor(threads)

    def cheapest(self, officers: Sequence[int], prices: Floats, *, most: int) -> list[list[tuple[float, Line]]]:
        """Return the cheapest lines of some officers at these prices."""
        self.budget.spend(sum(self._sizes[number] for number in officers) / STEPS_OF_WORK)
        return list(
            self._threads.map(lambda number: self.walks[number].best(prices=prices[number], most=most), officers)
        )

    def charged_to(self, budget: Budget) -> "Staff":
        """Return the same staff, whose cheapest lines are charged to another budget."""
        other = copy(self)
        other.budget = budget
        return other

    def own_best(self) -> dict[int, Line]:
        """Return the line each officer would like best, whatever it means for cover."""
        everyone = range(len(self.walks))
        found = self.cheapest(everyone, self.problem.price.astype(np.float64), most=1)
        return {number: lines[0][1] for number, lines in zip(everyone, found, strict=True) if lines}

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=True)


class Generation:
    """The lines known of some officers while the others stand as given. Each can be held to a line, and let go again."""

    def __init__(self, staff: Staff, *, officers: Sequence[int], standing: Cells | None = None) -> None:
        self.staff, self.officers = staff, list(officers)
        problem = staff.problem
        count: Counts = np.zeros(len(problem.covers), dtype=np.int64)
        own = 0
        if standing is not None:
            still = standing.copy()
            still[self.officers] = OFF
            count = counted(problem, still)
            others = set(range(len(problem.officers))) - set(self.officers)
            own = sum(line_cost(problem, number, standing[number]) for number in others)
        self.master = Master(problem, officers=self.officers, standing=count, own=own)
        self.held: dict[int, int] = {}

    def know(self, officer: int, lines: Iterable[Line]) -> None:
        """Make lines of an officer known."""
        for line in lines:
            self.master.add(officer=officer, line=line, cost=line_cost(self.staff.problem, officer, line))

    def hold(self, officer: int, number: int) -> None:
        """Hold an officer to a line."""
        self.master.hold(number)
        self.held[officer] = number

    def let_all_go(self) -> None:
        """Let everybody go from their lines."""
        for number in self.held.values():
            self.master.let_go(number)
        self.held.clear()

    def settle(self, *, rounds: int, worse_than: float = np.inf, near: float = TIGHT) -> Settled | None:
        """
        Add lines for everybody not held until the bound is near the mix, or shows that nothing under `worse_than` is left.

        None if the budget ended before the first round.
        """
        free = [officer for officer in self.officers if officer not in self.held]
        bound, worth = -np.inf, None
        mix = self._mix()
        for _ in range(rounds):
            if mix is None or self.staff.budget.is_over():
                break
            tried = mix.worth if worth is None else TRUST * worth + (1 - TRUST) * mix.worth
            added, proven = self._round(free, tried, mix)
            if proven > bound:
                bound, worth = proven, tried
            if not added and tried is not mix.worth:
                added, proven = self._round(free, mix.worth, mix)
                bound, worth = max((bound, worth), (proven, mix.worth), key=lambda each: each[0])
            mix = self._mix() or mix
            settled = not added or rounded_up(bound) >= worse_than or mix.cost - bound < near
            if settled:
                break
        return None if mix is None or worth is None else Settled(mix=mix, bound=bound, worth=worth)

    def _mix(self) -> Mix | None:
        self.staff.budget.spend(WORK_A_ROUND * len(self.officers) / 40)
        return self.master.solve(seconds=self.staff.budget.seconds_left())

    def _round(self, free: Sequence[int], worth: Floats, mix: Mix) -> tuple[int, float]:
        """Find the cheapest lines of the free at these worths; return how many are new, and the bound they prove."""
        prices = self.master.prices(worth)
        found = self.staff.cheapest(free, prices, most=LINES_A_ROUND)
        held = sum(self._held_cost(officer, number, worth) for officer, number in self.held.items())
        bound = self.master.least_over_covers(worth) + held + sum(lines[0][0] if lines else np.inf for lines in found)
        known = len(self.master.lines)
        for officer, lines in zip(free, found, strict=True):
            for _, line in lines:
                cost = line_cost(self.staff.problem, officer, line)
                if self.master.reduced_cost(officer, line, cost, mix) < -SMALL:
                    self.master.add(officer=officer, line=line, cost=cost)
        return len(self.master.lines) - known, bound

    def _held_cost(self, officer: int, number: int, worth: Floats) -> float:
        line = self.master.lines[number]
        return float(self.master.costs[number] - worth[self.master.stood_on(officer, line)].sum())


def rounded_up(bound: float) -> float:
    """Return a bound rounded up, as every cost is whole; a hair above a whole number is that number."""
    return float(np.ceil(bound - CLOSE)) if np.isfinite(bound) else bound


def duties(line: Line) -> list[tuple[int, int]]:
    """Return the (day, shift) pairs of a line."""
    return [(day, int(shift)) for day, shift in enumerate(line) if shift != OFF]

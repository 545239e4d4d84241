"""
Which roster is cheapest? Bound first, then a dive, then neighbourhood after neighbourhood until a proof or a limit ends it.

A neighbourhood lets some officers go and holds the rest to their lines. Where few lines could still improve it they are all listed
and the choice is exact; else it is dived into. Everything is counted in work and drawn from one seed, so the same limit in work
gives the same roster; a limit in seconds does not, and the outcome says so.
"""

import random

import numpy as np

from standfast.science.planning.roster.by_sheets import search_by_sheets
from standfast.science.planning.roster.costs import least_cost, missing_from_minimums, total_cost
from standfast.science.planning.roster.demands import say_all
from standfast.science.planning.roster.dives import CAREFUL, HASTY, dive
from standfast.science.planning.roster.effort import Budget, End
from standfast.science.planning.roster.generation import CLOSE, Generation, Settled, Staff, rounded_up
from standfast.science.planning.roster.outcome import NoLine, Outcome
from standfast.science.planning.roster.partition import Partition
from standfast.science.planning.roster.problem import OFF, Cells, Line, Problem
from standfast.science.planning.roster.sheet import Effort, Ended, Sheet
from standfast.science.planning.roster.spells import TooWide

ROOT_ROUNDS = 500
ROUNDS = 6
SMALL_SHEET = 1_500
"""Cells of a problem that is tried as a whole on one sheet first."""
SHEET_WORK = 1.5
PARTITION_WORK = 1.0
MOST_LISTED = 2_500
"""Lines of a neighbourhood that are listed for an exact choice; more are dived into."""
PACES = (HASTY, CAREFUL)
SMALLEST = 4
PATIENCE = 25
"""After so many neighbourhoods without a better roster they grow larger and are searched longer, up to `WIDEST` times."""
WIDEST = 3
LIKED = 30
"""Lines of each officer that a neighbourhood begins with."""


def search(problem: Problem, *, budget: Budget, threads: int = 2, begin: Cells | None = None) -> Outcome:
    """
    Return the cheapest roster found within the budget.

    :raises NoLine: if some officers cannot be given any line
    """
    try:
        staff = Staff(problem, budget=budget, threads=threads)
    except TooWide:
        return search_by_sheets(problem, budget=budget, begin=begin)
    try:
        if stuck := staff.without_a_line():
            raise NoLine(stuck)
        return _Search(staff, begin).run()
    finally:
        staff.close()


class _Search:
    def __init__(self, staff: Staff, begin: Cells | None) -> None:
        self.staff, self.problem, self.budget = staff, staff.problem, staff.budget
        self.everyone = list(range(len(self.problem.officers)))
        self.chance = random.Random(self.budget.seed)  # noqa: S311 - a search, not a secret
        self.cells: Cells | None = None
        self.cost: int | None = None
        self.bound = float(least_cost(self.problem))
        self.idle = 0
        self.liked: list[list[Line]] = [[] for _ in self.everyone]
        if begin is not None:
            self._keep(begin)

    def run(self) -> Outcome:
        self._place(self.staff.own_best())
        whole = Generation(self.staff, officers=self.everyone)
        root = whole.settle(rounds=ROOT_ROUNDS)
        if root is not None:
            self._know(rounded_up(root.bound))
            self.liked = _cheapest_known(whole, root)
            self._first(whole, root)
            while not self._is_over():
                self._neighbourhood()
        cells, cost = self.cells, self.cost
        end = End.PROOF if self._is_proven() else self.budget.ended_early or End.SECONDS
        missing = 0 if cells is None else missing_from_minimums(self.problem, cells)
        return Outcome(cells=cells, cost=cost, bound=self.bound, end=end, missing=missing, work=self.budget.used)

    def _first(self, whole: Generation, root: Settled) -> None:
        """Find a first roster, the best of a few dives, and let a small problem be settled as a whole."""
        for pace in PACES:
            worse_than = np.inf if self.cost is None else self.cost
            self._place(dive(whole, chance=self.chance, worse_than=worse_than, root=root, pace=pace))
            if self._is_over():
                break
        if not self._is_over() and int(self.problem.may[:, :, :-1].sum()) <= SMALL_SHEET:
            self._try_whole()
        if not self._is_over():
            self._list_and_choose(whole, root)

    def _try_whole(self) -> None:
        sheet = Sheet(self.problem, may=self.problem.may, free=self.everyone)
        say_all(sheet)
        if self.cells is not None:
            sheet.hint(self.cells)
        answer = sheet.solve(self._effort(SHEET_WORK), budget=self.budget)
        self._keep(answer.cells)
        self._know(rounded_up(answer.bound))

    def _neighbourhood(self) -> None:
        """Let some officers go, find the best for them, and keep what is at least as good as before."""
        assert self.cells is not None and self.cost is not None  # noqa: S101, PT018 - a first roster was found
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
        if not self._list_and_choose(part, settled, wider=2**wide):
            self._place(dive(part, chance=self.chance, worse_than=target, root=settled))

    def _list_and_choose(self, part: Generation, settled: Settled, *, wider: int = 1) -> bool:
        """List every line that a better roster could use and choose among them exactly; False if they are too many."""
        assert self.cost is not None and self.cells is not None  # noqa: S101, PT018 - a first roster was found
        room = self.cost - 1 - settled.bound
        prices = part.master.prices(settled.worth)
        lines: list[list[Line]] = [[line] for line in self.cells]
        left = MOST_LISTED * wider
        for officer in part.officers:
            walks = self.staff.walks[officer]
            least = walks.best(prices=prices[officer])[0][0]
            found = walks.within(prices=prices[officer], limit=least + max(room, 0.0) + CLOSE, most=left)
            left -= len(found)
            if left <= 0:
                return False
            lines[officer] = list(found)
        answer = Partition(self.problem, lines).solve(
            self._effort(PARTITION_WORK * wider), below=self.cost, budget=self.budget
        )
        decided = answer.ended in {Ended.PROVEN, Ended.IMPOSSIBLE}
        self._keep(answer.cells)
        if decided and len(part.officers) == len(self.everyone):
            self._know(float(self.cost))
        return decided and answer.cells is not None

    def _effort(self, work: float) -> Effort:
        left = self.budget.work_left()
        return Effort(work=max(0.01, min(work, left)), seconds=self.budget.seconds_left(), seed=self.budget.seed)

    def _place(self, lines: dict[int, Line] | None) -> None:
        """Put lines into the best roster so far, and keep it if it is at least as good."""
        if lines is None:
            return
        cells = (
            np.full((len(self.everyone), self.problem.days), OFF, dtype=np.int8)
            if self.cells is None
            else self.cells.copy()
        )
        for officer, line in lines.items():
            cells[officer] = line
            self.liked[officer] = [line, *self.liked[officer][:LIKED]]
        self._keep(cells)

    def _keep(self, cells: Cells | None) -> None:
        """Keep a roster that is at least as good as the best so far."""
        if cells is None:
            return
        cost = total_cost(self.problem, cells)
        if self.cost is None or cost <= self.cost:
            better = self.cost is None or cost < self.cost
            self.cells, self.cost = cells, cost
            if better:
                self.idle = 0
                self._tell()

    def _know(self, bound: float) -> None:
        if bound > self.bound:
            self.bound = bound
            self._tell()

    def _tell(self) -> None:
        self.budget.report(cost=self.cost, bound=self.bound)

    def _is_proven(self) -> bool:
        return self.cost is not None and self.bound >= self.cost

    def _is_over(self) -> bool:
        return self._is_proven() or self.budget.is_over()


def _cheapest_known(whole: Generation, root: Settled) -> list[list[Line]]:
    """Return for each officer the lines known that cost least at the root's worths."""
    master = whole.master
    extra = [
        master.reduced_cost(owner, line, cost, root.mix)
        for owner, line, cost in zip(master.owners, master.lines, master.costs, strict=True)
    ]
    found: list[list[Line]] = [[] for _ in whole.officers]
    for number in np.argsort(extra, kind="stable").tolist():
        own = found[master.owners[number]]
        if len(own) < LIKED:
            own.append(master.lines[number])
    return found

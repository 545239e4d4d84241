"""
Which roster is cheapest? Bound first, then a dive, then neighbourhood after neighbourhood until a proof or a limit ends it.

Everything is counted in work and drawn from one seed, so the same limit in work gives the same roster; a limit in seconds does not,
and the outcome says so.
"""

import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from standfast.science.planning.roster.by_sheets import search_by_sheets
from standfast.science.planning.roster.costs import least_cost, missing_from_minimums, total_cost
from standfast.science.planning.roster.demands import say_all
from standfast.science.planning.roster.dives import CAREFUL, HASTY, Pace, dive
from standfast.science.planning.roster.effort import Budget, End
from standfast.science.planning.roster.generation import ROUGH, Generation, Settled, Staff, rounded_up
from standfast.science.planning.roster.lanes import LIKED, Lane, together
from standfast.science.planning.roster.outcome import NoLine, Outcome
from standfast.science.planning.roster.problem import Cells, Line, Problem
from standfast.science.planning.roster.sheet import Effort, Sheet
from standfast.science.planning.roster.spells import TooWide

ROOT_ROUNDS = 500
SMALL_SHEET = 1_500
"""Cells of a problem that is tried as a whole on one sheet first."""
SHEET_WORK = 1.5
TURNS, DIVES_A_TURN = 8, 6
TURN_WORK = 4.0
SHARES = (0.25, 0.5, 1.0)
"""
A choice among the lines of a turn may take so much work, and is made among those that need this share of the room first: they are the
fewest and the likeliest, and what is found among them leaves less room to the others.
"""
LANES = 2
"""Neighbourhoods searched at the same time; as many on every machine, or the same work would not give the same roster."""
WORK_A_STRETCH = 1.0
"""Work that each lane does before they put together what they found."""


def search(problem: Problem, *, budget: Budget, threads: int = 2) -> Outcome:
    """
    Return the cheapest roster found within the budget.

    :raises NoLine: if some officers cannot be given any line
    """
    try:
        staff = Staff(problem, budget=budget, threads=threads)
    except TooWide:
        return search_by_sheets(problem, budget=budget)
    try:
        own = staff.own_best()
        if stuck := [number for number in range(len(problem.officers)) if number not in own]:
            raise NoLine(stuck)
        return _Search(staff, np.stack([own[number] for number in sorted(own)])).run()
    finally:
        staff.close()


class _Search:
    def __init__(self, staff: Staff, begin: Cells) -> None:
        self.staff, self.problem, self.budget = staff, staff.problem, staff.budget
        self.everyone = list(range(len(self.problem.officers)))
        self.chance = random.Random(self.budget.seed)  # noqa: S311 - a search, not a secret
        self.cells, self.cost = begin, total_cost(self.problem, begin)
        self.bound = float(least_cost(self.problem))
        self._tell()

    def run(self) -> Outcome:
        whole = Generation(self.staff, officers=self.everyone)
        rough = whole.settle(rounds=ROOT_ROUNDS, near=ROUGH)
        if rough is not None:
            self._know(rounded_up(rough.bound))
            # A roster soon, and one even if the budget is over by now.
            self._dive(whole, rough, HASTY)
            root = whole.settle(rounds=ROOT_ROUNDS) or rough
            self._know(rounded_up(root.bound))
            self._first(whole, root)
            if not self._is_over():
                self._improve(whole, root)
        end = End.PROOF if self._is_proven() else self.budget.ended_early or End.SECONDS
        missing = missing_from_minimums(self.problem, self.cells)
        return Outcome(
            cells=self.cells, cost=self.cost, bound=self.bound, end=end, missing=missing, work=self.budget.used
        )

    def _first(self, whole: Generation, root: Settled) -> None:
        """Find a good roster: by dives, turn after turn, and after each the best choice among all lines seen on them."""
        if not self._is_over():
            self._dive(whole, root, CAREFUL)
        if not self._is_over() and int(self.problem.may[:, :, :-1].sum()) <= SMALL_SHEET:
            self._try_whole()
        for _ in range(TURNS):
            if self._is_over():
                return
            self._turn(whole, root)

    def _turn(self, whole: Generation, root: Settled) -> None:
        """Choose among the lines seen so far, then dive for others."""
        lane = self._lane([])
        if not lane.choose(whole, root):
            lane.choose_known(whole, root, shares=SHARES, work=TURN_WORK)
        self._keep(lane.cells)
        self._know(lane.bound)
        for _ in range(DIVES_A_TURN):
            if not self._is_over():
                self._dive(whole, root, CAREFUL)

    def _dive(self, whole: Generation, root: Settled, pace: Pace) -> None:
        """
        Dive for a roster, and keep it if it is as good as the best.

        The lines seen on the way are known from then on. It goes as far above the best as the bound lies below: of the lines of
        rosters a little worse the better ones are made.
        """
        worse_than = self.cost + max(1.0, self.cost - self.bound)
        lines = dive(whole, chance=self.chance, worse_than=worse_than, root=root, pace=pace)
        if lines is not None:
            self._keep(np.stack([lines[officer] for officer in self.everyone]))

    def _try_whole(self) -> None:
        sheet = Sheet(self.problem, may=self.problem.may, free=self.everyone)
        say_all(sheet)
        sheet.hint(self.cells)
        work = max(0.01, min(SHEET_WORK, self.budget.work_left()))
        effort = Effort(work=work, seconds=self.budget.seconds_left(), seed=self.budget.seed)
        answer = sheet.solve(effort, budget=self.budget)
        self._keep(answer.cells)
        self._know(rounded_up(answer.bound))

    def _improve(self, whole: Generation, root: Settled) -> None:
        """Let lanes search side by side, stretch after stretch, each time from the best of all, with a turn of dives in between."""
        liked = _cheapest_known(whole, root)
        lanes = [self._lane(liked) for _ in range(LANES)]
        with ThreadPoolExecutor(LANES) as threads:
            while not self._is_over():
                budgets = [self.budget.part(work=self.budget.work_left() / LANES) for _ in lanes]
                list(threads.map(lambda lane, budget: lane.go_on(budget, work=WORK_A_STRETCH), lanes, budgets))
                for budget in budgets:
                    self.budget.spend(budget.used)
                self._keep(together(lanes, self.cells))
                for lane in lanes:
                    self._know(lane.bound)
                if not self._is_over():
                    self._turn(whole, root)
                for lane in lanes:
                    lane.adopt(self.cells, self.cost)

    def _lane(self, liked: list[list[Line]]) -> Lane:
        chance = random.Random(self.chance.random())  # noqa: S311 - a search, not a secret
        return Lane(self.staff, cells=self.cells, liked=liked, chance=chance)

    def _keep(self, cells: Cells | None) -> None:
        """Keep a roster that is at least as good as the best so far."""
        if cells is None:
            return
        cost = total_cost(self.problem, cells)
        if cost <= self.cost:
            better = cost < self.cost
            self.cells, self.cost = cells, cost
            if better:
                self._tell()

    def _know(self, bound: float) -> None:
        if bound > self.bound:
            self.bound = bound
            self._tell()

    def _tell(self) -> None:
        self.budget.report(cost=self.cost, bound=self.bound)

    def _is_proven(self) -> bool:
        return self.bound >= self.cost

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

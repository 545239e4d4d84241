"""
Which roster is cheap where an officer's lines are too many to table, as over half a year? Sheet after sheet, without a bound.

Everybody is given a line in turn, the best for those who stand already; then a few officers at a time are let go and placed anew.
"""

import random
from collections.abc import Sequence

import numpy as np

from standfast.science.planning.roster.costs import missing_from_minimums, total_cost
from standfast.science.planning.roster.demands import say_all
from standfast.science.planning.roster.effort import WORK_A_ROUND, Budget, End
from standfast.science.planning.roster.outcome import NoLine, Outcome
from standfast.science.planning.roster.problem import OFF, Cells, Problem
from standfast.science.planning.roster.sheet import Answer, Effort, Ended, Sheet

WORK_A_SHEET = 2.0
LARGEST = 4


def search_by_sheets(problem: Problem, *, budget: Budget) -> Outcome:
    """
    Return the cheapest roster found within the budget; no bound is known of it.

    :raises NoLine: if an officer cannot be given any line
    """
    chance = random.Random(budget.seed)  # noqa: S311 - a search, not a secret
    everyone = range(len(problem.officers))
    cells = _in_turn(problem, budget)
    if cells is None:
        budget.is_over()
        return Outcome(cells=None, cost=None, bound=-np.inf, end=budget.ended_early or End.WORK, work=budget.used)
    cost = total_cost(problem, cells)
    budget.report(cost=cost, bound=-np.inf)
    while not budget.is_over():
        # A sheet that is solved at once counts as some work too, or the work would never be over.
        budget.spend(WORK_A_ROUND)
        free = sorted(chance.sample(everyone, min(len(everyone), chance.randint(2, LARGEST))))
        found = _placed(problem, free, cells, budget).cells
        if found is not None and (price := total_cost(problem, found)) <= cost:
            if price < cost:
                budget.report(cost=price, bound=-np.inf)
            cells, cost = found, price
    missing = missing_from_minimums(problem, cells)
    end = budget.ended_early or End.WORK
    return Outcome(cells=cells, cost=cost, bound=-np.inf, end=end, missing=missing, work=budget.used)


def _in_turn(problem: Problem, budget: Budget) -> Cells | None:
    """Give everybody a line, one after the other; None if the time is over before all have one."""
    cells = np.full((len(problem.officers), problem.days), OFF, dtype=np.int8)
    for officer in range(len(problem.officers)):
        answer = _placed(problem, [officer], cells, budget)
        if answer.ended is Ended.IMPOSSIBLE:
            raise NoLine([officer])
        if answer.cells is None:
            return None
        cells = answer.cells
    return cells


def _placed(problem: Problem, free: Sequence[int], cells: Cells, budget: Budget) -> Answer:
    """Return the best lines found for some officers while the others stand."""
    sheet = Sheet(problem, may=problem.may, free=free, standing=cells)
    say_all(sheet)
    sheet.hint(cells)
    work = max(0.01, min(WORK_A_SHEET, budget.work_left()))
    return sheet.solve(Effort(work=work, seconds=budget.seconds_left(), seed=budget.seed), budget=budget)

"""How is a published roster repaired with the fewest changes, and what is the cheapest roster among those?"""

from dataclasses import dataclass, replace

import numpy as np

from standfast.science.planning.roster.costs import total_cost
from standfast.science.planning.roster.demands import minimum_people, say_all, say_personal
from standfast.science.planning.roster.effort import Budget, End
from standfast.science.planning.roster.outcome import Outcome
from standfast.science.planning.roster.problem import Cells, Problem
from standfast.science.planning.roster.sheet import Answer, Effort, Ended, Sheet


@dataclass(frozen=True, kw_only=True, eq=False)
class Repaired:
    """A repaired roster: how many cells differ from the published one, and whether no repair has fewer (and none spare were asked)."""

    outcome: Outcome
    changes: int
    fewest: int
    is_fewest: bool


def repair(problem: Problem, published: Cells, *, budget: Budget, spare: int = 0) -> Repaired:
    """
    Change as few cells of a published roster as every hard rule allows, and `spare` more where they help most.

    First the number of changes is the only cost; then it is the limit, and the usual costs decide.
    """
    fewest = _fewest(problem, published, budget)
    if fewest.cells is None:
        nothing = Outcome(cells=None, cost=None, bound=-np.inf, end=_end(fewest, budget), work=budget.used)
        return Repaired(outcome=nothing, changes=0, fewest=0, is_fewest=False)
    least = int((fewest.cells != published).sum())
    sheet = Sheet(problem, may=problem.may, free=range(len(problem.officers)))
    say_all(sheet)
    for place, cover in enumerate(problem.covers):
        if cover.least:
            minimum_people(sheet, place)
    sheet.model.add(sum(sheet.standing_in(published)) >= published.size - least - spare)
    sheet.hint(fewest.cells)
    answer = sheet.solve(_effort(budget), budget=budget)
    cells = fewest.cells if answer.cells is None else answer.cells
    cost = total_cost(problem, cells)
    bound = min(float(cost), np.ceil(answer.bound - 1e-6))
    outcome = Outcome(cells=cells, cost=cost, bound=bound, end=_end(answer, budget), work=budget.used)
    proven = fewest.ended is Ended.PROVEN
    return Repaired(outcome=outcome, changes=int((cells != published).sum()), fewest=least, is_fewest=proven)


def _fewest(problem: Problem, published: Cells, budget: Budget) -> Answer:
    """Return a roster with the fewest changes that keeps every hard rule."""
    officers, days = np.indices(published.shape)
    price = np.ones_like(problem.price)
    price[officers, days, published] = 0
    sheet = Sheet(replace(problem, price=price), may=problem.may, free=range(len(problem.officers)))
    say_personal(sheet)
    # What is fair costs nothing here: only changes count.
    sheet.cost = [(what, cost) for what, cost in sheet.cost if sheet.is_choice(what)]
    for place, cover in enumerate(problem.covers):
        if cover.least:
            minimum_people(sheet, place)
    sheet.hint(published)
    return sheet.solve(_effort(budget), budget=budget)


def _effort(budget: Budget) -> Effort:
    return Effort(work=max(0.01, budget.work_left()), seconds=budget.seconds_left(), seed=budget.seed)


def _end(answer: Answer, budget: Budget) -> End:
    if answer.ended in {Ended.PROVEN, Ended.IMPOSSIBLE}:
        return End.PROOF
    budget.is_over()
    return budget.ended_early or End.WORK

"""Of these lines, which one a person is cheapest together? An exact choice, where the lines are few enough to list."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from ortools.sat.python import cp_model

from standfast.science.planning.roster.costs import cost_of_count, hard_cost, line_cost, slopes
from standfast.science.planning.roster.effort import Budget
from standfast.science.planning.roster.generation import duties
from standfast.science.planning.roster.problem import Cells, Cover, Line, Problem
from standfast.science.planning.roster.sheet import Answer, Effort, Sheet


class Partition:
    """A choice of one line for each officer; every officer has at least one to choose."""

    def __init__(self, problem: Problem, lines: Sequence[Sequence[Line]]) -> None:
        self.problem, self.lines = problem, lines
        nobody = np.zeros_like(problem.may)
        self.sheet = Sheet(problem, may=nobody, free=[])
        self.sheet.constant = problem.fixed
        self.chosen: list[list[cp_model.IntVar]] = []
        self._standing: dict[tuple[int, int, int], list[cp_model.IntVar]] = defaultdict(list)
        for officer, own in enumerate(lines):
            self._offer(officer, own)
        for cover in problem.covers:
            self._cost(cover)

    def solve(self, effort: Effort, *, below: int, budget: Budget) -> Answer:
        """Return the cheapest choice under `below`; IMPOSSIBLE proves that these lines hold none."""
        self.sheet.keep_below(below)
        return self.sheet.solve(effort, budget=budget, read=self._read)

    def _offer(self, officer: int, own: Sequence[Line]) -> None:
        cells = [self.sheet.model.new_bool_var("") for _ in own]
        self.sheet.model.add_exactly_one(cells)
        for line, cell in zip(own, cells, strict=True):
            self.sheet.charge(cell, line_cost(self.problem, officer, line))
            for day, shift in duties(line):
                self._standing[officer, day, shift].append(cell)
        self.chosen.append(cells)

    def _cost(self, cover: Cover) -> None:
        hard = hard_cost(self.problem)
        officers = range(len(self.lines)) if cover.officers is None else sorted(cover.officers)
        cells = [
            cell
            for officer in officers
            for day, shift in cover.cells
            for cell in self._standing.get((officer, day, shift), ())
        ]
        self.sheet.constant += cost_of_count(cover, 0, hard=hard)
        parts, below = [], 0
        for upper, slope in slopes(cover, hard=hard):
            part = self.sheet.whole(0, (upper if upper != -1 else below + len(self.lines) * len(cover.cells)) - below)
            self.sheet.charge(part, slope)
            parts.append(part)
            below = upper
        self.sheet.model.add(sum(cells) == sum(parts))

    def _read(self, solver: cp_model.CpSolver) -> Cells:
        rows = []
        for own, cells in zip(self.lines, self.chosen, strict=True):
            rows.append(next(line for line, cell in zip(own, cells, strict=True) if solver.boolean_value(cell)))
        return np.array(rows, dtype=np.int8)

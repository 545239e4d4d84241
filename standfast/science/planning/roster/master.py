"""Which mix of lines covers the need most cheaply, fractions allowed, and what is each cover worth at that mix?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from ortools.math_opt.python import mathopt

from standfast.science.planning.roster.costs import cost_of_count, hard_cost, slopes
from standfast.science.planning.roster.problem import OFF, Line, Problem

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


WANTED = mathopt.ModelSolveParameters(
    variable_values_filter=mathopt.SparseVectorFilter(skip_zero_values=True),
    reduced_costs_filter=mathopt.SparseVectorFilter(filtered_items=()),
)
"""What is read of a solution: the lines used and the prices; reading everything takes longer than solving."""


@dataclass(frozen=True, kw_only=True)
class Mix:
    """The best mix of the lines known: its cost, the worth of each cover, the cost each officer is charged, and the shares."""

    cost: float
    worth: Floats
    charge: dict[int, float]
    share: Floats


class Master:
    """The linear program over lines of some officers, the others standing; it keeps its basis from one solve to the next."""

    def __init__(self, problem: Problem, *, officers: Sequence[int], standing: Counts, own: int) -> None:
        self.problem = problem
        self.standing, self.constant = standing, float(problem.fixed + own)
        self.hard = hard_cost(problem)
        self.cells = covers_of(problem)
        self.model = mathopt.Model()
        self.owners: list[int] = []
        self.lines: list[Line] = []
        self.costs: list[int] = []
        self._known: dict[tuple[int, bytes], int] = {}
        self._variables: list[mathopt.Variable] = []
        self._one = {officer: self.model.add_linear_constraint(lb=1.0, ub=1.0) for officer in officers}
        self._rows = [self.model.add_linear_constraint(lb=-float(each), ub=-float(each)) for each in standing]
        constant = self.constant
        objective = self.model.objective
        objective.is_maximize = False
        for row, cover in zip(self._rows, problem.covers, strict=True):
            constant += cost_of_count(cover, 0, hard=self.hard)
            below = 0
            for upper, slope in slopes(cover, hard=self.hard):
                room = float(upper - below) if upper != -1 else np.inf
                below = upper
                segment = self.model.add_variable(lb=0.0, ub=room)
                row.set_coefficient(segment, -1.0)
                objective.set_linear_coefficient(segment, float(slope))
        objective.offset = constant
        for one in self._one.values():
            # A line nobody wants stands in until a real one is known.
            stand_in = self.model.add_variable(lb=0.0)
            one.set_coefficient(stand_in, 1.0)
            objective.set_linear_coefficient(stand_in, float(self.hard * problem.days))
        self._solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)

    def add(self, *, officer: int, line: Line, cost: int) -> int:
        """Add a line and return its number; one known already keeps its number."""
        key = (officer, line.tobytes())
        if key in self._known:
            return self._known[key]
        self._known[key] = len(self.lines)
        variable = self.model.add_variable(lb=0.0)
        self.model.objective.set_linear_coefficient(variable, float(cost))
        self._one[officer].set_coefficient(variable, 1.0)
        for cover, times in Counter(self.stood_on(officer, line)).items():
            self._rows[cover].set_coefficient(variable, float(times))
        self._variables.append(variable)
        self.owners.append(officer)
        self.lines.append(line)
        self.costs.append(cost)
        return len(self.lines) - 1

    def hold(self, number: int) -> None:
        """Let a line be worked in every mix from here on."""
        self._variables[number].lower_bound = 1.0

    def let_go(self, number: int) -> None:
        """Let a line be worked or not."""
        self._variables[number].lower_bound = 0.0

    def stood_on(self, officer: int, line: Line) -> list[int]:
        """Return the covers a line stands on."""
        table = self.cells[officer]
        return [cover for day, shift in enumerate(line) if shift != OFF for cover in table[day][shift]]

    def reduced_cost(self, officer: int, line: Line, cost: int, mix: Mix) -> float:
        """Return how much a line costs beyond what its covers are worth and its officer is charged in a mix."""
        return float(cost - mix.worth[self.stood_on(officer, line)].sum() - mix.charge[officer])

    def solve(self, *, seconds: float) -> Mix | None:
        """Return the best mix of the lines known, or None if the time was too short."""
        limit = mathopt.SolveParameters(time_limit=timedelta(seconds=max(seconds, 0.01)), threads=1)
        result = self._solved(limit)
        if result is None or result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return None
        used, duals = result.variable_values(), result.dual_values()
        return Mix(
            cost=result.objective_value(),
            worth=np.array([duals[row] for row in self._rows]),
            charge={officer: duals[one] for officer, one in self._one.items()},
            share=np.array([used.get(variable, 0.0) for variable in self._variables]),
        )

    def _solved(self, limit: mathopt.SolveParameters) -> mathopt.SolveResult | None:
        """Solve from the basis kept; where rounding has spoilt that, once more from none. None if neither can be had."""
        for _ in range(2):
            try:
                return self._solver.solve(params=limit, model_params=WANTED)
            except Exception:  # noqa: BLE001 - the solver's own failure reaches Python as whatever its binding makes of it
                self._solver = mathopt.IncrementalSolver(self.model, mathopt.SolverType.GLOP)
        return None

    def prices(self, worth: Floats) -> Floats:
        """Return what each officer's choices cost at these worths of cover: own price less the worth of what they cover."""
        found = self.problem.price.astype(np.float64)
        for number, cover in enumerate(self.problem.covers):
            days = np.array([day for day, _ in cover.cells])
            shifts = np.array([shift for _, shift in cover.cells])
            if cover.officers is None:
                found[:, days, shifts] -= worth[number]
            else:
                for officer in sorted(cover.officers):
                    found[officer, days, shifts] -= worth[number]
        return found

    def least_over_covers(self, worth: Floats) -> float:
        """Return the least that covers cost at these worths, everything else free: the covers' part of a lower bound."""
        total = self.constant - float(worth @ self.standing)
        for number, cover in enumerate(self.problem.covers):
            value = float(cost_of_count(cover, 0, hard=self.hard))
            below = 0
            for upper, slope in slopes(cover, hard=self.hard):
                gain = slope + worth[number]
                if upper == -1:
                    if gain < -1e-7:
                        return -np.inf
                else:
                    value += min(gain, 0.0) * (upper - below)
                    below = upper
            total += value
        return total


@lru_cache(maxsize=4)
def covers_of(problem: Problem) -> list[list[list[list[int]]]]:
    """Return the covers that each officer stands on by each choice of each day."""
    everyone: list[list[list[int]]] = [[[] for _ in problem.shifts] for _ in range(problem.days)]
    found = [everyone] * len(problem.officers)
    special = set().union(*(cover.officers or () for cover in problem.covers)) if problem.covers else set()
    for officer in special:
        found[officer] = [[[] for _ in problem.shifts] for _ in range(problem.days)]
    tables = [everyone, *(found[officer] for officer in special)]
    for number, cover in enumerate(problem.covers):
        for table in tables if cover.officers is None else [found[officer] for officer in sorted(cover.officers)]:
            for day, shift in cover.cells:
                table[day][shift].append(number)
    return found

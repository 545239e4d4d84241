"""The one adapter to CP-SAT: a sheet of yes-or-no cells that rules are written on, and that is solved within a measure of work."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from standfast.science.planning.roster.effort import Budget
from standfast.science.planning.roster.problem import OFF, Cells, Officer, Problem

Literal = Any
"""A yes-or-no of the model, its opposite, or 0 or 1 for what is known."""


class Ended(StrEnum):
    """How a search on a sheet ended."""

    PROVEN = "proven"
    FOUND = "found"
    IMPOSSIBLE = "impossible"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long a sheet may be searched: deterministic work, and seconds at the very most."""

    work: float
    seconds: float
    seed: int = 1
    workers: int = 1


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a search gave: the cells if any, and the cost and bound of the sheet's objective."""

    ended: Ended
    cells: Cells | None
    cost: float
    bound: float


class Reason(NamedTuple):
    """One demand a sheet was given: which rule, of whom, and which of several (a closure, a group, a cover)."""

    rule: str
    officer: int | None
    place: int | None = None


def negated(literal: Literal) -> Literal:
    """Return the opposite of a literal; 0 and 1 stand for what is known."""
    return 1 - literal if isinstance(literal, int) else literal.Not()


class Sheet:
    """Cells of some officers over all days. What nobody may do has no cell; the other officers stand as given."""

    def __init__(
        self, problem: Problem, *, may: npt.NDArray[np.bool_], free: Sequence[int], standing: Cells | None = None
    ) -> None:
        self.problem, self.free, self.standing = problem, list(free), standing
        self.model = cp_model.CpModel()
        self.cost: list[tuple[object, int]] = []
        self.constant = 0
        self.because: dict[Reason, cp_model.IntVar] | None = None
        self._cells: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self._choices: set[int] = set()
        self._off: dict[tuple[int, int], cp_model.IntVar] = {}
        for officer in self.free:
            for day in range(problem.days):
                self._lay_out(officer, day, may[officer, day])

    def explaining(self) -> "Sheet":
        """Make every demand from here on one that can be given up, so that a clash can be told by its reasons."""
        self.because = {}
        return self

    def _lay_out(self, officer: int, day: int, may: npt.NDArray[np.bool_]) -> None:
        cells = [self.model.new_bool_var("") for _ in np.flatnonzero(may[:-1])]
        for shift, cell in zip(np.flatnonzero(may[:-1]), cells, strict=True):
            self._cells[officer, day, int(shift)] = cell
            self.charge(cell, int(self.problem.price[officer, day, shift]))
        off = self._off[officer, day] = self.model.new_bool_var("")
        self.charge(off, int(self.problem.price[officer, day, OFF]))
        self.model.add_exactly_one([*cells, off])
        if not may[OFF]:
            self.model.add(off == 0)

    def officer(self, number: int) -> Officer:
        """Return an officer's terms."""
        return self.problem.officers[number]

    def cells_of(self, officer: int, day: int, shifts: Iterable[int]) -> list[cp_model.IntVar]:
        """Return the cells there are of some shifts on a day."""
        return [cell for shift in shifts if (cell := self._cells.get((officer, day, shift))) is not None]

    def off(self, officer: int, day: int) -> Literal:
        """Return whether a day is off; days before the first are what was worked."""
        if day >= 0:
            return self._off[officer, day]
        before = self.officer(officer).before or ()
        return int(before[day] == OFF)

    def charge(self, what: object, cost: int) -> None:
        """Let a cell or number cost so much."""
        if cost:
            self.cost.append((what, cost))

    def whole(self, least: int, most: int) -> cp_model.IntVar:
        """Return a new whole number."""
        return self.model.new_int_var(least, most, "")

    def demand(self, constraint: cp_model.Constraint, reason: Reason) -> None:
        """Hold a constraint to its reason, if reasons are asked for."""
        if self.because is None:
            return
        if reason not in self.because:
            self.because[reason] = self.model.new_bool_var("")
        constraint.only_enforce_if(self.because[reason])

    def any_of(self, literals: Sequence[Literal], reason: Reason) -> None:
        """Demand that at least one of these holds; 0 and 1 stand for what is known."""
        if not any(isinstance(each, int) and each for each in literals):
            self.demand(self.model.add_bool_or([each for each in literals if not isinstance(each, int)]), reason)

    def never(self, officer: int, day: int, choice: int, reason: Reason) -> None:
        """Demand that a choice is not made."""
        resting = choice == self.problem.could.shape[2] - 1
        cell = self._off[officer, day] if resting else self._cells[officer, day, choice]
        self.demand(self.model.add(cell == 0), reason)

    def standing_in(self, cells: Cells) -> list[cp_model.IntVar]:
        """Return the literals of a roster's choices, those that are open here: as many as hold are kept of it."""
        found = []
        for officer in self.free:
            for day, choice in enumerate(cells[officer].tolist()):
                literal = self._off[officer, day] if choice == OFF else self._cells.get((officer, day, choice))
                if literal is not None:
                    found.append(literal)
        return found

    def is_choice(self, what: object) -> bool:
        """Tell whether something that costs is a choice of a day, and not a count."""
        if not self._choices:
            self._choices = {cell.index for cell in (*self._cells.values(), *self._off.values())}
        return isinstance(what, cp_model.IntVar) and what.index in self._choices

    def hint(self, cells: Cells) -> None:
        """Begin the search at a roster."""
        for (officer, day, shift), cell in self._cells.items():
            self.model.add_hint(cell, int(cells[officer, day] == shift))
        for (officer, day), off in self._off.items():
            self.model.add_hint(off, int(cells[officer, day] == OFF))

    def keep_below(self, cost: int) -> None:
        """Look only for rosters cheaper than this."""
        self.model.add(self._objective() <= cost - 1)

    def solve(
        self, effort: Effort, *, budget: Budget, read: Callable[[cp_model.CpSolver], Cells] | None = None
    ) -> Answer:
        """Search for the cheapest roster; the same effort in work gives the same answer, if seconds do not end it."""
        if self.cost:
            self.model.minimize(self._objective())
        solver = _solver(effort)
        budget.stopping.append(solver.stop_search)
        status = solver.solve(self.model)
        budget.stopping.remove(solver.stop_search)
        budget.spend(solver.response_proto.deterministic_time)
        found = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
        ended = {cp_model.OPTIMAL: Ended.PROVEN, cp_model.FEASIBLE: Ended.FOUND, cp_model.INFEASIBLE: Ended.IMPOSSIBLE}
        return Answer(
            ended=ended.get(status, Ended.NOTHING),
            cells=(read or self._read)(solver) if found else None,
            cost=solver.objective_value if found else np.inf,
            bound=solver.best_objective_bound if self.cost and status != cp_model.INFEASIBLE else -np.inf,
        )

    def clash(self, kept: Iterable[Reason], *, effort: Effort) -> tuple[Ended, list[Reason]]:
        """Tell whether the demands kept can be met together, and if not, some of them that clash."""
        because = self.because or {}
        chosen = {because[reason].index: reason for reason in kept}
        self.model.clear_objective()  # type: ignore[no-untyped-call]
        self.model.clear_assumptions()
        self.model.add_assumptions([because[reason] for reason in chosen.values()])
        solver = _solver(effort)
        status = solver.solve(self.model)
        if status != cp_model.INFEASIBLE:
            return (Ended.FOUND if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else Ended.NOTHING), []
        core = solver.sufficient_assumptions_for_infeasibility()
        return Ended.IMPOSSIBLE, [chosen[index] for index in core if index in chosen]

    def most_kept(self, kept: Iterable[Reason], *, effort: Effort) -> set[Reason] | None:
        """Return as many demands as can be met together with those kept, None if that was not found out."""
        because = self.because or {}
        self.model.clear_assumptions()
        self.model.add_assumptions([because[reason] for reason in kept])
        self.model.maximize(sum(because.values()))
        solver = _solver(effort)
        if solver.solve(self.model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return None
        return {reason for reason, literal in because.items() if solver.boolean_value(literal)}

    def _objective(self) -> cp_model.LinearExpr:
        return (
            cp_model.LinearExpr.weighted_sum([what for what, _ in self.cost], [cost for _, cost in self.cost])
            + self.constant
        )

    def _read(self, solver: cp_model.CpSolver) -> Cells:
        cells = np.full((len(self.problem.officers), self.problem.days), OFF, dtype=np.int8)
        if self.standing is not None:
            cells[:] = self.standing
            cells[self.free] = OFF
        for (officer, day, shift), cell in self._cells.items():
            if solver.boolean_value(cell):
                cells[officer, day] = shift
        return cells


def _solver(effort: Effort) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = effort.workers
    solver.parameters.interleave_search = effort.workers > 1
    solver.parameters.max_deterministic_time = effort.work
    solver.parameters.max_time_in_seconds = max(effort.seconds, 0.01)
    solver.parameters.random_seed = effort.seed
    return solver

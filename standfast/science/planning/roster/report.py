"""What is told of a roster: what it costs, how sure that is, and whether it can be had again?"""

from math import isfinite
from typing import Any

import numpy as np

from standfast.science.planning.roster import coverage
from standfast.science.planning.roster.outcome import Outcome
from standfast.science.planning.roster.own import Asked
from standfast.science.planning.roster.problem import OFF, Cells, Problem
from standfast.science.planning.roster.repairing import Repaired
from standfast.science.planning.roster.rules import costs_by_rule


def about_asked(asked: Asked) -> dict[str, Any]:
    """Return what is kept of a problem: the edition of the usual limits it was rostered under."""
    return {"limits": asked.limits} if asked.limits else {}


def about(problem: Problem, outcome: Outcome, *, seed: int) -> dict[str, Any]:
    """Return what is kept with a roster: objective, bound, gap, what ended the search, and whether it can be had again."""
    assert outcome.cells is not None  # noqa: S101 - only a roster that was found is written
    return {
        "objective": outcome.cost,
        "bound": outcome.bound if isfinite(outcome.bound) else None,
        "gap": outcome.gap,
        "ended_by": outcome.end,
        "repeatable": outcome.is_repeatable,
        "seed": seed,
        "work": round(outcome.work, 3),
        "hard_breaches": 0,
        "costs": costs_by_rule(problem, outcome.cells),
    }


def told(outcome: Outcome, *, seed: int) -> str:
    """Return in a sentence or two how good a roster is, and whether the same command gives it again."""
    if outcome.is_best:
        good = f"Objective {outcome.cost}, proven: no roster is cheaper."
    else:
        sure = "no bound known" if outcome.gap is None else f"bound {outcome.bound:g}, {100 * outcome.gap:.2f} % apart"
        good = f"Objective {outcome.cost}, {sure}."
    if outcome.is_repeatable:
        return f"{good} Seed {seed} gives the same roster again."
    why = "somebody stopped it" if outcome.end == "stopped" else "the seconds were over"
    return f"{good} Not repeatable: {why}; “--work {max(outcome.work, 0.01):.2f}” would be."


def about_repair(problem: Problem, published: Cells, repaired: Repaired) -> dict[str, Any]:
    """Return what is kept of a repair: how many changes, whether fewer were possible, and each in words."""
    cells = repaired.outcome.cells
    assert cells is not None  # noqa: S101 - only a roster that was found is written
    return {
        "changes": repaired.changes,
        "fewest_changes": repaired.fewest,
        "fewest_is_proven": repaired.is_fewest,
        "changed": [
            f"{problem.officers[officer].called}, {problem.day(day)}: "
            f"{_choice(problem, published[officer, day])} → {_choice(problem, cells[officer, day])}"
            for officer, day in np.argwhere(cells != published).tolist()
        ],
    }


def changes_told(about: dict[str, Any]) -> list[str]:
    """Return what a repair changed, a line each; nothing where nothing was repaired."""
    if "changes" not in about:
        return []
    sure = "no repair has fewer" if about["fewest_is_proven"] else "fewer may do"
    few = "" if about["changes"] == about["fewest_changes"] else f" ({about['fewest_changes']} would do)"
    return [f"{about['changes']} changes{few}; {sure}.", *(f"  {line}" for line in about["changed"])]


def coverage_told(asked: Asked, cells: Cells) -> list[str]:
    """Return in a sentence how much of the need is covered, if a need is known."""
    return [coverage.told(coverage.covered(asked, cells))] if asked.needs else []


def _choice(problem: Problem, choice: int) -> str:
    return "off" if choice == OFF else problem.shifts[choice].id

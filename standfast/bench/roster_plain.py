"""How far does a plain CP-SAT model get on a roster, the whole of it on one sheet? Run in a process of its own: the yardstick."""

import json
import sys
from pathlib import Path

from standfast.science.planning.roster.costs import total_cost
from standfast.science.planning.roster.demands import say_all
from standfast.science.planning.roster.effort import Budget
from standfast.science.planning.roster.finding import read_problem
from standfast.science.planning.roster.rules import hard_breaches
from standfast.science.planning.roster.sheet import Effort, Sheet

ENDLESS = 1e6


def plain(path: Path, *, seconds: float, workers: int) -> dict[str, float | None]:
    """Return the objective and bound of the usual model after so many seconds; no objective where no roster was found."""
    problem = read_problem(path).problem
    sheet = Sheet(problem, may=problem.may, free=range(len(problem.officers)))
    say_all(sheet)
    effort = Effort(work=ENDLESS, seconds=seconds, workers=workers)
    answer = sheet.solve(effort, budget=Budget(seconds=seconds))
    good = answer.cells is not None and not hard_breaches(problem, answer.cells)
    cost = total_cost(problem, answer.cells) if good and answer.cells is not None else None
    return {"objective": cost, "bound": answer.bound}


if __name__ == "__main__":
    print(json.dumps(plain(Path(sys.argv[1]), seconds=float(sys.argv[2]), workers=int(sys.argv[3]))))

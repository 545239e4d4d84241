"""How many people does a roster have on duty, and when? From the days of a roster and the times of its shifts."""

from itertools import pairwise
from pathlib import Path

from standfast.science.planning.roster.finding import read_problem
from standfast.science.planning.roster.grid import EMPLOYEE, read_published
from standfast.science.planning.roster.problem import OFF, BadRoster
from standfast.science.planning.series.stretches import PeopleStretch


def looks_like_a_roster(path: Path) -> bool:
    """Say whether a file begins as the days of a roster do: who, and then a column a day."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            return stream.readline(len(EMPLOYEE) + 1).startswith(f"{EMPLOYEE},")
    except (OSError, UnicodeDecodeError):
        return False


def roster_stretches(path: Path, *, problem: Path) -> list[PeopleStretch]:
    """
    Read how many people a roster has on duty when, from its first duty to its last; training is no duty.

    :raises BadRoster: naming the line and what was expected there, or saying that the problem has no times or nobody is on duty
    """
    asked = read_problem(problem)
    cells = read_published(path, asked.problem)
    if asked.duties is None:
        raise BadRoster(f"{problem}: a benchmark instance has no times; a roster problem in TOML was expected.")
    duties, calendar = asked.duties, asked.duties.calendar
    changes = []
    for line in cells.tolist():
        for day, cell in enumerate(line):
            if cell != OFF and cell not in duties.training:
                shift = duties.shifts[cell]
                changes += [(calendar.begins(day, shift), 1), (calendar.ends(day, shift), -1)]
    if not changes:
        raise BadRoster(f"{path}: nobody is on duty; at least one duty was expected.")
    there = 0
    found: list[PeopleStretch] = []
    for (at, change), (until, _) in pairwise(sorted(changes)):
        there += change
        if at < until:
            found.append(PeopleStretch(starts_at=at, ends_at=until, people=there))
    return found

"""How does a roster look as CSV? Header `employee,0,1,2,…` or dates, one row an officer, a cell a shift or nothing."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from standfast.science.planning.roster.problem import OFF, BadRoster, Cells, Problem, Shift

EMPLOYEE = "employee"


@dataclass(frozen=True, kw_only=True, eq=False)
class Grid:
    """A roster as it was read: its days as written, and its cells in the order of the employees asked for."""

    days: tuple[str, ...]
    cells: Cells


def as_csv(problem: Problem, cells: Cells) -> str:
    """Return a roster as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([EMPLOYEE, *days_of(problem)])
    for officer, row in zip(problem.officers, cells, strict=True):
        writer.writerow([officer.id, *("" if cell == OFF else problem.shifts[cell].id for cell in row)])
    return out.getvalue()


def days_of(problem: Problem) -> list[str]:
    """Return the names of the columns: dates where the problem has them, else numbers from 0."""
    if problem.start is None:
        return [str(day) for day in range(problem.days)]
    return [(problem.start + timedelta(days=day)).isoformat() for day in range(problem.days)]


def read_published(path: Path, problem: Problem) -> Cells:
    """
    Read a published roster of a problem: the same days and the same people.

    :raises BadRoster: naming the line and what was expected there
    """
    grid = read_grid(path, employees=[officer.id for officer in problem.officers], shifts=problem.shifts)
    wanted = days_of(problem)
    if list(grid.days) != wanted:
        raise BadRoster(
            f"{path}, line 1: it has other days; {wanted[0]} to {wanted[-1]}, one column each, were expected."
        )
    return grid.cells


def read_grid(path: Path, *, employees: Sequence[str], shifts: Sequence[Shift]) -> Grid:
    """
    Read a roster; people it has no row for are taken to be off, as they joined later.

    :raises BadRoster: naming the line and what was expected there
    """
    rows = list(csv.reader(io.StringIO(_text(path))))
    if not rows or not rows[0] or rows[0][0] != EMPLOYEE:
        raise BadRoster(f"{path}, line 1: a header “{EMPLOYEE}” and the days was expected.")
    days = tuple(rows[0][1:])
    numbers = {shift.id: number for number, shift in enumerate(shifts)} | {"": OFF}
    known = {name: number for number, name in enumerate(employees)}
    cells = np.full((len(employees), len(days)), OFF, dtype=np.int8)
    seen: set[str] = set()
    for line, row in enumerate(rows[1:], start=2):
        if not row:
            continue
        if row[0] not in known or row[0] in seen:
            raise BadRoster(
                f"{path}, line {line}: “{row[0]}” stands there; an employee of the problem, once, was expected."
            )
        if len(row) != len(rows[0]):
            raise BadRoster(f"{path}, line {line}: {len(row)} cells; {len(rows[0])} were expected.")
        if wrong := [cell for cell in row[1:] if cell not in numbers]:
            raise BadRoster(
                f"{path}, line {line}: “{wrong[0]}” is no shift; one of {', '.join(filter(None, numbers))} was expected."
            )
        cells[known[row[0]]] = [numbers[cell] for cell in row[1:]]
        seen.add(row[0])
    return Grid(days=days, cells=cells)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is not text in UTF-8"
        raise BadRoster(f"{path}: {reason}; a roster as CSV was expected.") from None

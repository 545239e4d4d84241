"""How does the attendance of a period look as lines of text? By grade, and always cut by domestic abuse and vulnerability."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.attendance_figures import (
    FEWEST_SHOWN,
    Attendance,
    Figures,
    figures_by,
    figures_of,
)

CUTS: tuple[tuple[str, Callable[[Attendance], bool]], ...] = (
    ("All", lambda row: True),  # noqa: ARG005 - a cut like the others
    ("Domestic abuse", lambda row: row.domestic),
    ("Vulnerable", lambda row: row.vulnerable),
)
HEAD = ("", "Attendances", "In target", "Median", "P90", "From grading", "Nobody came")


def attendance_lines(*, since: datetime, until: datetime, by: Actor, now: datetime) -> list[str]:
    """Return the table, and beneath it what is in none of its figures."""
    record = queries.attendances_between(since=since, until=until, by=by, now=now)
    lines = [_line(HEAD)]
    for name, keep in CUTS:
        rows = [row for row in record.rows if keep(row)]
        lines.append(_line(_cells(name, figures_of(rows))))
        by_grade = figures_by(rows, lambda row: row.grade)
        lines += [
            _line(_cells(f"  {grade.label}", by_grade[grade.value]))
            for grade in ResponseGrade
            if grade.value in by_grade
        ]
    left = (
        (record.running, "not attended yet, their limit not passed"),
        (record.there_already, "attended before the first contact"),
        (record.unattended_closed, "closed without attendance inside the limit"),
    )
    lines.append("Left out: " + (", ".join(f"{count:,} {why}" for count, why in left if count) or "none") + ".")
    lines.append(f"“few”: fewer than {FEWEST_SHOWN}, or the one beside them.")
    return lines


def _cells(name: str, of: Figures) -> Sequence[str]:
    if of.hidden:
        return (name, "few" if of.count else "0", *("–",) * 5)
    return (
        name,
        f"{of.count:,}",
        f"{of.in_target:.1%}",
        _minutes(of.median),
        _minutes(of.ninth_decile),
        _minutes(of.own_median),
        f"{of.never_attended:,}",
    )


def _minutes(length: timedelta | None) -> str:
    return "–" if length is None else f"{length.total_seconds() / 60:.1f} min"


def _line(cells: Sequence[str]) -> str:
    return f"{cells[0]:<16}" + "".join(f"{cell:>14}" for cell in cells[1:])

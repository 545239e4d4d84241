"""Who is to be told of an unattended incident, at which share of its time? The ladder is a dated table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from standfast.foundation.kernel.tables import DatedTable
from standfast.journey.assessment.rules.response_grade import ResponseGrade

MOST_REPEATS = 48


@dataclass(frozen=True, kw_only=True)
class Rung:
    """
    One rung: at `share` of the time to attend, `told` is told `what`. `repeats` tells it again after each further length of that time.

    `grades` are the grades it is for; `call_back` starts the duty to call the caller back.
    """

    id: str
    share: float
    grades: tuple[ResponseGrade, ...]
    told: str
    what: str
    call_back: bool = False
    repeats: bool = False


TABLE = DatedTable.beside(__file__, "escalation", row=Rung)


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A rung that was reached, and when."""

    rung: str
    told: str
    what: str
    call_back: bool
    due_at: datetime


def rungs_reached(
    *, grade: ResponseGrade, starts_at: datetime, due_at: datetime, at: datetime, on: date
) -> Sequence[Reached]:
    """Return the rungs an unattended incident has reached by an instant, lowest first, under the ladder of a London day."""
    found: list[Reached] = []
    whole = due_at - starts_at
    for row in TABLE.on(on).rows:
        if grade not in row.grades:
            continue
        for repeat in range(MOST_REPEATS if row.repeats else 1):
            reached_at = starts_at + whole * (row.share + repeat)
            if reached_at > at:
                break
            rung = f"{row.id}x{repeat}" if repeat else row.id
            found.append(
                Reached(
                    rung=rung, told=row.told, what=row.what, call_back=row.call_back and not repeat, due_at=reached_at
                )
            )
    return sorted(found, key=lambda each: (each.due_at, each.rung))


def first_share(on: date) -> float:
    """Return the lowest share at which anybody is told."""
    return min(row.share for row in TABLE.on(on).rows)

"""What is known of a household and its past that must be brought up unasked, and which of it first?"""

from dataclasses import dataclass, fields
from datetime import date

from standfast.foundation.kernel.tables import DatedTable
from standfast.journey.contact.rules.risk import Risk, risk_rank


@dataclass(frozen=True, kw_only=True)
class CircumstanceFacts:
    """
    What look-ups brought of the address, the person and the number.

    Counts, and risk as a rank that grows with danger (0 standard, or none known, to 3 immediate). `people_at_risk` counts the warnings
    that somebody there may not be able to protect themselves; contacts count the one in hand. `days_since_incident` is None where none
    is known in the year before.
    """

    children: int = 0
    people_at_risk: int = 0
    strands_before: int = 0
    last_risk: int = 0
    days_since_incident: int | None = None
    incidents_at_address_90_days: int = 0
    incidents_of_person_365_days: int = 0
    contacts_7_days: int = 0
    contacts_30_days: int = 0
    contacts_365_days: int = 0


@dataclass(frozen=True, kw_only=True)
class CircumstanceRow:
    """One thing to bring up: from which value of which fact (or up to which), what it is called, and why it matters."""

    id: str
    fact: str
    least: int = 1
    most: int | None = None
    title: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Circumstance:
    """One thing brought up: the row that says so, its title, why it matters, and the value."""

    row: str
    fact: str
    title: str
    because: str
    value: int


TABLE = DatedTable.beside(__file__, "circumstance", row=CircumstanceRow)


def danger_of(risk: str) -> int:
    """Return how dangerous a recorded risk is: 0 for standard or none, 3 for immediate."""
    return risk_rank(Risk.STANDARD) - risk_rank(Risk(risk)) if risk in set(Risk) else 0


def rank_circumstances(facts: CircumstanceFacts, *, on: date) -> list[Circumstance]:
    """Return what to bring up under the table in force on a London day, in its order; one row for each fact, the first that fits."""
    values = {each.name: getattr(facts, each.name) for each in fields(facts)}
    found: dict[str, Circumstance] = {}
    for row in TABLE.on(on).rows:
        value = values[row.fact]
        if value is None or row.fact in found or value < row.least or (row.most is not None and value > row.most):
            continue
        found[row.fact] = Circumstance(row=row.id, fact=row.fact, title=row.title, because=row.because, value=value)
    return list(found.values())

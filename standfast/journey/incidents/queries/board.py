"""What does the dispatchers' board list? Few questions to the database, whatever there is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.db.models import Count

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents.models import Incident
from standfast.journey.incidents.queries.units import UnitOnDuty, units_on_duty
from standfast.journey.incidents.states import OPEN, IncidentState

# What a list of incidents shows: the rest of a row is the longer part of it.
_LISTED = (
    "reference",
    "state",
    "first_contact_at",
    "grade",
    "risk",
    "kind",
    "place_text",
    "lat",
    "lon",
    "urban_rural",
    "attended_at",
)
_RANKS: Mapping[str, int] = {risk: rank for rank, risk in enumerate(Risk)}
RUNNING, NO_CLOCK, ATTENDED = range(3)
"""Within one risk: those whose clock runs, then those that have none, then those attended."""


@dataclass(frozen=True, kw_only=True)
class BoardIncidents:
    """The incidents a list shows, how many are open, and how many of those are without a unit."""

    listed: Sequence[Incident]
    open: int
    without_unit: int


def board_incidents(*, by: Actor, only_without_unit: bool, limit: int) -> BoardIncidents:
    """
    Return open incidents: most danger first, those attended last, then least time left.

    Each carries what a list shows, with `due_at` of its attendance clock and `alarm_at`, since when it needs another unit, where they run.
    """
    require(by, Permission.UNIT_READ)
    rows = reachable(by, Incident.objects.filter(state__in=OPEN))
    counted = list(rows.values_list("risk", "state").annotate(Count("pk")).order_by())
    waiting = [each for each in counted if each[1] == IncidentState.WAITING]
    risks = _risks_listed(waiting if only_without_unit else counted, limit=limit)
    if only_without_unit:
        rows = rows.filter(state=IncidentState.WAITING)
    # Ordered here: asked to look up each incident's clock, a database that has not counted its rows yet reads them all for each of them.
    limits = obligations.running_limits(Duty.ATTEND)
    ranked = sorted(
        _place(row, limits) for row in rows.filter(risk__in=risks).values_list("pk", "reference", "risk", "attended_at")
    )
    found: dict[int, Any] = Incident.objects.only(*_LISTED).in_bulk([pk for *_, pk in ranked[:limit]])
    alarms = obligations.running_since(Duty.REDEPLOY)
    for incident in found.values():
        incident.due_at, incident.alarm_at = limits.get(incident.reference), alarms.get(incident.reference)
    return BoardIncidents(
        listed=[found[pk] for *_, pk in ranked[:limit]],
        open=sum(number for *_, number in counted),
        without_unit=sum(number for *_, number in waiting),
    )


def board_units(*, by: Actor) -> Sequence[UnitOnDuty]:
    """Return every unit on duty by callsign."""
    require(by, Permission.UNIT_READ)
    return units_on_duty()


def _risks_listed(counted: Iterable[tuple[str, str, int]], *, limit: int) -> Sequence[Risk]:
    """Return the risks a list of so many reaches down to, by how many incidents there are of each."""
    of_each = Counter[str]()
    for risk, _, number in counted:
        of_each[risk] += number
    reached = list(accumulate(of_each[risk] for risk in Risk))
    return [risk for risk, before in zip(Risk, [0, *reached], strict=False) if before < limit]


def _place(row: tuple[int, str, str, datetime | None], limits: Mapping[str, datetime]) -> tuple[Any, ...]:
    """Return what an incident's place on the board is by: its danger, attended or not, its time left, its age."""
    pk, reference, risk, attended_at = row
    if attended_at:
        return _RANKS[risk], ATTENDED, attended_at, pk
    due = limits.get(reference)
    return (_RANKS[risk], RUNNING, due, pk) if due else (_RANKS[risk], NO_CLOCK, pk)

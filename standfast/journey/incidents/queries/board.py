"""What does the dispatchers' board list? Few questions to the database, whatever there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact.rules.risk import Risk, risk_rank
from standfast.journey.incidents.models import Deployment, Incident, Unit
from standfast.journey.incidents.queries.units import crews_of
from standfast.journey.incidents.rules.unit_status import OFF_DUTY
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


@dataclass(frozen=True, kw_only=True)
class BoardUnit:
    """A unit on duty with its crew and what it is on."""

    unit: Unit
    crew: Sequence[str]
    deployment: Deployment | None


@dataclass(frozen=True, kw_only=True)
class BoardCounts:
    """How many incidents are open, how many of them without a unit."""

    open: int
    without_unit: int


def board_incidents(*, by: Actor, only_without_unit: bool, limit: int) -> Sequence[Incident]:
    """
    Return open incidents: most danger first, those attended last, then least time left.

    Each carries what a list shows, with `due_at` of its attendance clock and `alarm_at`, since when it needs another unit, where they run.
    """
    require(by, Permission.UNIT_READ)
    rows = reachable(by, Incident.objects.filter(state__in=OPEN))
    if only_without_unit:
        rows = rows.filter(state=IncidentState.WAITING)
    # Ordered here: asked to look up each incident's clock, a database that has not counted its rows yet reads them all for each of them.
    limits = obligations.running_limits(Duty.ATTEND)
    ranked = sorted(_place(row, limits) for row in rows.values_list("pk", "reference", "risk", "attended_at"))
    found: dict[int, Any] = Incident.objects.only(*_LISTED).in_bulk([pk for *_, pk in ranked[:limit]])
    alarms = obligations.running_since(Duty.REDEPLOY)
    for incident in found.values():
        incident.due_at, incident.alarm_at = limits.get(incident.reference), alarms.get(incident.reference)
    return [found[pk] for *_, pk in ranked[:limit]]


def board_counts(*, by: Actor) -> BoardCounts:
    """Return how many incidents are open and how many wait."""
    require(by, Permission.UNIT_READ)
    rows = reachable(by, Incident.objects.filter(state__in=OPEN))
    found = rows.aggregate(every=Count("pk"), waiting=Count("pk", filter=Q(state=IncidentState.WAITING)))
    return BoardCounts(open=found["every"], without_unit=found["waiting"])


def board_units(*, by: Actor) -> Sequence[BoardUnit]:
    """Return every unit on duty by callsign."""
    require(by, Permission.UNIT_READ)
    units = list(Unit.objects.exclude(state=OFF_DUTY).order_by("callsign"))
    crews = crews_of(units)
    busy = {each.unit_id: each for each in Deployment.objects.filter(ended_at=None).select_related("incident")}
    return [
        BoardUnit(unit=unit, crew=[each.person_name for each in crews[unit.pk]], deployment=busy.get(unit.pk))
        for unit in units
    ]


def board_deployments(*, by: Actor) -> Sequence[Deployment]:
    """Return every active deployment in order of sending; each carries `grade`, that of its incident."""
    require(by, Permission.UNIT_READ)
    rows = Deployment.objects.filter(ended_at=None).annotate(grade=F("incident__grade"))
    fields = ("incident_id", "unit_id", "callsign", "assigned_at", "travel_seconds")
    return list(rows.only(*fields).order_by("assigned_at", "id"))


def _place(row: tuple[int, str, str, datetime | None], limits: Mapping[str, datetime]) -> tuple[Any, ...]:
    """Return what an incident's place on the board is by: its danger, attended or not, its time left, its age."""
    pk, reference, risk, attended_at = row
    attended = (True, attended_at) if attended_at else (False,)
    due = limits.get(reference)
    return risk_rank(Risk(risk)), attended, (False, due) if due else (True,), pk

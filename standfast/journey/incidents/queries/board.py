"""What does the dispatchers' board list? Few questions to the database, whatever there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, Subquery

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.queries import RUNNING
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents.models import Deployment, Incident, Unit
from standfast.journey.incidents.queries.incidents import BY_DANGER
from standfast.journey.incidents.queries.units import crews_of
from standfast.journey.incidents.rules.unit_status import OFF_DUTY
from standfast.journey.incidents.states import OPEN, IncidentState


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

    Each carries `due_at` of its attendance clock and `alarm_at`, since when it needs another unit, where they run.
    """
    require(by, Permission.UNIT_READ)
    rows = reachable(by, Incident.objects.filter(state__in=OPEN))
    if only_without_unit:
        rows = rows.filter(state=IncidentState.WAITING)
    ranked = rows.annotate(due_at=_clock(Duty.ATTEND, "due_at"), alarm_at=_clock(Duty.REDEPLOY, "starts_at")).alias(
        danger=BY_DANGER
    )
    ordered = ranked.order_by("danger", F("attended_at").asc(nulls_first=True), F("due_at").asc(nulls_last=True), "pk")
    return list(ordered[:limit])


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


def attended_deployments(*, incidents: Sequence[int]) -> Mapping[int, Sequence[Deployment]]:
    """Return the active deployments of these incidents, in order of sending."""
    found: dict[int, list[Deployment]] = {}
    for each in Deployment.objects.filter(ended_at=None, incident_id__in=incidents).order_by("assigned_at", "id"):
        found.setdefault(each.incident_id, []).append(each)
    return found


def _clock(kind: Duty, field: str) -> Subquery:
    return Subquery(Obligation.objects.filter(RUNNING, kind=kind, subject=OuterRef("reference")).values(field)[:1])

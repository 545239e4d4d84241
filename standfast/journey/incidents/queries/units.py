"""Which units are on duty, in which state, and who is on what?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import FilteredRelation, Q

from standfast.force.training import queries as training
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import one_of
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents.models import CrewMember, Deployment, StatusReport, Unit, UnitKind
from standfast.journey.incidents.rules.unit_status import OFF_DUTY, Verdict

MOST_QUESTIONS = 50
# What a page needs to name: it may not import records.
UNIT_KINDS: list[tuple[str, str]] = UnitKind.pairs()


def callsign_of(text: str) -> str:
    """Return a callsign as it is stored, however it was written."""
    return "".join(text.upper().split())


@dataclass(frozen=True, slots=True)
class UnitOnDuty:
    """A unit on duty, and its active deployment where it has one: which incident, its grade, since when, how long the way was to take."""

    pk: int
    callsign: str
    state: int
    state_at: datetime | None
    lat: float | None
    lon: float | None
    position_at: datetime | None
    area_code: str
    on_duty_until: datetime | None
    message: int | None
    message_at: datetime | None
    alarm_at: datetime | None
    incident_id: int | None
    incident: str | None
    grade: str | None
    assigned_at: datetime | None
    travel_seconds: int | None


_ON_DUTY = (
    *("pk", "callsign", "state", "state_at", "lat", "lon", "position_at", "area_code", "on_duty_until"),
    *("message", "message_at", "alarm_at"),
    *("active__incident_id", "active__incident__reference", "active__incident__grade"),
    *("active__assigned_at", "active__travel_seconds"),
)
"""What a unit on duty is made of, in its order."""


def units_on_duty() -> Sequence[UnitOnDuty]:
    """Return every unit on duty by callsign: one question to the database."""
    active = FilteredRelation("deployments", condition=Q(deployments__ended_at=None))
    rows = Unit.objects.exclude(state=OFF_DUTY).annotate(active=active).order_by("callsign")
    return [UnitOnDuty(*row) for row in rows.values_list(*_ON_DUTY)]


def lock_unit(callsign: str) -> Unit:
    """
    Return a unit, locked until the transaction ends. Always before its incidents, so that two dispatchers never wait for each other.

    :raises NotFound: if there is no such callsign
    """
    found = one_of(Unit.objects.select_for_update().filter(callsign=callsign_of(callsign)))
    if found is None:
        raise NotFound(f"There is no unit {callsign_of(callsign)[:12]}.")
    return found


def get_unit(*, callsign: str, by: Actor) -> Unit:
    """
    Return a unit.

    :raises NotFound: if there is no such callsign
    """
    require(by, Permission.UNIT_READ)
    found = one_of(Unit.objects.filter(callsign=callsign_of(callsign)))
    if found is None:
        raise NotFound("There is no such unit.")
    return found


def list_units(*, by: Actor) -> Sequence[Unit]:
    """Return the units on duty by callsign."""
    require(by, Permission.UNIT_READ)
    return list(Unit.objects.exclude(state=OFF_DUTY).order_by("callsign"))


def list_off_duty(*, by: Actor) -> Sequence[Unit]:
    """Return the units off duty by callsign."""
    require(by, Permission.UNIT_READ)
    return list(Unit.objects.filter(state=OFF_DUTY).order_by("callsign"))


def crews_of(units: Iterable[Unit]) -> dict[int, list[CrewMember]]:
    """Return who crews each of these units now, by the unit's key."""
    found: dict[int, list[CrewMember]] = {unit.pk: [] for unit in units}
    for member in CrewMember.objects.filter(unit_id__in=found, until=None).order_by("id"):
        found[member.unit_id].append(member)
    return found


def crew_names(units: Iterable[int]) -> Mapping[int, Sequence[str]]:
    """Return the names of those who crew each of these units now, by the unit's key."""
    found: dict[int, list[str]] = {unit: [] for unit in units}
    rows = CrewMember.objects.filter(unit_id__in=list(found), until=None).order_by("id")
    for unit, name in rows.values_list("unit_id", "person_name"):
        found[unit].append(name)
    return found


def find_unit_of(*, person_ref: str) -> Unit | None:
    """Return the unit a person crews now, or None."""
    member = one_of(CrewMember.objects.select_related("unit").filter(person_ref=person_ref, until=None))
    return member.unit if member else None


def active_deployment(unit: Unit) -> Deployment | None:
    """Return the deployment a unit is on, or None."""
    return one_of(Deployment.objects.select_related("incident").filter(unit=unit, ended_at=None))


def newest_deployment(unit: Unit) -> Deployment | None:
    """Return the deployment a unit is on, or was on last in this turn of duty, or None."""
    rows = Deployment.objects.select_related("incident").filter(unit=unit, duty=unit.duty)
    return rows.order_by("-assigned_at", "-id").first()


def skills_in_words(person_ref: str, *, now: datetime) -> str:
    """Return the skills a person holds now, in words."""
    held = training.skills_of(people={person_ref}, on=days.london_day(now))[person_ref]
    return ", ".join(sorted(skill.label for skill in held)) or "no skill recorded"


def active_deployments(*, incidents: Iterable[int] | None = None) -> Sequence[Deployment]:
    """Return the active deployments, of these incidents where some are named, in order of sending."""
    rows = Deployment.objects.filter(ended_at=None)
    if incidents is not None:
        rows = rows.filter(incident_id__in=list(incidents))
    return list(rows.order_by("assigned_at", "id"))


def deployments_of(*, incident: int) -> Sequence[Deployment]:
    """Return every deployment to an incident, in order of sending."""
    return list(Deployment.objects.filter(incident_id=incident).order_by("assigned_at", "id"))


def reports_to_ask_about(*, by: Actor) -> Sequence[StatusReport]:
    """Return reports that cannot be so and that nobody has settled, oldest first."""
    require(by, Permission.UNIT_READ)
    return list(StatusReport.objects.filter(verdict=Verdict.ASKED, settled_at=None).order_by("id")[:MOST_QUESTIONS])


def reports_of(unit: Unit, *, limit: int = 30) -> Sequence[StatusReport]:
    """Return the newest reports of a unit, newest event first."""
    return list(StatusReport.objects.filter(unit=unit).order_by("-at", "-id")[:limit])

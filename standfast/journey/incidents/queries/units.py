"""Which units are on duty, in which state, and who is on what?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from standfast.force.training import queries as training
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import find_row, find_rows, one_of, values_of
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


class UnitOnDuty(NamedTuple):
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


WITH_ITS_INCIDENT = """
FROM incidents_unit u
LEFT JOIN incidents_deployment d ON d.unit_id = u.id AND d.ended_at IS NULL
LEFT JOIN incidents_incident i ON i.id = d.incident_id
"""
"""Each unit with its active deployment and that one's incident, where it has one."""
_ON_DUTY = f"""
SELECT u.id, u.callsign, u.state, u.state_at, u.lat, u.lon, u.position_at, u.area_code, u.on_duty_until,
    u.message, u.message_at, u.alarm_at, d.incident_id, i.reference, i.grade, d.assigned_at, d.travel_seconds
{WITH_ITS_INCIDENT} WHERE u.state <> %s ORDER BY u.callsign
"""
"""The units on duty, each as a `UnitOnDuty`, in its order."""


def units_on_duty() -> Sequence[UnitOnDuty]:
    """Return every unit on duty by callsign: one question to the database."""
    return list(map(UnitOnDuty._make, values_of(_ON_DUTY, [OFF_DUTY])))


def lock_unit(callsign: str) -> Unit:
    """
    Return a unit, locked until the transaction ends. Always before its incidents, so that two dispatchers never wait for each other.

    :raises NotFound: if there is no such callsign
    """
    found = find_row(Unit, callsign=callsign_of(callsign), lock=True)
    if found is None:
        raise NotFound(f"There is no unit {callsign_of(callsign)[:12]}.")
    return found


def get_unit(*, callsign: str, by: Actor) -> Unit:
    """
    Return a unit.

    :raises NotFound: if there is no such callsign
    """
    require(by, Permission.UNIT_READ)
    found = find_row(Unit, callsign=callsign_of(callsign))
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
    for member in find_rows(CrewMember, unit=list(found), until=None):
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
    return find_row(Deployment, unit=unit.pk, ended_at=None)


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
    order = "assigned_at, id"
    if incidents is None:
        return find_rows(Deployment, order=order, ended_at=None)
    return find_rows(Deployment, order=order, ended_at=None, incident=list(incidents))


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

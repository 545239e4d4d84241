"""
How long did attendances take, and why? Each incident of a period with its minutes split by cause, worked out from what was recorded.

Nothing of it is stored: a report that comes late changes the answer the next time somebody asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.foundation.places.rules.travel import straight_km
from standfast.journey.assessment import queries as assessment
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.incidents.models import Deployment, Incident, StatusReport
from standfast.journey.incidents.queries.free_units import FreeUnits, free_units_between
from standfast.journey.incidents.queries.planned import Planned, planned_between
from standfast.journey.incidents.rules.attendance import attendance_case
from standfast.journey.incidents.rules.attendance_figures import Attendance
from standfast.journey.incidents.rules.why_late import AttendanceFacts, Cause, Sent, Span, split_attendance
from standfast.journey.incidents.states import IncidentState

AT_PLACE_KM = 0.25
LONGEST_PERIOD = timedelta(days=31)
BY_APPOINTMENT = Q(slot_until__isnull=False)


@dataclass(frozen=True, kw_only=True)
class AttendanceRecord:
    """The attendances of a period, and how many incidents are in none of its figures, each with its reason."""

    rows: Sequence[Attendance]
    running: int
    by_appointment: int
    there_already: int
    unattended_closed: int
    merged: int


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What was read for many incidents at once."""

    first_graded: dict[str, datetime]
    sent: dict[int, list[Deployment]]
    positions: dict[int, list[StatusReport]]
    due: dict[str, datetime]
    units: FreeUnits
    planned: Planned


def attendances_between(*, since: datetime, until: datetime, by: Actor, now: datetime) -> AttendanceRecord:
    """
    Return every incident with a first contact in a period, and into which causes its minutes fall.

    In the figures are those attended, and those whose limit has passed without that. Left out and counted: those that still run inside
    their limit, appointments, those somebody was at before the first contact, those closed unattended inside their limit, and
    those merged into another, which is counted.
    """
    require(by, Permission.ATTENDANCE_READ)
    every = Incident.objects.filter(first_contact_at__gte=since, first_contact_at__lt=until)
    found = list(every.exclude(state=IncidentState.MERGED).order_by("pk"))
    ordinary = [each for each in found if each.slot_until is None]
    known = _known(ordinary, now=now)
    rows, running, there, closed = [], 0, 0, 0
    for each in ordinary:
        if each.attended_at is not None and each.attended_at <= each.first_contact_at:
            there += 1
        elif (
            each.attended_at is None and each.resolved_at is not None and _ended(each, now) <= known.due[each.reference]
        ):
            closed += 1
        elif each.attended_at is None and _ended(each, now) <= known.due[each.reference]:
            running += 1
        else:
            rows.append(_attendance(each, known, now=now))
    return AttendanceRecord(
        rows=rows,
        running=running,
        by_appointment=len(found) - len(ordinary),
        there_already=there,
        unattended_closed=closed,
        merged=every.filter(state=IncidentState.MERGED).count(),
    )


def attendance_of(incident: Incident, *, now: datetime) -> Attendance | None:
    """
    Return one incident's minutes by cause, so far while nobody is there.

    None of an appointment, of one merged into another, or where somebody was there already.
    """
    if (
        incident.state == IncidentState.MERGED
        or incident.slot_until is not None
        or _ended(incident, now) <= incident.first_contact_at
    ):
        return None
    return _attendance(incident, _known([incident], now=now), now=now)


def incidents_by_reference(references: Iterable[str], *, by: Actor) -> dict[str, Incident]:
    """Return those of these incidents that a person may reach, by reference."""
    require(by, Permission.INCIDENT_READ)
    return {each.reference: each for each in reachable(by, Incident.objects.filter(reference__in=list(references)))}


def _attendance(incident: Incident, known: _Known, *, now: datetime) -> Attendance:
    came, until = incident.attended_at, _ended(incident, now)
    facts = _facts(incident, known, until=until)
    return Attendance(
        reference=incident.reference,
        grade=incident.grade,
        area=incident.area_code,
        hour=incident.first_contact_at.astimezone(days.LONDON).hour,
        domestic=Strand.DOMESTIC_ABUSE in incident.strands,
        vulnerable=bool(incident.strands) or incident.child_mentioned,
        took=came - incident.first_contact_at if came else None,
        own=came - incident.graded_at if came else None,
        in_target=came is not None and came <= known.due[incident.reference],
        parts=split_attendance(facts),
        unrecorded=known.planned.unrecorded(Span(incident.opened_at, until)),
    )


def _facts(incident: Incident, known: _Known, *, until: datetime) -> AttendanceFacts:
    sent = known.sent.get(incident.pk, [])
    within = known.due[incident.reference] - incident.first_contact_at
    first_sent = min((each.assigned_at for each in sent), default=until)
    waits = first_sent - incident.opened_at > timedelta(0) or any(each.ended_at for each in sent)
    waiting = Span(incident.opened_at, until)
    return AttendanceFacts(
        first_contact_at=incident.first_contact_at,
        first_graded_at=known.first_graded.get(incident.journey, incident.graded_at),
        opened_at=incident.opened_at,
        until=until,
        sent=[Sent(each.assigned_at, each.ended_at) for each in sent],
        free=known.units.for_incident(incident, waiting, within=within) if waits else (),
        short=known.planned.short_in(waiting) if waits else (),
        unforeseen=known.planned.unforeseen_in(waiting) if waits else (),
        at_place_since=_at_place_since(incident, sent, known.positions, until),
    )


def _at_place_since(
    incident: Incident, sent: Sequence[Deployment], positions: dict[int, list[StatusReport]], until: datetime
) -> datetime | None:
    """Return since when every position of the unit that came lies at the place, if it says so at all before the arrival was told."""
    came = next((each for each in sent if each.at_scene_at == incident.attended_at and each.at_scene_at), None)
    if came is None or incident.lat is None or incident.lon is None:
        return None
    since = None
    for report in positions.get(came.unit_id, ()):
        if not came.assigned_at <= report.at < until:
            continue
        near = straight_km(report.lat, report.lon, incident.lat, incident.lon) <= AT_PLACE_KM  # type: ignore[arg-type]
        since = (since or report.at) if near else None
    return since


def _ended(incident: Incident, now: datetime) -> datetime:
    return incident.attended_at or incident.resolved_at or now


def _known(incidents: Sequence[Incident], *, now: datetime) -> _Known:
    keys = [each.pk for each in incidents]
    sent: dict[int, list[Deployment]] = {}
    for each in Deployment.objects.filter(incident_id__in=keys).order_by("assigned_at", "id"):
        sent.setdefault(each.incident_id, []).append(each)
    begins = min((each.opened_at for each in incidents), default=now)
    ends = max((_ended(each, now) for each in incidents), default=now)
    due = _limits(incidents)
    return _Known(
        first_graded=assessment.first_graded_at(references=[each.journey for each in incidents]),
        sent=sent,
        positions=_positions(sent),
        due={each.reference: due.get(each.reference, each.first_contact_at) for each in incidents},
        units=free_units_between(begins, ends),
        planned=planned_between(begins, ends),
    )


def _limits(incidents: Sequence[Incident]) -> dict[str, datetime]:
    """Return until when each was to be attended: the first clock of its grade, where a merge raised that, else the first there was."""
    case = {
        each.reference: attendance_case(grade=ResponseGrade(each.grade), urban_rural=each.urban_rural)
        for each in incidents
    }
    found: dict[tuple[str, bool], datetime] = {}
    clocks = Obligation.objects.filter(kind=Duty.ATTEND, subject__in=case).order_by("id")
    for subject, of_case, due_at in clocks.values_list("subject", "case", "due_at"):
        found.setdefault((subject, of_case == case[subject]), due_at)
    return {each: due for each in case if (due := found.get((each, True)) or found.get((each, False)))}


def _positions(sent: dict[int, list[Deployment]]) -> dict[int, list[StatusReport]]:
    every = [each for some in sent.values() for each in some]
    if not every:
        return {}
    first, last = min(each.assigned_at for each in every), max(each.at_scene_at or each.assigned_at for each in every)
    rows = StatusReport.objects.filter(
        unit_id__in={each.unit_id for each in every}, at__gte=first, at__lt=last, lat__isnull=False, lon__isnull=False
    )
    found: dict[int, list[StatusReport]] = {}
    for row in rows.only("unit_id", "at", "lat", "lon").order_by("at", "id"):
        found.setdefault(row.unit_id or 0, []).append(row)
    return found


__all__ = ["AttendanceRecord", "Cause", "attendance_of", "attendances_between", "incidents_by_reference"]

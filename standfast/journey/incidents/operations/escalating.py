"""Who is told of an incident that nobody attends yet, and when? Each rung of the ladder is reached once."""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import IncidentEscalated
from standfast.journey.incidents.models import Escalation, Incident
from standfast.journey.incidents.operations.moving import write
from standfast.journey.incidents.rules.escalation import Reached, rungs_reached
from standfast.journey.incidents.states import UNATTENDED, LogKind


@transaction.atomic
def escalate_incident(*, reference: str, by: Actor, now: datetime) -> list[Escalation]:
    """Tell of every rung an unattended incident has reached and nobody was told of yet. Run twice, it tells once."""
    require(by, Permission.INCIDENT_ESCALATE)
    incident = queries.lock_incident(reference)
    clock = queries.clocks_of([reference])[reference].national
    if incident.state not in UNATTENDED or clock is None:
        return []
    told = set(Escalation.objects.filter(incident=incident, clock_due_at=clock.due_at).values_list("rung", flat=True))
    reached = rungs_reached(
        grade=ResponseGrade(incident.grade),
        starts_at=clock.starts_at,
        due_at=clock.due_at,
        at=now,
        on=days.london_day(clock.starts_at),
    )
    found = []
    for each in reached:
        if each.rung in told:
            continue
        found.append(_tell(each, incident, clock.due_at, by=by, now=now))
    return found


def _tell(each: Reached, incident: Incident, clock_due_at: datetime, *, by: Actor, now: datetime) -> Escalation:
    row = Escalation.objects.create(
        incident=incident,
        rung=each.rung,
        clock_due_at=clock_due_at,
        told=each.told,
        what=each.what,
        due_at=each.due_at,
        at=now,
    )
    if each.call_back:
        obligations.start_obligation(
            kind=Duty.CALL_BACK,
            case="any",
            subject=incident.reference,
            journey=incident.journey,
            starts_at=now,
            by=by,
            now=now,
        )
    write(incident, kind=LogKind.ALARM, words=f"For the {each.told}: {each.what}", by=by, at=now, now=now)
    escalated = IncidentEscalated(about=incident.reference, told=each.told, what=each.what)
    record(escalated, by=by, at=now, journey=incident.journey)
    return row

"""What do sending, reporting and closing share: how an incident moves, and what its log and its clocks then say?"""

from collections.abc import Callable
from datetime import datetime

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.rows import insert_row, save_row
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.events import IncidentLeftWaiting, UnitArrived, UnitGone
from standfast.journey.incidents.models import Deployment, Incident, LogEntry
from standfast.journey.incidents.rules.attendance import review_case
from standfast.journey.incidents.states import INCIDENT, DeploymentEnd, IncidentState, LogKind

StartsDuty = Callable[..., object]
ATTENDANCE = (Duty.ATTEND, Duty.ATTEND_POLICY)


def move(incident: Incident, name: str) -> None:
    """
    Take one move of the lifecycle and save it.

    :raises IllegalMove: if it does not start from the incident's state
    """
    incident.state = INCIDENT.after(incident.state, name)
    incident.version += 1
    save_row(incident)


def write(incident: Incident, *, kind: LogKind, words: str, by: Actor, at: datetime, now: datetime) -> LogEntry:
    """Write a line of the log that something that happened left behind."""
    entry = LogEntry(incident=incident, kind=kind, words=words, by_ref=by.ref, by_name=by.name, at=at, entered_at=now)
    insert_row(entry)
    return entry


def start_review(
    incident: Incident, *, by: Actor, now: datetime, start: StartsDuty = obligations.start_obligation
) -> None:
    """Start the next review of the risk of an incident that waits."""
    start(
        kind=Duty.REVIEW,
        case=review_case(ResponseGrade(incident.grade)),
        subject=incident.reference,
        journey=incident.journey,
        starts_at=now,
        by=by,
        now=now,
    )


def stop_waiting(incident: Incident, *, because: str, by: Actor, now: datetime) -> None:
    """Stop the review of an incident that does not wait any longer, and the alarm that it lost its unit."""
    obligations.stop_obligation(kind=Duty.REVIEW, subject=incident.reference, because=because, by=by, now=now)
    obligations.meet_obligation(kind=Duty.REDEPLOY, subject=incident.reference, at=now, by=by, now=now)


def end_deployment(
    deployment: Deployment, *, how: DeploymentEnd, because: str, at: datetime, by: Actor, now: datetime
) -> None:
    """End a deployment, and let its incident wait again, with an alarm, if it lost its only unit before it was dealt with."""
    incident = deployment.incident
    # A terminal whose clock runs ahead ends nothing in the future: the next sending would begin before this one ended.
    deployment.ended_at, deployment.ended_how = max(min(at, now), deployment.assigned_at), how
    deployment.ended_because, deployment.ended_by = because, by.ref
    save_row(deployment)
    gone = UnitGone(about=incident.reference, callsign=deployment.callsign, how=how.label.lower())
    record(gone, by=by, at=now, journey=incident.journey)
    words = f"{deployment.callsign} {how.label.lower()}" + (f": {because}" if because else "")
    write(incident, kind=LogKind.STATUS, words=words, by=by, at=deployment.ended_at, now=now)
    if Deployment.objects.filter(incident=incident, ended_at=None).exists():
        return
    if incident.attended_at is not None and how != DeploymentEnd.DIVERTED:
        move(incident, "leave")
        return
    _wait_again(incident, deployment.callsign, by=by, now=now)


def note_arrival(deployment: Deployment, *, at: datetime, by: Actor, now: datetime) -> None:
    """Note that a unit was at the scene at an instant, perhaps told late; the earliest stands, and meets the attendance clocks."""
    incident = deployment.incident
    incident.attended_at = min(at, incident.attended_at) if incident.attended_at else at
    for kind in ATTENDANCE:
        obligations.meet_obligation(kind=kind, subject=incident.reference, at=at, by=by, now=now)
    arrived = UnitArrived(about=incident.reference, callsign=deployment.callsign, at=at.isoformat(timespec="seconds"))
    record(arrived, by=by, at=now, journey=incident.journey)
    write(incident, kind=LogKind.STATUS, words=f"{deployment.callsign} at scene", by=by, at=at, now=now)
    if deployment.ended_at is None and incident.state == IncidentState.ASSIGNED:
        move(incident, "arrive")
    elif deployment.ended_how == DeploymentEnd.CLEARED and incident.state == IncidentState.WAITING:
        # Told only after the unit had left: the incident does not wait, it was attended.
        move(incident, "leave")
        stop_waiting(incident, because="it was attended after all", by=by, now=now)
    else:
        incident.version += 1
        save_row(incident)


def _wait_again(incident: Incident, callsign: str, *, by: Actor, now: datetime) -> None:
    move(incident, "lose_its_unit")
    about = {"subject": incident.reference, "journey": incident.journey}
    obligations.start_obligation(kind=Duty.REDEPLOY, case="any", starts_at=now, by=by, now=now, **about)
    start_review(incident, by=by, now=now)
    write(
        incident, kind=LogKind.ALARM, words=f"{callsign} was taken from it: send another unit", by=by, at=now, now=now
    )
    left = IncidentLeftWaiting(about=incident.reference, callsign=callsign)
    record(left, by=by, at=now, journey=incident.journey)

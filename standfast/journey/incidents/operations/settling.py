"""What do merging and parting share: how units go along, and which state and which clocks an incident has when that is done?"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.queries import running_for
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.events import IncidentLeftWaiting, UnitCameAlong, UnitWentAlong
from standfast.journey.incidents.models import Deployment, Incident
from standfast.journey.incidents.operations.moving import ATTENDANCE, move, start_review, stop_waiting, write
from standfast.journey.incidents.operations.opening import start_attendance
from standfast.journey.incidents.rules.attendance import attendance_case
from standfast.journey.incidents.states import IncidentState, LogKind

WAITING = (Duty.REVIEW, Duty.REDEPLOY)
AGREED = "agreed"


def move_deployments(
    moved: Sequence[Deployment], *, source: Incident, target: Incident, by: Actor, now: datetime
) -> None:
    """Let sendings of units, running and ended, go along from one incident to another, and tell of each on both."""
    for each in moved:
        each.incident = target
        each.save(update_fields=["incident"])
        ended = each.ended_at is not None
        went = UnitWentAlong(about=source.reference, callsign=each.callsign, other=target.reference, ended=ended)
        record(went, by=by, at=now, journey=source.journey)
        came = UnitCameAlong(about=target.reference, callsign=each.callsign, other=source.reference, ended=ended)
        record(came, by=by, at=now, journey=target.journey)
        if not ended:
            words = f"{each.callsign} goes along to {target.reference}"
            write(source, kind=LogKind.STATUS, words=words, by=by, at=now, now=now)
            words = f"{each.callsign} comes along from {source.reference}"
            write(target, kind=LogKind.STATUS, words=words, by=by, at=now, now=now)


def stop_as_merged(merged: Incident, *, kept: Incident, by: Actor, now: datetime) -> None:
    """
    Stop the clocks of an incident that is dealt with under another.

    A promise to call somebody back is theirs, whatever becomes of the incident: it goes on running.
    """
    because = f"merged into {kept.reference}"
    for kind in (*ATTENDANCE, *WAITING):
        obligations.stop_obligation(kind=kind, subject=merged.reference, because=because, by=by, now=now)


def take_over_waiting(incident: Incident, *, duties: Iterable[Obligation], by: Actor, now: datetime) -> None:
    """Let an incident have the reviews and alarms that ran elsewhere where none of its own runs that is due as early."""
    mine = {each.kind: each for each in running_for([incident.reference]).get(incident.reference, ())}
    for each in duties:
        standing = mine.get(each.kind)
        if each.kind not in WAITING or (standing is not None and standing.due_at <= each.due_at):
            continue
        kind, subject = Duty(each.kind), incident.reference
        obligations.stop_obligation(kind=kind, subject=subject, because="one is due before it", by=by, now=now)
        obligations.start_obligation(
            kind=kind,
            case=each.case,
            subject=subject,
            journey=incident.journey,
            starts_at=each.starts_at,
            by=by,
            now=now,
        )


def follow_units(incident: Incident) -> None:
    """Let an incident be assigned, or at the scene, when a unit on it is."""
    active = list(Deployment.objects.filter(incident=incident, ended_at=None))
    if active and incident.state in {IncidentState.WAITING, IncidentState.RESULTED}:
        move(incident, "assign")
    if incident.state == IncidentState.ASSIGNED and any(each.at_scene_at for each in active):
        move(incident, "arrive")


def settle(incident: Incident, *, by: Actor, now: datetime) -> None:
    """Save an incident whose units or grade a merge or a parting changed, and let its clocks follow."""
    incident.version += 1
    incident.save()
    _attend(incident, by=by, now=now)
    if incident.state != IncidentState.WAITING:
        stop_waiting(incident, because="it does not wait any longer", by=by, now=now)
        return
    start_review(incident, by=by, now=now)
    last = incident.deployments.order_by("-assigned_at", "-id").first()
    if last is not None and incident.attended_at is None:
        sound_alarm(incident, callsign=last.callsign, by=by, now=now)


def sound_alarm(incident: Incident, *, callsign: str, by: Actor, now: datetime) -> None:
    """Ask for another unit for a waiting incident that has lost the one it had, if nobody was asked yet."""
    running = running_for([incident.reference]).get(incident.reference, ())
    if any(each.kind == Duty.REDEPLOY for each in running):
        return
    about = {"subject": incident.reference, "journey": incident.journey}
    obligations.start_obligation(kind=Duty.REDEPLOY, case="any", starts_at=now, by=by, now=now, **about)
    words = f"{callsign} is not on it any more: send another unit"
    write(incident, kind=LogKind.ALARM, words=words, by=by, at=now, now=now)
    left = IncidentLeftWaiting(about=incident.reference, callsign=callsign)
    record(left, by=by, at=now, journey=incident.journey)


def _attend(incident: Incident, *, by: Actor, now: datetime) -> None:
    """Let the attendance clocks run, or be met, under the grade the incident has."""
    rows = list(Obligation.objects.filter(subject=incident.reference, kind=Duty.ATTEND).order_by("id"))
    case = attendance_case(grade=ResponseGrade(incident.grade), urban_rural=incident.urban_rural)
    fitting = [each for each in rows if each.case in {case, AGREED} and each.stopped_at is None]
    if any(each.met_at is None and each.stopped_at is None and each not in fitting for each in rows):
        for kind in ATTENDANCE:
            because = "its grade changed"
            obligations.stop_obligation(kind=kind, subject=incident.reference, because=because, by=by, now=now)
    if incident.attended_at is None:
        fitting = [each for each in fitting if each.met_at is None]
    if not fitting:
        start_attendance(incident, by=by, now=now)
    if incident.attended_at is not None:
        for kind in ATTENDANCE:
            at = incident.attended_at
            obligations.meet_obligation(kind=kind, subject=incident.reference, at=at, by=by, now=now)

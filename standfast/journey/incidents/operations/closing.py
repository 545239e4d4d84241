"""How is an incident closed, and opened again? With a code and a reason, and where it matters only when a second person agrees."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal, Stale
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import ClosingAsked, ClosingRefused, IncidentReopened, IncidentResolved
from standfast.journey.incidents.models import Incident
from standfast.journey.incidents.operations.deploying import ReasonMissing
from standfast.journey.incidents.operations.moving import move, start_review, write
from standfast.journey.incidents.operations.opening import start_attendance
from standfast.journey.incidents.rules.closing import ClosingCode, ClosingFacts, closing_codes, why_second_person
from standfast.journey.incidents.states import INCIDENT, LogKind


class CodeUnfit(Refusal):
    """There is no such code, or it does not fit what happened."""


class StillAttended(Refusal):
    """A unit is on the incident."""


class SecondPersonNeeded(Refusal):
    """Another person must agree, and this is the one who asked."""


class NotAskedToClose(Stale):
    """Nobody asks to close this incident, or it changed since."""


@dataclass(frozen=True, kw_only=True)
class Closing:
    """With which code an incident is to be closed, and why."""

    incident: str
    code: str
    reason: str


@transaction.atomic
def close_incident(*, closing: Closing, by: Actor, now: datetime) -> Incident:
    """
    Close an incident, or where a second person is needed, ask for that.

    :raises CodeUnfit: if there is no such code or it says otherwise than what happened
    :raises ReasonMissing: if it is not said why
    :raises StillAttended: if a unit is still on it
    :raises IllegalMove: if it cannot be closed from its state
    """
    require(by, Permission.INCIDENT_RESOLVE)
    incident = queries.lock_reachable(reference=closing.incident, by=by)
    code = _checked(incident, closing, now=now)
    INCIDENT.after(incident.state, "resolve")
    incident.closing_code, incident.closing_reason = code.code, closing.reason.strip()[:400]
    incident.closing_by, incident.closing_at, incident.second_person = by.ref, now, ""
    if not why_second(incident):
        return _resolve(incident, by=by, now=now)
    incident.version += 1
    incident.save()
    words = f"Closing asked for: {code.label}. {incident.closing_reason}"
    write(incident, kind=LogKind.CLOSING, words=words, by=by, at=now, now=now)
    record(ClosingAsked(about=incident.reference, code=code.code), by=by, at=now, journey=incident.journey)
    return incident


@transaction.atomic
def agree_to_close(*, reference: str, by: Actor, now: datetime) -> Incident:
    """
    Close an incident as the second person.

    :raises NotAskedToClose: if nobody asks for it
    :raises SecondPersonNeeded: if this is the person who asked
    """
    incident = _asked(reference, by=by)
    if incident.closing_by == by.ref:
        raise SecondPersonNeeded(f"Somebody else must agree, because {why_second(incident)}.")
    incident.second_person = by.ref
    return _resolve(incident, by=by, now=now)


@transaction.atomic
def refuse_to_close(*, reference: str, reason: str, by: Actor, now: datetime) -> Incident:
    """
    Say no, as anybody who may close, to an incident's being closed. It stays as it was.

    :raises ReasonMissing: if it is not said why not
    """
    incident = _asked(reference, by=by)
    if not reason.strip():
        raise ReasonMissing("Say why it should not be closed.")
    incident.closing_code = incident.closing_reason = incident.closing_by = ""
    incident.closing_at = None
    incident.version += 1
    incident.save()
    write(incident, kind=LogKind.CLOSING, words=f"Not closed: {reason.strip()}", by=by, at=now, now=now)
    refused = ClosingRefused(about=incident.reference, reason=reason.strip()[:200])
    record(refused, by=by, at=now, journey=incident.journey)
    return incident


@transaction.atomic
def reopen_incident(*, reference: str, reason: str, by: Actor, now: datetime) -> Incident:
    """
    Open a closed incident again: it waits, and its clocks run from where they always counted.

    :raises ReasonMissing: if it is not said why
    :raises IllegalMove: if it is not closed
    """
    require(by, Permission.INCIDENT_REOPEN)
    incident = queries.lock_reachable(reference=reference, by=by)
    if not reason.strip():
        raise ReasonMissing("Say why it is opened again.")
    incident.resolved_at = incident.closing_at = None
    incident.closing_code = incident.closing_reason = incident.closing_by = incident.second_person = ""
    move(incident, "reopen")
    if incident.attended_at is None:
        start_attendance(incident, by=by, now=now)
    start_review(incident, by=by, now=now)
    write(incident, kind=LogKind.CLOSING, words=f"Opened again: {reason.strip()}", by=by, at=now, now=now)
    reopened = IncidentReopened(about=incident.reference, reason=reason.strip()[:200])
    record(reopened, by=by, at=now, journey=incident.journey)
    return incident


def why_second(incident: Incident) -> str:
    """Return why a second person must agree to close an incident, or nothing if one is enough."""
    facts = ClosingFacts(
        risk=Risk(incident.risk),
        channels=queries.channels_of(incident),
        strands=frozenset(incident.strands),
        child_mentioned=incident.child_mentioned,
    )
    return why_second_person(facts)


def _checked(incident: Incident, closing: Closing, *, now: datetime) -> ClosingCode:
    code = closing_codes(days.london_day(now)).get(closing.code)
    if code is None:
        raise CodeUnfit("Choose one of the closing codes.")
    if not closing.reason.strip():
        raise ReasonMissing("Say why the incident is closed.")
    if standing := queries.active_deployments(incidents=[incident.pk]):
        raise StillAttended(f"{standing[0].callsign} is still on it: stand it down first.")
    attended = incident.attended_at is not None
    if code.attended == "yes" and not attended:
        raise CodeUnfit(f"“{code.label}” is for incidents that were attended; nobody arrived at this one.")
    if code.attended == "no" and attended:
        raise CodeUnfit(f"“{code.label}” is for incidents that were not attended; this one was.")
    return code


def _asked(reference: str, *, by: Actor) -> Incident:
    require(by, Permission.INCIDENT_RESOLVE)
    incident = queries.lock_reachable(reference=reference, by=by)
    if not incident.closing_by or incident.resolved_at is not None:
        raise NotAskedToClose("Nobody asks to close this incident now.")
    if queries.active_deployments(incidents=[incident.pk]):
        raise NotAskedToClose("A unit was sent since closing was asked for.")
    return incident


def _resolve(incident: Incident, *, by: Actor, now: datetime) -> Incident:
    incident.resolved_at = now
    move(incident, "resolve")
    obligations.stop_all(subject=incident.reference, because=f"closed: {incident.closing_code}", by=by, now=now)
    write(incident, kind=LogKind.CLOSING, words=f"Closed: {incident.closing_reason}", by=by, at=now, now=now)
    resolved = IncidentResolved(about=incident.reference, code=incident.closing_code)
    record(resolved, by=by, at=now, journey=incident.journey)
    return incident

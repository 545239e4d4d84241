"""How is a unit sent to an incident, diverted, or stood down? One active deployment a unit: the database holds that, too."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record, recorded_together
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal, Stale
from standfast.foundation.kernel.rows import find_rows, insert_row, insert_row_if_new, save_fields, save_row
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import UnitDeployed
from standfast.journey.incidents.models import Deployment, Incident, StatusReport, Unit
from standfast.journey.incidents.operations.moving import end_deployment, move, stop_waiting, write
from standfast.journey.incidents.queries.choosing import rank_for
from standfast.journey.incidents.rules.unit_rank import Candidate, Ranking
from standfast.journey.incidents.rules.unit_status import EN_ROUTE, OFF_DUTY, Verdict
from standfast.journey.incidents.states import OPEN, DeploymentEnd, IncidentState, LogKind

DISPATCH = "dispatch"
"""The source of a state a dispatcher set."""


class UnitTaken(Stale):
    """Somebody else has sent the unit meanwhile: says who, where and when."""


class UnitUnfit(Refusal):
    """The rule would not send this unit, and no reason was given for sending it all the same."""


class AlreadyCovered(Refusal):
    """A unit is on its way or there: another is sent on purpose, with a reason."""


class IncidentEnded(Refusal):
    """The incident is closed: no unit goes to it."""


class NotDeployed(Refusal):
    """The unit is on no incident."""


class ReasonMissing(Refusal):
    """This needs a reason."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Which unit goes to which incident, and why where that must be said."""

    incident: str
    callsign: str
    reason: str = ""


@transaction.atomic
@recorded_together()
def deploy_unit(*, sending: Sending, by: Actor, now: datetime) -> Deployment:
    """
    Send a unit to an incident that has none. Its state, the incident, the log and the clocks follow in the same step.

    :raises UnitTaken: if the unit is on another incident: by whom, since when
    :raises AlreadyCovered: if another unit is on this one
    :raises UnitUnfit: if the rule would not send it and no reason is given
    :raises IncidentEnded: if the incident is closed
    """
    unit, incident = _locked(sending, by=by)
    standing = queries.active_deployments(incidents=[incident.pk])
    if standing:
        first = standing[0]
        raise AlreadyCovered(
            f"{first.callsign} was sent by {first.assigned_by_name} at {_time(first.assigned_at)}. "
            "To send another as well, say why."
        )
    return _deploy(unit, incident, reason=sending.reason.strip(), by=by, now=now)


@transaction.atomic
@recorded_together()
def deploy_another_unit(*, sending: Sending, by: Actor, now: datetime) -> Deployment:
    """
    Send a further unit to an incident, on purpose.

    :raises ReasonMissing: if it is not said why
    :raises UnitTaken: if the unit is on another incident
    """
    unit, incident = _locked(sending, by=by)
    return _deploy(unit, incident, reason=_why(sending, "Say why another unit is sent."), by=by, now=now)


@transaction.atomic
@recorded_together()
def divert_unit(*, sending: Sending, by: Actor, now: datetime) -> Deployment:
    """
    Take a unit from its incident and send it to another; the one it leaves is back in the queue with an alarm unless others are there.

    :raises ReasonMissing: if it is not said why
    :raises NotDeployed: if the unit is on no incident
    """
    unit = queries.lock_unit(sending.callsign)
    require(by, Permission.INCIDENT_ASSIGN, unit)
    reason = _why(sending, "Say why the unit is taken from its incident.")
    standing = queries.active_deployment(unit)
    if standing is None:
        raise NotDeployed(f"{unit.callsign} is on no incident: it can be sent at once.")
    target = queries.get_incident(reference=sending.incident, by=by)
    if standing.incident_id == target.pk:
        raise UnitTaken(f"{unit.callsign} is on this incident already.")
    # In the order of their keys, so that two diversions never wait for each other.
    locked = {each.pk: each for each in _lock_in_order(standing.incident_id, target.pk)}
    standing.incident = locked[standing.incident_id]
    _check_open(locked[target.pk])
    because = f"to {target.reference[:4]}: {reason}"
    end_deployment(standing, how=DeploymentEnd.DIVERTED, because=because, at=now, by=by, now=now)
    return _assign(unit, locked[target.pk], reason=reason, chosen=None, by=by, now=now)


@transaction.atomic
@recorded_together()
def stand_down_unit(*, callsign: str, reason: str, by: Actor, now: datetime) -> Deployment:
    """
    Take a unit from its incident without sending it elsewhere. An incident nobody attended is back in the queue with an alarm.

    :raises NotDeployed: if the unit is on no incident
    :raises ReasonMissing: if it is not said why
    """
    unit = queries.lock_unit(callsign)
    require(by, Permission.INCIDENT_ASSIGN, unit)
    if not reason.strip():
        raise ReasonMissing("Say why the unit is stood down.")
    standing = queries.active_deployment(unit)
    if standing is None:
        raise NotDeployed(f"{unit.callsign} is on no incident.")
    standing.incident = _lock_in_order(standing.incident_id)[0]
    end_deployment(standing, how=DeploymentEnd.STOOD_DOWN, because=reason.strip(), at=now, by=by, now=now)
    set_state(unit, code=2, by=by, now=now)
    return standing


def set_state(unit: Unit, *, code: int, by: Actor, now: datetime) -> None:
    """Set a unit's state as a dispatcher's act does, and keep that beside what the unit itself reports."""
    unit.state, unit.state_at = code, max(now, unit.state_at or now)
    unit.version += 1
    save_row(unit)
    insert_row(
        StatusReport(
            unit=unit,
            callsign=unit.callsign,
            code=code,
            at=unit.state_at,
            received_at=now,
            source=f"{DISPATCH}:{by.ref}:{unit.version}"[:120],
            verdict=Verdict.APPLIED,
            because=f"set by {by.name}"[:200],
        )
    )


def _locked(sending: Sending, *, by: Actor) -> tuple[Unit, Incident]:
    unit = queries.lock_unit(sending.callsign)
    require(by, Permission.INCIDENT_ASSIGN, unit)
    standing = queries.active_deployment(unit)
    if standing is not None:
        raise UnitTaken(taken(standing))
    incident = queries.lock_reachable(reference=sending.incident, by=by)
    _check_open(incident)
    return unit, incident


def taken(standing: Deployment) -> str:
    """Return the sentence that says who sent a unit where, and when."""
    where = f"{standing.incident.kind or 'an incident'} ({standing.incident.reference[:4]})"
    return f"{standing.callsign} went to {where}: sent by {standing.assigned_by_name} at {_time(standing.assigned_at)}."


def _deploy(unit: Unit, incident: Incident, *, reason: str, by: Actor, now: datetime) -> Deployment:
    ranking = rank_for(incident, now=now)
    place = ranking.place_of(unit.callsign)
    if place is None and not reason:
        against = ranking.reason_against(unit.callsign)
        raise UnitUnfit(f"{unit.callsign} is not proposed: {against}. To send it all the same, say why.")
    if unit.state == OFF_DUTY:
        raise UnitUnfit(f"{unit.callsign} is off duty: book it on first.")
    return _assign(unit, incident, reason=reason, chosen=(ranking, place), by=by, now=now)


def _assign(
    unit: Unit,
    incident: Incident,
    *,
    reason: str,
    chosen: tuple[Ranking, int | None] | None,
    by: Actor,
    now: datetime,
) -> Deployment:
    deployment = Deployment(
        incident=incident,
        unit=unit,
        callsign=unit.callsign,
        duty=unit.duty,
        crew=", ".join(each.person_name for each in queries.crews_of([unit])[unit.pk])[:250],
        assigned_at=now,
        assigned_by=by.ref,
        assigned_by_name=by.name,
        reason=reason[:400],
    )
    _keep_choice(deployment, *(chosen or (rank_for(incident, now=now), None)))
    _save_only(deployment)
    _follow(deployment, by=by, now=now)
    return deployment


def _save_only(deployment: Deployment) -> None:
    if not insert_row_if_new(deployment):
        # Whoever did not come by the unit's lock still meets the database's own rule.
        standing = queries.active_deployment(deployment.unit)
        raise UnitTaken(taken(standing) if standing else f"{deployment.callsign} was sent elsewhere.")


def _follow(deployment: Deployment, *, by: Actor, now: datetime) -> None:
    """Let the unit's state, the incident's, its log and its clocks follow a deployment."""
    incident = deployment.incident
    set_state(deployment.unit, code=EN_ROUTE, by=by, now=now)
    if incident.state in {IncidentState.WAITING, IncidentState.RESULTED}:
        move(incident, "assign")
        stop_waiting(incident, because="a unit was sent", by=by, now=now)
    else:
        incident.version += 1
        save_fields(incident, "version")
    how = _how(deployment)
    words = f"{deployment.callsign} sent, {how}" + (f": {deployment.reason}" if deployment.reason else "")
    write(incident, kind=LogKind.SENT, words=words, by=by, at=now, now=now)
    deployed = UnitDeployed(about=incident.reference, callsign=deployment.callsign, how=how)
    record(deployed, by=by, at=now, journey=incident.journey)


def _keep_choice(deployment: Deployment, ranking: Ranking, place: int | None) -> None:
    """Keep what the rule proposed beside what the person chose."""
    mine = next((each for each in ranking.candidates if each.callsign == deployment.callsign), None)
    deployment.place_in_ranking = place
    deployment.choice = {
        "proposed": [_kept(each) for each in ranking.proposed],
        "chosen": _kept(mine) if mine else {"why_not": ranking.reason_against(deployment.callsign)},
        "row": ranking.row,
        "table": ranking.table,
    }
    if mine:
        deployment.travel_seconds, deployment.travel_method = round(mine.minutes * 60), ranking.travel


def _kept(each: Candidate) -> dict[str, object]:
    return {
        "callsign": each.callsign,
        "minutes": round(each.minutes, 1),
        "error": round(each.error, 1),
        "score": round(each.score, 1),
        "reasons": list(each.reasons),
    }


def _how(deployment: Deployment) -> str:
    place = deployment.place_in_ranking
    if place is None:
        return "chosen by hand"
    return "first choice" if place == 1 else f"choice {place}"


def _lock_in_order(*keys: int) -> list[Incident]:
    return find_rows(Incident, id=list(keys), lock=True)


def _check_open(incident: Incident) -> None:
    if incident.merged_into is not None:
        raise IncidentEnded(f"This incident was merged into {incident.merged_into.reference}: send the unit there.")
    if incident.state not in OPEN:
        raise IncidentEnded("This incident is closed. Open it again before a unit is sent.")


def _why(sending: Sending, ask: str) -> str:
    if not sending.reason.strip():
        raise ReasonMissing(ask)
    return sending.reason.strip()


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(days.LONDON):%H:%M:%S}"

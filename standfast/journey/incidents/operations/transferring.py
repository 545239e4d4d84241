"""How does an incident pass to another desk or force? It is offered, and stays where it is until the other says yes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal, Stale
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import TransferAnswered, TransferOffered
from standfast.journey.incidents.models import Incident, Transfer
from standfast.journey.incidents.operations.deploying import ReasonMissing
from standfast.journey.incidents.operations.moving import write
from standfast.journey.incidents.states import OPEN, LogKind


class NotOffered(Stale):
    """No offer of this incident stands."""


class OfferedAlready(Stale):
    """An offer of this incident stands already."""


class DeskUnclear(Refusal):
    """The incident cannot be offered there."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """To which desk an incident is offered, and why."""

    incident: str
    to_desk: str
    reason: str


@transaction.atomic
def offer_incident(*, offer: Offer, by: Actor, now: datetime) -> Transfer:
    """
    Offer an open incident to another desk. Nothing of it changes meanwhile: not its owner, its grade, its words or its clocks.

    :raises ReasonMissing: if it is not said why
    :raises OfferedAlready: if an offer stands
    :raises DeskUnclear: if it is there already, or no desk is named
    """
    require(by, Permission.INCIDENT_ASSIGN)
    incident = queries.lock_reachable(reference=offer.incident, by=by)
    desk = offer.to_desk.strip().lower()[:40]
    if not offer.reason.strip():
        raise ReasonMissing("Say why it is offered.")
    if not desk or desk == incident.desk or incident.state not in OPEN:
        raise DeskUnclear("Name another desk than the one that has it, for an open incident.")
    if Transfer.objects.filter(incident=incident, answered_at=None).exists():
        raise OfferedAlready("It is offered already; wait for the answer.")
    transfer = Transfer.objects.create(
        incident=incident,
        to_desk=desk,
        from_desk=incident.desk,
        reason=offer.reason.strip()[:400],
        offered_at=now,
        offered_by=by.ref,
    )
    obligations.start_obligation(
        kind=Duty.TRANSFER_ANSWER,
        case="any",
        subject=incident.reference,
        journey=incident.journey,
        starts_at=now,
        by=by,
        now=now,
    )
    write(incident, kind=LogKind.NOTE, words=f"Offered to {desk}: {transfer.reason}", by=by, at=now, now=now)
    record(TransferOffered(about=incident.reference, to_desk=desk), by=by, at=now, journey=incident.journey)
    return transfer


@transaction.atomic
def accept_incident(*, reference: str, by: Actor, now: datetime) -> Transfer:
    """
    Take an offered incident on: from this instant the other desk has it.

    :raises NotOffered: if no offer stands
    """
    incident, transfer = _standing(reference, by=by)
    incident.desk = transfer.to_desk
    incident.version += 1
    incident.save(update_fields=["desk", "version"])
    return _answer(incident, transfer, answer="accepted", because="", by=by, now=now)


@transaction.atomic
def refuse_incident(*, reference: str, reason: str, by: Actor, now: datetime) -> Transfer:
    """
    Say no to an offered incident: it stays where it is.

    :raises NotOffered: if no offer stands
    :raises ReasonMissing: if it is not said why
    """
    incident, transfer = _standing(reference, by=by)
    if not reason.strip():
        raise ReasonMissing("Say why it is not taken.")
    return _answer(incident, transfer, answer="refused", because=reason.strip()[:400], by=by, now=now)


@transaction.atomic
def expire_offer(*, reference: str, by: Actor, now: datetime) -> Transfer:
    """
    End an offer nobody answered: the incident stays where it is, with an alarm.

    :raises NotOffered: if no offer stands
    """
    require(by, Permission.INCIDENT_ESCALATE)
    incident = queries.lock_incident(reference)
    transfer = _offer_of(incident)
    write(
        incident,
        kind=LogKind.ALARM,
        words=f"{transfer.to_desk} did not answer: it stays with {incident.desk}",
        by=by,
        at=now,
        now=now,
    )
    return _answer(incident, transfer, answer="timed_out", because="nobody answered", by=by, now=now)


def _standing(reference: str, *, by: Actor) -> tuple[Incident, Transfer]:
    require(by, Permission.INCIDENT_ASSIGN)
    incident = queries.lock_reachable(reference=reference, by=by)
    return incident, _offer_of(incident)


def _offer_of(incident: Incident) -> Transfer:
    found = Transfer.objects.filter(incident=incident, answered_at=None).first()
    if found is None:
        raise NotOffered("No offer of this incident stands.")
    return found


def _answer(incident: Incident, transfer: Transfer, *, answer: str, because: str, by: Actor, now: datetime) -> Transfer:
    transfer.answered_at, transfer.answered_by = now, by.ref
    transfer.answer, transfer.answer_because = answer, because
    transfer.save()
    obligations.meet_obligation(kind=Duty.TRANSFER_ANSWER, subject=incident.reference, at=now, by=by, now=now)
    answered = TransferAnswered(about=incident.reference, to_desk=transfer.to_desk, answer=answer.replace("_", " "))
    record(answered, by=by, at=now, journey=incident.journey)
    return transfer

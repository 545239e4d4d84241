"""How does a partner agency answer a referral, itself or on the phone?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact import operations as contact_operations
from standfast.journey.triage import queries
from standfast.journey.triage.events import ReferralAccepted, ReferralCompleted, ReferralDeclined
from standfast.journey.triage.models import Referral
from standfast.journey.triage.operations.checks import check_reason
from standfast.journey.triage.states import REFERRAL

WHO = "Say who at the agency you spoke to."
WHY = "Say why the agency does not take this."
RESULT = "Say what came of it."


@transaction.atomic
def accept_referral(*, reference: str, by: Actor, now: datetime) -> Referral:
    """
    Take a referral on, as the agency it was sent to.

    :raises NotFound: if there is none, or it was sent to another agency
    :raises IllegalMove: if it was answered, withdrawn or timed out before
    """
    return _accept(_own(reference, by=by, now=now), by=by, now=now)


@transaction.atomic
def decline_referral(*, reference: str, reason: str, by: Actor, now: datetime) -> Referral:
    """
    Decline a referral, as the agency it was sent to. The contact returns to the queue with its original first contact.

    :raises ReasonMissing: if no reason is given
    :raises IllegalMove: if it was answered, withdrawn or timed out before
    """
    referral = _own(reference, by=by, now=now)
    return _decline(referral, "decline", check_reason(reason, WHY), by=by, now=now)


@transaction.atomic
def give_back_referral(*, reference: str, reason: str, by: Actor, now: datetime) -> Referral:
    """
    Give an accepted referral back, as the agency that accepted it. The contact returns to the queue with its original first contact.

    :raises ReasonMissing: if no reason is given
    :raises IllegalMove: if the referral was not accepted, or has ended
    """
    referral = _own(reference, by=by, now=now)
    return _decline(referral, "give_back", check_reason(reason, WHY), by=by, now=now)


@transaction.atomic
def complete_referral(*, reference: str, result: str, by: Actor, now: datetime) -> Referral:
    """
    Say what came of an accepted referral, as the agency it was sent to. The contact ends.

    :raises ReasonMissing: if it is not said what came of it
    :raises IllegalMove: if the referral was not accepted, or has ended
    """
    referral = _own(reference, by=by, now=now)
    return _complete(referral, check_reason(result, RESULT), by=by, now=now)


@transaction.atomic
def accept_by_phone(*, reference: str, spoken_to: str, by: Actor, now: datetime) -> Referral:
    """Record that the agency took the referral on while an officer was on the line."""
    return _accept(_answered_by_phone(reference, spoken_to, by=by), by=by, now=now)


@transaction.atomic
def decline_by_phone(*, reference: str, spoken_to: str, reason: str, by: Actor, now: datetime) -> Referral:
    """Record that the agency declined on the phone. The contact returns to the queue with its clock."""
    referral = _answered_by_phone(reference, spoken_to, by=by)
    return _decline(referral, "decline", check_reason(reason, WHY), by=by, now=now)


@transaction.atomic
def complete_by_phone(*, reference: str, spoken_to: str, result: str, by: Actor, now: datetime) -> Referral:
    """Record what the agency said on the phone came of an accepted referral. The contact ends."""
    referral = _answered_by_phone(reference, spoken_to, by=by)
    return _complete(referral, check_reason(result, RESULT), by=by, now=now)


def _own(reference: str, *, by: Actor, now: datetime) -> Referral:
    queries.require_agreement(by, now=now)
    referral = queries.lock_referral(reference)
    require(by, Permission.REFERRAL_ANSWER, referral)
    return referral


def _answered_by_phone(reference: str, spoken_to: str, *, by: Actor) -> Referral:
    referral = queries.lock_referral(reference)
    require(by, Permission.REFERRAL_SEND, referral)
    referral.spoken_to = check_reason(spoken_to, WHO)[:120]
    return referral


def _accept(referral: Referral, *, by: Actor, now: datetime) -> Referral:
    referral.state = REFERRAL.after(referral.state, "accept")
    referral.accepted_at, referral.answered_by = now, by.ref
    referral.save()
    _meet_answer(referral, by=by, now=now)
    accepted = ReferralAccepted(about=referral.reference, partner=referral.partner_name)
    record(accepted, by=by, at=now, journey=referral.journey)
    return referral


def _decline(referral: Referral, move: str, reason: str, *, by: Actor, now: datetime) -> Referral:
    referral.state = REFERRAL.after(referral.state, move)
    referral.ended_at, referral.answered_by, referral.ending_reason = now, by.ref, reason
    referral.save()
    _meet_answer(referral, by=by, now=now)
    declined = ReferralDeclined(about=referral.reference, partner=referral.partner_name, reason=reason)
    record(declined, by=by, at=now, journey=referral.journey)
    because = f"declined by {referral.partner_name}"
    contact_operations.return_contact(reference=referral.journey, because=because, by=by, now=now)
    return referral


def _complete(referral: Referral, result: str, *, by: Actor, now: datetime) -> Referral:
    referral.state = REFERRAL.after(referral.state, "complete")
    referral.ended_at, referral.answered_by, referral.result = now, by.ref, result
    referral.save()
    completed = ReferralCompleted(about=referral.reference, partner=referral.partner_name)
    record(completed, by=by, at=now, journey=referral.journey)
    because = f"Completed by {referral.partner_name}"
    contact_operations.close_completed(reference=referral.journey, reason=because, by=by, now=now)
    return referral


def _meet_answer(referral: Referral, *, by: Actor, now: datetime) -> None:
    obligations.meet_obligation(kind=Duty.REFERRAL_ANSWER, subject=referral.reference, at=now, by=by, now=now)

"""How does a referral come back: taken back by the force, or because nobody answered?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations import queries as obligation_queries
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.events import ContactClosed
from standfast.journey.triage import queries
from standfast.journey.triage.events import ReferralTimedOut, ReferralWithdrawn
from standfast.journey.triage.models import Referral
from standfast.journey.triage.operations.checks import check_reason
from standfast.journey.triage.states import REFERRAL, ReferralState


@transaction.atomic
def withdraw_referral(*, reference: str, reason: str, by: Actor, now: datetime) -> Referral:
    """
    Take a running referral back; the contact returns to the queue with its original first contact.

    :raises ReasonMissing: if no reason is given
    :raises IllegalMove: if the referral has ended
    """
    referral = queries.lock_referral(reference)
    require(by, Permission.REFERRAL_SEND, referral)
    why = check_reason(reason, "Say why you take this back from the agency.")
    _withdraw(referral, why, by=by, now=now)
    because = f"withdrawn from {referral.partner_name}"
    contact_operations.return_contact(reference=referral.journey, because=because, by=by, now=now)
    return referral


@transaction.atomic
def expire_referral(*, reference: str, by: Actor, now: datetime) -> Referral:
    """
    Return a contact whose agency did not answer in time: silence counts as refused.

    Nothing changes if the agency answered meanwhile, or if the limit has not passed: this may run twice.
    """
    referral = queries.lock_referral(reference)
    require(by, Permission.REFERRAL_EXPIRE, referral)
    duties = obligation_queries.running_for([reference]).get(reference, [])
    due = next((duty.due_at for duty in duties if duty.kind == Duty.REFERRAL_ANSWER), None)
    if referral.state != ReferralState.SENT or due is None or due > now:
        return referral
    referral.state = REFERRAL.after(referral.state, "time_out")
    referral.ended_at, referral.ending_reason = now, f"No answer by {days.wall_clock(due)}"
    referral.save()
    _stop_answer(referral, because="the agency did not answer in time", by=by, now=now)
    timed_out = ReferralTimedOut(
        about=reference, partner=referral.partner_name, due_at=due.isoformat(timespec="seconds")
    )
    record(timed_out, by=by, at=now, journey=referral.journey)
    because = f"{referral.partner_name} did not answer in time"
    contact_operations.return_contact(reference=referral.journey, because=because, by=by, now=now)
    return referral


def withdraw_after_close(happening: ContactClosed, *, by: Actor, now: datetime) -> None:
    """Withdraw the referral of a contact that was closed while an agency had it: nobody is left to work on it."""
    running = queries.find_running_referral(contact_reference=happening.about)
    if running is not None:
        _withdraw(queries.lock_referral(running.reference), "The contact was closed", by=by, now=now)


def _withdraw(referral: Referral, reason: str, *, by: Actor, now: datetime) -> None:
    referral.state = REFERRAL.after(referral.state, "withdraw")
    referral.ended_at, referral.ending_reason = now, reason
    referral.save()
    _stop_answer(referral, because="referral withdrawn", by=by, now=now)
    withdrawn = ReferralWithdrawn(about=referral.reference, partner=referral.partner_name, reason=reason)
    record(withdrawn, by=by, at=now, journey=referral.journey)


def _stop_answer(referral: Referral, *, because: str, by: Actor, now: datetime) -> None:
    obligations.stop_obligation(kind=Duty.REFERRAL_ANSWER, subject=referral.reference, because=because, by=by, now=now)

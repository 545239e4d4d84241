"""How does a contact end, and how does it open again?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.rows import save_row
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact import queries
from standfast.journey.contact.events import ContactClosed, ContactReopened
from standfast.journey.contact.models import Contact
from standfast.journey.contact.operations import clocks
from standfast.journey.contact.rules.risk import Risk, risk_rank
from standfast.journey.contact.states import CONTACT, PLAIN_ENDINGS, Ending


class ReasonMissing(Refusal):
    """An ending or a reopening without a reason."""


class NotAnEnding(Refusal):
    """An ending that another act brings about: a route, an incident, a partner's answer."""


@transaction.atomic
def end_contact(*, reference: str, ending: Ending, reason: str, by: Actor, now: datetime) -> Contact:
    """
    End a contact that goes nowhere else: advice was enough, it broke off, it is a duplicate or a test.

    :raises NotAnEnding: if the ending belongs to a route, which is decided first and says what the caller was told
    :raises NotAllowed: if the risk is high and the person is no supervisor
    :raises ReasonMissing: if no reason is given
    """
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_CLOSE, contact)
    if ending not in PLAIN_ENDINGS:
        raise NotAnEnding(f"“{ending.label}” follows from the route: decide that.")
    if risk_rank(Risk(contact.risk)) <= risk_rank(Risk.HIGH):
        require(by, Permission.TRIAGE_END_AT_RISK)
    return close_contact(reference=reference, ending=ending, reason=reason, by=by, now=now)


@transaction.atomic
def close_contact(*, reference: str, ending: Ending, reason: str, by: Actor, now: datetime) -> Contact:
    """
    Close a contact that went on elsewhere, or that a person may end: called by `end_contact` and by later stages.

    Its running duties are stopped: what follows has duties of its own.

    :raises ReasonMissing: if no reason is given
    """
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_CLOSE, contact)
    _check_reason(reason, "Say why the contact ends this way.")
    _close(contact, ending=ending, reason=reason, by=by, now=now)
    return contact


@transaction.atomic
def close_completed(*, reference: str, reason: str, by: Actor, now: datetime) -> Contact:
    """
    Close a contact a partner agency dealt with. Called by triage, which has asked for the permission and holds the referral.

    :raises ReasonMissing: if it is not said what came of it
    """
    contact = queries.lock_contact(reference)
    _check_reason(reason, "Say what came of it.")
    _close(contact, ending=Ending.PARTNER_COMPLETED, reason=reason, by=by, now=now)
    return contact


@transaction.atomic
def reopen_contact(*, reference: str, reason: str, by: Actor, now: datetime) -> Contact:
    """Open a closed contact again, with its original first contact."""
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_CLAIM, contact)
    _check_reason(reason, "Say why the contact is opened again.")
    contact.state = CONTACT.after(contact.state, "reopen")
    contact.ending, contact.ending_reason, contact.closed_at = "", "", None
    contact.touched_at = now
    contact.version += 1
    save_row(contact)
    clocks.start_waiting(contact, starts_at=now, by=by, now=now)
    record(
        ContactReopened(about=reference, reason=reason.strip()),
        by=by,
        at=now,
        journey=reference,
    )
    return contact


def _check_reason(reason: str, sentence: str) -> None:
    if not reason.strip():
        raise ReasonMissing(sentence)


def _close(contact: Contact, *, ending: Ending, reason: str, by: Actor, now: datetime) -> None:
    contact.state = CONTACT.after(contact.state, "close")
    contact.owner, contact.owned_since = None, None
    contact.ending, contact.ending_reason, contact.closed_at = (
        ending,
        reason.strip()[:400],
        now,
    )
    contact.touched_at = now
    contact.version += 1
    save_row(contact)
    obligations.stop_all(subject=contact.reference, because=f"contact closed: {ending.label}", by=by, now=now)
    record(ContactClosed(about=contact.reference, ending=ending), by=by, at=now, journey=contact.reference)

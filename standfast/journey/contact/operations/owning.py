"""Who has a contact? Exactly one owner, the queue, or a partner agency at every instant."""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact import queries
from standfast.journey.contact.events import (
    ContactClaimed,
    ContactHandedBack,
    ContactReferred,
    ContactReturned,
    ContactTakenOver,
)
from standfast.journey.contact.models import Contact
from standfast.journey.contact.operations import clocks
from standfast.journey.contact.operations.filling import write_note
from standfast.journey.contact.operations.staff import member_of
from standfast.journey.contact.states import CONTACT, ContactState


class AlreadyClaimed(Refusal):
    """A colleague was faster."""


class NothingRecorded(Refusal):
    """A contact about which nothing is recorded cannot change hands: nobody could go on with it."""


@transaction.atomic
def claim_contact(*, reference: str, by: Actor, now: datetime) -> Contact:
    """
    Make a waiting contact the actor's own. Claiming one's own contact again changes nothing.

    :raises AlreadyClaimed: if a colleague has it: who, and since when
    """
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_CLAIM, contact)
    if contact.owner and contact.state == ContactState.IN_HAND:
        if f"staff:{contact.owner.username}" == by.ref:
            return contact
        raise AlreadyClaimed(f"{contact.owner.name} claimed this contact at {contact.owned_since:%H:%M:%S}.")
    contact.state = CONTACT.after(contact.state, "claim")
    _own(contact, by=by, now=now)
    contact.save()
    clocks.meet_waiting(contact, by=by, now=now)
    clocks.start_in_hand(contact, by=by, now=now)
    record(ContactClaimed(about=reference, owner=by.name), by=by, at=now, journey=reference)
    return contact


class NobodyWaits(Refusal):
    """There is no waiting contact to take."""


@transaction.atomic
def claim_next(*, by: Actor, now: datetime) -> Contact:
    """
    Make the first waiting contact in rank order the actor's own. Two who ask at once get two different ones.

    :raises NobodyWaits: if no contact waits
    """
    require(by, Permission.CONTACT_CLAIM)
    first = queries.lock_first_waiting()
    if first is None:
        raise NobodyWaits("Nobody is waiting: every contact has an owner.")
    return claim_contact(reference=first.reference, by=by, now=now)


@transaction.atomic
def take_over(*, reference: str, reason: str, by: Actor, now: datetime) -> Contact:
    """Take a contact over from a colleague, with a reason. Its duties run on."""
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_TAKE_OVER, contact)
    if not reason.strip():
        raise NothingRecorded("Say why you take this contact over.")
    contact.state = CONTACT.after(contact.state, "take_over")
    before = contact.owner.name if contact.owner else ""
    _own(contact, by=by, now=now)
    contact.save()
    taken = ContactTakenOver(about=reference, before=before, owner=by.name, reason=reason)
    record(taken, by=by, at=now, journey=reference)
    return contact


@transaction.atomic
def hand_back(*, reference: str, summary: str, by: Actor, now: datetime) -> Contact:
    """
    Give a contact back to the queue with a summary for the next one. The first contact, and what is late, stay as they are.

    :raises NothingRecorded: if nothing about it is recorded and there is no summary
    """
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_CLAIM, contact)
    if not summary.strip():
        raise NothingRecorded("Say in a line or two where this contact stands, for whoever takes it next.")
    contact.state = CONTACT.after(contact.state, "hand_back")
    contact.owner, contact.owned_since, contact.touched_at = None, None, now
    contact.version += 1
    contact.save()
    write_note(contact, text=summary, by=by, now=now)
    # A review and a promised call back run on: whoever takes it next inherits them.
    for kind in (Duty.ASSESS, Duty.ROUTE):
        obligations.stop_obligation(kind=kind, subject=reference, because="handed back to the queue", by=by, now=now)
    clocks.start_waiting(contact, starts_at=now, by=by, now=now)
    record(ContactHandedBack(about=reference), by=by, at=now, journey=reference)
    return contact


@transaction.atomic
def release_contact(*, reference: str, because: str, by: Actor, now: datetime) -> Contact:
    """Give a contact whose owner has gone quiet back to the queue. Called when a timer of a later stage has run out."""
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_FILE, contact)
    contact.state = CONTACT.after(contact.state, "release")
    contact.owner, contact.owned_since, contact.touched_at = None, None, now
    contact.version += 1
    contact.save()
    for kind in (Duty.ASSESS, Duty.ROUTE):
        obligations.stop_obligation(kind=kind, subject=reference, because="returned to the queue", by=by, now=now)
    clocks.start_waiting(contact, starts_at=now, by=by, now=now)
    record(ContactReturned(about=reference, because=because), by=by, at=now, journey=reference)
    return contact


@transaction.atomic
def pass_on(*, reference: str, by: Actor, now: datetime) -> Contact:
    """
    Make the actor the owner of a contact that its owner offered to them. Its duties run on.

    Called by a later stage, which keeps the offer and has seen that it was the actor's to accept.
    """
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_CLAIM, contact)
    contact.state = CONTACT.after(contact.state, "pass_on")
    _own(contact, by=by, now=now)
    contact.save()
    record(ContactClaimed(about=reference, owner=by.name), by=by, at=now, journey=reference)
    return contact


@transaction.atomic
def refer_contact(*, reference: str, partner: str, by: Actor, now: datetime) -> Contact:
    """Let a partner agency own a contact until it answers. Called by triage, which keeps the referral and its clock."""
    contact = queries.lock_contact(reference)
    require(by, Permission.REFERRAL_SEND, contact)
    contact.state = CONTACT.after(contact.state, "refer")
    contact.owner, contact.owned_since, contact.touched_at = None, None, now
    contact.version += 1
    contact.save()
    record(
        ContactReferred(about=reference, partner=partner),
        by=by,
        at=now,
        journey=reference,
    )
    return contact


@transaction.atomic
def return_contact(*, reference: str, because: str, by: Actor, now: datetime) -> Contact:
    """
    Take a contact back from a partner agency into the queue, its original first contact kept.

    Called by triage when a referral is declined, timed out or withdrawn; triage has asked for the permission.
    """
    contact = queries.lock_contact(reference)
    contact.state = CONTACT.after(contact.state, "return")
    contact.touched_at = now
    contact.version += 1
    contact.save()
    clocks.start_waiting(contact, starts_at=now, by=by, now=now)
    record(
        ContactReturned(about=reference, because=because),
        by=by,
        at=now,
        journey=reference,
    )
    return contact


def _own(contact: Contact, *, by: Actor, now: datetime) -> None:
    contact.owner, contact.owned_since, contact.touched_at = member_of(by), now, now
    contact.version += 1

"""What happened to a call in the queue: presented, answered, abandoned, ended?"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import (
    ObligationKind as Duty,
)
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact.events import CallEventFiled
from standfast.journey.contact.models import Call, Contact
from standfast.journey.contact.operations import clocks
from standfast.journey.contact.operations.recording import lock_call
from standfast.journey.contact.rules.channel import Channel, first_contact_at
from standfast.journey.contact.states import ContactState

STAMP = {
    "presented": "presented_at",
    "answered": "answered_at",
    "abandoned": "abandoned_at",
    "ended": "ended_at",
}


@dataclass(frozen=True, kw_only=True)
class CallStamp:
    """One queue event of a call as telephony told it; `channel` (999 or 101) where it said so."""

    source: str
    source_ref: str
    event: str
    at: datetime
    channel: str = ""


@transaction.atomic(savepoint=False)
def file_call_event(*, stamp: CallStamp, by: Actor, now: datetime) -> Call:
    """
    File one queue event of a call, in whatever order events arrive. The earliest stamp of a kind stands.

    A call that broke off while its contact still waits starts a five-minute decision: silence may mean danger.
    """
    require(by, Permission.CONTACT_FILE)
    call = lock_call(source=stamp.source, source_ref=stamp.source_ref, channel=stamp.channel)
    name = STAMP[stamp.event]
    standing = getattr(call, name)
    setattr(call, name, min(standing, stamp.at) if standing else stamp.at)
    call.channel = call.channel or stamp.channel
    call.save(update_fields=[name, "channel"])
    if call.contact_id:
        _carry_over(call, event=stamp.event, by=by, now=now)
    reference = call.contact.reference if call.contact else ""
    about = reference or f"call:{stamp.source_ref}"[:80]
    record(CallEventFiled(about=about, event=stamp.event), by=by, at=now, journey=reference)
    return call


def _carry_over(call: Call, *, event: str, by: Actor, now: datetime) -> None:
    contact = Contact.objects.select_for_update().get(call=call)
    contact.presented_at, contact.answered_at, contact.ended_at = (
        call.presented_at,
        call.answered_at,
        call.ended_at,
    )
    # Once somebody has taken the contact its first instant stands: an incident or a referral may count from it.
    if contact.state == ContactState.WAITING and contact.version == 1:
        contact.first_contact_at = first_contact_at(
            Channel(contact.channel), answered_at=call.answered_at, received_at=contact.received_at
        )
    contact.save(update_fields=["presented_at", "answered_at", "ended_at", "first_contact_at"])
    if event == "abandoned" and contact.state == ContactState.WAITING:
        obligations.start_obligation(
            kind=Duty.ABANDONED_DECISION,
            case="any",
            starts_at=call.abandoned_at or now,
            by=by,
            now=now,
            **clocks.about(contact),
        )

"""Which duties run for a contact in each state? An open contact always has one."""

from datetime import datetime

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import (
    ObligationKind as Duty,
)
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk


def start_first(contact: Contact, *, by: Actor, now: datetime) -> None:
    """Start the duty to take up a contact that was just recorded, for which none can run yet."""
    obligations.start_first_obligation(
        kind=_waiting_duty(contact),
        case=urgency_case(contact),
        starts_at=contact.received_at,
        by=by,
        now=now,
        **about(contact),
    )


def start_waiting(contact: Contact, *, starts_at: datetime, by: Actor, now: datetime) -> None:
    """Start the duty to take up a waiting contact: a report is read for risk, everything else is claimed."""
    obligations.start_obligation(
        kind=_waiting_duty(contact),
        case=urgency_case(contact),
        starts_at=starts_at,
        by=by,
        now=now,
        **about(contact),
    )


def _waiting_duty(contact: Contact) -> Duty:
    return Duty.RISK_READ if contact.channel == Channel.ONLINE and contact.risk == Risk.STANDARD else Duty.CLAIM


def start_in_hand(contact: Contact, *, by: Actor, now: datetime) -> None:
    """Start the duty to assess a contact that somebody has taken."""
    case = contact.channel if contact.channel == Channel.CALL_999 else "any"
    obligations.start_obligation(kind=Duty.ASSESS, case=case, starts_at=now, by=by, now=now, **about(contact))


def meet_waiting(contact: Contact, *, by: Actor, now: datetime) -> None:
    """Record that a waiting contact was taken up."""
    for kind in (Duty.CLAIM, Duty.RISK_READ, Duty.ABANDONED_DECISION):
        obligations.meet_obligation(kind=kind, subject=contact.reference, at=now, by=by, now=now)


def restart_waiting(contact: Contact, *, because: str, by: Actor, now: datetime) -> None:
    """Start the duty of a waiting contact anew under its changed risk; what ran before is stopped, saying why."""
    for kind in (Duty.CLAIM, Duty.RISK_READ):
        obligations.stop_obligation(kind=kind, subject=contact.reference, because=because, by=by, now=now)
    start_waiting(contact, starts_at=now, by=by, now=now)


def urgency_case(contact: Contact) -> str:
    """Return the case of the limit table for a contact nobody has graded: 999, else its risk."""
    return contact.channel if contact.channel == Channel.CALL_999 else contact.risk


def about(contact: Contact) -> dict[str, str]:
    """Return what a duty of this contact is about."""
    return {"subject": contact.reference, "journey": contact.reference}

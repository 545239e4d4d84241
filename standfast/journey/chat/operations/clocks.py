"""Which duties run for a conversation in each state? They are about the chat, apart from those of its contact."""

from datetime import datetime

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations import queries as running
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.chat.models import Conversation
from standfast.journey.chat.rules.risk_mark import is_marked

TO_ANSWER = (Duty.CHAT_ANSWER, Duty.CHAT_REPLY)


def subject_of(reference: str) -> str:
    """Return what the duties of a chat are about."""
    return f"chat:{reference}"


def start_first_answer(chat: Conversation, *, starts_at: datetime, by: Actor, now: datetime) -> None:
    """Start the duty that anybody answers a chat opened just now, about which no duty can be running."""
    obligations.start_first_obligation(
        kind=Duty.CHAT_ANSWER,
        case=chat.contact.risk,
        subject=subject_of(chat.reference),
        journey=chat.reference,
        starts_at=starts_at,
        by=by,
        now=now,
    )


def start_answer(chat: Conversation, *, starts_at: datetime, by: Actor, now: datetime) -> None:
    """Start the duty that anybody answers; one that runs already goes on."""
    _start(chat, Duty.CHAT_ANSWER, case=chat.contact.risk, starts_at=starts_at, by=by, now=now)


def start_reply(chat: Conversation, *, starts_at: datetime, by: Actor, now: datetime) -> None:
    """Start the return timer: the owner answers, or the chat goes back to the queue."""
    _start(chat, Duty.CHAT_REPLY, case=chat.contact.risk, starts_at=starts_at, by=by, now=now)


def start_transfer(chat: Conversation, *, by: Actor, now: datetime) -> None:
    """Start the time within which an offer is accepted or refused."""
    _start(chat, Duty.CHAT_TRANSFER, case="any", starts_at=now, by=by, now=now)


def start_decision(chat: Conversation, *, starts_at: datetime, by: Actor, now: datetime) -> None:
    """Start the decision on a chat that broke off: minutes if it is marked by risk."""
    case = "chat_marked" if is_marked(chat.contact.risk) else "chat_unmarked"
    _start(chat, Duty.ABANDONED_DECISION, case=case, starts_at=starts_at, by=by, now=now)


def meet(chat: Conversation, *kinds: Duty, at: datetime, by: Actor, now: datetime) -> None:
    """Record that duties were done at an instant, where they run."""
    obligations.meet_obligations(kinds, subject=subject_of(chat.reference), at=at, by=by, now=now)


def stop(chat: Conversation, *kinds: Duty, because: str, by: Actor, now: datetime) -> None:
    """Stop duties that no longer apply, where they run, saying why."""
    obligations.stop_obligations(kinds, subject=subject_of(chat.reference), because=because, by=by, now=now)


def stop_all(chat: Conversation, *, because: str, by: Actor, now: datetime) -> None:
    """Stop every duty of a chat, saying why."""
    obligations.stop_all(subject=subject_of(chat.reference), because=because, by=by, now=now)


def restart_under_risk(chat: Conversation, *, by: Actor, now: datetime) -> None:
    """Start what runs anew under the changed risk, from the instant at which it began."""
    subject = subject_of(chat.reference)
    for duty in running.running_for([subject]).get(subject, []):
        kind = Duty(duty.kind)
        obligations.stop_obligation(kind=kind, subject=subject, because="risk changed", by=by, now=now)
        if kind == Duty.ABANDONED_DECISION:
            start_decision(chat, starts_at=duty.starts_at, by=by, now=now)
        elif kind in TO_ANSWER:
            _start(chat, kind, case=chat.contact.risk, starts_at=duty.starts_at, by=by, now=now)
        else:
            start_transfer(chat, by=by, now=now)


def is_due(chat: Conversation, kind: Duty, *, now: datetime) -> bool:
    """Say whether a duty of this kind runs for the chat and is over its limit."""
    subject = subject_of(chat.reference)
    return any(duty.kind == kind and duty.due_at <= now for duty in running.running_for([subject]).get(subject, []))


def _start(chat: Conversation, kind: Duty, *, case: str, starts_at: datetime, by: Actor, now: datetime) -> None:
    obligations.start_obligation(
        kind=kind,
        case=case,
        subject=subject_of(chat.reference),
        journey=chat.reference,
        starts_at=starts_at,
        by=by,
        now=now,
    )

"""
What happens when a chat breaks off? Exit, silence, a lost link and an announced end are different events; each asks a person to decide.

Nothing here ever rings, writes to or otherwise reaches for the visitor: whoever answers a phone may not be the one who wrote.
"""

from datetime import datetime, timedelta

from django.db import transaction

from standfast.foundation.eventlog.happening import Happening
from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake.operations import chatting
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import queries
from standfast.journey.chat.events import (
    AbandonedDecided,
    ChatClosed,
    EndAnnounced,
    LinkLost,
    VisitorCameBack,
    VisitorLeft,
    VisitorSilent,
)
from standfast.journey.chat.models import Conversation
from standfast.journey.chat.operations import clocks
from standfast.journey.chat.operations.owning import check_owner, claim_chat
from standfast.journey.chat.states import CHAT, AbandonedDecision, Break, ChatState, Told

LISTEN_FOR = timedelta(minutes=10)


class ReasonMissing(Refusal):
    """A decision or an ending without a reason."""


class WroteSince(Refusal):
    """Something came that the person who wants to end the chat has not seen."""


def note_left(chat: Conversation, *, by: Actor, now: datetime) -> None:
    """Note, on a chat the caller has locked, that its visitor pressed the exit control."""
    _break_off(chat, Break.LEFT, VisitorLeft(about=chat.reference), by=by, now=now)


def note_end_announced(chat: Conversation, *, phrase: str, by: Actor, now: datetime) -> None:
    """Note, on a chat the caller has locked, that its visitor wrote that they must stop."""
    _break_off(chat, Break.END_PHRASE, EndAnnounced(about=chat.reference, phrase=phrase), by=by, now=now)


@transaction.atomic
def note_lost_link(*, reference: str, by: Actor, now: datetime) -> None:
    """Note that a visitor's page is not heard of any more. Called by a timer, which may be late: it looks again."""
    require(by, Permission.CHAT_FILE)
    chat = queries.lock_conversation(reference)
    if not queries.links_lost(now=now, only=reference):
        return
    seen_at = chat.thread.presence.seen_at or chat.visitor_at
    lost = LinkLost(about=reference, seconds=int((now - seen_at).total_seconds()))
    _break_off(chat, Break.LOST_LINK, lost, by=by, now=now)


@transaction.atomic
def note_silence(*, reference: str, by: Actor, now: datetime) -> None:
    """Note that a visitor whose turn it is gives no sign. Called by a timer, which may be late: it looks again."""
    require(by, Permission.CHAT_FILE)
    chat = queries.lock_conversation(reference)
    if not queries.silences(now=now, only=reference):
        return
    silent = VisitorSilent(about=reference, seconds=int((now - queries.silent_since(chat)).total_seconds()))
    _break_off(chat, Break.SILENCE, silent, by=by, now=now)


def _break_off(chat: Conversation, how: Break, event: Happening, *, by: Actor, now: datetime) -> None:
    """Put a chat the caller has locked on the abandoned queue with its decision clock; one that is there keeps its first clock."""
    if chat.state == ChatState.CLOSED:
        return
    record(event, by=by, at=now, journey=chat.reference)
    if chat.state == ChatState.ABANDONED:
        # The exit control says more than a line that fell silent before it.
        chat.broken_how = how if how == Break.LEFT else chat.broken_how
        chat.save(update_fields=["broken_how"])
        return
    chat.state = CHAT.after(chat.state, "break_off")
    chat.broken_how, chat.broken_at = how, now
    chat.waiting_since, chat.offered_to, chat.offered_at = None, None, None
    chat.save()
    duties = (Duty.CHAT_ANSWER, Duty.CHAT_REPLY, Duty.CHAT_TRANSFER)
    clocks.stop(chat, *duties, because=f"broke off: {how}", by=by, now=now)
    clocks.start_decision(chat, starts_at=now, by=by, now=now)


def come_back(chat: Conversation, *, how: str, by: Actor, now: datetime) -> None:
    """Let a chat the caller has locked go on where it broke off: with its owner, else in the queue."""
    if chat.state != ChatState.ABANDONED:
        return
    chat.state = CHAT.after(chat.state, "come_back_to_owner" if chat.owner_id else "come_back")
    chat.broken_how, chat.broken_at = "", None
    chat.waiting_since = None if chat.owner_id else now
    chat.save()
    clocks.stop(chat, Duty.ABANDONED_DECISION, because="the visitor came back", by=by, now=now)
    if not chat.owner_id:
        clocks.start_answer(chat, starts_at=now, by=by, now=now)
        chatting.tell_visitor(thread=chat.thread_id, told=Told.WAITING)
    record(VisitorCameBack(about=chat.reference, how=how), by=by, at=now, journey=chat.reference)


@transaction.atomic
def note_visitor_back(*, reference: str, by: Actor, now: datetime) -> None:
    """Note that a page that was lost is heard of again, or that a silent visitor types. Called by a timer."""
    require(by, Permission.CHAT_FILE)
    chat = queries.lock_conversation(reference)
    if queries.visitors_back(only=reference):
        come_back(chat, how="their page is there again", by=by, now=now)


@transaction.atomic
def decide_on_abandoned(
    *, reference: str, decision: AbandonedDecision, reason: str, by: Actor, now: datetime
) -> Conversation:
    """
    Decide what follows from a chat that broke off; whoever decides has it from then on.

    :raises ReasonMissing: if no reason is given
    :raises IllegalMove: if it is not broken off (any more)
    """
    if not reason.strip():
        raise ReasonMissing("Say why: somebody may have to answer for this decision.")
    chat = claim_chat(reference=reference, by=by, now=now)
    if decision == AbandonedDecision.CLOSE:
        CHAT.after(chat.state if chat.state == ChatState.ABANDONED else ChatState.WAITING, "close")
    else:
        chat.state = CHAT.after(chat.state, "resume")
    clocks.meet(chat, Duty.ABANDONED_DECISION, at=now, by=by, now=now)
    decided = AbandonedDecided(about=reference, decision=decision, reason=reason.strip())
    record(decided, by=by, at=now, journey=reference)
    if decision == AbandonedDecision.CLOSE:
        return _close(chat, reason=reason, by=by, now=now)
    chat.broken_how, chat.broken_at, chat.listen_until = "", None, now + LISTEN_FOR
    chat.save()
    if chat.unanswered_since:
        clocks.start_reply(chat, starts_at=now, by=by, now=now)
    return chat


@transaction.atomic
def close_chat(*, reference: str, reason: str, after: int, by: Actor, now: datetime) -> Conversation:
    """
    Close a chat with a reason; its contact goes on by its own rules. `after` is the last line the person had on screen.

    :raises WroteSince: if the visitor wrote something after it
    :raises ReasonMissing: if no reason is given
    :raises NotYours: if somebody else has the chat
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    check_owner(chat, by)
    if not reason.strip():
        raise ReasonMissing("Say why the chat ends here.")
    CHAT.after(chat.state, "close")
    if not chatting.end_thread(thread=chat.thread_id, up_to=after, now=now):
        raise WroteSince("The visitor wrote something since. Read it first.")
    return _close(chat, reason=reason, by=by, now=now)


def _close(chat: Conversation, *, reason: str, by: Actor, now: datetime) -> Conversation:
    chatting.end_thread(thread=chat.thread_id, up_to=None, now=now)
    chat.state, chat.owner, chat.owned_since = CHAT.after(chat.state, "close"), None, None
    chat.broken_how, chat.broken_at = "", None
    chat.closed_at, chat.closing_reason, chat.unanswered_since = now, reason.strip()[:400], None
    chat.save()
    clocks.stop_all(chat, because="chat closed", by=by, now=now)
    record(ChatClosed(about=chat.reference, reason=reason.strip()), by=by, at=now, journey=chat.reference)
    return chat

"""
Who has a chat? An operator, or the queue, at every instant; and whoever has the chat has its contact, as long as that is open.

Ownership moves by the contact's operations where the contact is open: what follows from those (`flow.py`) moves the chat along, so that
the contact desk and the chat desk can never disagree.
"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake.operations import chatting
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import queries
from standfast.journey.chat.events import ChatClaimed, ChatHandedBack, ChatReturned, ChatTakenOver
from standfast.journey.chat.models import Conversation, PrivateNote
from standfast.journey.chat.operations import clocks, telling
from standfast.journey.chat.rules.load import may_take
from standfast.journey.chat.states import CHAT, HELD, ChatState, Told
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.events import ContactClaimed, ContactHandedBack, ContactTakenOver, RiskChanged
from standfast.journey.contact.operations.staff import member_of
from standfast.journey.contact.states import ContactState


class AlreadyTaken(Refusal):
    """A colleague was faster."""


class TooMuchInHand(Refusal):
    """The operator carries as many load points as they take."""


class NotYours(Refusal):
    """Only whoever has a chat may do this."""


class NobodyWaits(Refusal):
    """No chat waits that this operator may take."""


class SummaryMissing(Refusal):
    """A chat changes hands with a line or two about where it stands, or not at all."""


@transaction.atomic
def claim_chat(*, reference: str, by: Actor, now: datetime) -> Conversation:
    """
    Make a waiting or broken-off chat the actor's own, with its contact. Claiming one's own again changes nothing.

    :raises AlreadyTaken: if a colleague has it
    :raises TooMuchInHand: if the actor carries too much already; a chat marked by risk is never refused for that
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    if is_owner(chat, by):
        return chat
    if chat.owner:
        raise AlreadyTaken(f"{chat.owner.name} has this chat since {chat.owned_since:%H:%M:%S}.")
    _check_load(chat, by=by, now=now)
    _own(chat, by=by, now=now)
    # Last: what follows from it finds the chat in the same hands.
    if chat.contact.state == ContactState.WAITING:
        contact_operations.claim_contact(reference=reference, by=by, now=now)
    return chat


@transaction.atomic
def claim_next_chat(*, by: Actor, now: datetime) -> Conversation:
    """
    Make the chat that stands first in rank the actor's own. Two who ask at once get two different ones.

    :raises NobodyWaits: if none waits
    :raises TooMuchInHand: if the first one is too much for the actor
    """
    require(by, Permission.CHAT_ANSWER)
    for row in queries.list_waiting(by=by, now=now):
        free = Conversation.objects.select_for_update(skip_locked=True).filter(reference=row.reference, owner=None)
        if free.exists():
            return claim_chat(reference=row.reference, by=by, now=now)
    raise NobodyWaits("No chat waits.")


@transaction.atomic
def hand_back_chat(*, reference: str, summary: str, by: Actor, now: datetime) -> Conversation:
    """
    Give a chat back to the queue with a line or two for whoever takes it next.

    :raises SummaryMissing: if nothing is said about where it stands
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    check_owner(chat, by)
    check_summary(summary)
    chat.summary = summary.strip()[:400]
    chat.save(update_fields=["summary"])
    if _has_contact(chat, chat.owner_id):
        contact_operations.hand_back(reference=reference, summary=summary, by=by, now=now)
    chat.refresh_from_db()
    if chat.owner_id:
        _hand_back(chat, by=by, now=now)
    return chat


@transaction.atomic
def take_over_chat(*, reference: str, reason: str, by: Actor, now: datetime) -> Conversation:
    """Take a chat over from a colleague, with a reason; the visitor is told that somebody else goes on."""
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_SUPERVISE, chat)
    if not reason.strip():
        raise SummaryMissing("Say why you take this chat over.")
    if chat.state not in HELD or is_owner(chat, by):
        return claim_chat(reference=reference, by=by, now=now)
    if _has_contact(chat, chat.owner_id):
        contact_operations.take_over(reference=reference, reason=reason, by=by, now=now)
    chat.refresh_from_db()
    if not is_owner(chat, by):
        _take_over(chat, reason=reason, by=by, now=now)
    return chat


@transaction.atomic
def return_chat(*, reference: str, because: str, by: Actor, now: datetime) -> Conversation:
    """Take a chat from an owner who has gone quiet or is gone back into the queue, its wait kept. Called by a timer."""
    require(by, Permission.CHAT_FILE)
    chat = queries.lock_conversation(reference)
    if chat.state not in HELD or chat.owner is None:
        return chat
    owner = chat.owner
    chat.state = CHAT.after(chat.state, "return")
    chat.times_returned += 1
    to_queue(chat, by=by, now=now)
    record(ChatReturned(about=reference, owner=owner.name, because=because), by=by, at=now, journey=reference)
    if _has_contact(chat, owner.pk):
        contact_operations.release_contact(reference=reference, because=f"chat: {because}", by=by, now=now)
    return chat


def return_quiet(*, reference: str, by: Actor, now: datetime) -> None:
    """Return a chat to the queue if its owner still owes an answer that is over its limit."""
    chat = queries.find_conversation(reference=reference)
    if chat and clocks.is_due(chat, Duty.CHAT_REPLY, now=now):
        return_chat(reference=reference, because="its owner did not answer in time", by=by, now=now)


def follow_claim(claimed: ContactClaimed, *, by: Actor, now: datetime) -> None:
    """The contact of a chat was claimed: so is the chat."""
    chat = _of_event(claimed.about)
    if chat and chat.owner is None and chat.state in {ChatState.WAITING, ChatState.ABANDONED}:
        _own(chat, by=by, now=now)


def follow_take_over(taken: ContactTakenOver, *, by: Actor, now: datetime) -> None:
    """The contact of a chat was taken over: so is the chat."""
    chat = _of_event(taken.about)
    if chat and chat.state in HELD and not is_owner(chat, by):
        _take_over(chat, reason=taken.reason, by=by, now=now)


def follow_hand_back(handed: ContactHandedBack, *, by: Actor, now: datetime) -> None:
    """The contact of a chat went back to the queue: so does the chat."""
    chat = _of_event(handed.about)
    if chat and chat.owner and chat.state != ChatState.CLOSED:
        _hand_back(chat, by=by, now=now)


def follow_risk(changed: RiskChanged, *, by: Actor, now: datetime) -> None:
    """The risk of a contact changed: what runs for its chat is counted anew under it."""
    chat = _of_event(changed.about)
    if chat and chat.state != ChatState.CLOSED:
        clocks.restart_under_risk(chat, by=by, now=now)


def is_owner(chat: Conversation, by: Actor) -> bool:
    """Say whether the actor has the chat."""
    return chat.owner is not None and f"staff:{chat.owner.username}" == by.ref


def check_owner(chat: Conversation, by: Actor) -> None:
    """
    Let only whoever has the chat pass.

    :raises NotYours: if it is somebody else's, or nobody's
    """
    if not is_owner(chat, by):
        name = chat.owner.name if chat.owner else "nobody yet"
        raise NotYours(f"This chat is with {name}. Take it first.")


def check_summary(summary: str) -> None:
    """
    Ask for a line or two.

    :raises SummaryMissing: if there is nothing, or a page of it
    """
    if not summary.strip() or len(summary.strip()) > 400 or len(summary.strip().splitlines()) > 2:
        raise SummaryMissing("Say in a line or two where this chat stands, for whoever goes on with it.")


def to_queue(chat: Conversation, *, by: Actor, now: datetime) -> None:
    """Put a chat the caller has locked, its state changed already, into the queue with a clock, and tell the visitor."""
    chat.owner, chat.owned_since, chat.waiting_since = None, None, now
    chat.offered_to, chat.offered_at, chat.broken_how, chat.broken_at = None, None, "", None
    chat.told_nobody = False
    chat.save()
    clocks.stop(chat, Duty.CHAT_REPLY, Duty.CHAT_TRANSFER, because="went back to the queue", by=by, now=now)
    clocks.start_answer(chat, starts_at=now, by=by, now=now)
    telling.notice(chat, text=telling.BACK, told=Told.BACK_IN_QUEUE, by=by, now=now)


def _own(chat: Conversation, *, by: Actor, now: datetime) -> None:
    move = "take_up" if chat.state == ChatState.ABANDONED else "claim"
    chat.state = CHAT.after(chat.state, move)
    chat.owner, chat.owned_since, chat.waiting_since = member_of(by), now, None
    chat.save()
    if chat.state == ChatState.IN_HAND and chat.unanswered_since:
        clocks.start_reply(chat, starts_at=now, by=by, now=now)
    chatting.tell_visitor(thread=chat.thread_id, told=Told.WITH_US)
    record(ChatClaimed(about=chat.reference, owner=by.name), by=by, at=now, journey=chat.reference)


def _take_over(chat: Conversation, *, reason: str, by: Actor, now: datetime) -> None:
    before = chat.owner.name if chat.owner else ""
    chat.state = CHAT.after(chat.state, "take_over")
    chat.owner, chat.owned_since, chat.offered_to, chat.offered_at = member_of(by), now, None, None
    chat.save()
    clocks.stop(chat, Duty.CHAT_TRANSFER, Duty.CHAT_REPLY, because="taken over", by=by, now=now)
    if chat.unanswered_since:
        clocks.start_reply(chat, starts_at=now, by=by, now=now)
    telling.notice(chat, text=telling.PASSED_ON, told=Told.WITH_US, by=by, now=now)
    taken = ChatTakenOver(about=chat.reference, before=before, owner=by.name, reason=reason)
    record(taken, by=by, at=now, journey=chat.reference)


def _hand_back(chat: Conversation, *, by: Actor, now: datetime) -> None:
    chat.state = CHAT.after(chat.state, "hand_back")
    clocks.stop(chat, Duty.ABANDONED_DECISION, because="handed back to the queue", by=by, now=now)
    to_queue(chat, by=by, now=now)
    if chat.summary:
        PrivateNote.objects.create(conversation=chat, text=chat.summary, by_ref=by.ref, by_name=by.name, at=now)
    record(ChatHandedBack(about=chat.reference), by=by, at=now, journey=chat.reference)


def _check_load(chat: Conversation, *, by: Actor, now: datetime) -> None:
    points = queries.points_of(by=by, now=now)
    carried = queries.carried_by(member_of(by).pk, now=now)
    if not may_take(chat.contact.risk, carried=carried, points=points, on=days.london_day(now)):
        raise TooMuchInHand(f"You carry {carried} of {points} load points. Finish or hand back a chat first.")


def _has_contact(chat: Conversation, owner: int | None) -> bool:
    chat.contact.refresh_from_db()
    return chat.contact.state == ContactState.IN_HAND and chat.contact.owner_id == owner


def _of_event(reference: str) -> Conversation | None:
    known = queries.find_conversation(reference=reference)
    return queries.lock_conversation(reference) if known else None

"""How does a chat go to a colleague? It is offered with a summary and stays where it is until the colleague accepts."""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import queries
from standfast.journey.chat.events import ChatAccepted, ChatOffered, ChatRefused
from standfast.journey.chat.models import Conversation, Operator, PrivateNote
from standfast.journey.chat.operations import clocks, telling
from standfast.journey.chat.operations.owning import NotYours, check_owner, check_summary
from standfast.journey.chat.states import CHAT, ChatState, Told
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.operations.staff import member_of
from standfast.journey.contact.states import ContactState


@transaction.atomic
def offer_chat(*, reference: str, to: str, summary: str, by: Actor, now: datetime) -> Conversation:
    """
    Offer a chat to a colleague by user name, with a summary of at most two lines. It stays the actor's until it is accepted.

    :raises NotFound: if the colleague does not take chats now: somebody who is not there cannot accept
    :raises SummaryMissing: if nothing is said about where it stands
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    check_owner(chat, by)
    check_summary(summary)
    colleague = Operator.objects.select_related("member").filter(member__username=to).first()
    if colleague is None or not queries.is_there(colleague, now=now) or colleague.member_id == chat.owner_id:
        raise NotFound("That colleague does not take chats now.")
    chat.state = CHAT.after(chat.state, "offer")
    chat.offered_to, chat.offered_at, chat.summary = colleague.member, now, summary.strip()[:400]
    chat.save()
    clocks.start_transfer(chat, by=by, now=now)
    record(ChatOffered(about=reference, to=colleague.member.name), by=by, at=now, journey=reference)
    return chat


@transaction.atomic
def accept_chat(*, reference: str, by: Actor, now: datetime) -> Conversation:
    """
    Take a chat that was offered to the actor, with its contact. The visitor is told that a colleague goes on.

    :raises NotYours: if it was offered to somebody else
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    state = CHAT.after(chat.state, "accept")
    if chat.offered_to_id != member_of(by).pk or chat.owner is None:
        raise NotYours("This chat was not offered to you.")
    giver = chat.owner
    chat.state, chat.owner, chat.owned_since = state, member_of(by), now
    chat.offered_to, chat.offered_at = None, None
    chat.save()
    clocks.meet(chat, Duty.CHAT_TRANSFER, at=now, by=by, now=now)
    clocks.stop(chat, Duty.CHAT_REPLY, because="accepted by a colleague", by=by, now=now)
    if chat.unanswered_since:
        clocks.start_reply(chat, starts_at=now, by=by, now=now)
    PrivateNote.objects.create(
        conversation=chat, text=chat.summary, by_ref=f"staff:{giver.username}", by_name=giver.name, at=now
    )
    record(ChatAccepted(about=reference, owner=by.name, before=giver.name), by=by, at=now, journey=reference)
    telling.notice(chat, text=telling.PASSED_ON, told=Told.WITH_US, by=by, now=now)
    chat.contact.refresh_from_db()
    if chat.contact.state == ContactState.IN_HAND and chat.contact.owner_id == giver.pk:
        contact_operations.pass_on(reference=reference, by=by, now=now)
    return chat


@transaction.atomic
def refuse_chat(*, reference: str, reason: str, by: Actor, now: datetime) -> Conversation:
    """
    Refuse a chat that was offered to the actor, or take back one's own offer. It stays with its owner.

    :raises NotYours: if it is neither
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    if chat.state == ChatState.TRANSFERRED and member_of(by).pk not in {chat.offered_to_id, chat.owner_id}:
        raise NotYours("This chat was not offered to you.")
    _end_offer(chat, because=reason.strip() or f"{by.name} cannot take it", by=by, now=now)
    return chat


@transaction.atomic
def expire_offer(*, reference: str, by: Actor, now: datetime) -> None:
    """End an offer nobody answered in time. Called by a timer."""
    require(by, Permission.CHAT_FILE)
    chat = queries.lock_conversation(reference)
    if chat.state == ChatState.TRANSFERRED and clocks.is_due(chat, Duty.CHAT_TRANSFER, now=now):
        _end_offer(chat, because="not answered in time", by=by, now=now)


def _end_offer(chat: Conversation, *, because: str, by: Actor, now: datetime) -> None:
    chat.state = CHAT.after(chat.state, "refuse")
    chat.offered_to, chat.offered_at = None, None
    chat.save()
    clocks.stop(chat, Duty.CHAT_TRANSFER, because=because, by=by, now=now)
    record(ChatRefused(about=chat.reference, because=because), by=by, at=now, journey=chat.reference)

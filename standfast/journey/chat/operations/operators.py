"""Who takes chats from when until when, and what becomes of theirs when they go?"""

from datetime import datetime, timedelta

from django.db import connection, transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import queries
from standfast.journey.chat.events import OperatorStarted, OperatorStopped
from standfast.journey.chat.models import Conversation, Operator
from standfast.journey.chat.operations.owning import hand_back_chat, return_chat
from standfast.journey.chat.rules.load import capacity
from standfast.journey.chat.states import OPEN
from standfast.journey.contact.operations.staff import member_of

SEEN_AGAIN = timedelta(seconds=10)
"""Whoever was seen this short a time ago need not be noted again."""
_SEEN = """
UPDATE chat_operator o SET seen_at = %s FROM people_staffmember m
WHERE m.id = o.member_id AND m.username = %s AND o.is_taking AND o.seen_at < %s
"""


class ChatsInHand(Refusal):
    """Somebody wants to stop who still has chats: nothing is left owned by somebody who is not there."""


@transaction.atomic
def start_taking_chats(*, points: int | None = None, by: Actor, now: datetime) -> Operator:
    """Begin to take chats, up to so many load points (the table's capacity unless fewer are wanted)."""
    require(by, Permission.CHAT_ANSWER)
    most = capacity(on=days.london_day(now))
    mine = min(most, points) if points is not None and points > 0 else most
    row, is_new = Operator.objects.select_for_update().get_or_create(
        member=member_of(by), defaults={"points": mine, "since": now, "seen_at": now, "is_taking": True}
    )
    if not is_new:
        if not row.is_taking:
            row.since = now
        row.is_taking, row.points, row.seen_at = True, mine, now
        row.save()
    record(OperatorStarted(about=member_of(by).username, points=mine), by=by, at=now)
    return row


def note_at_desk(*, by: Actor, now: datetime) -> None:
    """Note that somebody who takes chats is at the desk: told by the page every half minute."""
    require(by, Permission.CHAT_ANSWER)
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [now, by.ref.removeprefix("staff:"), now - SEEN_AGAIN])


@transaction.atomic
def stop_taking_chats(*, by: Actor, now: datetime) -> None:
    """
    Take no more chats.

    :raises ChatsInHand: if some are still in hand: hand them over first
    """
    require(by, Permission.CHAT_ANSWER)
    held = Conversation.objects.filter(owner=member_of(by), state__in=OPEN).count()
    if held:
        raise ChatsInHand(f"You still have {held} {'chat' if held == 1 else 'chats'}. Hand over or close them first.")
    _stop(member_of(by).username, because="ended the shift", by=by, now=now)


@transaction.atomic
def hand_over_all(*, summary: str, by: Actor, now: datetime) -> int:
    """Give every chat of the actor's back to the queue with a summary, and take no more. Returns how many there were."""
    require(by, Permission.CHAT_ANSWER)
    held = list(Conversation.objects.filter(owner=member_of(by), state__in=OPEN).values_list("reference", flat=True))
    for reference in held:
        hand_back_chat(reference=reference, summary=summary, by=by, now=now)
    _stop(member_of(by).username, because="handed over at the end of the shift", by=by, now=now)
    return len(held)


@transaction.atomic
def release_gone(*, username: str, by: Actor, now: datetime) -> None:
    """Return the chats of an operator who is not at the desk any more to the queue. Called by a timer."""
    require(by, Permission.CHAT_FILE)
    if username not in queries.operators_gone(now=now):
        return
    held = Conversation.objects.filter(owner__username=username, state__in=OPEN).values_list("reference", flat=True)
    for reference in list(held):
        return_chat(reference=reference, because="its owner is not at the desk", by=by, now=now)
    _stop(username, because="not at the desk any more", by=by, now=now)


def _stop(username: str, *, because: str, by: Actor, now: datetime) -> None:
    if Operator.objects.filter(member__username=username, is_taking=True).update(is_taking=False):
        record(OperatorStopped(about=username, because=because), by=by, at=now)

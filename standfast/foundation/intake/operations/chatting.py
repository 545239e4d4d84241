"""How do staff and worker write into a chat? Through the one SQL function that gives out places, so that both sides share one order."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import connection

from standfast.foundation.intake.models import ChatFiling, ChatLine, ChatPresence, ChatStanding, ChatThread
from standfast.foundation.intake.rules.chat_code import hash_of_code
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel.actor import Actor

Outcome = Literal["stored", "again", "conflict"]
_TELL = "UPDATE intake_chat_thread SET told = %s WHERE id = %s AND told <> %s"
_SEE = "UPDATE intake_chat_thread SET seen_seq = %s WHERE id = %s AND seen_seq < %s AND seq >= %s"


@dataclass(frozen=True, kw_only=True)
class AddedLine:
    """What became of a line: its place in the chat and when the database had it."""

    outcome: Outcome
    seq: int
    stored_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """A line to add: `client_id` was made by the sender before the first try."""

    side: ChatSide
    client_id: str
    text: str


def open_by_code(*, reference: str, code: str, opening: Mapping[str, Any], until: datetime, now: datetime) -> int:
    """
    Open a chat that its visitor enters by a code, once, and return its thread; one that is there gets a new code.

    In the caller's transaction, which holds the lock of the record the chat belongs to.
    """
    kept = {"return_hash": hash_of_code(code), "return_until": until}
    begun = {"opening": dict(opening), "opened_at": now, "told": "with_us"}
    found, _ = ChatThread.objects.update_or_create(reference=reference, defaults=kept, create_defaults=kept | begun)
    ChatFiling.objects.get_or_create(thread=found)
    ChatPresence.objects.get_or_create(thread=found)
    return int(found.pk)


def add_line(*, thread: int, line: NewLine, by: Actor, now: datetime) -> AddedLine:
    """Add a line to a chat in the caller's transaction; the same line again changes nothing."""
    given: list[int | str | datetime] = [thread, line.side.value, line.client_id, line.text, "", by.ref, now]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, seq, stored_at FROM public.intake_chat_add(%s, %s, %s, %s, %s, %s, %s)",
            given,
        )
        outcome, seq, stored_at = cursor.fetchone()
    return AddedLine(outcome=outcome, seq=seq, stored_at=stored_at)


def tell_visitor(*, thread: int, told: str) -> None:
    """Say to the visitor's page, as a code, how the chat stands."""
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [told, thread, told])
    wake_readers(thread=thread)


def mark_seen(*, thread: int, seq: int) -> bool:
    """Let the visitor see that lines up to a place were seen. Returns whether that is news."""
    with connection.cursor() as cursor:
        cursor.execute(_SEE, [seq, thread, seq, seq])
        is_news: bool = cursor.rowcount > 0
    if is_news:
        wake_readers(thread=thread)
    return is_news


def mark_staff_typing(*, thread: int, now: datetime) -> None:
    """Let the visitor see for ten seconds that somebody is writing."""
    ChatPresence.objects.filter(pk=thread).update(staff_typing_at=now)
    wake_readers(thread=thread)


def end_thread(*, thread: int, up_to: int | None, now: datetime) -> bool:
    """
    Take no more lines from the visitor; what was said can still be read, and a return code opens nothing any more.

    With `up_to`, only if nobody but staff wrote after that place: returns whether it ended. Asked under the lock that every line takes,
    so that no line can come in between.
    """
    found = ChatThread.objects.select_for_update().get(pk=thread)
    newer = ChatLine.objects.filter(thread=thread, seq__gt=up_to, side=ChatSide.VISITOR) if up_to is not None else None
    if newer is not None and newer.exists():
        return False
    if found.closed_at is None:
        found.closed_at, found.told, found.return_hash, found.return_until = now, "closed", None, None
        found.save(update_fields=["closed_at", "told", "return_hash", "return_until"])
        wake_readers(thread=thread)
    return True


def write_standing(*, says: Mapping[str, Any], now: datetime) -> None:
    """Write what the public page may say of the desk."""
    ChatStanding.objects.update_or_create(pk=1, defaults={"says": json.loads(json.dumps(says)), "written_at": now})


def wake_readers(*, thread: int) -> None:
    """Wake whoever reads this chat, when the transaction commits. They read by their own cursor: to wake them is never needed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('standfast_chat', %s)", [str(thread)])

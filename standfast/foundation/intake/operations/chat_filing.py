"""
How do the lines of a chat become part of a record?

A worker takes one chat at a time for a few seconds and files what came since, in order and in one transaction. It holds no lock a
visitor could wait for: until the last statement the chat's own row is free.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake.events import ChatFilingParked, FilingRetried
from standfast.foundation.intake.models import ChatFiling
from standfast.foundation.intake.operations.filing import FIRST_WAIT, LEASE, MOST_ATTEMPTS
from standfast.foundation.intake.queries import ReceivedChat, chat_to_file
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import rows_of
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission

_IN_TURN = """
SELECT {columns} FROM intake_chat_filing
WHERE due_seq > filed_seq AND parked_at IS NULL AND (next_try_at IS NULL OR next_try_at <= %s)
ORDER BY filed_at NULLS FIRST, thread_id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_CLAIM = "UPDATE intake_chat_filing SET attempts = attempts + 1, next_try_at = %s WHERE thread_id = ANY(%s)"
_FILED = """
UPDATE intake_chat_filing
SET filed_seq = coalesce(%s, due_seq), filed_at = %s, attempts = 0, last_error = '', next_try_at = NULL WHERE thread_id = %s
"""
_ONE_FILER = 7_236_402
"""The first key of the advisory locks that keep two workers from filing one chat."""


@dataclass(frozen=True, kw_only=True)
class ChatFiler:
    """
    Who makes a record of what was said.

    Called as `file(received, by=by, now=now)` inside the transaction that moves the chat's cursor, with the lines not filed before.
    """

    file: Callable[..., None]


def file_waiting_chats(*, filer: ChatFiler, by: Actor, now: datetime, limit: int = 50) -> int:
    """
    File what waits in at most `limit` chats: new ones first, then those last filed longest ago. Returns how many were tried.

    In turn, because under a rush the oldest chats have always something new: the others would wait as long as the rush lasts. In turn,
    what each said in the meantime is filed as one.
    """
    require(by, Permission.CONTACT_FILE)
    claimed = _claim(limit=limit, by=by, now=now)
    for thread in claimed:
        try:
            _file(thread, filer=filer, by=by, now=now)
        except Exception as error:  # noqa: BLE001 - see below
            # Whatever it is, the chats behind this one must go on.
            _count_failure(thread, error=error, by=by, now=now)
    return len(claimed)


@transaction.atomic
def retry_parked_chat(*, thread: int, reason: str, by: Actor, now: datetime) -> None:
    """
    Let a parked chat be filed again, because what was wrong has been put right.

    :raises NotFound: if there is no such parked chat
    """
    require(by, Permission.CONFLICT_RESOLVE)
    row = ChatFiling.objects.select_for_update().filter(pk=thread, parked_at__isnull=False).first()
    if row is None:
        raise NotFound("There is no such parked chat.")
    row.parked_at, row.attempts, row.next_try_at = None, 0, None
    row.save(update_fields=["parked_at", "attempts", "next_try_at"])
    reference = row.thread.reference
    record(FilingRetried(about=reference, filing=row.pk, reason=reason), by=by, at=now, journey=reference)


@transaction.atomic
def _claim(*, limit: int, by: Actor, now: datetime) -> list[int]:
    rows = rows_of(ChatFiling, _IN_TURN, [now, limit])
    claimed = []
    for row in rows:
        if row.attempts >= MOST_ATTEMPTS:
            _park(row, error="The worker stopped each time this was tried.", by=by, now=now)
        else:
            claimed.append(row.pk)
    if claimed:
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, [now + LEASE, claimed])
    return claimed


@transaction.atomic
def _file(thread: int, *, filer: ChatFiler, by: Actor, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ONE_FILER, thread % 2**31])
    received: ReceivedChat | None = chat_to_file(thread=thread)
    if received is not None:
        filer.file(received, by=by, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_FILED, [received.lines[-1].seq if received else None, now, thread])


@transaction.atomic
def _count_failure(thread: int, *, error: Exception, by: Actor, now: datetime) -> None:
    row = ChatFiling.objects.select_for_update().get(pk=thread)
    # The kind of error only: its text may quote somebody's words.
    row.last_error = f"{type(error).__module__}.{type(error).__qualname__}"
    if row.attempts >= MOST_ATTEMPTS:
        _park(row, error=row.last_error, by=by, now=now)
        return
    row.next_try_at = now + FIRST_WAIT * 2 ** (row.attempts - 1)
    row.save(update_fields=["last_error", "next_try_at"])


def _park(row: ChatFiling, *, error: str, by: Actor, now: datetime) -> None:
    row.parked_at, row.last_error, row.next_try_at = now, error, None
    row.save(update_fields=["parked_at", "last_error", "next_try_at"])
    reference = row.thread.reference
    record(ChatFilingParked(about=reference, attempts=row.attempts), by=by, at=now, journey=reference)

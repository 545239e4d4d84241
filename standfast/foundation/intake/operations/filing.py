"""
How does what was received become a record?

The worker takes one outbox row at a time, files it in a transaction of its own, and puts a row that keeps failing aside, where it is
seen.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import connection, transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake.events import FilingParked, FilingRetried
from standfast.foundation.intake.models import CallEvent, Filing, Source, Submission, UnitReport
from standfast.foundation.intake.queries import (
    Received,
    ReceivedCallEvent,
    ReceivedUnitReport,
    as_received,
)
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import rows_by_id, rows_of
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission

MOST_ATTEMPTS = 5
# Longer than a filing may take: a row whose worker died is tried again after this.
LEASE = timedelta(seconds=10)
FIRST_WAIT = timedelta(seconds=1)

# For every contact, so not put together anew each time.
_ANY_WAITING = "SELECT {columns} FROM intake_filing WHERE filed_at IS NULL AND parked_at IS NULL LIMIT 1"
_DUE = """
SELECT {columns} FROM intake_filing
WHERE filed_at IS NULL AND parked_at IS NULL AND (next_try_at IS NULL OR next_try_at <= %s)
ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_COUNT_TRY = "UPDATE intake_filing SET attempts = attempts + 1, next_try_at = %s WHERE id = ANY(%s)"
_MARK_FILED = """
UPDATE intake_filing SET contact_reference = %s, filed_at = statement_timestamp(), last_error = '', next_try_at = NULL
WHERE id = %s AND filed_at IS NULL AND parked_at IS NULL
"""

FileSubmission = Callable[..., str]
FileCallEvent = Callable[..., str]
FileUnitReport = Callable[..., str]


@dataclass(frozen=True, kw_only=True)
class Filers:
    """
    Who makes records of what was received.

    Each is called as `file(received, by=by, now=now)` inside the transaction that marks the row as filed, and returns the reference
    of the contact ("" for a call event that has none yet). Called twice for the same thing it must change nothing.
    """

    submission: FileSubmission
    call_event: FileCallEvent
    unit_report: FileUnitReport


def file_waiting(*, filers: Filers, by: Actor, now: datetime, limit: int = 20) -> int:
    """
    File what waits, oldest first, at most `limit` rows. Returns how many were tried.

    Several workers may do this at once: a row that one holds is passed over by the others.
    """
    require(by, Permission.CONTACT_FILE)
    # Asked several times a second, mostly in vain: a transaction is begun only where there is one.
    if not rows_of(Filing, _ANY_WAITING, []):
        return 0
    claimed = _claim(limit=limit, by=by, now=now)
    for row in claimed:
        try:
            _file(row, filers=filers, by=by, now=now)
        except Exception as error:  # noqa: BLE001 - see below
            # Whatever it is, the row is the worker's to put aside, and the rows behind it must move.
            _count_failure(row.pk, error=error, by=by, now=now)
    return len(claimed)


@transaction.atomic
def retry_parked(*, filing: int, reason: str, by: Actor, now: datetime) -> None:
    """
    Let a parked row be tried again, because what was wrong has been put right.

    :raises NotFound: if there is no such parked row
    """
    require(by, Permission.CONFLICT_RESOLVE)
    row = Filing.objects.select_for_update(of=("self",)).filter(pk=filing, parked_at__isnull=False).first()
    if row is None:
        raise NotFound("There is no such parked entry.")
    row.parked_at, row.attempts, row.next_try_at = None, 0, None
    row.save(update_fields=["parked_at", "attempts", "next_try_at"])
    record(
        FilingRetried(about=_about(row), filing=row.pk, reason=reason),
        by=by,
        at=now,
        journey=_journey(row),
    )


@transaction.atomic
def _claim(*, limit: int, by: Actor, now: datetime) -> list[Filing]:
    """Take rows whose time has come and count the try, committed before it: a row that kills its worker has been counted."""
    rows = rows_of(Filing, _DUE, [now, limit])
    # One that was tried before is taken alone: should it kill the worker again, no other is counted with it.
    alone = bool(rows) and rows[0].attempts > 0
    claimed = rows[:1] if alone else list(takewhile(lambda row: not row.attempts, rows))
    if alone and rows[0].attempts >= MOST_ATTEMPTS:
        _park(rows[0], error="The worker stopped each time this was tried.", by=by, now=now)
        return _claim(limit=limit, by=by, now=now)
    if not claimed:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_TRY, [now + LEASE, [row.pk for row in claimed]])
    _read_what_they_are_about(claimed)
    return claimed


def _read_what_they_are_about(claimed: Sequence[Filing]) -> None:
    # It never changes, so it need not be read again under each row's own lock.
    kinds: Mapping[str, type[Submission | CallEvent | UnitReport]] = {
        "submission": Submission,
        "call_event": CallEvent,
        "unit_report": UnitReport,
    }
    told: list[Submission | CallEvent | UnitReport] = []
    for name, kind in kinds.items():
        rows = {getattr(row, f"{name}_id"): row for row in claimed}
        for about in rows_by_id(kind, [each for each in rows if each is not None]).values():
            setattr(rows[about.pk], name, about)
            told.append(about)
    sources = rows_by_id(Source, list({about.source_id for about in told}))
    for about in told:
        about.source = sources[about.source_id]


@transaction.atomic
def _file(row: Filing, *, filers: Filers, by: Actor, now: datetime) -> None:
    # Marked first, which locks it: a worker that was slow finds that another has filed it meanwhile. By the database's clock, like the
    # time of storing: the difference is evidence.
    expected = _journey(row)
    with connection.cursor() as cursor:
        cursor.execute(_MARK_FILED, [expected, row.pk])
        if not cursor.rowcount:
            return
    received = as_received(row)
    reference = _filer(received, filers)(received, by=by, now=now)
    if reference != expected:
        Filing.objects.filter(pk=row.pk).update(contact_reference=reference)


def _filer(received: Received | ReceivedCallEvent | ReceivedUnitReport, filers: Filers) -> Callable[..., str]:
    if isinstance(received, Received):
        return filers.submission
    return filers.call_event if isinstance(received, ReceivedCallEvent) else filers.unit_report


@transaction.atomic
def _count_failure(pk: int, *, error: Exception, by: Actor, now: datetime) -> None:
    row = Filing.objects.select_for_update().get(pk=pk)
    # The kind of error only: its text may quote somebody's words, and this is shown and logged.
    row.last_error = f"{type(error).__module__}.{type(error).__qualname__}"
    if row.attempts >= MOST_ATTEMPTS:
        _park(row, error=row.last_error, by=by, now=now)
        return
    row.next_try_at = now + FIRST_WAIT * 2 ** (row.attempts - 1)
    row.save(update_fields=["last_error", "next_try_at"])


def _park(row: Filing, *, error: str, by: Actor, now: datetime) -> None:
    row.parked_at, row.last_error, row.next_try_at = now, error, None
    row.save(update_fields=["parked_at", "last_error", "next_try_at"])
    parked = FilingParked(about=_about(row), filing=row.pk, attempts=row.attempts)
    record(parked, by=by, at=now, journey=_journey(row))


def _about(row: Filing) -> str:
    if row.unit_report_id:
        return f"unit-report-{row.unit_report_id}"
    return _journey(row) or f"call-event-{row.call_event_id}"


def _journey(row: Filing) -> str:
    return row.submission.reference if row.submission else ""

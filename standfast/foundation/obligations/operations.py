"""How does a duty start, and how does it end? Called by the operations whose change starts or meets it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days, rows
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.obligations.events import (
    JobCaughtUp,
    JobLeftToPeople,
    ObligationMet,
    ObligationStarted,
    ObligationStopped,
)
from standfast.foundation.obligations.models import Obligation, Setback
from standfast.foundation.obligations.queries import STANDING, TRIES
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind, obligation_due_at

_MEET = """
UPDATE obligations_obligation SET met_at = %s
WHERE met_at IS NULL AND stopped_at IS NULL AND subject = %s AND kind = ANY(%s) RETURNING id, kind, journey, due_at
"""
_STOP = """
UPDATE obligations_obligation SET stopped_at = %s, stopped_because = %s
WHERE met_at IS NULL AND stopped_at IS NULL AND subject = %s AND kind = ANY(%s) RETURNING id, kind, journey, due_at
"""


@transaction.atomic
def start_obligation(
    *, kind: ObligationKind, case: str, subject: str, journey: str, starts_at: datetime, by: Actor, now: datetime
) -> Obligation:
    """
    Start a duty under the limits in force on the London day it starts, or return the one of its kind that already runs.

    `case` picks the row of the limit table, such as a channel or a grade.
    """
    standing = rows.find_row(Obligation, subject=subject, kind=kind.value, met_at=None, stopped_at=None)
    if standing:
        return standing
    return start_first_obligation(
        kind=kind, case=case, subject=subject, journey=journey, starts_at=starts_at, by=by, now=now
    )


@transaction.atomic(savepoint=False)
def start_first_obligation(
    *, kind: ObligationKind, case: str, subject: str, journey: str, starts_at: datetime, by: Actor, now: datetime
) -> Obligation:
    """
    Start a duty of a subject for which none of its kind can be running, because it was just recorded. The database holds that.

    `case` picks the row of the limit table, such as a channel or a grade.
    """
    limit = obligation_due_at(kind=kind, case=case, starts_at=starts_at, on=days.london_day(starts_at))
    return _start(
        Obligation(
            subject=subject,
            journey=journey,
            kind=kind,
            case=case,
            starts_at=starts_at,
            warn_at=limit.warn_at,
            due_at=limit.due_at,
            limit_row=limit.row,
            limit_table=limit.table,
            started_by=by.ref,
        ),
        by=by,
        now=now,
    )


@transaction.atomic
def start_appointment(
    *, kind: ObligationKind, subject: str, journey: str, starts_at: datetime, due_at: datetime, by: Actor, now: datetime
) -> Obligation:
    """Start a duty whose limit was agreed with the person, such as a slot for a visit."""
    return _start(
        Obligation(
            subject=subject,
            journey=journey,
            kind=kind,
            case="agreed",
            starts_at=starts_at,
            warn_at=max(starts_at, due_at - timedelta(hours=1)),
            due_at=due_at,
            limit_row="agreed",
            limit_table="appointment",
            started_by=by.ref,
        ),
        by=by,
        now=now,
    )


@transaction.atomic(savepoint=False)
def meet_obligation(*, kind: ObligationKind, subject: str, at: datetime, by: Actor, now: datetime) -> bool:
    """Record that a running duty was done at an instant. Returns whether one was running."""
    return meet_obligations([kind], subject=subject, at=at, by=by, now=now) > 0


@transaction.atomic(savepoint=False)
def meet_obligations(kinds: Iterable[ObligationKind], *, subject: str, at: datetime, by: Actor, now: datetime) -> int:
    """Record that the running duties of these kinds were done at an instant. Returns how many were running."""
    met = _ended(_MEET, at, subject=subject, kinds=kinds)
    for duty, journey, due_at in met:
        left = int((due_at - at).total_seconds())
        record(ObligationMet(about=subject, duty=duty, seconds_left=left), by=by, at=now, journey=journey)
    return len(met)


@transaction.atomic(savepoint=False)
def stop_obligation(*, kind: ObligationKind, subject: str, because: str, by: Actor, now: datetime) -> bool:
    """Stop a running duty that no longer applies, saying why. Returns whether one was running."""
    return stop_obligations([kind], subject=subject, because=because, by=by, now=now) > 0


@transaction.atomic(savepoint=False)
def stop_obligations(kinds: Iterable[ObligationKind], *, subject: str, because: str, by: Actor, now: datetime) -> int:
    """Stop the running duties of these kinds, saying why. Returns how many."""
    stopped = _ended(_STOP, now, because, subject=subject, kinds=kinds)
    for duty, journey, _ in stopped:
        record(ObligationStopped(about=subject, duty=duty, because=because), by=by, at=now, journey=journey)
    return len(stopped)


def stop_all(*, subject: str, because: str, by: Actor, now: datetime) -> int:
    """Stop every running duty of a subject, saying why. Returns how many."""
    return stop_obligations(ObligationKind, subject=subject, because=because, by=by, now=now)


@transaction.atomic
def note_setback(*, job: str, reference: str, fault: Exception, by: Actor, now: datetime) -> Setback:
    """Note that a job could not do a row whose time had come; at the third time in a row people are shown it."""
    standing = Setback.objects.select_for_update().filter(STANDING, job=job, reference=reference).first()
    row = standing or Setback(job=job, reference=reference, first_at=now)
    row.tries += 1
    row.last_at, row.because = now, _told(fault)
    row.save()
    if row.tries == TRIES:
        left = JobLeftToPeople(about=reference or job, job=job, tries=row.tries, because=row.because)
        record(left, by=by, at=now)
    return row


@transaction.atomic
def end_setback(*, job: str, reference: str, by: Actor, now: datetime) -> bool:
    """Note that a row is done, or due no longer. Returns whether there was a setback."""
    row = Setback.objects.select_for_update().filter(STANDING, job=job, reference=reference).first()
    if row is None:
        return False
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    if row.tries >= TRIES:
        record(JobCaughtUp(about=reference or job, job=job), by=by, at=now)
    return True


def _told(fault: Exception) -> str:
    kind = type(fault).__name__
    return f"{kind}: {fault}"[:300] if isinstance(fault, Refusal) else kind


def _start(row: Obligation, *, by: Actor, now: datetime) -> Obligation:
    rows.insert_row(row)
    started = ObligationStarted(
        about=row.subject,
        duty=row.kind,
        due_at=row.due_at.isoformat(timespec="seconds"),
        row=row.limit_row,
        table=row.limit_table,
    )
    record(started, by=by, at=now, journey=row.journey)
    return row


def _ended(
    statement: str, *how: datetime | str, subject: str, kinds: Iterable[ObligationKind]
) -> list[tuple[str, str, datetime]]:
    """End running duties of a subject by one statement, which locks them too; return kind, journey and limit of each as they started."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*how, subject, [kind.value for kind in kinds]])
        return [(kind, journey, due_at) for _, kind, journey, due_at in sorted(cursor.fetchall())]

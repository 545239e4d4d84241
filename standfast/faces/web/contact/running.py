"""Which duties run for a contact, which were met or stopped, and what has happened so far?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.faces.screens.parts import DutyRow, TimelineRow
from standfast.faces.screens.telling import in_words, signed
from standfast.faces.screens.times import ClockState, Countdown, count_down, exact, met, short_moment
from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.kernel import days
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.queries import ObligationRecord
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people import queries as people
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.queries import ContactRecord

LINES_SHOWN = 60
# Notes stand in the log in their own words, and duties in a list of their own with their countdowns.
TOLD_ELSEWHERE = ("contact.note.", "obligations.")
ICONS = {
    "contact.risk": "i-immediate",
    "contact.note": "i-dot",
    "contact.contact": "i-person",
    "contact.call": "i-phone",
    "obligation": "i-ontime",
    "assessment": "i-warning",
}


@dataclass(frozen=True, kw_only=True)
class Duties:
    """Duties as shown: those that run, those that ended, and whether a review of the risk is nearly due."""

    running: Sequence[DutyRow]
    ended: Sequence[DutyRow]
    first: Countdown | None
    review_is_due: bool
    may_review: bool
    is_on_desk: bool


def duties_of(reference: str, *, now: datetime) -> Duties:
    """Return the duties of a contact's journey, soonest due first."""
    rows = list(obligations.all_for_journey(reference))
    running = sorted((row for row in rows if row.met_at is None and row.stopped_at is None), key=lambda row: row.due_at)
    review = [row for row in running if row.kind == Duty.REVIEW]
    return Duties(
        running=[_duty(row, now=now) for row in running],
        ended=[_duty(row, now=now) for row in rows if row not in running],
        first=counted(running[0], now=now) if running else None,
        review_is_due=any(now >= row.warn_at for row in review),
        may_review=bool(review),
        is_on_desk=any(row.kind == Duty.CONTACT_BACK for row in running),
    )


def counted(row: ObligationRecord, *, now: datetime) -> Countdown:
    """Return the countdown of a duty, running or ended."""
    if row.met_at is not None:
        return met(row.due_at, met_at=row.met_at, starts_at=row.starts_at)
    if row.stopped_at is not None:
        return Countdown(state=ClockState.PAUSED, figure="Stopped", word=short_moment(row.stopped_at, now=now))
    return count_down(row.due_at, now=now, warn_at=row.warn_at)


def log_of(contact: ContactRecord, *, now: datetime) -> list[TimelineRow]:
    """Return what happened to a contact and what people wrote of it, newest first."""
    events = eventlog.timeline(journey=contact.reference, limit=LINES_SHOWN)
    names = people.names_by_ref({line.by_ref for line in events})
    lines = [
        (
            line.at,
            TimelineRow(
                time=_when(line.at, now=now),
                title=days.wall_clock(line.at),
                icon=_icon(line.kind),
                text=signed(in_words(line.sentence, now=now), by=names.get(line.by_ref, "")),
                quiet=line.by_ref not in names,
            ),
        )
        for line in events
        if not line.kind.startswith(TOLD_ELSEWHERE)
    ]
    lines += [
        (
            note.at,
            TimelineRow(
                time=_when(note.at, now=now),
                title=days.wall_clock(note.at),
                icon="i-dot",
                text=f"“{note.text}” {note.by_name}",
            ),
        )
        for note in contacts.list_notes(contact=contact, limit=LINES_SHOWN)
    ]
    return [row for _, row in sorted(lines, key=lambda each: each[0], reverse=True)]


def _duty(row: ObligationRecord, *, now: datetime) -> DutyRow:
    note = f"row {row.limit_row}"
    if row.stopped_because:
        note = f"stopped: {row.stopped_because}"
    return DutyRow(title=Duty(row.kind).label, countdown=counted(row, now=now), note=note)


def _when(at: datetime, *, now: datetime) -> str:
    return exact(at) if days.london_day(at) == days.london_day(now) else short_moment(at, now=now)


def _icon(kind: str) -> str:
    return next((icon for prefix, icon in ICONS.items() if kind.startswith(prefix)), "i-dot")

"""How is something written in an incident's log? It is added and never changed; a correction is a new entry."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import CallerCalledBack, LogEntryAdded
from standfast.journey.incidents.models import LogEntry
from standfast.journey.incidents.operations.moving import write
from standfast.journey.incidents.states import LogKind

LONGEST = 8_000


class NothingWritten(Refusal):
    """An entry without words."""


class NotYet(Refusal):
    """An entry about something that lies in the future."""


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """A line for the log of an incident; `at` is when it happened, now if it is not told."""

    incident: str
    words: str
    at: datetime | None = None


@transaction.atomic
def add_log_entry(*, new: NewEntry, by: Actor, now: datetime) -> LogEntry:
    """
    Add a line to an incident's log. Two people may write at the same time: neither waits, and nothing is lost.

    :raises NothingWritten: if there are no words, or too many
    :raises NotYet: if it is said to have happened later than now
    """
    incident = queries.get_incident(reference=new.incident, by=by)
    require(by, Permission.INCIDENT_LOG, incident)
    words = _words(new.words)
    if new.at is not None and new.at > now:
        raise NotYet("This time lies in the future.")
    entry = write(incident, kind=LogKind.NOTE, words=words, by=by, at=new.at or now, now=now)
    added = LogEntryAdded(about=incident.reference, entry_kind=LogKind.NOTE)
    record(added, by=by, at=now, journey=incident.journey)
    return entry


@transaction.atomic
def record_result(*, new: NewEntry, by: Actor, now: datetime) -> LogEntry:
    """
    Write what came of an incident, as an officer who was there. It stays open until it is closed.

    :raises NothingWritten: if it is not said what came of it
    """
    require(by, Permission.INCIDENT_LOG)
    incident = queries.lock_reachable(reference=new.incident, by=by)
    words = _words(new.words)
    incident.result = words if not incident.result else f"{incident.result}\n{words}"
    incident.version += 1
    incident.save(update_fields=["result", "version"])
    entry = write(incident, kind=LogKind.RESULT, words=words, by=by, at=now, now=now)
    record(LogEntryAdded(about=incident.reference, entry_kind=LogKind.RESULT), by=by, at=now, journey=incident.journey)
    return entry


@transaction.atomic
def record_call_back(*, new: NewEntry, by: Actor, now: datetime) -> LogEntry:
    """
    Write what the caller was told of the wait, and what they said. The duty to call back is met.

    :raises NothingWritten: if it is not said what was said
    """
    require(by, Permission.INCIDENT_LOG)
    incident = queries.get_incident(reference=new.incident, by=by)
    entry = write(incident, kind=LogKind.CALL_BACK, words=_words(new.words), by=by, at=now, now=now)
    obligations.meet_obligation(kind=Duty.CALL_BACK, subject=incident.reference, at=now, by=by, now=now)
    record(CallerCalledBack(about=incident.reference), by=by, at=now, journey=incident.journey)
    return entry


def _words(given: str) -> str:
    words = given.strip()
    if not words:
        raise NothingWritten("Write what happened.")
    if len(words) > LONGEST:
        raise NothingWritten(f"An entry has at most {LONGEST:,} characters; this one has {len(words):,}.")
    return words

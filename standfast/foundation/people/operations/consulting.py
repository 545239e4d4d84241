"""Who looked at what, and who asked? Looking into the event log is itself an event."""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.eventlog.queries import EventSearch, EventsFound, search_events
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.events import EventLogConsulted
from standfast.foundation.people.permissions import Permission


class NothingAsked(Refusal):
    """A search of the event log for everything."""


@transaction.atomic
def consult_event_log(*, search: EventSearch, before: int = 0, by: Actor, now: datetime) -> EventsFound:
    """
    Return events that fit a search, and record that they were looked at, by whom and for what.

    :raises NotAllowed: if the one who asks may not read the event log
    :raises NothingAsked: if neither a record nor a person is asked for
    """
    require(by, Permission.EVENTLOG_READ)
    if not search.reference and not search.by_refs:
        raise NothingAsked("Say which record or which person you ask about.")
    found = search_events(search, before=before)
    subject = search.reference or search.by_refs[0]
    asked = ", ".join(part for part in (search.reference, " or ".join(search.by_refs), search.area) if part)
    journey = subject if refs.is_reference(subject) else ""
    record(EventLogConsulted(about=subject, asked=asked, shown=len(found.lines)), by=by, at=now, journey=journey)
    return found

"""What does a search of the event log show?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from standfast.faces.screens.telling import doer
from standfast.foundation.eventlog.happening import KINDS
from standfast.foundation.eventlog.queries import EventLine, EventSearch
from standfast.foundation.kernel import days, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people import operations
from standfast.foundation.people import queries as people

PREFIXES = ("staff:", "source:", "operator:")


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """One event as shown."""

    at: str
    stored: str
    who: str
    by_ref: str
    about: str
    kind: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class EventsPage:
    """Events that fit, newest first, and the query of the next page (empty at the end)."""

    rows: Sequence[EventRow]
    older: str


def areas() -> list[tuple[str, str]]:
    """Return the parts of the program that record events, as choices."""
    names = sorted({kind.split(".")[0] for kind in KINDS if kind})
    return [(name, name.replace("_", " ").capitalize()) for name in names]


def found_events(given: Mapping[str, Any], *, by: Actor, now: datetime) -> EventsPage:
    """
    Return the events a person asked for; that they asked is recorded.

    :raises NothingAsked: if neither a record nor a person is asked for
    """
    search = EventSearch(
        reference=_reference(given["reference"]),
        by_refs=_by_refs(given["person"]),
        area=given["area"],
        from_at=_start(given["from_on"]),
        until_at=days.day_bounds(given["until_on"])[1] if given["until_on"] else None,
    )
    found = operations.consult_event_log(search=search, before=given["before"] or 0, by=by, now=now)
    names = people.names_by_ref(line.by_ref for line in found.lines)
    kept = {name: value for name, value in given.items() if value and name != "before"}
    return EventsPage(
        rows=[_row(line, names) for line in found.lines],
        older="?" + urlencode({**kept, "before": found.go_on_before}) if found.go_on_before else "",
    )


def _row(line: EventLine, names: Mapping[str, str]) -> EventRow:
    return EventRow(
        at=days.wall_clock(line.at),
        stored=days.wall_clock(line.stored_at),
        who=doer(line.by_ref, names),
        by_ref=line.by_ref,
        about=line.about,
        kind=line.kind,
        sentence=line.sentence,
    )


def _reference(typed: str) -> str:
    return refs.normalise(typed) if refs.is_reference(typed) else typed.strip()


def _by_refs(typed: str) -> tuple[str, ...]:
    who = typed.strip().lower()
    if not who:
        return ()
    return (who,) if who.startswith(PREFIXES) else (f"staff:{who}", who)


def _start(day: date | None) -> datetime | None:
    return days.day_bounds(day)[0] if day else None

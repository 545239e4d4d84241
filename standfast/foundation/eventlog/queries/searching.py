"""Who did what, and who looked at what? Asked by record, by person, by kind and by time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from standfast.foundation.eventlog.happening import tell
from standfast.foundation.eventlog.models import Entry


@dataclass(frozen=True, kw_only=True)
class EventSearch:
    """
    Which events are asked for: about a record or of its whole journey, by one of these actors, of an area (`triage`), in a period.

    What is empty does not count. The period is half-open.
    """

    reference: str = ""
    by_refs: tuple[str, ...] = ()
    area: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """One event as told: `at` is when it happened, `stored_at` when the database had it."""

    number: int
    at: datetime
    stored_at: datetime
    by_ref: str
    kind: str
    about: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class EventsFound:
    """Some events, newest first, and the number before which to go on (0 at the end)."""

    lines: Sequence[EventLine]
    go_on_before: int


def search_events(search: EventSearch, *, before: int = 0, limit: int = 50) -> EventsFound:
    """Return the newest events that fit, or those older than a number. The caller has asked whether the person may."""
    rows = Entry.objects.filter(_wanted(search)).order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    found = list(rows[: limit + 1])
    lines = [
        EventLine(
            number=row.pk,
            at=row.at,
            stored_at=row.stored_at,
            by_ref=row.by_ref,
            kind=row.kind,
            about=row.about,
            sentence=tell(row.kind, row.about, row.facts),
        )
        for row in found[:limit]
    ]
    return EventsFound(lines=lines, go_on_before=lines[-1].number if len(found) > limit else 0)


def _wanted(search: EventSearch) -> Q:
    wanted = Q()
    if search.reference:
        wanted &= Q(about=search.reference) | Q(journey=search.reference)
    if search.by_refs:
        wanted &= Q(by_ref__in=search.by_refs)
    if search.area:
        wanted &= Q(kind__startswith=f"{search.area}.")
    if search.from_at:
        wanted &= Q(at__gte=search.from_at)
    if search.until_at:
        wanted &= Q(at__lt=search.until_at)
    return wanted

"""What has happened to a record, told as sentences?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from standfast.foundation.eventlog.happening import tell
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.rows import values_of


@dataclass(frozen=True, kw_only=True)
class TimelineLine:
    """One event as shown: when, by whom (a stored reference such as `staff:asha`), of which kind, in a sentence."""

    at: datetime
    by_ref: str
    kind: str
    about: str
    sentence: str


_LAST_TIME = "SELECT at FROM eventlog_entry WHERE kind = %s AND about = %s AND by_ref = %s ORDER BY id DESC LIMIT 1"


def last_time(*, kind: str, about: str, by_ref: str) -> datetime | None:
    """Return when somebody last did this kind of thing with a record, or None if they never did."""
    found = values_of(_LAST_TIME, [kind, about, by_ref])
    return found[0][0] if found else None


def timeline(*, about: str = "", journey: str = "", limit: int = 200) -> Sequence[TimelineLine]:
    """Return the newest events about one record or one whole journey, newest first."""
    wanted = Q(about=about) if about else Q(journey=journey)
    rows = Entry.objects.filter(wanted).order_by("-id")[:limit]
    return [
        TimelineLine(
            at=row.at, by_ref=row.by_ref, kind=row.kind, about=row.about, sentence=tell(row.kind, row.about, row.facts)
        )
        for row in rows
    ]


def last_doers(*, kinds: Collection[str], about: QuerySet[Any]) -> dict[str, str]:
    """Return who last did one of these kinds of things with each of the records a query names, by record."""
    rows = Entry.objects.filter(kind__in=kinds, about__in=about).order_by("about", "-id").distinct("about")
    return dict(rows.values_list("about", "by_ref"))

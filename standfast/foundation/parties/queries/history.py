"""What has happened before to a person, at a place, or from a number, and how often did they get in touch?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Count, Q

from standfast.foundation.parties.models import HistoryEntry, HistoryKind

SubjectT = TypeVar("SubjectT", int, str)
_SHOWN = 5
_LOOKED_BACK = timedelta(days=365)
_MOST_READ = 500
_INCIDENTS = frozenset({HistoryKind.INCIDENT, HistoryKind.CRIME})


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    """One thing that happened."""

    on: date
    kind: str
    summary: str
    last_risk: str
    contact_ref: str
    incident_ref: str
    crime_ref: str


@dataclass(frozen=True, kw_only=True)
class HistorySummary:
    """
    Contacts in the last 7, 30 and 365 days, the last risk recorded, and the newest things that happened, newest first.

    `incidents` are the incidents and crimes of the last 365 days, newest first, each with the day and the contact it came from.
    """

    contacts_7_days: int = 0
    contacts_30_days: int = 0
    contacts_365_days: int = 0
    last_risk: str = ""
    lines: tuple[HistoryLine, ...] = ()
    incidents: tuple[tuple[date, str], ...] = ()


NOTHING_BEFORE = HistorySummary()


def history_of_persons(ids: Iterable[int], *, now: datetime) -> dict[int, HistorySummary]:
    """Return the history of each of these persons (by id) that has one."""
    return _summaries("person_id", list(ids), now)


def history_of_addresses(ids: Iterable[int], *, now: datetime) -> dict[int, HistorySummary]:
    """Return the history of each of these addresses (by id) that has one."""
    return _summaries("address_id", list(ids), now)


def history_of_numbers(numbers: Iterable[str], *, now: datetime) -> dict[str, HistorySummary]:
    """Return the history of each of these numbers that has one, whoever called from it."""
    return _summaries("number", [number for number in numbers if number], now)


def together(summaries: Sequence[HistorySummary]) -> HistorySummary:
    """Return one summary of several records of one person."""
    if len(summaries) == 1:
        return summaries[0]
    lines = sorted((line for each in summaries for line in each.lines), key=lambda line: line.on, reverse=True)
    return HistorySummary(
        contacts_7_days=sum(each.contacts_7_days for each in summaries),
        contacts_30_days=sum(each.contacts_30_days for each in summaries),
        contacts_365_days=sum(each.contacts_365_days for each in summaries),
        last_risk=next((line.last_risk for line in lines if line.last_risk), ""),
        lines=tuple(lines[:_SHOWN]),
        incidents=tuple(sorted({one for each in summaries for one in each.incidents}, reverse=True)),
    )


def _summaries(subject: str, values: list[SubjectT], now: datetime) -> dict[SubjectT, HistorySummary]:
    if not values:
        return {}
    rows = HistoryEntry.objects.filter(**{f"{subject}__in": values}, happened_at__lte=now)
    if subject == "number":
        rows = rows.exclude(number="")
    contact = Q(kind=HistoryKind.CONTACT)
    counted = rows.filter(happened_at__gt=now - _LOOKED_BACK).values(subject)
    counts = {
        row[subject]: row
        for row in counted.annotate(
            week=Count("id", filter=contact & Q(happened_at__gt=now - timedelta(days=7))),
            month=Count("id", filter=contact & Q(happened_at__gt=now - timedelta(days=30))),
            year=Count("id", filter=contact),
        )
    }
    newest: dict[SubjectT, list[HistoryEntry]] = {}
    for entry in rows.order_by("-happened_at", "-id")[:_MOST_READ]:
        newest.setdefault(getattr(entry, subject), []).append(entry)
    since = now - _LOOKED_BACK
    return {value: _summary(counts.get(value, {}), newest[value], since=since) for value in newest}


def _summary(counts: dict[str, int], newest: list[HistoryEntry], *, since: datetime) -> HistorySummary:
    return HistorySummary(
        contacts_7_days=counts.get("week", 0),
        contacts_30_days=counts.get("month", 0),
        contacts_365_days=counts.get("year", 0),
        last_risk=next((entry.last_risk for entry in newest if entry.last_risk), ""),
        lines=tuple(
            HistoryLine(
                on=entry.on,
                kind=entry.kind,
                summary=entry.summary,
                last_risk=entry.last_risk,
                contact_ref=entry.contact_ref,
                incident_ref=entry.incident_ref,
                crime_ref=entry.crime_ref,
            )
            for entry in newest[:_SHOWN]
        ),
        incidents=tuple(
            (entry.on, entry.contact_ref) for entry in newest if entry.kind in _INCIDENTS and entry.happened_at > since
        ),
    )

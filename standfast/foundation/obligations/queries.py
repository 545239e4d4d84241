"""Which duties are running, nearly late or late?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from django.db.models import Q, QuerySet

from standfast.foundation.kernel.rows import find_rows
from standfast.foundation.obligations.models import Obligation, Setback
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind

# What these queries return, for those who may not import records but must name what they are given.
ObligationRecord: TypeAlias = Obligation
RUNNING = Q(met_at=None, stopped_at=None)
SetbackRecord: TypeAlias = Setback
STANDING = Q(ended_at=None)
# After so many failures in a row people are shown a row that a job cannot do.
TRIES = 3


def running() -> QuerySet[Obligation]:
    """Return every running duty, soonest due first."""
    return Obligation.objects.filter(RUNNING).order_by("due_at", "id")


def running_for(subjects: Iterable[str]) -> dict[str, list[Obligation]]:
    """Return the running duties of each of these subjects, soonest due first."""
    found: dict[str, list[Obligation]] = {}
    for row in find_rows(Obligation, order="due_at, id", met_at=None, stopped_at=None, subject=list(subjects)):
        found.setdefault(row.subject, []).append(row)
    return found


def running_limits(kind: ObligationKind) -> dict[str, datetime]:
    """Return when each running duty of a kind is due, by its subject."""
    return dict(Obligation.objects.filter(RUNNING, kind=kind).values_list("subject", "due_at"))


def running_since(kind: ObligationKind) -> dict[str, datetime]:
    """Return since when each running duty of a kind runs, by its subject."""
    return dict(Obligation.objects.filter(RUNNING, kind=kind).values_list("subject", "starts_at"))


def running_in_journeys(journeys: Iterable[str]) -> dict[str, list[Obligation]]:
    """Return the running duties of each of these journeys, whatever record of it they are about, soonest due first."""
    found: dict[str, list[Obligation]] = {}
    for row in running().filter(journey__in=list(journeys)):
        found.setdefault(row.journey, []).append(row)
    return found


def overdue_journeys(*, now: datetime) -> frozenset[str]:
    """Return the journeys in which a duty is over its limit."""
    return frozenset(running().filter(due_at__lt=now).values_list("journey", flat=True))


def all_for_journey(journey: str) -> Sequence[Obligation]:
    """Return every duty of a journey, running or ended, in order of start."""
    return list(Obligation.objects.filter(journey=journey).order_by("starts_at", "id"))


def obligations_due(*, kind: ObligationKind, now: datetime, limit: int = 500) -> Sequence[Obligation]:
    """Return running duties of a kind whose limit has passed, longest over first."""
    return list(running().filter(kind=kind, due_at__lte=now)[:limit])


def count_overdue(*, now: datetime) -> int:
    """Return how many running duties are over their limit."""
    return running().filter(due_at__lt=now).count()


def oldest_overdue(*, now: datetime) -> datetime | None:
    """Return the limit that passed longest ago among the running duties, or None while none is over its limit."""
    return running().filter(due_at__lt=now).values_list("due_at", flat=True).first()


def setbacks_of(job: str) -> dict[str, Setback]:
    """Return the standing setbacks of a job, by the reference of the row."""
    return {row.reference: row for row in Setback.objects.filter(STANDING, job=job)}


def list_setbacks(*, limit: int = 100) -> Sequence[Setback]:
    """Return what jobs could not do and people must look at, the longest first."""
    return list(_for_people()[:limit])


def count_setbacks() -> int:
    """Return how many rows jobs could not do and people must look at."""
    return _for_people().count()


def _for_people() -> QuerySet[Setback]:
    return Setback.objects.filter(STANDING, tries__gte=TRIES).order_by("first_at", "id")

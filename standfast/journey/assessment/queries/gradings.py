"""When was each contact first graded, and how was each graded in a period?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from standfast.journey.assessment.models import GradeEntry
from standfast.journey.assessment.rules.response_grade import ResponseGrade


@dataclass(frozen=True, kw_only=True)
class GradingKept:
    """One grading as it was kept: the grade a person set, the facts the rule was given, and the contact's kind."""

    reference: str
    kind: str
    grade: ResponseGrade
    facts: dict[str, object]
    by_name: str
    at: datetime


def first_graded_at(*, references: Iterable[str]) -> dict[str, datetime]:
    """Return when each of these contacts was graded for the first time; one never graded is left out."""
    rows = GradeEntry.objects.filter(assessment__contact__reference__in=list(references))
    return dict(rows.values_list("assessment__contact__reference").annotate(first=Min("at")))


def gradings_between(*, since: datetime, until: datetime) -> Sequence[GradingKept]:
    """Return every grading of a period in order of time."""
    rows = GradeEntry.objects.filter(at__gte=since, at__lt=until).select_related("assessment__contact")
    return [
        GradingKept(
            reference=row.assessment.contact.reference,
            kind=row.assessment.contact.kind,
            grade=ResponseGrade(row.grade),
            facts=row.facts,
            by_name=row.by_name,
            at=row.at,
        )
        for row in rows.order_by("at", "id")
    ]

"""Do the grades of a period follow the facts? Each grading with what was known before it, and how long the queue then was."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from django.db.models import Min, Q

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries as assessment
from standfast.journey.assessment.rules.response_grade import grade_number
from standfast.journey.incidents.models import Incident
from standfast.journey.incidents.rules.regrade_watch import Grading, Watch, watch_grades

# What these queries return, for those who may not import rules of another's choosing.
GradeWatch: TypeAlias = Watch
# Known before anybody judged: from the contact and its words, not from the one who graded.
_BEFORE = ("words_floor", "vulnerable")


def watch_between(*, since: datetime, until: datetime, by: Actor) -> Watch:
    """Return what a watch over the gradings of a period finds."""
    require(by, Permission.GRADE_WATCH)
    begins, ends = _waits(since, until)
    return watch_grades(
        [
            Grading(
                subject=each.reference,
                number=grade_number(each.grade),
                stratum=(each.kind, *(str(each.facts.get(name)) for name in _BEFORE)),
                facts=each.facts,
                waiting=bisect_right(begins, each.at) - bisect_right(ends, each.at),
                hour=each.at.astimezone(days.LONDON).hour,
                handler=each.by_name,
            )
            for each in assessment.gradings_between(since=since, until=until)
        ]
    )


def _waits(since: datetime, until: datetime) -> tuple[Sequence[datetime], Sequence[datetime]]:
    """Return when incidents began to wait for their first unit, and when that ended: those that did so around a period."""
    rows = Incident.objects.filter(Q(resolved_at=None) | Q(resolved_at__gte=since), opened_at__lt=until)
    begins, ends = [], []
    for opened_at, first_sent, resolved_at, merged_at in rows.annotate(
        sent=Min("deployments__assigned_at")
    ).values_list("opened_at", "sent", "resolved_at", "merged_at"):
        begins.append(opened_at)
        if ended := first_sent or resolved_at or merged_at:
            # A unit that came along from a merged one may have been sent before this one was opened.
            ends.append(max(ended, opened_at))
    return sorted(begins), sorted(ends)

"""Which incidents nobody attends are to be told of now, and which offers has nobody answered?"""

from collections.abc import Sequence
from datetime import datetime

from standfast.foundation.kernel import days
from standfast.foundation.obligations.queries import running
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.models import Escalation, Incident
from standfast.journey.incidents.rules.escalation import first_share, rungs_reached
from standfast.journey.incidents.states import UNATTENDED


def escalations_due(*, now: datetime) -> Sequence[str]:
    """Return the references of unattended incidents that have reached a rung nobody was told of yet, longest over first."""
    share = first_share(days.london_day(now))
    clocks = {
        each.subject: each
        for each in running().filter(kind=Duty.ATTEND, starts_at__lt=now)
        if now >= each.starts_at + (each.due_at - each.starts_at) * share
    }
    rows = Incident.objects.filter(reference__in=clocks, state__in=UNATTENDED).values_list("pk", "reference", "grade")
    told: dict[tuple[int, datetime], set[str]] = {}
    for number, rung, due_at in Escalation.objects.filter(incident__reference__in=clocks).values_list(
        "incident_id", "rung", "clock_due_at"
    ):
        told.setdefault((number, due_at), set()).add(rung)
    due = []
    for number, reference, grade in rows:
        clock = clocks[reference]
        reached = rungs_reached(
            grade=ResponseGrade(grade),
            starts_at=clock.starts_at,
            due_at=clock.due_at,
            at=now,
            on=days.london_day(clock.starts_at),
        )
        if {each.rung for each in reached} - told.get((number, clock.due_at), set()):
            due.append((clock.due_at, reference))
    return [reference for _, reference in sorted(due)]


def offers_due(*, now: datetime) -> Sequence[str]:
    """Return the references of incidents offered to a desk that did not answer in time."""
    rows = running().filter(kind=Duty.TRANSFER_ANSWER, due_at__lte=now)
    return list(rows.values_list("subject", flat=True))

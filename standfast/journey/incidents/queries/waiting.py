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
        subject: (starts_at, due_at)
        for subject, starts_at, due_at in running()
        .filter(kind=Duty.ATTEND, starts_at__lt=now)
        .values_list("subject", "starts_at", "due_at")
        if now >= starts_at + (due_at - starts_at) * share
    }
    # All that nobody attends are read, not those by name: a statement with two thousand references takes longer to put together.
    rows = Incident.objects.filter(state__in=UNATTENDED).values_list("pk", "reference", "grade")
    told: dict[tuple[int, datetime], set[str]] = {}
    for number, rung, clock_due_at in Escalation.objects.filter(incident__state__in=UNATTENDED).values_list(
        "incident_id", "rung", "clock_due_at"
    ):
        told.setdefault((number, clock_due_at), set()).add(rung)
    due = []
    for number, reference, grade in rows:
        if reference not in clocks:
            continue
        starts_at, due_at = clocks[reference]
        reached = rungs_reached(
            grade=ResponseGrade(grade), starts_at=starts_at, due_at=due_at, at=now, on=days.london_day(starts_at)
        )
        if {each.rung for each in reached} - told.get((number, due_at), set()):
            due.append((due_at, reference))
    return [reference for _, reference in sorted(due)]


def offers_due(*, now: datetime) -> Sequence[str]:
    """Return the references of incidents offered to a desk that did not answer in time."""
    rows = running().filter(kind=Duty.TRANSFER_ANSWER, due_at__lte=now)
    return list(rows.values_list("subject", flat=True))

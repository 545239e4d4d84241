"""Does the grade that stands still answer what is known now?"""

from datetime import datetime

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import (
    ObligationKind as Duty,
)
from standfast.journey.assessment.events import GradeOutgrown
from standfast.journey.assessment.models import Assessment
from standfast.journey.assessment.queries import grade_facts
from standfast.journey.assessment.rules.response_grade import (
    ResponseGrade,
    decide_response_grade,
    is_more_urgent,
)
from standfast.journey.contact.states import ContactState


def reconsider(assessment: Assessment, *, by: Actor, now: datetime) -> None:
    """
    Ask for a re-assessment when a new fact makes the rule more urgent than the grade that stands.

    The grade itself is a person's: it is not changed here. A fact that would make the rule less urgent asks for nothing.
    """
    if not assessment.grade or assessment.outgrown:
        return
    decision = decide_response_grade(grade_facts(assessment), on=days.london_day(now))
    if not is_more_urgent(decision.outcome, ResponseGrade(assessment.grade)):
        return
    if decision.outcome == assessment.rule_grade:
        return
    assessment.outgrown = True
    assessment.save(update_fields=["outgrown"])
    reference = assessment.contact.reference
    outgrown = GradeOutgrown(
        about=reference,
        grade=assessment.grade,
        rule_grade=decision.outcome,
        row=decision.row,
        table=decision.table,
    )
    record(outgrown, by=by, at=now, journey=reference)
    if assessment.contact.state == ContactState.CLOSED:
        # What became of the contact hears of it through the event.
        return
    obligations.start_obligation(
        kind=Duty.ASSESS,
        case="999",
        subject=reference,
        journey=reference,
        starts_at=now,
        by=by,
        now=now,
    )

"""How does a contact get its response grade? The rule proposes, a named person decides."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.tables import Decision
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import (
    ObligationKind as Duty,
)
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries
from standfast.journey.assessment.events import (
    GradeOverridden,
    ResponseGraded,
    RiskReviewed,
)
from standfast.journey.assessment.models import Assessment, GradeEntry
from standfast.journey.assessment.rules.response_grade import (
    ResponseGrade,
    decide_response_grade,
    is_more_urgent,
)
from standfast.journey.assessment.rules.thrive import limbs_missing
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact import queries as contact_queries
from standfast.journey.contact.rules.risk import Risk, higher_risk
from standfast.journey.contact.states import ContactState


class ThriveIncomplete(Refusal):
    """A limb that must be written is not."""


class GradeIsLower(Refusal):
    """The grade asked for is less urgent than the rule's, or than the one that stands: lowering is another act."""


class ReasonMissing(Refusal):
    """An override or a review without a reason."""


class ContactIsClosed(Refusal):
    """The contact has ended: what became of it is graded there, or the contact is opened again first."""


@dataclass(frozen=True)
class _Choice:
    grade: ResponseGrade
    reason: str


@transaction.atomic
def confirm_grade(*, reference: str, by: Actor, now: datetime) -> Assessment:
    """
    Set the grade the policy in force now gives, and remember which row decided on which facts.

    An immediate grade is never held up by typing: THRIVE may be completed after it.

    :raises ThriveIncomplete: if threat, harm, risk or vulnerability is not written and the grade is not immediate
    """
    assessment = _lock_open(reference)
    require(by, Permission.ASSESSMENT_GRADE, assessment)
    decision = _decide(assessment, now=now)
    _check_lowering(assessment, decision.outcome)
    return _grade(assessment, decision, _Choice(decision.outcome, ""), by=by, now=now)


@transaction.atomic
def raise_grade(*, reference: str, grade: ResponseGrade, reason: str, by: Actor, now: datetime) -> Assessment:
    """
    Set a more urgent grade than the rule's, with a reason. Anyone who may grade may raise.

    :raises ReasonMissing: if no reason is given
    :raises GradeIsLower: if the grade is not more urgent than the rule's
    """
    assessment = _lock_open(reference)
    require(by, Permission.ASSESSMENT_GRADE, assessment)
    if not reason.strip():
        raise ReasonMissing("Say why you raise the grade.")
    decision = _decide(assessment, now=now)
    if not is_more_urgent(grade, decision.outcome):
        raise GradeIsLower(f"The rule already gives {decision.outcome.label}; a more urgent grade was expected.")
    return _grade(assessment, decision, _Choice(grade, reason.strip()), by=by, now=now)


@transaction.atomic
def lower_grade(*, reference: str, grade: ResponseGrade, reason: str, by: Actor, now: datetime) -> Assessment:
    """
    Set a less urgent grade than the rule's or the one that stands, with a reason: a supervisor's act, after THRIVE is written.

    :raises ReasonMissing: if no reason is given
    :raises ThriveIncomplete: if threat, harm, risk or vulnerability is not written
    """
    assessment = _lock_open(reference)
    require(by, Permission.ASSESSMENT_LOWER, assessment)
    if not reason.strip():
        raise ReasonMissing("Say why the grade is lowered, and which fact is new.")
    _check_thrive(assessment)
    decision = _decide(assessment, now=now)
    return _grade(assessment, decision, _Choice(grade, reason.strip()), by=by, now=now)


@transaction.atomic
def review_risk(*, reference: str, reason: str, by: Actor, now: datetime) -> Assessment:
    """
    Record that the risk of a waiting contact was reviewed (re-THRIVE), and start the next review.

    :raises ReasonMissing: if it is not said what was found
    """
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    if not reason.strip():
        raise ReasonMissing("Say what you found: what has changed, or that nothing has and how you know.")
    assessment.reviewed_at = now
    assessment.save(update_fields=["reviewed_at"])
    contact_operations.add_note(reference=reference, text=f"Risk reviewed: {reason.strip()}", by=by, now=now)
    if obligations.meet_obligation(kind=Duty.REVIEW, subject=reference, at=now, by=by, now=now):
        _start_review(assessment, by=by, now=now)
    record(RiskReviewed(about=reference), by=by, at=now, journey=reference)
    return assessment


def _lock_open(reference: str) -> Assessment:
    contact = contact_queries.lock_contact(reference)
    if contact.state == ContactState.CLOSED:
        raise ContactIsClosed("This contact is closed; open it again to grade it.")
    return queries.lock_assessment(reference)


def _decide(assessment: Assessment, *, now: datetime) -> Decision[ResponseGrade]:
    return decide_response_grade(queries.grade_facts(assessment), on=days.london_day(now))


def _check_thrive(assessment: Assessment) -> None:
    missing = limbs_missing({limb: entry.text for limb, entry in queries.limbs_of(assessment).items()})
    if missing:
        names = ", ".join(limb.label for limb in missing)
        raise ThriveIncomplete(f"Write {names} before you confirm the grade.")


def _check_lowering(assessment: Assessment, grade: ResponseGrade) -> None:
    if assessment.grade and is_more_urgent(ResponseGrade(assessment.grade), grade):
        raise GradeIsLower(
            f"{ResponseGrade(assessment.grade).label} stands, and {grade.label} is lower: a supervisor may lower it, "
            "with a reason."
        )


def _grade(
    assessment: Assessment,
    decision: Decision[ResponseGrade],
    chosen: _Choice,
    *,
    by: Actor,
    now: datetime,
) -> Assessment:
    if chosen.grade != ResponseGrade.IMMEDIATE:
        _check_thrive(assessment)
    reference = assessment.contact.reference
    _hold(assessment, decision, chosen, by=by, now=now)
    assessment.save()
    GradeEntry.objects.create(
        assessment=assessment,
        grade=chosen.grade,
        rule_grade=decision.outcome,
        rule_row=decision.row,
        rule_table=decision.table,
        facts=decision.facts_record(),
        reason=chosen.reason,
        by_ref=by.ref,
        by_name=by.name,
        at=now,
    )
    record(_event(reference, decision, chosen), by=by, at=now, journey=reference)
    _set_risk(assessment, chosen.grade, decision, by=by, now=now)
    _move_clocks(assessment, by=by, now=now)
    return assessment


def _hold(
    assessment: Assessment,
    decision: Decision[ResponseGrade],
    chosen: _Choice,
    *,
    by: Actor,
    now: datetime,
) -> None:
    assessment.grade, assessment.graded_at, assessment.graded_by = (
        chosen.grade,
        now,
        by.ref,
    )
    assessment.reason = chosen.reason[:400]
    assessment.rule_grade, assessment.rule_row = decision.outcome, decision.row
    assessment.rule_table, assessment.rule_because = decision.table, decision.because
    assessment.rule_facts = decision.facts_record()
    assessment.outgrown = False


def _event(reference: str, decision: Decision[ResponseGrade], chosen: _Choice) -> ResponseGraded | GradeOverridden:
    if chosen.grade == decision.outcome:
        return ResponseGraded(
            about=reference,
            grade=chosen.grade,
            because=decision.because,
            row=decision.row,
            table=decision.table,
        )
    return GradeOverridden(
        about=reference,
        grade=chosen.grade,
        rule_grade=decision.outcome,
        row=decision.row,
        table=decision.table,
        reason=chosen.reason,
    )


def _set_risk(
    assessment: Assessment,
    grade: ResponseGrade,
    decision: Decision[ResponseGrade],
    *,
    by: Actor,
    now: datetime,
) -> None:
    # From here on a person's judgement orders the contact: the highest level they wrote, and never under what the grade says.
    risk = {
        ResponseGrade.IMMEDIATE: Risk.IMMEDIATE,
        ResponseGrade.PRIORITY: Risk.HIGH,
    }.get(grade, Risk.STANDARD)
    for entry in queries.limbs_of(assessment).values():
        risk = higher_risk(risk, Risk(entry.level))
    contact_operations.set_risk(
        reference=assessment.contact.reference,
        risk=risk,
        attention=assessment.attention,
        reasons=[f"{decision.because} ({decision.row})"],
        by=by,
        now=now,
    )


def _move_clocks(assessment: Assessment, *, by: Actor, now: datetime) -> None:
    reference = assessment.contact.reference
    obligations.meet_obligation(kind=Duty.ASSESS, subject=reference, at=now, by=by, now=now)
    case = assessment.grade if assessment.grade == ResponseGrade.IMMEDIATE else "any"
    obligations.start_obligation(
        kind=Duty.ROUTE,
        case=case,
        subject=reference,
        journey=reference,
        starts_at=now,
        by=by,
        now=now,
    )
    _start_review(assessment, by=by, now=now)


def _start_review(assessment: Assessment, *, by: Actor, now: datetime) -> None:
    reference = assessment.contact.reference
    case = assessment.grade if assessment.grade in {ResponseGrade.IMMEDIATE, ResponseGrade.PRIORITY} else "any"
    obligations.start_obligation(
        kind=Duty.REVIEW,
        case=case,
        subject=reference,
        journey=reference,
        starts_at=now,
        by=by,
        now=now,
    )

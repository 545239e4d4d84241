"""How are THRIVE, answers, vulnerability and advice recorded?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries
from standfast.journey.assessment.events import (
    AdviceGiven,
    LimbWritten,
    QuestionAnswered,
    StrandConfirmed,
    StrandDismissed,
    StrandFlagged,
)
from standfast.journey.assessment.models import (
    AdviceEntry,
    AnswerEntry,
    Assessment,
    Flag,
    FlagState,
    LimbEntry,
)
from standfast.journey.assessment.operations.reconsidering import reconsider
from standfast.journey.assessment.rules.advice import ADVICE
from standfast.journey.assessment.rules.danger_question import QUESTIONS
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.assessment.rules.thrive import Limb
from standfast.journey.contact.rules.risk import Risk


class NotAQuestion(Refusal):
    """The table in force has no such question."""


class EmptyRationale(Refusal):
    """A limb of THRIVE without words, or a dismissal without a reason."""


@transaction.atomic
def write_limb(*, reference: str, limb: Limb, text: str, level: Risk, by: Actor, now: datetime) -> Assessment:
    """
    Write the rationale of a limb with its level; an earlier one stays on record.

    :raises EmptyRationale: if there are no words
    """
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    if not text.strip():
        raise EmptyRationale(f"Write why {limb.label} is {level.label}: a tick is not an assessment.")
    standing = queries.limbs_of(assessment).get(limb)
    if standing and (standing.text, standing.level) == (text.strip(), level):
        return assessment
    LimbEntry.objects.create(
        assessment=assessment,
        limb=limb,
        text=text.strip(),
        level=level,
        by_ref=by.ref,
        by_name=by.name,
        at=now,
    )
    record(
        LimbWritten(about=reference, limb=limb, level=level),
        by=by,
        at=now,
        journey=reference,
    )
    return assessment


@transaction.atomic
def answer_question(*, reference: str, question: str, answer: Answer, by: Actor, now: datetime) -> Assessment:
    """
    Record the answer to a question of the grade table; the newest answer stands.

    :raises NotAQuestion: if the table in force has no such question
    """
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    if question not in QUESTIONS.on(days.london_day(now)).by_id:
        raise NotAQuestion(f"“{question}” is not one of the questions in force.")
    if queries.answers_of(assessment).get(question) == answer:
        return assessment
    AnswerEntry.objects.create(assessment=assessment, question=question, answer=answer, by_ref=by.ref, at=now)
    record(
        QuestionAnswered(about=reference, question=question, answer=answer),
        by=by,
        at=now,
        journey=reference,
    )
    reconsider(assessment, by=by, now=now)
    return assessment


@transaction.atomic
def flag_strand(*, reference: str, strand: Strand, by: Actor, now: datetime) -> Flag:
    """Record a vulnerability a person saw, whatever the detector found."""
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    flag, _ = Flag.objects.update_or_create(
        assessment=assessment,
        strand=strand,
        defaults={"state": FlagState.CONFIRMED, "decided_by": by.ref, "reason": ""},
        create_defaults={
            "state": FlagState.CONFIRMED,
            "source": by.ref,
            "decided_by": by.ref,
            "at": now,
        },
    )
    record(
        StrandFlagged(about=reference, strand=strand, source=by.name),
        by=by,
        at=now,
        journey=reference,
    )
    reconsider(assessment, by=by, now=now)
    return flag


@transaction.atomic
def confirm_flag(*, reference: str, strand: Strand, by: Actor, now: datetime) -> Flag:
    """Confirm a suggested vulnerability."""
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    flag = _flag(assessment, strand)
    flag.state, flag.decided_by, flag.reason = FlagState.CONFIRMED, by.ref, ""
    flag.save()
    record(
        StrandConfirmed(about=reference, strand=strand),
        by=by,
        at=now,
        journey=reference,
    )
    reconsider(assessment, by=by, now=now)
    return flag


@transaction.atomic
def dismiss_flag(*, reference: str, strand: Strand, reason: str, by: Actor, now: datetime) -> Flag:
    """
    Say that a suggested vulnerability is none, and why. The suggestion stays on record.

    :raises EmptyRationale: if no reason is given
    """
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    if not reason.strip():
        raise EmptyRationale(f"Say why “{strand.label}” does not apply.")
    flag = _flag(assessment, strand)
    flag.state, flag.decided_by, flag.reason = (
        FlagState.DISMISSED,
        by.ref,
        reason.strip()[:400],
    )
    flag.save()
    record(
        StrandDismissed(about=reference, strand=strand, reason=flag.reason),
        by=by,
        at=now,
        journey=reference,
    )
    return flag


@transaction.atomic
def give_advice(*, reference: str, advice: str, by: Actor, now: datetime) -> Assessment:
    """
    Record that advice was read out or sent. Once is enough.

    :raises NotFound: if the table in force has no such advice
    """
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    edition = ADVICE.on(days.london_day(now))
    if advice not in edition.by_id:
        raise NotFound(f"There is no advice “{advice}” in {edition}.")
    _, is_new = AdviceEntry.objects.get_or_create(
        assessment=assessment,
        advice=advice,
        defaults={
            "table": str(edition),
            "by_ref": by.ref,
            "by_name": by.name,
            "at": now,
        },
    )
    if is_new:
        record(
            AdviceGiven(about=reference, advice=advice),
            by=by,
            at=now,
            journey=reference,
        )
    return assessment


def _flag(assessment: Assessment, strand: Strand) -> Flag:
    flag = Flag.objects.filter(assessment=assessment, strand=strand).first()
    if flag is None:
        raise NotFound(f"“{strand.label}” was not flagged for this contact.")
    return flag

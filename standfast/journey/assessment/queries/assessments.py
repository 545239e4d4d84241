"""What is known of a contact's danger, vulnerability and grade, and what should be asked next?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import find_row, find_rows, one_of
from standfast.foundation.kernel.tables import Explanation
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import access  # noqa: F401 - registers the reach
from standfast.journey.assessment.models import (
    DID_NOT_RUN,
    AdviceEntry,
    AnswerEntry,
    Assessment,
    Check,
    Contradiction,
    Flag,
    FlagState,
    GradeEntry,
    LimbEntry,
)
from standfast.journey.assessment.rules.advice import ADVICE, Advice, advice_required
from standfast.journey.assessment.rules.danger_question import (
    QUESTIONS,
    NextQuestion,
    Question,
    rank_questions,
)
from standfast.journey.assessment.rules.response_grade import (
    GradeFacts,
    ResponseGrade,
    explain_response_grade,
)
from standfast.journey.assessment.rules.strand import NEVER_BELOW_PRIORITY, Strand
from standfast.journey.assessment.rules.thrive import Limb, limbs_missing
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import OPEN

FLAG_COUNTS_FROM = 0.5
CHILDREN = frozenset({Strand.CHILD_ABUSE.value, Strand.CHILD_SEXUAL_EXPLOITATION.value})
UNREAD_MATTERS = timedelta(days=1)
_HANDED_ON: ContextVar[tuple[str, "HandedOn"] | None] = ContextVar("what was asked in this transaction", default=None)


@dataclass(frozen=True, kw_only=True)
class StandingGrade:
    """The grade that stands: the one a person set, and the row of the rule beside it."""

    grade: ResponseGrade
    graded_at: datetime
    row: str
    table: str
    because: str
    outgrown: bool


@dataclass(frozen=True, kw_only=True)
class HandedOn:
    """
    What an assessment hands on to every later stage, read once.

    `strands` were seen and dismissed by nobody; `unconfirmed` of them wait for a person; `answers` are the newest to each question.
    """

    standing: StandingGrade | None
    strands: frozenset[str]
    unconfirmed: frozenset[str]
    child_mentioned: bool
    answers: Mapping[str, str]

    def answer_to(self, question: str) -> Answer:
        """Return the answer to a question; not known when nobody asked."""
        return Answer(self.answers.get(question, Answer.NOT_KNOWN))


@dataclass(frozen=True, kw_only=True)
class AssessmentView:
    """Everything about one assessment that a screen shows, read once."""

    assessment: Assessment
    limbs: Mapping[str, LimbEntry]
    missing: Sequence[Limb]
    answers: Mapping[str, str]
    questions: Sequence[Question]
    flags: Sequence[Flag]
    checks: Sequence[Check]
    advice_given: Sequence[AdviceEntry]
    advice_missing: Sequence[Advice]
    advice_texts: Mapping[str, Advice]
    explanation: Explanation[ResponseGrade]
    ask_next: Sequence[NextQuestion]
    standing: StandingGrade | None
    grades: Sequence[GradeEntry]
    contradictions: Sequence[Contradiction]

    @property
    def is_complete(self) -> bool:
        """Whether the limbs that must be written are, and a grade stands."""
        return not self.missing and self.standing is not None


def get_assessment(*, reference: str) -> Assessment:
    """
    Return the assessment of a contact.

    :raises NotFound: if there is none
    """
    found = one_of(Assessment.objects.select_related("contact").filter(contact__reference=reference))
    if found is None:
        raise NotFound("There is no such assessment.")
    return found


def list_unread(*, now: datetime) -> Sequence[str]:
    """
    Return the contacts whose words the detector did not read, by reference, the longest waiting first: those open, and
    those of the last day, whose words still matter to what became of them.
    """
    matters = Q(contact__state__in=OPEN) | Q(contact__first_contact_at__gte=now - UNREAD_MATTERS)
    unread = Assessment.objects.filter(matters, detector=DID_NOT_RUN).order_by("id")
    return list(unread.values_list("contact__reference", flat=True))


def lock_assessment(reference: str) -> Assessment:
    """
    Return the assessment of a contact, locked until the transaction ends.

    :raises NotFound: if there is none
    """
    found = one_of(Assessment.objects.select_for_update().filter(contact__reference=reference))
    if found is None:
        raise NotFound("There is no such assessment.")
    return found


def view_assessment(*, reference: str, by: Actor, now: datetime) -> AssessmentView:
    """
    Return everything a screen shows of a contact's assessment, with the grade the rule would give now and why.

    :raises NotFound: if there is no such contact, or none this person may reach
    """
    assessment = get_assessment(reference=reference)
    require(by, Permission.CONTACT_READ, assessment)
    contact = assessment.contact
    on = days.london_day(now)
    flags = sorted(
        assessment.flags.all(),
        key=lambda flag: (flag.state == FlagState.DISMISSED, -(flag.score or 1)),
    )
    answers, limbs = answers_of(assessment), limbs_of(assessment)
    questions = QUESTIONS.on(on).rows
    explanation = explain_response_grade(grade_facts(assessment, flags=flags, answers=answers), on=on)
    advice = ADVICE.on(on)
    strands = {flag.strand for flag in flags if flag.state != FlagState.DISMISSED}
    given = list(assessment.advice.order_by("id"))
    required = advice_required(advice.rows, strands=strands, kind=contact.kind)
    return AssessmentView(
        assessment=assessment,
        limbs=limbs,
        missing=limbs_missing({limb: entry.text for limb, entry in limbs.items()}),
        answers=answers,
        questions=questions,
        flags=flags,
        checks=latest_checks(assessment),
        advice_given=given,
        advice_missing=[each for each in required if each.id not in {entry.advice for entry in given}],
        advice_texts=advice.by_id,
        explanation=explanation,
        ask_next=rank_questions(explanation, {each.id: each for each in questions}, answers),
        standing=_standing(assessment),
        grades=list(assessment.grades.order_by("-id")),
        contradictions=contradictions_of(reference=reference),
    )


def grade_facts(
    assessment: Assessment,
    *,
    flags: Sequence[Flag] | None = None,
    answers: Mapping[str, str] | None = None,
) -> GradeFacts:
    """Return the facts of the grade table as they stand for an assessment."""
    flags = list(assessment.flags.all()) if flags is None else flags
    answers = answers_of(assessment) if answers is None else answers
    seen = {
        flag.strand
        for flag in flags
        if flag.state == FlagState.CONFIRMED
        or (flag.state == FlagState.SUGGESTED and (flag.score or 0) >= FLAG_COUNTS_FROM)
    }
    asked = {
        name: Answer(answers.get(name, Answer.NOT_KNOWN))
        for name in (
            "danger_to_life",
            "happening_now",
            "offender_near",
            "weapon",
            "injured",
            "risk_continues",
            "evidence_perishable",
            "visit_needed",
            "slot_agreed",
        )
    }
    return GradeFacts(
        **asked,
        words_floor=Risk(assessment.floor),
        vulnerable=bool(seen & {strand.value for strand in NEVER_BELOW_PRIORITY}),
        repeat_contacts=assessment.repeat_contacts,
    )


def answers_of(assessment: Assessment) -> dict[str, str]:
    """Return the newest answer to each question that was answered."""
    return {entry.question: entry.answer for entry in find_rows(AnswerEntry, assessment=assessment.pk)}


def limbs_of(assessment: Assessment) -> dict[str, LimbEntry]:
    """Return the newest rationale of each limb that was written."""
    return {entry.limb: entry for entry in assessment.limbs.order_by("id")}


def latest_checks(assessment: Assessment) -> list[Check]:
    """Return the newest look-up of each kind."""
    return list({check.kind: check for check in assessment.checks.order_by("id")}.values())


def standing_grade(*, reference: str) -> StandingGrade | None:
    """Return the grade that stands for a contact, or None while nobody has graded it."""
    found = find_row(Assessment, contact__reference=reference)
    return _standing(found) if found else None


def strands_of(*, reference: str) -> frozenset[str]:
    """Return the strands seen in a contact that no person dismissed: the one fact carried to every later stage."""
    flags = Flag.objects.filter(assessment__contact__reference=reference).exclude(state=FlagState.DISMISSED)
    return frozenset(flags.values_list("strand", flat=True))


def flag_states(*, reference: str) -> dict[str, str]:
    """Return what became of each strand seen in a contact, by strand."""
    return {flag.strand: flag.state for flag in find_rows(Flag, assessment__contact__reference=reference)}


def strands_before(contact: Contact, *, also: Collection[str] = ()) -> list[tuple[Strand, datetime]]:
    """
    Return the vulnerabilities confirmed in earlier contacts of the same number or person, each with when it was last, newest first.

    `also` are references of contacts that bear on this one otherwise, such as those from the same address.
    """
    same = Q(assessment__contact__reference__in=also)
    if contact.caller_phone:
        same |= Q(assessment__contact__caller_phone=contact.caller_phone)
    if contact.person_id:
        same |= Q(assessment__contact__person_id=contact.person_id)
    earlier = Q(assessment__contact__first_contact_at__lt=contact.first_contact_at)
    rows = Flag.objects.filter(same, earlier, state=FlagState.CONFIRMED).exclude(assessment__contact=contact)
    found: dict[Strand, datetime] = {}
    for strand, at in rows.order_by("-assessment__contact__first_contact_at").values_list(
        "strand", "assessment__contact__first_contact_at"
    ):
        found.setdefault(Strand(strand), at)
    return list(found.items())


def lock_contradiction(reference: str) -> Contradiction:
    """
    Return a contradiction, locked until the transaction ends.

    :raises NotFound: if there is none
    """
    rows = Contradiction.objects.select_for_update(of=("self",)).select_related("assessment__contact")
    found = rows.filter(reference=reference).first()
    if found is None:
        raise NotFound("There is no such alert.")
    return found


def contradictions_of(*, reference: str) -> list[Contradiction]:
    """Return the contradictions about a contact's vulnerability, the open ones first, then the newest."""
    rows = Contradiction.objects.filter(assessment__contact__reference=reference).order_by("-at", "-id")
    return sorted(rows, key=lambda row: row.settled_at is not None)


@contextmanager
def handing_on(reference: str, known: HandedOn) -> Iterator[None]:
    """Let whoever asks inside the block what is handed on of a contact have what its caller, who has it locked, was told already."""
    token = _HANDED_ON.set((reference, known))
    try:
        yield
    finally:
        _HANDED_ON.reset(token)


def handed_on(*, reference: str) -> HandedOn:
    """Return what is known of a contact that later stages go by; nothing of one without an assessment."""
    already = _HANDED_ON.get()
    if already is not None and already[0] == reference:
        return already[1]
    found = find_row(Assessment, contact__reference=reference)
    if found is None:
        return HandedOn(standing=None, strands=frozenset(), unconfirmed=frozenset(), child_mentioned=False, answers={})
    flags = [flag for flag in find_rows(Flag, assessment=found.pk) if flag.state != FlagState.DISMISSED]
    waiting = [flag for flag in flags if flag.state == FlagState.SUGGESTED and (flag.score or 0) >= FLAG_COUNTS_FROM]
    strands = frozenset(flag.strand for flag in flags)
    return HandedOn(
        standing=_standing(found),
        strands=strands,
        unconfirmed=frozenset(flag.strand for flag in waiting),
        child_mentioned="child_present" in found.cues or bool(CHILDREN & strands),
        answers=answers_of(found),
    )


def strands_by_contact(contacts: Sequence[Contact]) -> dict[str, list[str]]:
    """Return, for each contact reference, the labels of the strands seen in it and not dismissed."""
    rows = Flag.objects.filter(assessment__contact__in=contacts).exclude(state=FlagState.DISMISSED)
    found: dict[str, list[str]] = {}
    for reference, strand in rows.order_by("-score").values_list("assessment__contact__reference", "strand"):
        found.setdefault(reference, []).append(Strand(strand).label)
    return found


def repeats_by_contact(contacts: Sequence[Contact]) -> dict[str, int]:
    """Return how often the same number got in touch in the 90 days before, for each contact for which it did."""
    rows = Assessment.objects.filter(contact__in=contacts, repeat_contacts__gt=0)
    return dict(rows.values_list("contact__reference", "repeat_contacts"))


def grades_by_contact(contacts: Sequence[Contact]) -> dict[str, str]:
    """Return the standing grade of each contact that has one, by reference."""
    rows = Assessment.objects.filter(contact__in=contacts, grade__gt="")
    return dict(rows.values_list("contact__reference", "grade"))


def _standing(assessment: Assessment) -> StandingGrade | None:
    if not assessment.grade or assessment.graded_at is None:
        return None
    return StandingGrade(
        grade=ResponseGrade(assessment.grade),
        graded_at=assessment.graded_at,
        row=assessment.rule_row,
        table=assessment.rule_table,
        because=assessment.reason or assessment.rule_because,
        outgrown=assessment.outgrown,
    )

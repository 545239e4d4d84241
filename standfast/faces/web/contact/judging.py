"""What does the contact page say of danger, vulnerability, advice and grade, and what should be asked next?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.faces.screens.parts import Prompt, PromptAnswer, Reason, Why
from standfast.faces.screens.times import short_moment
from standfast.faces.web.contact.words import edition_of, in_words, widest
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.tables import Change
from standfast.journey.assessment.queries import AssessmentView
from standfast.journey.assessment.rules.danger_question import NextQuestion, Question
from standfast.journey.assessment.rules.response_grade import ResponseGrade, grade_number, is_more_urgent
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.assessment.rules.thrive import MUST_BE_WRITTEN, Limb
from standfast.journey.contact.rules.risk import Risk

PROMPTS_SHOWN = 3
CHANGES_SHOWN = 4
EDGE = {ResponseGrade.IMMEDIATE: "immediate", ResponseGrade.PRIORITY: "high"}
OTHER_FACTS = {
    "vulnerable": "A vulnerability that keeps it at Priority is seen",
    "words_floor": "What was said counts as",
    "repeat_contacts": "Contacts in the 90 days before",
}
RISKS = [(risk.value, risk.label) for risk in Risk]


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A question of the grade table with the answer that stands."""

    name: str
    ask: str
    answer: str
    label: str


@dataclass(frozen=True, kw_only=True)
class LimbShown:
    """One limb of THRIVE: what was written, by whom, and whether it must be before a grade is confirmed."""

    code: str
    letter: str
    label: str
    text: str
    level: str
    level_label: str
    note: str
    is_missing: bool


@dataclass(frozen=True, kw_only=True)
class FlagShown:
    """A vulnerability seen. A machine's is a suggestion until a person confirms or dismisses it."""

    code: str
    label: str
    state: str
    says: str
    words: Sequence[str]
    by_machine: bool


@dataclass(frozen=True, kw_only=True)
class DoubtShown:
    """An alert that a vulnerability is said to be none: who said so where, and how it was settled (empty: it is open)."""

    reference: str
    label: str
    said: str
    settled: str


@dataclass(frozen=True, kw_only=True)
class AdviceShown:
    """One piece of advice, and when it was read out (empty: not yet)."""

    code: str
    topic: str
    text: str
    given: str = ""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """
    The grade: the one that stands (number 0 while none does) beside the one the rule gives now, and why.

    `higher` and `lower` are the (code, label) pairs of the grades a person may raise or lower to.
    """

    number: int
    label: str
    note: str
    is_outgrown: bool
    rule_number: int
    rule_label: str
    why: Why
    missing: str
    may_confirm: bool
    higher: Sequence[tuple[str, str]]
    lower: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Everything on the page that changes with an answer, a word or a flag."""

    prompts: Sequence[Prompt]
    answered: Sequence[Answered]
    open_questions: int
    limbs: Sequence[LimbShown]
    limbs_written: int
    flags: Sequence[FlagShown]
    doubts: Sequence[DoubtShown]
    other_strands: Sequence[tuple[str, str]]
    detector_ran: bool
    advice_missing: Sequence[AdviceShown]
    advice_given: Sequence[AdviceShown]
    searched_in_vain: str
    grade: Decided


def judgement(view: AssessmentView, *, now: datetime) -> Judgement:
    """Return what is shown of an assessment."""
    flagged = {flag.strand for flag in view.flags}
    return Judgement(
        prompts=_prompts(view),
        answered=_answered(view),
        open_questions=len(_to_ask(view)),
        limbs=[_limb(view, limb, now=now) for limb in Limb],
        limbs_written=len(view.limbs),
        flags=flags_of(view),
        doubts=_doubts(view, now=now),
        other_strands=[(strand.value, strand.label) for strand in Strand if strand not in flagged],
        detector_ran=view.assessment.detector == "ran",
        advice_missing=[
            AdviceShown(code=each.id, topic=in_words(each.topic), text=each.text) for each in view.advice_missing
        ],
        advice_given=_given(view, now=now),
        searched_in_vain=_searched_in_vain(view),
        grade=_grade(view, now=now),
    )


def _searched_in_vain(view: AssessmentView) -> str:
    contact = view.assessment.contact
    # A look-up for which there was nothing to search by found nothing, but was none.
    had_facts = {
        "repeat_caller": contact.caller_phone,
        "person": contact.caller_name or contact.caller_phone or contact.caller_born_on,
        "address": contact.place_text,
    }
    return " · ".join(check.get_kind_display() for check in view.checks if not check.found and had_facts[check.kind])


def _prompts(view: AssessmentView) -> list[Prompt]:
    shown = []
    for place, (question, because, risk) in enumerate(_to_ask(view)[:PROMPTS_SHOWN]):
        keys = (str(place * len(Answer) + number) for number in range(1, len(Answer) + 1))
        answers = [
            PromptAnswer(label=each.label, value=each.value, key=key) for each, key in zip(Answer, keys, strict=True)
        ]
        shown.append(Prompt(name=question.id, ask=question.ask, because=because, risk=risk, answers=answers))
    return shown


def _to_ask(view: AssessmentView) -> list[tuple[Question, str, str]]:
    """
    Return what to ask and why: what could change the grade, then what nobody has asked yet, then what was not known when asked.

    What was asked in vain and could still change the grade stands after what was never asked.
    """
    ranked = [(each, _asked_because(each)) for each in view.ask_next]
    first = [because for each, because in ranked if not each.was_asked]
    last = [because for each, because in ranked if each.was_asked]
    listed = {question.id for question, _, _ in (*first, *last)}
    unasked = [each for each in view.questions if each.id not in view.answers and each.id not in listed]
    return first + [(each, each.why, "") for each in unasked] + last


def _asked_because(each: NextQuestion) -> tuple[Question, str, str]:
    answer = {known.value: known.label.lower() for known in Answer}.get(each.answer, in_words(each.answer).lower())
    because = f"{each.question.why}; “{answer}” makes it {each.could_become.label}"
    return each.question, because, EDGE.get(each.could_become, "") if each.raises else ""


def _answered(view: AssessmentView) -> list[Answered]:
    return [
        Answered(
            name=question.id,
            ask=question.ask,
            answer=view.answers.get(question.id, ""),
            label=Answer(view.answers[question.id]).label if question.id in view.answers else "Not asked",
        )
        for question in view.questions
    ]


def _limb(view: AssessmentView, limb: Limb, *, now: datetime) -> LimbShown:
    entry = view.limbs.get(limb)
    must = limb in MUST_BE_WRITTEN
    unwritten = "to write before grading" if must else "to write"
    return LimbShown(
        code=limb.value,
        letter=limb.label[0],
        label=limb.label,
        text=entry.text if entry else "",
        level=entry.level if entry else "",
        level_label=Risk(entry.level).label if entry else "",
        note=f"{entry.by_name}, {short_moment(entry.at, now=now)}" if entry else unwritten,
        is_missing=limb in view.missing,
    )


def flags_of(view: AssessmentView) -> list[FlagShown]:
    """Return the vulnerabilities seen in a contact, those a person dismissed last."""
    return [
        FlagShown(
            code=flag.strand,
            label=Strand(flag.strand).label,
            state=flag.state,
            says=_says(flag.state, by_machine=flag.source == "detector", score=flag.score, reason=flag.reason),
            words=widest(cause["words"] for cause in flag.because),
            by_machine=flag.source == "detector",
        )
        for flag in view.flags
    ]


def _doubts(view: AssessmentView, *, now: datetime) -> list[DoubtShown]:
    return [
        DoubtShown(
            reference=each.reference,
            label=Strand(each.strand).label,
            said=f"{each.by_name}, {short_moment(each.at, now=now)}, {in_words(each.stage).lower()}: “{each.found}”",
            settled=_settled(stands=each.stands, by_name=each.settled_by, because=each.settled_because),
        )
        for each in view.contradictions
    ]


def _settled(*, stands: bool | None, by_name: str, because: str) -> str:
    if stands is None:
        return ""
    return f"{'It stands' if stands else 'It does not apply'}, {by_name}: {because}"


MOST_SURE = 99
"""What a machine's suggestion is shown with at most, of 100: it is never certain, and rounding must not make it so."""


def _says(state: str, *, by_machine: bool, score: float | None, reason: str) -> str:
    if state == "dismissed":
        return f"Dismissed: {reason}"
    if state == "confirmed":
        return "Machine suggestion, confirmed by a person" if by_machine else "Seen by a person"
    return f"Machine suggestion, {min(MOST_SURE, round((score or 0) * 100))} of 100, not confirmed"


def _given(view: AssessmentView, *, now: datetime) -> list[AdviceShown]:
    texts = view.advice_texts
    return [
        AdviceShown(
            code=entry.advice,
            topic=in_words(texts[entry.advice].topic) if entry.advice in texts else "",
            text=texts[entry.advice].text if entry.advice in texts else entry.advice,
            given=f"{entry.by_name}, {short_moment(entry.at, now=now)}",
        )
        for entry in view.advice_given
    ]


def _grade(view: AssessmentView, *, now: datetime) -> Decided:
    rule, standing = view.explanation.decision.outcome, view.standing
    stands = standing.grade if standing else rule
    note = (
        f"Confirmed {short_moment(standing.graded_at, now=now)}: {standing.because}"
        if standing
        else "Not confirmed yet"
    )
    return Decided(
        number=grade_number(standing.grade) if standing else 0,
        label=stands.label,
        note=note,
        is_outgrown=bool(standing and standing.outgrown),
        rule_number=grade_number(rule),
        rule_label=rule.label,
        why=_why(view),
        missing=_missing(view, rule),
        may_confirm=standing is None or is_more_urgent(rule, standing.grade),
        higher=_pairs(grade for grade in ResponseGrade if is_more_urgent(grade, rule)),
        lower=_pairs(grade for grade in ResponseGrade if is_more_urgent(stands, grade)),
    )


def _pairs(grades: Iterable[ResponseGrade]) -> list[tuple[str, str]]:
    return [(grade.value, f"{grade_number(grade)} {grade.label}") for grade in grades]


def _missing(view: AssessmentView, rule: ResponseGrade) -> str:
    if rule == ResponseGrade.IMMEDIATE or not view.missing:
        return ""
    return ", ".join(limb.label for limb in view.missing)


def _why(view: AssessmentView) -> Why:
    decision, near = view.explanation.decision, view.explanation.near
    foot = edition_of(decision.table)
    if near:
        foot += f" · nearest not met: {near[0].row}, {near[0].because.lower()}"
    phrases = [
        Reason(sign="+", text=f"Said: {in_words(floor).lower()}", source="always raises")
        for floor in view.assessment.floors
    ]
    return Why(
        reasons=[Reason(sign="1", text=decision.because, source=f"row {decision.row}"), *phrases],
        changes=_changes(view),
        foot=foot,
    )


def _changes(view: AssessmentView) -> list[Reason]:
    rule = view.explanation.decision.outcome
    asks = {question.id: question.ask for question in view.questions}
    ordered = sorted(view.explanation.changes, key=lambda change: grade_number(change.outcome))
    told = {change.fact: _change(change, asks) for change in reversed(ordered)}
    shown = [told.pop(change.fact) for change in ordered if change.fact in told]
    return [
        Reason(sign="↑" if is_more_urgent(grade, rule) else "↓", text=text, source=grade.label)
        for grade, text in shown[:CHANGES_SHOWN]
    ]


def _change(change: Change[ResponseGrade], asks: dict[str, str]) -> tuple[ResponseGrade, str]:
    asked = asks.get(change.fact) or OTHER_FACTS.get(change.fact, in_words(change.fact))
    to = {answer.value: answer.label for answer in Answer}.get(change.to, in_words(change.to))
    return change.outcome, f"{asked} {to}"

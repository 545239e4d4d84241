"""Which questions does the grade depend on, and which should be asked next?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.tables import Change, DatedTable, Explanation
from standfast.journey.assessment.rules.response_grade import (
    ResponseGrade,
    grade_number,
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question: `id` is the fact of the grade table it answers, `ask` is read out, `why` is for the officer."""

    id: str
    ask: str
    why: str


@dataclass(frozen=True, kw_only=True)
class NextQuestion:
    """
    A question worth asking: the answer that changes the grade most dangerously, and to what.

    `moves` is the largest number of grades any one answer moves it by, `raises` whether some answer makes it more urgent, `was_asked`
    that somebody asked before and the answer was not known.
    """

    question: Question
    answer: str
    could_become: ResponseGrade
    moves: int
    raises: bool
    was_asked: bool


QUESTIONS = DatedTable.beside(__file__, "danger_question", row=Question)


def rank_questions(
    explanation: Explanation[ResponseGrade],
    questions: Mapping[str, Question],
    answers: Mapping[str, str],
) -> list[NextQuestion]:
    """
    Return the questions not yet answered whose answer alone could change the grade, the one to ask next first.

    Built on the counterfactuals of the grade table. Before all, what could make the grade more urgent, the most urgent first; then what
    could move it furthest; between equals the order of the table, most dangerous first. What nobody could answer stands last, or it
    would be asked for ever.
    """
    stands = grade_number(explanation.decision.outcome)
    changes: dict[str, list[Change[ResponseGrade]]] = {}
    for change in explanation.changes:
        if change.fact in questions and answers.get(change.fact, Answer.NOT_KNOWN) == Answer.NOT_KNOWN:
            changes.setdefault(change.fact, []).append(change)
    found = [_next(questions[fact], each, stands=stands, was_asked=fact in answers) for fact, each in changes.items()]
    order = {name: place for place, name in enumerate(questions)}
    return sorted(found, key=lambda each: (_place(each), order[each.question.id]))


def _next(
    question: Question, changes: Sequence[Change[ResponseGrade]], *, stands: int, was_asked: bool
) -> NextQuestion:
    worst = min(changes, key=lambda change: grade_number(change.outcome))
    return NextQuestion(
        question=question,
        answer=worst.to,
        could_become=worst.outcome,
        moves=max(abs(grade_number(change.outcome) - stands) for change in changes),
        raises=grade_number(worst.outcome) < stands,
        was_asked=was_asked,
    )


def _place(each: NextQuestion) -> tuple[bool, bool, int, int]:
    return each.was_asked, not each.raises, grade_number(each.could_become) if each.raises else 0, -each.moves

"""Which question is asked next? The one whose answer could change the grade most, most dangerous first."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from standfast.foundation.kernel.choices import Answer
from standfast.journey.assessment.rules.danger_question import QUESTIONS, NextQuestion, rank_questions
from standfast.journey.assessment.rules.response_grade import (
    GradeFacts,
    ResponseGrade,
    decide_response_grade,
    explain_response_grade,
    grade_number,
)
from standfast.journey.contact.rules.risk import Risk

DAY = date(2026, 11, 23)
ASKED = [name for name, hint in GradeFacts.__annotations__.items() if hint is Answer]
QUESTIONS_BY_ID = QUESTIONS.on(DAY).by_id


def facts(**known: object) -> GradeFacts:
    """Return facts of which nothing is known but what is given."""
    nothing = dict.fromkeys(ASKED, Answer.NOT_KNOWN)
    plain = {"words_floor": Risk.STANDARD, "vulnerable": False, "repeat_contacts": 0}
    return GradeFacts(**{**nothing, **plain, **known})  # type: ignore[arg-type]


def ranked(given_facts: GradeFacts, asked: frozenset[str] = frozenset()) -> list[NextQuestion]:
    """Return what to ask next; `asked` are questions somebody asked, whatever came of it."""
    answers = {
        name: getattr(given_facts, name).value
        for name in ASKED
        if name in asked or getattr(given_facts, name) != Answer.NOT_KNOWN
    }
    return rank_questions(explain_response_grade(given_facts, on=DAY), QUESTIONS_BY_ID, answers)


def grades_by_answer(given_facts: GradeFacts, name: str) -> list[ResponseGrade]:
    """Return the grade under each answer to a question, by asking the table anew."""
    return [decide_response_grade(replace(given_facts, **{name: answer}), on=DAY).outcome for answer in Answer]


some_facts = st.builds(
    GradeFacts,
    **{name: st.sampled_from(Answer) for name in ASKED},  # type: ignore[arg-type]
    words_floor=st.sampled_from(Risk),
    vulnerable=st.booleans(),
    repeat_contacts=st.integers(min_value=0, max_value=4),
)


def test_with_nothing_known_life_comes_first() -> None:
    first = ranked(facts())[0]
    assert first.question.id == "danger_to_life"
    assert (first.answer, first.could_become, first.raises) == ("yes", ResponseGrade.IMMEDIATE, True)


def test_what_was_asked_in_vain_stands_last() -> None:
    order = [each.question.id for each in ranked(facts(), frozenset({"danger_to_life"}))]
    assert order[0] != "danger_to_life"
    assert order[-1] == "danger_to_life"


def test_what_could_raise_stands_before_what_could_only_lower() -> None:
    safe = dict.fromkeys(("danger_to_life", "happening_now", "offender_near", "weapon", "injured"), Answer.NO)
    order = ranked(facts(**safe))
    raising = [each.raises for each in order]
    assert raising == sorted(raising, reverse=True)
    assert order[0].question.id == "evidence_perishable"


@given(known=some_facts)
def test_no_question_left_out_could_change_the_grade_more_dangerously(known: GradeFacts) -> None:
    stands = decide_response_grade(known, on=DAY).outcome
    order = ranked(known)
    told = {each.question.id: each for each in order}
    for name in QUESTIONS_BY_ID:
        if getattr(known, name) != Answer.NOT_KNOWN:
            assert name not in told
            continue
        grades = grades_by_answer(known, name)
        assert (name in told) == any(grade != stands for grade in grades)
        if min(map(grade_number, grades)) < grade_number(stands):
            assert grade_number(order[0].could_become) <= min(map(grade_number, grades))


@given(known=some_facts)
def test_the_answer_named_gives_the_grade_named(known: GradeFacts) -> None:
    for each in ranked(known):
        answered = replace(known, **{each.question.id: Answer(each.answer)})
        assert decide_response_grade(answered, on=DAY).outcome == each.could_become

"""Which response grade does a contact get, and why? This is the rule; its policy is in `tables/response_grade/`."""

from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.choices import Answer, Choice
from standfast.foundation.kernel.tables import Decision, DecisionTable, Explanation
from standfast.journey.contact.rules.risk import Risk


class ResponseGrade(Choice):
    """The response grades, most urgent first. Labels are the force's to configure."""

    IMMEDIATE = "immediate", "Immediate"
    PRIORITY = "priority", "Priority"
    ROUTINE = "routine", "Routine"
    SCHEDULED = "scheduled", "Scheduled"
    RESOLVED = "resolved", "Resolved without a visit"


_NUMBER = {grade: number for number, grade in enumerate(ResponseGrade, start=1)}


@dataclass(frozen=True, kw_only=True)
class GradeFacts:
    """
    What the grade depends on. A question nobody asked is `not_known`, never `no`.

    `words_floor` is the lowest risk the words themselves allow, `vulnerable` whether a strand that is never below priority was seen
    and not dismissed by a person, `repeat_contacts` how often the person got in touch in the 90 days before.
    """

    danger_to_life: Answer
    happening_now: Answer
    offender_near: Answer
    weapon: Answer
    injured: Answer
    words_floor: Risk
    vulnerable: bool
    risk_continues: Answer
    repeat_contacts: int
    evidence_perishable: Answer
    visit_needed: Answer
    slot_agreed: Answer


TABLE = DecisionTable.beside(__file__, facts=GradeFacts, outcomes=ResponseGrade)


def decide_response_grade(facts: GradeFacts, *, on: date) -> Decision[ResponseGrade]:
    """Return the grade the policy in force on that London day requires, and why."""
    return TABLE.decide(facts, on=on)


def explain_response_grade(facts: GradeFacts, *, on: date) -> Explanation[ResponseGrade]:
    """Return the grade with the nearest rows that did not fire and the answers that would change it."""
    return TABLE.explain(facts, on=on)


def grade_number(grade: ResponseGrade) -> int:
    """Return 1 for the most urgent grade, counting up."""
    return _NUMBER[grade]


def is_more_urgent(one: ResponseGrade, other: ResponseGrade) -> bool:
    """Say whether the first grade asks for a faster response than the second."""
    return _NUMBER[one] < _NUMBER[other]

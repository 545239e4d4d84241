"""The response grade, case by case, as staff would read it. One case for each row of the policy at least."""

import csv
from datetime import date
from pathlib import Path

import pytest

from standfast.foundation.kernel.choices import Answer
from standfast.journey.assessment.rules.response_grade import TABLE, GradeFacts, decide_response_grade
from standfast.journey.contact.rules.risk import Risk

DAY = date(2026, 11, 23)
with (Path(__file__).parent / "response_grade.csv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file))
ANSWERED = [name for name, hint in GradeFacts.__annotations__.items() if hint is Answer]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_examples(case: dict[str, str]) -> None:
    facts = GradeFacts(
        **{name: Answer(case[name]) for name in ANSWERED},
        words_floor=Risk(case["words_floor"]),
        vulnerable=case["vulnerable"] == "yes",
        repeat_contacts=int(case["repeat_contacts"]),
    )
    decision = decide_response_grade(facts, on=DAY)
    assert (decision.outcome, decision.row) == (case["grade"], case["row"])


def test_every_row_of_the_policy_has_a_case() -> None:
    assert {row.id for row in TABLE.editions.on(DAY).rows} == {case["row"] for case in CASES}

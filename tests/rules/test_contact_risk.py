"""The risk of a contact nobody has assessed yet, case by case; and machine help only ever adds."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.journey.assessment.rules.contact_risk import TABLE, RiskFacts, decide_contact_risk
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk, risk_rank

DAY = date(2026, 11, 23)
with (Path(__file__).parent / "contact_risk.csv").open(encoding="utf-8", newline="") as file:
    CASES = list(csv.DictReader(file))
risk_facts = st.builds(
    RiskFacts,
    channel=st.sampled_from(Channel),
    words_floor=st.sampled_from(Risk),
    attention=st.floats(0, 1),
    source_priority=st.integers(0, 9),
    repeat_contacts=st.integers(0, 9),
    no_words=st.booleans(),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_examples(case: dict[str, str]) -> None:
    facts = RiskFacts(
        channel=Channel(case["channel"]),
        words_floor=Risk(case["words_floor"]),
        attention=float(case["attention"]),
        source_priority=int(case["source_priority"]),
        repeat_contacts=int(case["repeat_contacts"]),
        no_words=case["no_words"] == "yes",
    )
    decision = decide_contact_risk(facts, on=DAY)
    assert (decision.outcome, decision.row) == (case["risk"], case["row"])


def test_every_row_of_the_policy_has_a_case() -> None:
    assert {row.id for row in TABLE.editions.on(DAY).rows} == {case["row"] for case in CASES}


@given(facts=risk_facts, more=st.floats(0, 1))
def test_more_attention_never_lowers_the_risk(facts: RiskFacts, more: float) -> None:
    raised = replace(facts, attention=max(facts.attention, more))
    before, after = decide_contact_risk(facts, on=DAY).outcome, decide_contact_risk(raised, on=DAY).outcome
    assert risk_rank(after) <= risk_rank(before)


@given(facts=risk_facts, floor=st.sampled_from(Risk))
def test_the_risk_is_never_below_what_the_words_allow(facts: RiskFacts, floor: Risk) -> None:
    decided = decide_contact_risk(replace(facts, words_floor=floor), on=DAY).outcome
    assert risk_rank(decided) <= risk_rank(floor)

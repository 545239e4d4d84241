"""Does the policy send each matter where it should, and does doubt always keep it with the police?"""

from dataclasses import replace
from datetime import date
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.foundation.kernel.choices import Answer
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.triage.rules.diversion import (
    NEVER_DIVERT,
    Diversion,
    DiversionFacts,
    Threshold,
    decide_diversion,
    is_protected,
)
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.police_threshold import (
    ASKED,
    QUESTIONS,
    PoliceRole,
    ThresholdFacts,
    decide_police_threshold,
)
from standfast.journey.triage.rules.route import LEAVES_THE_POLICE, OPEN_ROUTES, Route, RouteFacts, decide_route
from tests.triage.csv_rows import rows

DAY = date(2026, 11, 23)
STRICTNESS = list(Diversion)

threshold_facts = st.builds(ThresholdFacts, **{name: st.sampled_from(Answer) for name in QUESTIONS})
diversion_facts = st.builds(
    DiversionFacts,
    **{
        name: st.booleans() if hint is bool else st.sampled_from(list(hint))
        for name, hint in get_type_hints(DiversionFacts).items()
    },
)
answers = st.sampled_from(Answer)


def yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def diversion_of(row: dict[str, str]) -> DiversionFacts:
    return DiversionFacts(
        grade=ResponseGrade(row["grade"]),
        risk=Risk(row["risk"]),
        protected=yes(row["protected"]),
        unconfirmed=yes(row["unconfirmed"]),
        child_mentioned=yes(row["child_mentioned"]),
        weapon=Answer(row["weapon"]),
        threshold=Threshold(row["threshold"]),
        need=Need(row["need"]),
        fraud_call=Answer(row["fraud_call"]),
    )


def route_of(facts: DiversionFacts, *, evidence: Answer, slot: Answer) -> tuple[Route, str]:
    diversion = decide_diversion(facts, on=DAY).outcome
    decision = decide_route(
        RouteFacts(
            grade=facts.grade, diversion=diversion, need=facts.need, evidence_perishable=evidence, slot_agreed=slot
        ),
        on=DAY,
    )
    return decision.outcome, decision.row


@pytest.mark.parametrize("row", rows("routes.csv"), ids=lambda row: row["what"])
def test_an_example_goes_where_the_policy_says(row: dict[str, str]) -> None:
    facts = diversion_of(row)
    assert decide_diversion(facts, on=DAY).row == row["diversion_row"]
    found = route_of(facts, evidence=Answer(row["evidence_perishable"]), slot=Answer(row["slot_agreed"]))
    assert found == (row["route"], row["route_row"])


@pytest.mark.parametrize("row", rows("police_threshold.csv"), ids=lambda row: row["what"])
def test_an_example_of_the_threshold_test(row: dict[str, str]) -> None:
    decision = decide_police_threshold(ThresholdFacts(**{name: Answer(row[name]) for name in QUESTIONS}), on=DAY)
    assert (decision.outcome, decision.row) == (row["outcome"], row["row"])


@given(facts=threshold_facts)
def test_only_five_plain_noes_give_a_matter_away(facts: ThresholdFacts) -> None:
    all_no = all(getattr(facts, name) == Answer.NO for name in QUESTIONS)
    assert decide_police_threshold(facts, on=DAY).outcome == (PoliceRole.NOT_POLICE if all_no else PoliceRole.KEEPS)


def test_every_question_of_the_test_has_its_words() -> None:
    assert set(ASKED) == set(QUESTIONS)


@given(facts=diversion_facts, evidence=answers, slot=answers)
def test_the_rule_never_proposes_a_route_that_is_closed(facts: DiversionFacts, evidence: Answer, slot: Answer) -> None:
    open_routes = OPEN_ROUTES[decide_diversion(facts, on=DAY).outcome]
    assert route_of(facts, evidence=evidence, slot=slot)[0] in open_routes
    assert Route.DEPLOY in open_routes


WORSE: dict[str, Any] = {
    "grade": ResponseGrade.IMMEDIATE,
    "risk": Risk.IMMEDIATE,
    "protected": True,
    "unconfirmed": True,
    "child_mentioned": True,
    "weapon": Answer.YES,
    "threshold": Threshold.KEEPS,
    "fraud_call": Answer.YES,
}


@given(facts=diversion_facts, name=st.sampled_from(sorted(WORSE)))
def test_more_risk_never_opens_a_way_out_of_the_police(facts: DiversionFacts, name: str) -> None:
    worse = replace(facts, **{name: WORSE[name]})
    before, after = (STRICTNESS.index(decide_diversion(each, on=DAY).outcome) for each in (facts, worse))
    assert after <= before


@given(facts=diversion_facts, name=st.sampled_from(["weapon", "fraud_call", "threshold"]))
def test_what_nobody_asked_never_opens_a_way_out_of_the_police(facts: DiversionFacts, name: str) -> None:
    unasked: Any = Threshold.NOT_TESTED if name == "threshold" else Answer.NOT_KNOWN
    before = decide_diversion(facts, on=DAY).outcome
    after = decide_diversion(replace(facts, **{name: unasked}), on=DAY).outcome
    assert STRICTNESS.index(after) <= STRICTNESS.index(before)


@given(facts=diversion_facts, evidence=answers, slot=answers)
def test_nothing_protected_unconfirmed_or_with_a_child_is_diverted(
    facts: DiversionFacts, evidence: Answer, slot: Answer
) -> None:
    route, _ = route_of(facts, evidence=evidence, slot=slot)
    if facts.protected or facts.unconfirmed or facts.child_mentioned or facts.weapon != Answer.NO:
        assert route not in LEAVES_THE_POLICE


@given(facts=diversion_facts, evidence=answers, slot=answers)
def test_immediate_goes_to_officers_and_nowhere_else(facts: DiversionFacts, evidence: Answer, slot: Answer) -> None:
    diversion = decide_diversion(facts, on=DAY).outcome
    if facts.grade == ResponseGrade.IMMEDIATE or facts.risk == Risk.IMMEDIATE:
        assert OPEN_ROUTES[diversion] == {Route.DEPLOY}


@pytest.mark.parametrize(
    "strand",
    [
        Strand.DOMESTIC_ABUSE,
        Strand.SERIOUS_SEXUAL_OFFENCE,
        Strand.STALKING_HARASSMENT,
        Strand.MISSING_PERSON,
        Strand.SERIOUS_VIOLENCE,
        Strand.HATE_CRIME,
    ],
)
def test_the_kinds_named_by_the_diversion_policy_are_protected(strand: Strand) -> None:
    assert is_protected([strand.value, Strand.HOMELESSNESS.value], on=DAY)


def test_a_need_for_help_alone_is_not_protected() -> None:
    assert not is_protected([Strand.HOMELESSNESS.value, Strand.MENTAL_HEALTH.value], on=DAY)


def test_a_strand_is_listed_once_as_never_diverted() -> None:
    listed = [row.strand for row in NEVER_DIVERT.on(DAY).rows]
    assert len(listed) == len(set(listed))

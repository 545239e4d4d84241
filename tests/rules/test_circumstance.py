"""What is brought up unasked, and in which order?"""

from dataclasses import fields
from datetime import date

import pytest

from standfast.journey.assessment.rules.circumstance import TABLE, CircumstanceFacts, danger_of, rank_circumstances

DAY = date(2026, 11, 23)


def rows(**facts: int | None) -> list[str]:
    """Return the rows that are brought up."""
    return [each.row for each in rank_circumstances(CircumstanceFacts(**facts), on=DAY)]


@pytest.mark.parametrize(
    ("facts", "brought_up"),
    [
        ({}, []),
        ({"children": 1}, ["CI-02"]),
        ({"incidents_at_address_90_days": 2}, []),
        ({"incidents_at_address_90_days": 3}, ["CI-06"]),
        ({"incidents_of_person_365_days": 1}, []),
        ({"incidents_of_person_365_days": 2}, ["CI-07"]),
        ({"contacts_7_days": 3}, ["CI-08"]),
        ({"contacts_30_days": 4}, []),
        ({"contacts_365_days": 10}, ["CI-10"]),
        ({"days_since_incident": 0}, ["CI-05"]),
        ({"days_since_incident": 28}, ["CI-05"]),
        ({"days_since_incident": 29}, ["CI-12"]),
        ({"days_since_incident": None}, []),
        ({"last_risk": 1}, ["CI-11"]),
        ({"last_risk": 2}, ["CI-01"]),
        ({"children": 2, "last_risk": 3, "strands_before": 1}, ["CI-01", "CI-02", "CI-04"]),
    ],
)
def test_examples(facts: dict[str, int | None], brought_up: list[str]) -> None:
    assert rows(**facts) == brought_up


def test_every_row_asks_for_a_fact_there_is() -> None:
    known = {each.name for each in fields(CircumstanceFacts)}
    assert {row.fact for row in TABLE.on(DAY).rows} == known


def test_danger_counts_up_and_nothing_known_is_none() -> None:
    assert [danger_of(risk) for risk in ("", "standard", "medium", "high", "immediate")] == [0, 0, 1, 2, 3]

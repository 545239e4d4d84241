"""N14: does the watch find what is planted, and stay silent at its stated rate where nothing is?"""

import random
from datetime import timedelta

import pytest

from standfast.foundation.kernel import clock
from standfast.foundation.people.roles import Role
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.rules.regrade_watch import FALSE_ALARM_RATE, Drift, Grading, watch_grades
from tests.builders import graded_contact
from tests.entering import account, actor_of, signed_in
from tests.incidents.steps import PRIORITY

KINDS = {"Domestic": 0.45, "Violence": 0.35, "Theft": 0.04, "Nuisance": 0.08}
PEOPLE = tuple(f"officer {number}" for number in range(12))
WATCHES, GRADINGS, MANY = 150, 800, 4000


def gradings(
    seed: int, *, number: int = GRADINGS, queue: float = 0.0, night: float = 0.0, person: float = 0.0
) -> list[Grading]:
    """
    Make up a period: kinds differ in how often they are emergencies, and nights have longer queues and other kinds.

    `queue`, `night` and `person` are the chance that an emergency is graded down because of a long queue, the night, or one officer.
    """
    chance, found = random.Random(seed), []
    for place in range(number):
        hour = chance.randrange(24)
        dark = hour < 6
        kind = chance.choices(list(KINDS), weights=(4, 4, 1, 1) if dark else (1, 1, 4, 4))[0]
        waiting = chance.randrange(4, 14) if dark else chance.randrange(0, 8)
        handler = chance.choice(PEOPLE)
        grade = 1 if chance.random() < KINDS[kind] else chance.choices((2, 3), weights=(6, 1))[0]
        lowered = (queue if waiting > 7 else 0) + (night if dark else 0) + (person if handler == PEOPLE[0] else 0)
        if grade == 1 and chance.random() < lowered:
            grade = 2
        found.append(Grading(str(place), grade, (kind,), {"n": place}, waiting, hour, handler))
    return found


def test_a_neutral_period_raises_an_alarm_no_more_often_than_stated() -> None:
    alarms = sum(bool(watch_grades(gradings(seed)).drifts) for seed in range(WATCHES))
    # One and a half are to be expected; more than six come about once in a thousand such tests.
    assert alarms <= 6
    assert FALSE_ALARM_RATE == 0.01


def test_neutral_nights_do_look_different_before_like_is_compared_with_like() -> None:
    # The negative control: the same neutral periods without strata raise alarms nearly always.
    mixed = [
        [Grading(e.subject, e.number, (), e.facts, e.waiting, e.hour, e.handler) for e in gradings(seed, number=MANY)]
        for seed in range(6)
    ]
    assert sum(bool(watch_grades([_flipped(e) for e in each]).drifts) for each in mixed) >= 5


def _flipped(each: Grading) -> Grading:
    # Nights have more emergencies: looked at the other way round, days are graded less urgent.
    return Grading(each.subject, each.number, each.stratum, each.facts, -each.waiting, each.hour, each.handler)


@pytest.mark.parametrize(
    ("planted", "drift"),
    [({"queue": 0.6}, Drift.QUEUE), ({"night": 0.6}, Drift.HOUR), ({"person": 0.9}, Drift.HANDLER)],
)
def test_planted_drift_is_found_in_a_fortnight_of_a_force(planted: dict[str, float], drift: Drift) -> None:
    found = sum(
        any(each.drift is drift for each in watch_grades(gradings(seed, number=MANY, **planted)).drifts)
        for seed in range(8)
    )
    assert found >= 7


def test_a_downgrade_is_told_unless_a_fact_changed() -> None:
    first = Grading("a", 1, ("Violence",), {"weapon": "yes"}, 3, 9, "one")
    same = Grading("a", 2, ("Violence",), {"weapon": "yes"}, 3, 9, "two")
    new = Grading("b", 1, ("Violence",), {"weapon": "yes"}, 3, 9, "one")
    changed = Grading("b", 3, ("Violence",), {"weapon": "no"}, 3, 9, "one")
    raised = Grading("b", 1, ("Violence",), {"weapon": "no"}, 3, 9, "one")
    found = watch_grades([first, new, same, changed, raised]).downgrades
    assert [(each.subject, each.was, each.became, each.handler) for each in found] == [("a", 1, 2, "two")]


@pytest.mark.django_db
def test_a_real_downgrade_stands_on_the_page_of_those_who_watch() -> None:
    began = clock.now() - timedelta(hours=1)
    contact = graded_contact(by=actor_of(Role.CONTACT_OFFICER), now=began, answers=PRIORITY)
    assessment.lower_grade(
        reference=contact.reference,
        grade=ResponseGrade.ROUTINE,
        reason="nobody to send",
        by=actor_of(Role.CONTACT_SUPERVISOR),
        now=began + timedelta(minutes=9),
    )
    page = signed_in(account(Role.CONTACT_SUPERVISOR)).get("/attendance/grades").content.decode()
    assert contact.reference in page
    assert signed_in(account(Role.DISPATCHER)).get("/attendance/grades").status_code == 403

"""
FOR5: whatever is done in whatever order, is nothing closed without code, reason, allowed role and, where it matters, a second person?

Ten thousand sequences on the pure rules, and five hundred on PostgreSQL.
"""

import random
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction

from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.lifecycle import IllegalMove
from standfast.foundation.obligations.models import Obligation
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import operations
from standfast.journey.incidents.models import Incident
from standfast.journey.incidents.operations import Closing, Offer, Sending
from standfast.journey.incidents.rules.closing import ClosingFacts, closing_codes, why_second_person
from standfast.journey.incidents.states import INCIDENT, IncidentState
from tests.builders import staff
from tests.dispatch.steps import BELLA, BEN, reported, unit_on_duty, waiting_incident
from tests.incidents.steps import IMMEDIATE, PRIORITY

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ON = date(2026, 11, 23)
SEQUENCES_ON_A_DATABASE, AT_ONCE = 500, 50


def facts(**given: object) -> ClosingFacts:
    plain = {
        "risk": Risk.STANDARD,
        "channels": frozenset({Channel.CALL_101}),
        "strands": frozenset(),
        "child_mentioned": False,
    }
    return ClosingFacts(**{**plain, **given})


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({}, False),
        ({"risk": Risk.MEDIUM}, True),
        ({"risk": Risk.HIGH}, True),
        ({"risk": Risk.IMMEDIATE}, True),
        ({"channels": frozenset({Channel.CALL_101, Channel.CALL_999})}, True),
        ({"strands": frozenset({Strand.DOMESTIC_ABUSE})}, True),
        ({"strands": frozenset({Strand.CHILD_ABUSE})}, True),
        ({"strands": frozenset({Strand.MISSING_PERSON})}, True),
        ({"strands": frozenset({Strand.HATE_CRIME})}, False),
        ({"child_mentioned": True}, True),
    ],
)
def test_a_second_person_is_needed_where_it_matters(given: dict[str, object], *, needed: bool) -> None:
    assert bool(why_second_person(facts(**given))) == needed


def test_no_sequence_of_moves_leads_to_a_state_outside_the_lifecycle_or_closes_under_a_unit() -> None:
    rng = random.Random(5)
    for _ in range(10_000):
        state, seen = str(INCIDENT.start), [str(INCIDENT.start)]
        for _ in range(rng.randrange(3, 12)):
            try:
                state = INCIDENT.after(state, rng.choice(list(INCIDENT.moves)))
            except IllegalMove:
                continue
            seen.append(state)
        for before, after in pairwise(seen):
            assert after in set(IncidentState)
            if after == IncidentState.RESOLVED:
                assert before in {IncidentState.WAITING, IncidentState.RESULTED}


def test_every_code_has_a_label_and_says_whether_it_was_attended() -> None:
    codes = closing_codes(ON)
    assert {code.attended for code in codes.values()} == {"yes", "no", "any"}
    assert all(code.label for code in codes.values())


def _steps(reference: str, now: datetime, rng: random.Random) -> list[partial[Any]]:
    code = rng.choice([*closing_codes(ON), "", "made_up"])
    reason = rng.choice(["", "  ", "Seen alone, safe"])
    who = rng.choice([BEN, BELLA, staff("asha"), staff("chidi")])
    sending = Sending(incident=reference, callsign="ND52", reason=rng.choice(["", "nearest"]))
    closing = Closing(incident=reference, code=code, reason=reason)
    offer = Offer(incident=reference, to_desk="south", reason="boundary")
    return [
        partial(operations.close_incident, closing=closing, by=who, now=now),
        partial(operations.close_incident, closing=closing, by=BEN, now=now),
        partial(operations.agree_to_close, reference=reference, by=who, now=now),
        partial(operations.refuse_to_close, reference=reference, reason=reason, by=who, now=now),
        partial(operations.reopen_incident, reference=reference, reason=reason, by=who, now=now),
        partial(operations.deploy_unit, sending=sending, by=who, now=now),
        partial(operations.stand_down_unit, callsign="ND52", reason=reason, by=who, now=now),
        partial(reported, "ND52", rng.choice([2, 5, 6]), now),
        partial(operations.offer_incident, offer=offer, by=who, now=now),
        partial(operations.accept_incident, reference=reference, by=who, now=now),
    ]


def _run(seed: int) -> None:
    rng = random.Random(seed)
    incident = waiting_incident(by=staff(), now=START, answers=rng.choice([IMMEDIATE, PRIORITY]))
    clock = Obligation.objects.get(subject=incident.reference, kind="attend")
    for number in range(1, 15):
        step = rng.choice(_steps(incident.reference, START + timedelta(minutes=number), rng))
        try:
            with transaction.atomic():
                step()
        except Refusal:
            continue
        _check(incident.reference)
    clock_now = Obligation.objects.filter(subject=incident.reference, kind="attend").earliest("id")
    assert (clock_now.starts_at, clock_now.due_at) == (clock.starts_at, clock.due_at)


def _check(reference: str) -> None:
    incident = Incident.objects.select_related("contact").get(reference=reference)
    if incident.state == IncidentState.RESOLVED:
        assert incident.closing_code in closing_codes(ON)
        assert incident.closing_reason.strip()
        assert incident.closing_by in {BEN.ref, BELLA.ref}
        if operations.why_second(incident):
            assert incident.second_person in {BEN.ref, BELLA.ref} - {incident.closing_by}
        running = Obligation.objects.filter(subject=reference, met_at=None, stopped_at=None)
        assert not running.exists()
    elif incident.attended_at is None:
        assert Obligation.objects.filter(subject=reference, kind="attend", met_at=None, stopped_at=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("first", range(0, SEQUENCES_ON_A_DATABASE, AT_ONCE))
def test_no_sequence_of_steps_closes_what_may_not_be_closed_or_stops_its_clock(first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        with transaction.atomic():
            unit_on_duty("ND52", now=START)
            _run(seed + 1)
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_without_the_second_persons_rule_the_sequences_would_close_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # The negative control: the rule says that one is enough, and the check must see it.
    incident = waiting_incident(by=staff(), now=START)
    closing = Closing(incident=incident.reference, code="caller_cancelled", reason="No longer needed")
    with monkeypatch.context() as sabotage:
        sabotage.setattr("standfast.journey.incidents.operations.closing.why_second_person", lambda _: "")
        operations.close_incident(closing=closing, by=BEN, now=START)
    with pytest.raises(AssertionError):
        _check(incident.reference)

"""Is each rung of the ladder told once, does a transfer leave one owner at every instant, and do both survive being run twice?"""

from datetime import datetime, timedelta

import pytest

from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import WORKER
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.models import Escalation, LogEntry, Transfer
from standfast.journey.incidents.operations import NewEntry, Offer
from standfast.journey.incidents.rules.escalation import rungs_reached
from standfast.journey.incidents.states import LogKind
from tests.builders import staff
from tests.dispatch.steps import BELLA, BEN, reported, sent, unit_on_duty, waiting_incident

MINUTE = timedelta(minutes=1)


def test_the_ladder_is_climbed_in_order_and_its_top_again_after_each_length(now: datetime) -> None:
    reached = rungs_reached(
        grade=ResponseGrade.IMMEDIATE,
        starts_at=now,
        due_at=now + 15 * MINUTE,
        at=now + 46 * MINUTE,
        on=now.date(),
    )
    assert [(each.rung, (each.due_at - now) / MINUTE) for each in reached] == [
        ("ES-1", 7.5),
        ("ES-2", 12),
        ("ES-3", 15),
        ("ES-3x1", 30),
        ("ES-3x2", 45),
    ]


@pytest.mark.django_db
def test_each_rung_is_told_once_and_the_caller_is_to_be_called_back(now: datetime) -> None:
    incident = waiting_incident(by=staff(), now=now, ago=timedelta(0))
    assert queries.escalations_due(now=now + 7 * MINUTE) == []
    assert queries.escalations_due(now=now + 13 * MINUTE) == [incident.reference]
    for _ in range(2):
        operations.escalate_incident(reference=incident.reference, by=WORKER, now=now + 13 * MINUTE)
    assert list(Escalation.objects.values_list("rung", flat=True)) == ["ES-1", "ES-2"]
    assert queries.escalations_due(now=now + 13 * MINUTE) == []
    assert Obligation.objects.get(kind=Duty.CALL_BACK).due_at == now + 28 * MINUTE
    new = NewEntry(incident=incident.reference, words="Told her we are late; she is safe at her sister's")
    operations.record_call_back(new=new, by=BEN, now=now + 20 * MINUTE)
    assert Obligation.objects.get(kind=Duty.CALL_BACK).met_at == now + 20 * MINUTE


@pytest.mark.django_db
def test_nobody_is_told_of_an_incident_that_was_attended(now: datetime) -> None:
    incident = waiting_incident(by=staff(), now=now, ago=timedelta(0))
    unit_on_duty(now=now)
    sent("ND52", incident, now=now)
    reported("ND52", 6, now + 6 * MINUTE)
    assert queries.escalations_due(now=now + 60 * MINUTE) == []
    assert operations.escalate_incident(reference=incident.reference, by=WORKER, now=now + 60 * MINUTE) == []


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["accepted", "refused", "timed_out"])
def test_a_transfer_leaves_one_owner_at_every_instant_and_changes_nothing_else(now: datetime, answer: str) -> None:
    """DSP6."""
    incident = waiting_incident(by=staff(), now=now)
    before = (incident.grade, incident.kind, incident.place_text, incident.first_contact_at)
    clock = queries.clocks_of([incident.reference])[incident.reference].national
    offer = Offer(incident=incident.reference, to_desk="South", reason="over the boundary")
    operations.offer_incident(offer=offer, by=BEN, now=now)
    incident.refresh_from_db()
    assert incident.desk == "control"
    with pytest.raises(operations.OfferedAlready):
        operations.offer_incident(offer=offer, by=BELLA, now=now)
    assert queries.offers_due(now=now + timedelta(seconds=59)) == []
    assert queries.offers_due(now=now + timedelta(seconds=60)) == [incident.reference]
    at = now + timedelta(seconds=60)
    if answer == "accepted":
        operations.accept_incident(reference=incident.reference, by=BELLA, now=at)
    elif answer == "refused":
        operations.refuse_incident(reference=incident.reference, reason="no unit free", by=BELLA, now=at)
    else:
        operations.expire_offer(reference=incident.reference, by=WORKER, now=at)
    incident.refresh_from_db()
    assert incident.desk == ("south" if answer == "accepted" else "control")
    assert Transfer.objects.get().answer == answer
    assert (incident.grade, incident.kind, incident.place_text, incident.first_contact_at) == before
    assert queries.clocks_of([incident.reference])[incident.reference].national.due_at == clock.due_at
    alarms = LogEntry.objects.filter(incident=incident, kind=LogKind.ALARM).count()
    assert alarms == (1 if answer == "timed_out" else 0)
    with pytest.raises(operations.NotOffered):
        operations.accept_incident(reference=incident.reference, by=BELLA, now=at)


@pytest.mark.django_db
def test_an_answer_that_fails_midway_leaves_the_offer_standing(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = waiting_incident(by=staff(), now=now)
    operations.offer_incident(
        offer=Offer(incident=incident.reference, to_desk="south", reason="boundary"), by=BEN, now=now
    )

    def crash(**_: object) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as broken:
        broken.setattr("standfast.foundation.obligations.operations.meet_obligation", crash)
        with pytest.raises(RuntimeError):
            operations.accept_incident(reference=incident.reference, by=BELLA, now=now)
    incident.refresh_from_db()
    assert incident.desk == "control"
    assert Transfer.objects.get().answered_at is None
    assert operations.accept_incident(reference=incident.reference, by=BELLA, now=now).answer == "accepted"

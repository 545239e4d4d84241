"""Is a unit sent once, to the right place, with everything that follows in the same step?"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.models import Deployment, LogEntry
from standfast.journey.incidents.operations import Sending
from standfast.journey.incidents.rules.unit_status import EN_ROUTE
from standfast.journey.incidents.states import DeploymentEnd, IncidentState, LogKind
from tests.builders import staff
from tests.dispatch.steps import BELLA, BEN, reported, sent, unit_on_duty, waiting_incident

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def running(incident: object, kind: Duty) -> bool:
    return Obligation.objects.filter(subject=incident.reference, kind=kind, met_at=None, stopped_at=None).exists()


def test_one_act_moves_the_unit_the_incident_the_log_and_the_clocks(now: datetime) -> None:
    incident, unit = waiting_incident(by=staff(), now=now), unit_on_duty(now=now)
    deployment = sent("nd52", incident, now=now + MINUTE)
    unit.refresh_from_db()
    incident.refresh_from_db()
    assert (unit.state, incident.state) == (EN_ROUTE, IncidentState.ASSIGNED)
    assert deployment.place_in_ranking == 1
    assert deployment.travel_seconds > 0
    assert LogEntry.objects.filter(incident=incident, kind=LogKind.SENT).count() == 1
    assert not running(incident, Duty.REVIEW)
    assert running(incident, Duty.ATTEND)


def test_who_comes_second_is_told_by_whom_and_when(now: datetime) -> None:
    first, second = waiting_incident(by=staff(), now=now), waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    sent("ND52", first, now=now, by=BELLA)
    with pytest.raises(operations.UnitTaken, match=r"ND52 went to .*sent by Bella Supervisor at 14:00:00"):
        sent("ND52", second, now=now + MINUTE)
    assert Deployment.objects.filter(ended_at=None).count() == 1


def test_a_second_unit_is_sent_on_purpose_in_one_further_step_and_the_reason_is_kept(now: datetime) -> None:
    """DSP8."""
    incident = waiting_incident(by=staff(), now=now)
    for callsign in ("ND52", "ND33"):
        unit_on_duty(callsign, now=now)
    sent("ND52", incident, now=now)
    with pytest.raises(operations.AlreadyCovered, match="ND52 was sent by Ben Dispatcher"):
        sent("ND33", incident, now=now)
    another = Sending(incident=incident.reference, callsign="ND33", reason="officer safety: he has a knife")
    with pytest.raises(operations.ReasonMissing):
        operations.deploy_another_unit(sending=Sending(incident=incident.reference, callsign="ND33"), by=BEN, now=now)
    assert operations.deploy_another_unit(sending=another, by=BEN, now=now).reason == another.reason
    assert len(queries.active_deployments(incidents=[incident.pk])) == 2


def test_a_unit_the_rule_would_not_send_goes_with_a_reason(now: datetime) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty("ND52", now=now, skills=())
    with pytest.raises(operations.UnitUnfit, match="response driver"):
        sent("ND52", incident, now=now)
    assert sent("ND52", incident, now=now, reason="officer safety, nobody else is near").place_in_ranking is None


def test_a_diverted_units_incident_waits_again_with_an_alarm(now: datetime) -> None:
    first, second = waiting_incident(by=staff(), now=now), waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    sent("ND52", first, now=now)
    with pytest.raises(operations.ReasonMissing):
        operations.divert_unit(sending=Sending(incident=second.reference, callsign="ND52"), by=BEN, now=now)
    sending = Sending(incident=second.reference, callsign="ND52", reason="threat to life")
    operations.divert_unit(sending=sending, by=BEN, now=now + MINUTE)
    for each in (first, second):
        each.refresh_from_db()
    assert (first.state, second.state) == (IncidentState.WAITING, IncidentState.ASSIGNED)
    assert running(first, Duty.REDEPLOY)
    assert running(first, Duty.REVIEW)
    assert LogEntry.objects.filter(incident=first, kind=LogKind.ALARM).exists()
    assert Deployment.objects.get(incident=first).ended_how == DeploymentEnd.DIVERTED
    unit_on_duty("ND33", now=now)
    sent("ND33", first, now=now + 2 * MINUTE)
    assert not running(first, Duty.REDEPLOY)


def test_with_another_unit_there_a_diversion_raises_no_alarm(now: datetime) -> None:
    first, second = waiting_incident(by=staff(), now=now), waiting_incident(by=staff(), now=now)
    for callsign in ("ND52", "ND33"):
        unit_on_duty(callsign, now=now)
    sent("ND52", first, now=now)
    again = Sending(incident=first.reference, callsign="ND33", reason="two needed")
    operations.deploy_another_unit(sending=again, by=BEN, now=now)
    away = Sending(incident=second.reference, callsign="ND33", reason="threat to life")
    operations.divert_unit(sending=away, by=BEN, now=now)
    first.refresh_from_db()
    assert first.state == IncidentState.ASSIGNED
    assert not running(first, Duty.REDEPLOY)


def test_a_unit_stood_down_leaves_an_alarm_if_nobody_attended(now: datetime) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    sent("ND52", incident, now=now)
    operations.stand_down_unit(callsign="ND52", reason="vehicle broke down", by=BEN, now=now + MINUTE)
    incident.refresh_from_db()
    assert incident.state == IncidentState.WAITING
    assert running(incident, Duty.REDEPLOY)
    with pytest.raises(operations.NotDeployed):
        operations.stand_down_unit(callsign="ND52", reason="again", by=BEN, now=now + MINUTE)


def test_arriving_meets_both_clocks_at_the_crews_own_time(now: datetime) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    sent("ND52", incident, now=now)
    reported("ND52", 5, now + MINUTE)
    reported("ND52", 6, now + 6 * MINUTE, now=now + 9 * MINUTE)
    incident.refresh_from_db()
    assert (incident.state, incident.attended_at) == (IncidentState.AT_SCENE, now + 6 * MINUTE)
    for kind in (Duty.ATTEND, Duty.ATTEND_POLICY):
        assert Obligation.objects.get(subject=incident.reference, kind=kind).met_at == now + 6 * MINUTE
    reported("ND52", 2, now + 40 * MINUTE)
    incident.refresh_from_db()
    assert incident.state == IncidentState.RESULTED
    assert queries.active_deployment(queries.get_unit(callsign="ND52", by=BEN)) is None


def test_whoever_may_not_send_is_refused_and_an_unknown_unit_is_not_found(now: datetime) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    for name in ("asha", "chidi", "zed", "dee"):
        with pytest.raises(NotAllowed):
            sent("ND52", incident, now=now, by=staff(name))
    with pytest.raises(NotFound, match="no unit QQ99"):
        sent("QQ99", incident, now=now)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"callsign": "ND 52!"}, operations.CallsignUnclear),
        ({"callsign": "N"}, operations.CallsignUnclear),
        ({"crew": ()}, operations.DutyUnclear),
        ({"until": timedelta(0)}, operations.DutyUnclear),
        ({"until": timedelta(hours=17)}, operations.DutyUnclear),
    ],
)
def test_a_turn_of_duty_that_cannot_be_is_refused(
    now: datetime, given: dict[str, Any], refusal: type[Exception]
) -> None:
    until = now + given.pop("until", timedelta(hours=8))
    booking = operations.Booking(
        **{"callsign": "ND52", "kind": "response", "crew": (("staff:a", "A"),), "until": until, **given}
    )
    with pytest.raises(refusal):
        operations.book_on(booking=booking, by=BEN, now=now)


def test_two_crews_cannot_have_one_callsign_nor_a_person_two_units(now: datetime) -> None:
    unit_on_duty("ND52", now=now)
    with pytest.raises(operations.AlreadyOnDuty, match="two crews"):
        unit_on_duty("ND52", now=now)
    booking = operations.Booking(
        callsign="ND99",
        kind="response",
        crew=(("staff:nd52-one", "PC ND52 one"),),
        until=now + timedelta(hours=8),
    )
    with pytest.raises(operations.AlreadyOnDuty, match="PC ND52 one crews ND52"):
        operations.book_on(booking=booking, by=BEN, now=now)


def test_a_unit_on_an_incident_is_not_booked_off(now: datetime) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    sent("ND52", incident, now=now)
    with pytest.raises(operations.StillDeployed):
        operations.book_off(callsign="ND52", by=BEN, now=now)
    operations.stand_down_unit(callsign="ND52", reason="end of shift", by=BEN, now=now)
    assert operations.book_off(callsign="ND52", by=BEN, now=now).on_duty_until is None

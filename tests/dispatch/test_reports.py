"""DSP3: do reports that come out of order, twice and late leave the unit, the deployment and the incident as they were in truth?"""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.incidents import operations
from standfast.journey.incidents.models import Deployment, StatusReport, Unit
from standfast.journey.incidents.rules.unit_status import ReportFacts, Verdict, judge_report, status_codes
from standfast.journey.incidents.states import IncidentState
from tests.builders import staff
from tests.dispatch.steps import BEN, reported, sent, unit_on_duty, waiting_incident

MINUTE = timedelta(minutes=1)
TRUTH = ((5, 1), (6, 6), (8, 20), (2, 40))


@pytest.mark.django_db
@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_whatever_the_order_the_newest_state_stands_and_the_times_are_the_crews(
    now: datetime, order: tuple[int, ...]
) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    sent("ND52", incident, now=now)
    newest = datetime.min.replace(tzinfo=UTC)
    for step, number in enumerate(order):
        code, minutes = TRUTH[number]
        # Each comes ten minutes late or more, and twice.
        came = now + (50 + step) * MINUTE
        for _ in range(2):
            reported("ND52", code, now + minutes * MINUTE, now=came)
        state_at = Unit.objects.get(callsign="ND52").state_at or newest
        assert state_at >= newest
        newest = state_at
    unit, deployment = Unit.objects.get(callsign="ND52"), Deployment.objects.get()
    incident.refresh_from_db()
    assert (unit.state, unit.state_at) == (2, now + 40 * MINUTE)
    assert (deployment.en_route_at, deployment.at_scene_at) == (now + MINUTE, now + 6 * MINUTE)
    assert deployment.ended_at == now + 40 * MINUTE
    assert incident.state == IncidentState.RESULTED
    assert incident.attended_at == now + 6 * MINUTE
    assert Obligation.objects.get(kind=Duty.ATTEND).met_at == now + 6 * MINUTE
    assert not Obligation.objects.filter(kind=Duty.REDEPLOY, met_at=None, stopped_at=None).exists()
    assert StatusReport.objects.filter(source="mdt").count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("order", list(permutations((5, 6, 2))), ids=lambda order: "".join(map(str, order)))
def test_of_states_with_one_time_the_one_further_on_stands(now: datetime, order: tuple[int, ...]) -> None:
    """A terminal's clock may have whole seconds, and a crew be quick."""
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    sent("ND52", incident, now=now)
    for code in order:
        reported("ND52", code, now + MINUTE)
    unit, deployment = Unit.objects.get(callsign="ND52"), Deployment.objects.get()
    incident.refresh_from_db()
    assert (unit.state, unit.state_at) == (2, now + MINUTE)
    assert (deployment.en_route_at, deployment.at_scene_at, deployment.ended_at) == (now + MINUTE,) * 3
    assert (incident.state, incident.attended_at) == (IncidentState.RESULTED, now + MINUTE)
    assert not Obligation.objects.filter(kind=Duty.REDEPLOY, met_at=None, stopped_at=None).exists()


def test_a_state_that_would_take_the_last_received_would_go_back() -> None:
    # The negative control of the order: the rule by time of receipt instead of event time takes an older state.
    now = datetime.fromisoformat("2026-11-23T14:00:00+00:00")
    late = ReportFacts(code=5, at=now, state=6, state_at=now + MINUTE, deployed=True, received_at=now + 20 * MINUTE)
    assert judge_report(late, on=now.date()).verdict == Verdict.LATE
    sabotaged = ReportFacts(**{**vars(late), "at": late.received_at, "state": 5})
    assert judge_report(sabotaged, on=now.date()).verdict == Verdict.APPLIED


@pytest.mark.django_db
def test_what_cannot_follow_is_kept_asked_about_and_settled(now: datetime) -> None:
    unit_on_duty(now=now)
    row = reported("ND52", 6, now + MINUTE)
    assert (row.verdict, row.because) == (Verdict.ASKED, "“At scene” cannot follow “on duty”")
    assert Unit.objects.get(callsign="ND52").state == 1
    with pytest.raises(operations.ReasonMissing):
        operations.settle_report(report=row.pk, because=" ", by=BEN, now=now)
    settled = operations.settle_report(report=row.pk, because="Pressed by mistake", by=BEN, now=now)
    assert (settled.code, settled.at) == (6, now + MINUTE)


@pytest.mark.django_db
def test_an_unknown_callsign_and_a_time_to_come_are_kept_and_asked_about(now: datetime) -> None:
    unit_on_duty(now=now)
    assert reported("ZZ1", 2, now).because == "No unit has this callsign"
    assert reported("ND52", 2, now + timedelta(hours=2), now=now).because == "Its time lies in the future"
    assert reported("ND52", 99, now + MINUTE).because == "There is no status code 99"
    assert Unit.objects.get(callsign="ND52").state == 1


@pytest.mark.django_db
def test_two_terminals_under_one_callsign_are_asked_about_and_move_nothing(now: datetime) -> None:
    unit_on_duty(now=now)
    reported("ND52", 2, now + MINUTE, device="A")
    row = reported("ND52", 3, now + 2 * MINUTE, device="B", lat=52.9, lon=-2.0)
    assert (row.verdict, row.because) == (Verdict.ASKED, "Two terminals report under this callsign")
    unit = Unit.objects.get(callsign="ND52")
    assert (unit.state, unit.device) == (2, "A")
    assert unit.lat != 52.9


@pytest.mark.django_db
def test_a_position_hours_old_is_kept_and_not_used(now: datetime) -> None:
    unit_on_duty(now=now)
    before = Unit.objects.get(callsign="ND52").lat
    reported("ND52", None, now - timedelta(hours=5), now=now + MINUTE, lat=52.9, lon=-2.0)
    assert Unit.objects.get(callsign="ND52").lat == before
    reported("ND52", None, now + MINUTE, lat=52.9, lon=-2.0)
    unit = Unit.objects.get(callsign="ND52")
    assert (unit.lat, unit.position_at, unit.state) == (52.9, now + MINUTE, 1)


@pytest.mark.django_db
def test_a_call_for_assistance_is_an_alarm_with_a_clock_until_it_is_taken_up(now: datetime) -> None:
    unit_on_duty(now=now)
    reported("ND52", 0, now + MINUTE)
    unit = Unit.objects.get(callsign="ND52")
    assert (unit.alarm_at, unit.state) == (now + MINUTE, 1)
    duty = Obligation.objects.get(kind=Duty.UNIT_ALARM)
    assert duty.met_at is None
    operations.take_up_alarm(callsign="ND52", by=BEN, now=now + 2 * MINUTE)
    duty.refresh_from_db()
    assert duty.met_at == now + 2 * MINUTE


@pytest.mark.django_db
def test_a_message_stands_until_it_is_answered_and_changes_no_state(now: datetime) -> None:
    unit_on_duty(now=now)
    reported("ND52", 14, now + MINUTE)
    unit = Unit.objects.get(callsign="ND52")
    assert (unit.message, unit.state) == (14, 1)
    assert operations.answer_message(callsign="ND52", by=BEN, now=now).message is None


@pytest.mark.django_db
def test_a_crew_that_turns_back_before_arriving_leaves_an_alarm(now: datetime) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty(now=now)
    sent("ND52", incident, now=now)
    reported("ND52", 2, now + 3 * MINUTE)
    incident.refresh_from_db()
    assert incident.state == IncidentState.WAITING
    assert Obligation.objects.filter(kind=Duty.REDEPLOY, met_at=None).exists()


def test_every_state_a_code_may_follow_is_a_state() -> None:
    codes = status_codes(datetime.fromisoformat("2026-11-23T14:00:00+00:00").date())
    assert sorted(codes) == list(range(17))
    for code in codes.values():
        assert set(code.after) <= {each for each, row in codes.items() if row.sort == "state"}

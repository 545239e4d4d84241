"""Are the minutes of real records split by what happened, shown to whom they concern, and cut and hidden as promised?"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import NotAllowed
from standfast.foundation.people.permissions import Permission as P
from standfast.foundation.people.roles import PERMISSIONS_OF, Role
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.models import UnitKind
from standfast.journey.incidents.operations import Sending
from standfast.journey.incidents.rules.why_late import Cause
from tests.builders import staff
from tests.dispatch.steps import BELLA, BEN, HERE, reported, sent, unit_on_duty, waiting_incident
from tests.entering import account, signed_in
from tests.resourcing.steps import published_forecast, published_roster

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def minutes_of(incident: Any, *, now: datetime) -> dict[Cause, float]:
    incident.refresh_from_db()
    found = queries.attendance_of(incident, now=now)
    assert found is not None
    return {cause: took / MINUTE for cause, took in found.parts.items() if took}


def test_each_minute_of_an_attendance_has_the_cause_the_records_name(now: datetime) -> None:
    unit_on_duty("ND52", now=now - timedelta(hours=1))
    first = waiting_incident(by=staff(), now=now, ago=timedelta(0))
    sent("ND52", first, now=now)
    incident = waiting_incident(by=staff(), now=now, ago=5 * MINUTE)
    reported("ND52", 6, now + 2 * MINUTE)
    reported("ND52", 2, now + 4 * MINUTE)
    sent("ND52", incident, now=now + 7 * MINUTE)
    for minute, north in ((9, 0.01), (12, 0.0), (14, 0.0)):
        reported("ND52", None, now + minute * MINUTE, lat=HERE["lat"] + north, lon=HERE["lon"])
    reported("ND52", 6, now + 15 * MINUTE)
    assert minutes_of(incident, now=now + 20 * MINUTE) == {
        Cause.HANDLING: 5,
        Cause.NO_UNIT: 4,
        Cause.QUEUEING: 3,
        Cause.TRAVEL: 5,
        Cause.LATE_PRESS: 3,
    }


def test_a_unit_without_the_skill_or_too_far_away_is_no_unit_that_was_free(now: datetime) -> None:
    unit_on_duty("ND52", now=now, skills=())
    unit_on_duty("SD10", now=now, north_km=60)
    reported("SD10", None, now, lat=HERE["lat"] + 60 / 111.195, lon=HERE["lon"])
    incident = waiting_incident(by=staff(), now=now, ago=timedelta(0))
    assert minutes_of(incident, now=now + 9 * MINUTE) == {Cause.NO_UNIT: 9}


def test_a_diversion_shows_as_a_unit_taken_away(now: datetime) -> None:
    unit_on_duty("ND52", now=now)
    first, second = (waiting_incident(by=staff(), now=now, ago=timedelta(0)) for _ in range(2))
    sent("ND52", first, now=now)
    divert = Sending(incident=second.reference, callsign="ND52", reason="threat to life")
    operations.divert_unit(sending=divert, by=BEN, now=now + 4 * MINUTE)
    assert minutes_of(first, now=now + 6 * MINUTE) == {Cause.TAKEN_AWAY: 4, Cause.NO_UNIT: 2}


def test_a_wait_without_a_free_unit_is_the_rosters_where_it_was_not_filled_and_else_the_forecasts(
    now: datetime,
) -> None:
    unit_on_duty("ND52", now=now - timedelta(hours=1))
    sent("ND52", waiting_incident(by=staff(), now=now, ago=timedelta(0)), now=now)
    incident = waiting_incident(by=staff(), now=now, ago=timedelta(0))
    before = now - timedelta(days=1)
    published_roster(2, begins=now, ends=now + 5 * MINUTE, now=before)
    published_roster(1, begins=now + 5 * MINUTE, ends=now + 12 * MINUTE, now=before)
    assert minutes_of(incident, now=now + 15 * MINUTE) == {Cause.ROSTER_GAP: 5, Cause.NO_UNIT: 10}
    published_forecast(1.0, begins=now - timedelta(hours=1), hours=8, now=before)
    # Four hours up to the end of this one: two incidents where two were allowed for, then a third.
    assert minutes_of(incident, now=now + 15 * MINUTE) == {Cause.ROSTER_GAP: 5, Cause.NO_UNIT: 10}
    waiting_incident(by=staff(), now=now + 10 * MINUTE, ago=timedelta(0))
    assert minutes_of(incident, now=now + 15 * MINUTE) == {Cause.ROSTER_GAP: 5, Cause.FORECAST: 10}
    # What is published now says nothing of what is past.
    published_roster(9, begins=now, ends=now + timedelta(hours=1), now=now + 15 * MINUTE)
    published_forecast(9.0, begins=now, hours=3, now=now + 15 * MINUTE)
    assert minutes_of(incident, now=now + 15 * MINUTE) == {Cause.ROSTER_GAP: 5, Cause.FORECAST: 10}


def test_a_unit_of_another_kind_does_not_fill_a_roster_of_response_units(now: datetime) -> None:
    unit_on_duty("ND52", now=now, kind=UnitKind.DOG, skills=())
    incident = waiting_incident(by=staff(), now=now, ago=timedelta(0))
    published_roster(1, begins=now, ends=now + timedelta(hours=1), now=now - timedelta(days=1))
    assert minutes_of(incident, now=now + 9 * MINUTE) == {Cause.ROSTER_GAP: 9}
    unit_on_duty("ND53", now=now, skills=())
    assert minutes_of(incident, now=now + 9 * MINUTE) == {Cause.NO_UNIT: 9}


def test_what_nobody_attended_counts_once_its_limit_has_passed(now: datetime) -> None:
    waiting_incident(by=staff(), now=now, ago=timedelta(0))
    day = {"since": now - timedelta(days=1), "until": now + timedelta(days=1), "by": BELLA}
    before = queries.attendances_between(**day, now=now + 5 * MINUTE)
    after = queries.attendances_between(**day, now=now + 30 * MINUTE)
    assert (len(before.rows), before.running) == (0, 1)
    assert [(row.took, row.in_target) for row in after.rows] == [(None, False)]


def test_figures_are_for_those_whose_work_they_are(now: datetime) -> None:
    may = {role for role in Role if P.ATTENDANCE_READ in PERMISSIONS_OF[role]}
    assert {Role.DISPATCH_SUPERVISOR, Role.SERGEANT, Role.CHIEF_OFFICER} <= may
    assert not may & {Role.PARTNER, Role.CONTACT_OFFICER, Role.DISPATCHER}
    with pytest.raises(NotAllowed):
        queries.attendances_between(since=now, until=now, by=BEN, now=now)


def attended(minutes: int, *, now: datetime, words: str = "He is at the door") -> Any:
    callsign = f"U{minutes:02d}"
    unit_on_duty(callsign, now=now)
    incident = waiting_incident(by=staff(), now=now, ago=timedelta(0), words=words)
    sent(callsign, incident, now=now, reason="nearest by radio")
    reported(callsign, 6, now + minutes * MINUTE)
    return incident


def test_the_page_shows_the_cuts_hides_small_numbers_and_leads_to_each_incident() -> None:
    began = clock.now() - timedelta(hours=2)
    made = [attended(each, now=began) for each in (5, 7, 9, 11, 13, 21)]
    attended(8, now=began, words="My ex-husband hit me again and he is outside")
    sergeant = signed_in(account(Role.SERGEANT))
    page = sergeant.get("/attendance").content.decode()
    assert "Domestic abuse" in page
    assert "Fewer than 5: not shown." in page
    listed = sergeant.get("/attendance/incidents?late=1").content.decode()
    assert made[-1].reference in listed
    assert made[0].reference not in listed
    shown = sergeant.get(f"/incidents/{made[-1].reference}").content.decode()
    assert "Where the minutes went" in shown
    assert "21 min 00 s" in shown
    chief = signed_in(account(Role.CHIEF_OFFICER)).get("/attendance/incidents").content.decode()
    assert made[0].reference in chief
    assert "Sowbrook Lane" not in chief


def test_the_page_says_for_how_many_no_plan_had_been_published() -> None:
    began = clock.now() - timedelta(hours=3)
    for each in (5, 7):
        attended(each, now=began)
    late = began + timedelta(hours=1)
    attended(9, now=late)
    sergeant = signed_in(account(Role.SERGEANT))
    page = sergeant.get("/attendance").content.decode()
    assert "For these no roster had been published beforehand" in page
    assert "For these no forecast had been published beforehand" in page
    published_roster(1, begins=began, ends=began + timedelta(hours=9), now=late - MINUTE)
    page = sergeant.get("/attendance").content.decode()
    assert "For 2 of these 3 no roster had been published beforehand" in page
    published_roster(1, begins=began, ends=began + timedelta(hours=9), now=began - MINUTE)
    published_forecast(4.0, begins=began, hours=9, now=began - MINUTE)
    assert "had been published beforehand" not in sergeant.get("/attendance").content.decode()


@pytest.mark.parametrize("asked", ["to=yesterday", "days=9", "grade=purple", "to=0001-01-01", "days=%00"])
def test_what_cannot_be_read_is_said_in_a_sentence(asked: str) -> None:
    answer = signed_in(account(Role.SERGEANT)).get(f"/attendance?{asked}")
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()

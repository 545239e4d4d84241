"""What do the dispatchers' board, the officer's page and the big screen show, and what follows from a press?"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from standfast.foundation.kernel import clock
from standfast.foundation.people.roles import Role
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.models import Deployment, Incident, LogEntry, Unit
from standfast.journey.incidents.operations import Booking
from tests.dispatch.steps import BEN, HERE, reported, sent, unit_on_duty, waiting_incident
from tests.entering import account, actor_of, signed_in
from tests.incidents.steps import PRIORITY

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher() -> Client:
    return signed_in(account(Role.DISPATCHER))


@pytest.fixture
def incident() -> Incident:
    return waiting_incident(by=actor_of(Role.CONTACT_OFFICER), now=clock.now())


def text(response: object) -> str:
    return response.content.decode()


def test_an_empty_board_says_what_is_true(dispatcher: Client) -> None:
    page = text(dispatcher.get("/dispatch"))
    assert "No incident is open" in page
    assert "0 on duty, 0 free" in page


def test_the_board_shows_incidents_beside_units_and_who_could_go(dispatcher: Client, incident: Incident) -> None:
    unit_on_duty("ND52", now=clock.now())
    unit_on_duty("ND33", now=clock.now(), skills=(), north_km=1.0)
    page = text(dispatcher.get(f"/dispatch?incident={incident.reference}"))
    assert "no unit" in page
    assert "slack" in page
    assert "Recommended" in page
    assert "leaves its area" not in page
    assert "<b>ND33</b> nobody on it has response driver" in page
    assert "row UR-1" in page


def test_one_press_sends_a_unit_and_the_board_says_so(dispatcher: Client, incident: Incident) -> None:
    unit_on_duty("ND52", now=clock.now())
    answer = dispatcher.post(f"/dispatch/incidents/{incident.reference}/send", {"callsign": "ND52"})
    assert (answer.status_code, answer["Location"]) == (302, f"/dispatch?incident={incident.reference}")
    page = text(dispatcher.get(answer["Location"]))
    assert "sent, not confirmed by the crew" in page
    assert "arrive " in page
    assert Deployment.objects.get().assigned_by == actor_of(Role.DISPATCHER).ref


def test_who_is_too_late_is_told_by_whom_with_409(dispatcher: Client, incident: Incident) -> None:
    other = waiting_incident(by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    unit_on_duty("ND52", now=clock.now())
    sent("ND52", other, now=clock.now())
    answer = dispatcher.post(f"/dispatch/incidents/{incident.reference}/send", {"callsign": "ND52"})
    assert answer.status_code == 409
    assert "sent by Ben Dispatcher at" in text(answer)


def test_a_further_unit_needs_its_reason_in_the_same_form(dispatcher: Client, incident: Incident) -> None:
    for callsign in ("ND52", "ND33"):
        unit_on_duty(callsign, now=clock.now())
    sent("ND52", incident, now=clock.now())
    address = f"/dispatch/incidents/{incident.reference}/send"
    refused = dispatcher.post(address, {"callsign": "ND33", "how": "another"})
    assert refused.status_code == 422
    assert "Say why another unit is sent" in text(refused)
    assert 'value="ND33"' in text(refused)
    assert dispatcher.post(address, {"callsign": "ND33", "how": "another", "reason": "knife"}).status_code == 302
    assert Deployment.objects.filter(ended_at=None).count() == 2


def test_an_alarm_a_message_and_a_question_are_on_the_board_until_taken_up(dispatcher: Client) -> None:
    now = clock.now()
    unit_on_duty("ND52", now=now - timedelta(minutes=5))
    reported("ND52", 0, now)
    reported("ND52", 14, now)
    question = reported("ZZ9", 2, now)
    page = text(dispatcher.get("/dispatch"))
    assert "ND52 calls for assistance" in page
    assert "Urgent call back" in page
    assert "No unit has this callsign" in page
    dispatcher.post("/dispatch/units/ND52/alarm")
    dispatcher.post("/dispatch/units/ND52/message")
    assert dispatcher.post(f"/dispatch/reports/{question.pk}", {"because": ""}).status_code == 422
    dispatcher.post(f"/dispatch/reports/{question.pk}", {"because": "Another force's unit"})
    page = text(dispatcher.get("/dispatch"))
    assert "calls for assistance" not in page
    assert "To ask about" not in page


def test_the_big_screen_names_no_place_no_person_and_no_words(dispatcher: Client) -> None:
    place = {"text": "12 Sowbrook Lane", **HERE}
    waiting_incident(by=actor_of(Role.CONTACT_OFFICER), now=clock.now(), place=place, words="My husband Leon hit me")
    unit_on_duty("ND52", now=clock.now())
    page = text(dispatcher.get("/dispatch/big"))
    assert "no unit" in page
    for canary in ("Sowbrook", "Leon", "PC ND52", "hit me"):
        assert canary not in page


def test_a_script_gets_only_the_part_it_asks_for(dispatcher: Client, incident: Incident) -> None:
    unit_on_duty("ND52", now=clock.now())
    for target, there, absent in (
        ("board-rows", incident.reference, "ND52"),
        ("board-units", "ND52", "Time left"),
        ("board-panel", "Recommended", "<html"),
    ):
        part = text(
            dispatcher.get(
                f"/dispatch?incident={incident.reference}", headers={"HX-Request": "true", "HX-Target": target}
            )
        )
        assert there in part
        assert absent not in part


def test_the_board_asks_as_much_for_many_as_for_few(dispatcher: Client, incident: Incident) -> None:
    unit_on_duty("ND10", now=clock.now())
    dispatcher.get("/dispatch")
    few = _asked(dispatcher)
    for number in range(5):
        waiting_incident(by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
        unit_on_duty(f"ND2{number}", now=clock.now())
    assert _asked(dispatcher) == few
    assert few <= 18


def test_an_officer_sees_their_incident_presses_and_writes_the_result(incident: Incident) -> None:
    officer = account(Role.RESPONSE_OFFICER)
    page = signed_in(officer)
    assert "You are on no unit" in text(page.get("/dispatch/mine"))
    booking = Booking(
        callsign="ND52",
        kind="response",
        crew=((officer.as_actor().ref, officer.name),),
        until=clock.now() + timedelta(hours=8),
        **HERE,
    )
    operations.book_on(booking=booking, by=BEN, now=clock.now() - timedelta(minutes=9))
    sent("ND52", incident, now=clock.now() - timedelta(minutes=8), reason="nearest")
    shown = text(page.get("/dispatch/mine"))
    assert "Sowbrook Lane" in shown
    assert 'value="6"' in shown
    for code in ("5", "6"):
        assert page.post("/dispatch/mine/status", {"code": code}).status_code == 302
    assert Incident.objects.get(pk=incident.pk).attended_at is not None
    assert page.post("/dispatch/mine/status", {"code": "11"}).status_code == 422
    assert page.post("/dispatch/mine/status", {"code": "x"}).status_code == 422
    assert page.post("/dispatch/mine/result", {"words": ""}).status_code == 422
    page.post("/dispatch/mine/result", {"words": "She and the children were seen alone; he was arrested"})
    assert "he was arrested" in text(page.get("/dispatch/mine"))
    page.post("/dispatch/mine/status", {"code": "2"})
    assert Unit.objects.get().state == 2
    assert Incident.objects.get(pk=incident.pk).state == "resulted"


def test_an_officer_of_a_room_or_an_agency_does_not_see_the_board(incident: Incident) -> None:
    for role in (Role.RESPONSE_OFFICER, Role.PARTNER, Role.CONTACT_OFFICER, Role.BUREAU_CLERK):
        assert signed_in(account(role)).get("/dispatch").status_code == 403


def test_a_line_of_the_log_takes_a_london_time_and_asks_about_one_that_is_unclear(
    dispatcher: Client, incident: Incident
) -> None:
    address = f"/dispatch/incidents/{incident.reference}/log"
    for unclear in ("25 Oct 2026 01:30", "29 Mar 2026 01:30", "23:59:60", "1 Jan 1900 10:00", "1 Jan 26 10:00"):
        refused = dispatcher.post(address, {"words": "He came back", "at": unclear})
        assert refused.status_code == 422
        assert "He came back" in text(refused)
    assert dispatcher.post(address, {"words": "He came back", "at": "25 Oct 2025 01:30 BST"}).status_code == 302
    assert LogEntry.objects.get(incident=incident).words == "He came back"


def test_closing_asks_a_second_person_where_it_matters(dispatcher: Client, incident: Incident) -> None:
    address = f"/dispatch/incidents/{incident.reference}/close"
    assert "A second person must agree, because the risk is immediate" in text(dispatcher.get(address))
    assert dispatcher.post(address, {"code": "caller_cancelled", "reason": ""}).status_code == 422
    assert dispatcher.post(address, {"code": "attended_no_crime", "reason": "quiet"}).status_code == 422
    given = {"code": "caller_cancelled", "reason": "Rang back on the safe number, spoke to her alone"}
    assert dispatcher.post(address, given).status_code == 302
    assert dispatcher.post(f"{address}/agree").status_code == 422
    assert Incident.objects.get(pk=incident.pk).state == "waiting"
    second = signed_in(account(Role.DISPATCH_SUPERVISOR))
    assert second.post(f"{address}/agree").status_code == 302
    closed = Incident.objects.get(pk=incident.pk)
    assert (closed.state, closed.closing_code) == ("resolved", "caller_cancelled")
    reopened = second.post(f"/dispatch/incidents/{incident.reference}/reopen", {"reason": "Rang again"})
    assert reopened.status_code == 302
    assert queries.clocks_of([incident.reference])[incident.reference].national.starts_at == incident.first_contact_at


def test_a_unit_is_booked_on_by_its_people_and_off_again(dispatcher: Client) -> None:
    officer = account(Role.RESPONSE_OFFICER)
    given = {"callsign": "nd 77", "kind": "response", "crew": officer.as_actor().ref, "hours": "8"}
    assert dispatcher.post("/dispatch/book", {**given, "hours": "40"}).status_code == 422
    assert dispatcher.post("/dispatch/book", {**given, "crew": "staff:nobody"}).status_code == 422
    assert dispatcher.post("/dispatch/book", given).status_code == 302
    assert "ND77" in text(dispatcher.get("/dispatch"))
    assert officer.name in text(dispatcher.get("/dispatch/units/nd77"))
    assert dispatcher.post("/dispatch/units/ND77/off").status_code == 302
    assert "ND77" in text(dispatcher.get("/dispatch/book"))


def _asked(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/dispatch").status_code == 200
    return len(captured)


# --- the command bar ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["/s nd52 6", "/s ND52 at scene", "/s nd52 at sc"])
def test_a_command_leads_to_a_units_status_one_press_away(typed: str) -> None:
    unit_on_duty("ND52", now=clock.now())
    dispatcher = signed_in(account(Role.DISPATCHER))
    answer = dispatcher.get("/find", {"words": typed})
    assert answer["Location"] == "/dispatch/units/ND52?status=6"
    page = dispatcher.get(answer["Location"]).content.decode()
    assert '<option value="6" selected>6 At scene</option>' in page
    # Looking at it has changed nothing.
    assert Unit.objects.get(callsign="ND52").state == 1


def test_a_status_by_voice_is_a_report_like_any_other_and_what_cannot_be_so_is_refused() -> None:
    now = clock.now()
    unit_on_duty("ND52", now=now)
    incident = waiting_incident(by=actor_of(Role.CONTACT_OFFICER), now=now)
    sent("ND52", incident, now=now)
    dispatcher = signed_in(account(Role.DISPATCHER))
    refused = dispatcher.post("/dispatch/units/ND52/status", {"code": "4"})
    assert refused.status_code == 422
    assert "while still on an incident" in refused.content.decode() or "cannot follow" in refused.content.decode()
    assert dispatcher.post("/dispatch/units/ND52/status", {"code": "99"}).status_code == 422
    assert dispatcher.post("/dispatch/units/ND52/status", {"code": "6"}).status_code == 302
    incident.refresh_from_db()
    assert incident.state == "at_scene"
    assert dispatcher.post("/dispatch/units/ZZ99/status", {"code": "6"}).status_code == 404
    officer = signed_in(account(Role.RESPONSE_OFFICER))
    assert officer.post("/dispatch/units/ND52/status", {"code": "2"}).status_code == 403


@pytest.mark.parametrize("typed", ["/s", "/s nd52", "/s zz99 6", "/s nd52 99", "/s nd52 on", "/s off1 6", "/x", "/"])
def test_a_command_that_fits_nothing_says_how_it_is_written(typed: str) -> None:
    unit_on_duty("ND52", now=clock.now())
    answer = signed_in(account(Role.DISPATCHER)).get("/find", {"words": typed})
    assert answer.status_code == 422
    wanted = "such as /s ND52 6" if typed.startswith("/s") else "There is no such command"
    assert wanted in answer.content.decode()


def test_who_sets_no_status_has_no_such_command() -> None:
    answer = signed_in(account(Role.CONTACT_OFFICER)).get("/find", {"words": "/s nd52 6"})
    assert "There is no such command" in answer.content.decode()


# --- what is to be expected where nobody was sent ------------------------------------------------------------------------

FAR_KM = 40.0


def expected(client: Client) -> str:
    """Return what the board says beneath the clock of the incident that stands first."""
    return re.search(r'<span class="why expected(?: miss)?">([^<]*)</span></td></tr>', text(client.get("/dispatch")))[1]


def test_where_no_free_unit_can_be_in_time_the_board_names_one_that_may_leave_what_it_does(
    dispatcher: Client, incident: Incident
) -> None:
    officer, now = actor_of(Role.CONTACT_OFFICER), clock.now()
    assert expected(dispatcher) == "no unit free"
    unit_on_duty("ND52", now=now, north_km=FAR_KM)
    assert expected(dispatcher) == "no free unit can be in time"
    unit_on_duty("ND33", now=now)
    assert expected(dispatcher).endswith(" slack")
    lesser = waiting_incident(by=officer, now=now, answers=PRIORITY, ago=timedelta(hours=3))
    sent("ND33", lesser, now=now)
    reported("ND33", 5, now)
    assert expected(dispatcher) == "no free unit can be in time, ND33 near enough"
    # What it is on counts as much: it may not leave that.
    Incident.objects.filter(pk=lesser.pk).update(grade="immediate")
    assert expected(dispatcher) == "no free unit can be in time"


def test_a_unit_that_dealt_with_a_matter_or_has_a_break_is_near_enough_only_where_it_may_be_sent(
    dispatcher: Client, incident: Incident
) -> None:
    unit_on_duty("ND33", now=clock.now() - timedelta(minutes=1))
    for code, wanted in ((4, "no unit free, ND33 near enough"), (8, "no unit free")):
        Unit.objects.update(state=code)
        assert expected(dispatcher) == wanted


def test_what_is_late_already_says_how_far_the_nearest_free_unit_is(dispatcher: Client) -> None:
    waiting_incident(by=actor_of(Role.CONTACT_OFFICER), now=clock.now(), ago=timedelta(hours=2))
    assert expected(dispatcher) == "no unit free"
    unit_on_duty("ND52", now=clock.now())
    assert re.fullmatch(r"nearest free \d min", expected(dispatcher))


def test_a_new_contact_is_one_command_away_for_who_records_contacts() -> None:
    assert signed_in(account(Role.CONTACT_OFFICER)).get("/find", {"words": "/new"})["Location"] == "/desk#new-contact"
    refused = signed_in(account(Role.DISPATCHER)).get("/find", {"words": "/new"})
    assert "There is no such command" in refused.content.decode()


def test_a_key_is_printed_on_what_it_presses_and_on_nothing_else(incident: Incident) -> None:
    officer, now = account(Role.RESPONSE_OFFICER), clock.now()
    crew = ((officer.as_actor().ref, officer.name),)
    booking = Booking(callsign="ND52", kind="response", crew=crew, until=now + timedelta(hours=8), **HERE)
    operations.book_on(booking=booking, by=BEN, now=now - timedelta(minutes=9))
    sent("ND52", incident, now=now - timedelta(minutes=8), reason="nearest")
    page = text(signed_in(officer).get("/dispatch/mine"))
    printed = re.findall(r"<kbd[^>]*>([^<]+)</kbd></button>", page)
    assert printed == re.findall(r'data-key="([^"]+)"', page)
    assert {"5", "6"} <= set(printed)
    # An alarm is never a slip of the finger away.
    assert "0" not in printed

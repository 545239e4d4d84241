"""Does the wall count what it says it counts, open at every figure, and name nobody?"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from standfast.faces.web.wall.figures import DEFINITIONS
from standfast.foundation.kernel import clock
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations import queries as duties
from standfast.foundation.people.access import WORKER
from standfast.foundation.people.roles import Role
from standfast.journey.chat import operations as chat
from standfast.journey.contact import operations as contacts
from standfast.journey.contact.operations import CallStamp
from standfast.journey.contact.rules.channel import Channel
from tests.builders import claimed_contact, filed_contact
from tests.chat.steps import DANGER, answer, conversation, opened, operator
from tests.entering import account, actor_of, signed_in
from tests.incidents.steps import IMMEDIATE, opened_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> Client:
    return signed_in(account(Role.CONTACT_SUPERVISOR))


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def tile(page: str, key: str) -> str:
    return page.split(f"#{key}", 1)[1].split("</section>", 1)[0]


def test_a_quiet_wall_measures_nothing_and_says_so(supervisor: Client) -> None:
    page = text(supervisor.get("/wall"))
    assert "No call answered" in tile(page, "answer-999")
    assert "Nobody takes chats" in tile(page, "chat")
    assert "Waiting now, 0" in page
    assert "none over" in page


def test_answers_in_ten_seconds_and_calls_given_up_are_counted_from_their_stamps(supervisor: Client) -> None:
    now = clock.now()
    for number in range(4):
        at = now - timedelta(minutes=5, seconds=number)
        _stamp(f"e{number}", Channel.CALL_999, "presented", at)
        _stamp(f"e{number}", Channel.CALL_999, "answered", at + timedelta(seconds=4 if number else 30))
        _stamp(f"o{number}", Channel.CALL_101, "presented", at)
        event = "abandoned" if number == 0 else "answered"
        _stamp(f"o{number}", Channel.CALL_101, event, at + timedelta(seconds=20))
    page = text(supervisor.get("/wall"))
    assert "75.0<small>%</small>" in tile(page, "answer-999")
    assert "25.0<small>%</small>" in tile(page, "abandoned-101")
    assert "Giving up above 5%" in tile(page, "abandoned-101")


def test_calls_of_no_told_line_stand_apart_and_are_in_no_figure(supervisor: Client) -> None:
    assert "line was not told" not in text(supervisor.get("/wall"))
    at = clock.now() - timedelta(minutes=5)
    for event, instant in (("presented", at), ("abandoned", at + timedelta(seconds=40))):
        _stamp("u", "", event, instant)
    page = text(supervisor.get("/wall"))
    assert "Calls whose line was not told: 1 offered, 1 gave up, 0 waiting" in page
    assert "No call offered" in tile(page, "abandoned-101")
    desk = text(signed_in(account(Role.CONTACT_OFFICER)).get("/desk"))
    assert "Line not told" in desk


def test_chats_are_measured_from_their_opening_to_a_persons_first_reply(
    supervisor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    amir = operator("amir", now=clock.now())
    assert "No chat lately" in tile(text(supervisor.get("/wall")), "chat")
    for waited in (20, 40, 90):
        writer = opened(now=clock.now())
        chat.claim_chat(reference=writer.reference, by=amir, now=clock.now())
        answer(writer, by=amir, now=clock.now())
        # Both ends are the database's instants, which no test can hold still.
        found = conversation(writer)
        assert found.first_answer_at
        found.opened_at = found.first_answer_at - timedelta(seconds=waited)
        found.save(update_fields=["opened_at"])
    shown = tile(text(supervisor.get("/wall")), "chat")
    assert "0:40" in shown
    assert "Inside aim" in shown
    assert "67% in aim, 33% next, 0% slow, 0% over" in shown
    opened(now=clock.now())
    opened(DANGER, now=clock.now())
    monkeypatch.setenv("STANDFAST_CLOCK_OFFSET_SECONDS", "45")
    shown = tile(text(supervisor.get("/wall")), "chat")
    assert "1 over the limit" in shown, "half a minute in danger, a minute otherwise"
    assert "2 waiting" in shown


def test_a_chat_that_waits_for_nobody_is_said_so(supervisor: Client) -> None:
    opened(now=clock.now())
    shown = tile(text(supervisor.get("/wall")), "chat")
    assert "Nobody takes chats" in shown
    assert "1 waiting" in shown


def test_what_waits_stands_by_risk_with_the_longest_wait(supervisor: Client) -> None:
    filed_contact(now=clock.now(), ago=timedelta(minutes=20))
    filed_contact(now=clock.now(), words="He has a knife and says he will kill her")
    page = text(supervisor.get("/wall"))
    assert "Waiting now, 2" in page
    assert re.search(r"1 waiting, oldest 20:\d\d", page)


def test_people_are_counted_by_how_many_they_have_and_not_named(supervisor: Client) -> None:
    officer = actor_of(Role.CONTACT_OFFICER)
    for _ in range(2):
        claimed_contact(by=officer, now=clock.now())
    page = text(supervisor.get("/wall"))
    assert "On a contact, 1" in page
    assert "With two</span><b>1</b>" in page
    assert officer.name not in page
    assert officer.name in text(supervisor.get("/wall/people"))


def test_the_wall_holds_no_personal_data(supervisor: Client) -> None:
    contact = claimed_contact(
        by=actor_of(Role.CONTACT_OFFICER),
        now=clock.now(),
        words="My name is CANARYBIRD",
        phone="07700900123",
        place={"text": "4 CANARYBIRD Lane"},
    )
    filed_contact(now=clock.now(), words="CANARYBIRD again", phone="07700900123")
    page = text(supervisor.get("/wall"))
    for told in ("CANARYBIRD", "07700900123", contact.reference):
        assert told not in page


def test_emergencies_are_counted_with_those_over_their_limit(supervisor: Client) -> None:
    officer = actor_of(Role.CONTACT_OFFICER)
    opened_incident(by=officer, now=clock.now(), answers=IMMEDIATE, ago=timedelta(minutes=40))
    opened_incident(by=officer, now=clock.now(), answers=IMMEDIATE, ago=timedelta(minutes=1))
    page = text(supervisor.get("/wall"))
    assert "Emergencies, 2" in page
    assert "Over their limit</span><b>1</b>" in page
    assert re.search(r"oldest −", page)


def test_every_figure_leads_to_its_definition_and_on_to_its_list(supervisor: Client) -> None:
    _stamp("untold", "", "presented", clock.now())
    for _ in range(duties.TRIES):
        obligations.note_setback(job="a job", reference="A", fault=KeyError(), by=WORKER, now=clock.now())
    wall, figures = text(supervisor.get("/wall")), text(supervisor.get("/wall/figures"))
    for each in DEFINITIONS:
        assert f'href="/wall/figures#{each.key}"' in wall
        assert f'id="{each.key}"' in figures
    for address in re.findall(r'<p><a href="([^"]+)">', figures):
        assert supervisor.get(address.replace("&amp;", "&")).status_code == 200, address


def test_a_planner_sees_the_wall_and_what_it_counts_and_no_list_of_people() -> None:
    planner = signed_in(account(Role.PLANNER))
    assert planner.get("/wall").status_code == 200
    assert "not open to your roles" in text(planner.get("/wall/figures"))
    assert planner.get("/wall/people").status_code == 403


@pytest.mark.parametrize("role", [Role.PARTNER, Role.TRAINER, Role.ADMINISTRATOR])
def test_others_do_not_see_the_wall(role: Role) -> None:
    assert signed_in(account(role)).get("/wall").status_code == 403


def test_a_script_gets_the_tiles_only(supervisor: Client) -> None:
    fresh = text(supervisor.get("/wall", headers={"HX-Request": "true"}))
    assert "Waiting now" in fresh
    assert "<html" not in fresh


def test_without_script_the_wall_is_reloaded_by_hand_and_not_by_itself(supervisor: Client) -> None:
    page = text(supervisor.get("/wall"))
    assert '<a href="/wall">Reload</a>' in page
    assert "http-equiv" not in page


def test_the_wall_takes_as_many_queries_for_ten_as_for_one(supervisor: Client) -> None:
    filed_contact(now=clock.now())
    supervisor.get("/wall")
    one = counted(supervisor, "/wall")
    for _ in range(9):
        filed_contact(now=clock.now())
    assert counted(supervisor, "/wall") == one
    assert one <= 22


def counted(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def _stamp(call: str, channel: str, event: str, at: object) -> None:
    contacts.file_call_event(
        stamp=CallStamp(source="ctrl", source_ref=call, event=event, at=at, channel=channel),  # type: ignore[call-arg,arg-type]
        by=WORKER,
        now=clock.now(),
    )

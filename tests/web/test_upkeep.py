"""What does a supervisor decide about the intake, an administrator about sources, and who may see who looked at what?"""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from standfast.faces.web.upkeep.pages import side_by_side
from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.intake import queries
from standfast.foundation.intake.operations.key_ring import hash_of_key
from standfast.foundation.kernel import clock
from standfast.foundation.people.roles import Role
from standfast.journey.contact import operations as contacts
from tests.builders import filed_contact
from tests.entering import account, actor_of, signed_in
from tests.web.intake_steps import conflict, parked, registered_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> Client:
    return signed_in(account(Role.CONTACT_SUPERVISOR))


@pytest.fixture
def administrator() -> Client:
    return signed_in(account(Role.ADMINISTRATOR))


@pytest.fixture
def guardian() -> Client:
    return signed_in(account(Role.DATA_PROTECTION))


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


# --- intake ------------------------------------------------------------------------------------------------------------


def test_nothing_to_decide_says_so(supervisor: Client) -> None:
    assert "Nothing needs you" in text(supervisor.get("/intake"))


def test_two_texts_stand_side_by_side_with_what_differs() -> None:
    first = {"words": "a", "caller": {"phone": "1", "name": "x"}}
    rows = side_by_side(first, {"words": "b", "caller": {"phone": "1"}, "kind": "theft"})
    assert rows == [
        ("Words", "a", "b", True),
        ("Caller, phone", "1", "1", False),
        ("Caller, name", "x", "", True),
        ("Kind", "", "theft", True),
    ]


def test_a_conflict_is_decided_with_a_reason(supervisor: Client, now: datetime) -> None:
    number = conflict(now=now)
    assert "Words" in text(supervisor.get("/intake"))
    page = text(supervisor.get(f"/intake/conflicts/{number}"))
    assert page.index("He is outside") < page.index("He is inside")
    refused = supervisor.post(f"/intake/conflicts/{number}", {"meant": "", "reason": "Rang them"})
    assert refused.status_code == 422
    assert "Rang them" in text(refused)
    assert supervisor.post(f"/intake/conflicts/{number}", {"meant": "other", "reason": "Rang them"}).status_code == 302
    assert queries.list_open_conflicts() == []
    assert supervisor.get(f"/intake/conflicts/{number}").status_code == 404


def test_a_parked_entry_is_tried_again_with_a_reason(supervisor: Client, now: datetime) -> None:
    number = parked(now=now)
    assert "Could not be filed" in text(supervisor.get("/intake"))
    assert supervisor.post(f"/intake/parked/{number}", {"reason": ""}).status_code == 422
    assert supervisor.post(f"/intake/parked/{number}", {"reason": "The gazetteer is back"}).status_code == 302
    assert queries.intake_state(now=now).waiting == 1
    assert supervisor.get(f"/intake/parked/{number}").status_code == 404


def test_the_intake_page_takes_as_many_queries_for_five_as_for_one(supervisor: Client, now: datetime) -> None:
    conflict("k0", now=now)
    supervisor.get("/intake")
    one = counted(supervisor, "/intake")
    for number in range(1, 5):
        conflict(f"k{number}", now=now)
    assert counted(supervisor, "/intake") == one
    assert one <= 16


def test_a_contact_officer_decides_nothing_about_the_intake(now: datetime) -> None:
    number = conflict(now=now)
    officer = signed_in(account(Role.CONTACT_OFFICER))
    assert officer.get("/intake").status_code == 403
    assert officer.post(f"/intake/conflicts/{number}", {"meant": "first", "reason": "x"}).status_code == 403
    assert len(queries.list_open_conflicts()) == 1


# --- sources -----------------------------------------------------------------------------------------------------------


def test_a_source_is_registered_and_its_key_is_shown_once(administrator: Client) -> None:
    given = {"code": "website2", "name": "Website", "channels": ["online"], "rate_per_minute": "60"}
    page = text(administrator.post("/sources/add", given))
    key = next(word for word in page.replace("<", " ").replace(">", " ").split() if word.startswith("sfk_"))
    assert "only time it is shown" in page
    assert key not in text(administrator.get("/sources"))
    assert len(hash_of_key(key)) == 32
    again = administrator.post("/sources/add", given)
    assert again.status_code == 422
    assert "registered already" in text(again)


def test_a_refused_source_keeps_what_was_typed(administrator: Client) -> None:
    response = administrator.post("/sources/add", {"code": "two words", "name": "Tower", "rate_per_minute": "0"})
    assert response.status_code == 422
    assert "Tower" in text(response)
    assert "Use letters" in text(response)


def test_a_source_gets_a_new_key_and_is_stopped(administrator: Client, now: datetime) -> None:
    code = registered_source(now=now)
    assert administrator.post(f"/sources/{code}/key", {"reason": ""}).status_code == 422
    assert "sfk_" in text(administrator.post(f"/sources/{code}/key", {"reason": "Leaked"}))
    assert administrator.post(f"/sources/{code}/stop", {"reason": "Gone"}).status_code == 302
    assert "Refused" in text(administrator.get("/sources"))
    assert administrator.get("/sources/nobody/stop").status_code == 404


def test_a_supervisor_sees_no_sources(supervisor: Client) -> None:
    assert supervisor.get("/sources").status_code == 403


# --- event log ---------------------------------------------------------------------------------------------------------


def test_nothing_is_shown_or_noted_before_something_is_asked(guardian: Client) -> None:
    before = eventlog.search_events(eventlog.EventSearch(area="people")).lines
    assert "Nothing asked yet" in text(guardian.get("/events"))
    assert eventlog.search_events(eventlog.EventSearch(area="people")).lines == before


def test_who_opened_a_contact_is_found_by_its_reference(guardian: Client) -> None:
    contact = filed_contact(now=clock.now()).reference
    contacts.note_opened(reference=contact, by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    page = text(guardian.get("/events", {"reference": contact.lower().replace("-", "")}))
    assert "Contact.Officer" in page
    assert "contact.contact.opened" in page


def test_what_a_person_did_is_found_by_their_user_name(guardian: Client) -> None:
    contact = filed_contact(now=clock.now()).reference
    contacts.note_opened(reference=contact, by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    assert contact in text(guardian.get("/events", {"person": "contact.officer"}))
    assert contact not in text(guardian.get("/events", {"person": "trainer"}))


def test_looking_is_itself_an_event(guardian: Client) -> None:
    contact = filed_contact(now=clock.now()).reference
    guardian.get("/events", {"reference": contact})
    newest = eventlog.timeline(about=contact)[0]
    assert newest.kind == "people.eventlog.consulted"
    assert newest.by_ref == actor_of(Role.DATA_PROTECTION).ref


def test_everything_at_once_is_not_to_be_had(guardian: Client) -> None:
    response = guardian.get("/events", {"area": "contact"})
    assert response.status_code == 422
    assert "Say which record or which person" in text(response)


def test_a_long_history_goes_on_where_it_stopped(guardian: Client) -> None:
    contact = filed_contact(now=clock.now()).reference
    for _ in range(60):
        contacts.note_opened(reference=contact, by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    first = guardian.get("/events", {"reference": contact})
    older = text(first).split('<a href="?')[1].split('"')[0].replace("&amp;", "&")
    assert "reference=" in older
    rest = text(guardian.get(f"/events?{older}"))
    assert "contact.contact.recorded" in rest
    assert "Older events" not in rest


def test_a_search_takes_few_queries(guardian: Client) -> None:
    contact = filed_contact(now=clock.now()).reference
    assert counted(guardian, f"/events?reference={contact}") <= 14


@pytest.mark.parametrize("role", [Role.CONTACT_SUPERVISOR, Role.ADMINISTRATOR, Role.PARTNER])
def test_others_do_not_see_the_event_log(role: Role) -> None:
    assert signed_in(account(role)).get("/events").status_code == 403


def counted(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)

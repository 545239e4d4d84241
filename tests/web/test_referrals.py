"""What do the force's staff see and do about referrals, and what does a partner agency see of them?"""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.core.context import request_context
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.kernel import clock
from standfast.foundation.people import operations as people
from standfast.foundation.people.queries import find_member
from standfast.foundation.people.roles import Role
from standfast.journey.contact import operations as contacts
from standfast.journey.triage import operations, queries
from standfast.journey.triage.rules.lawful_basis import SharedField
from tests.builders import claimed_contact, staff
from tests.entering import ADMINISTRATOR, SECRET, account, actor_of, signed_in
from tests.triage.steps import PLAIN, new_referral, not_for_police, routed_to_partner

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CANARY = "CANARYBIRD"
TOLD = {"told_what": "They will ring", "told_by_whom": "Adult social care", "told_when": "By four"}
GIVEN = {
    "partner": "adult_social_care",
    "summary": "Please look in on her",
    "fields_shared": ["place_text"],
    "consent": "yes",
    "lawful_basis": "public_task",
    **TOLD,
}


@pytest.fixture(autouse=True)
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agencies have hours: the pages are asked on a Monday at noon."""
    away = int((NOON - datetime.now(UTC)).total_seconds())
    monkeypatch.setenv("STANDFAST_CLOCK_OFFSET_SECONDS", str(away))


@pytest.fixture
def officer() -> Client:
    return signed_in(account(Role.CONTACT_OFFICER))


@pytest.fixture
def agency() -> Client:
    return signed_in(account(Role.PARTNER))


def routed() -> str:
    """A contact in hand of the contact officer, routed to a partner agency."""
    return routed_to_partner(by=actor_of(Role.CONTACT_OFFICER), now=NOON - timedelta(minutes=5)).reference


def sent(**changed: object) -> str:
    """The reference of a referral to adult social care that waits for its answer."""
    contact = routed()
    by = actor_of(Role.CONTACT_OFFICER)
    new = new_referral(**changed)
    return operations.send_referral(contact_reference=contact, new=new, by=by, now=NOON).reference


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


# --- the force ---------------------------------------------------------------------------------------------------------


def test_a_referral_is_sent_from_the_form(officer: Client) -> None:
    contact = routed()
    assert "Best first" in text(officer.get(f"/contacts/{contact}/refer"))
    response = officer.post(f"/contacts/{contact}/refer", {**GIVEN, "send": "1"})
    assert response.status_code == 302
    running = queries.find_running_referral(contact_reference=contact)
    assert running is not None
    assert (running.partner, running.fields) == ("adult_social_care", ["place_text"])


def test_the_preview_shows_what_the_agency_would_see_and_sends_nothing(officer: Client) -> None:
    contact = routed()
    page = text(officer.post(f"/contacts/{contact}/refer", {**GIVEN, "preview": "1"}))
    assert "What the agency will see" in page
    assert "Nothing has been sent" in page
    assert queries.find_running_referral(contact_reference=contact) is None


def test_a_refused_referral_keeps_what_was_typed(officer: Client) -> None:
    contact = routed()
    response = officer.post(f"/contacts/{contact}/refer", {**GIVEN, "consent": "no", "summary": "Look in at noon"})
    assert response.status_code == 422
    assert "say why it is shared all the same" in text(response)
    assert "Look in at noon" in text(response)
    assert queries.find_running_referral(contact_reference=contact) is None


def test_without_a_partner_route_the_form_says_what_stands_in_the_way_and_still_ranks(officer: Client) -> None:
    contact = claimed_contact(by=actor_of(Role.CONTACT_OFFICER), now=NOON).reference
    page = text(officer.get(f"/contacts/{contact}/refer?need=welfare_check"))
    assert "Nothing can be sent yet" in page
    assert "Adult social care" in page
    assert "Why not the others" in page


def test_typed_words_survive_a_route_that_closed_meanwhile(officer: Client) -> None:
    contact = claimed_contact(by=actor_of(Role.CONTACT_OFFICER), now=NOON).reference
    response = officer.post(f"/contacts/{contact}/refer", {**GIVEN, "send": "1"})
    assert response.status_code == 422
    assert "Please look in on her" in text(response)


def test_the_threshold_test_wants_the_facts_relied_on(officer: Client) -> None:
    contact = claimed_contact(by=actor_of(Role.CONTACT_OFFICER), now=NOON).reference
    answers = dict.fromkeys(("crime", "danger_to_life", "serious_harm", "police_assumed", "statutory_duty"), "no")
    facts = {f"{name}_fact": f"the caller said so about {name}" for name in answers}
    refused = officer.post(f"/contacts/{contact}/threshold", {**answers, **facts, "crime_fact": ""})
    assert refused.status_code == 422
    assert "Say which facts this answer rests on" in text(refused)
    assert "the caller said so about danger_to_life" in text(refused)
    assert officer.post(f"/contacts/{contact}/threshold", {**answers, **facts}).status_code == 302
    assert "Not for the police" in text(officer.get(f"/contacts/{contact}/threshold"))


def test_doubt_keeps_it_with_the_police(officer: Client) -> None:
    contact = not_for_police(by=actor_of(Role.CONTACT_OFFICER), now=NOON).reference
    answers = dict.fromkeys(("crime", "danger_to_life", "serious_harm", "police_assumed"), "not_known")
    officer.post(f"/contacts/{contact}/threshold", {**answers, "statutory_duty": "not_known"})
    assert "The police keep it" in text(officer.get(f"/contacts/{contact}/threshold"))


def test_one_referral_shows_what_was_shared_and_opening_it_is_an_event(officer: Client) -> None:
    reference = sent()
    page = text(officer.get(f"/referrals/{reference}"))
    assert "this clock never moves" in page
    assert "Please look in on the lady at number 4" in page
    opened = [line for line in eventlog.timeline(about=reference) if line.kind == "triage.referral.opened"]
    assert len(opened) == 1


def test_a_referral_is_taken_back_with_a_reason_only(officer: Client) -> None:
    reference = sent()
    assert officer.post(f"/referrals/{reference}/withdraw", {"reason": " "}).status_code == 422
    assert officer.post(f"/referrals/{reference}/withdraw", {"reason": "Her son is there"}).status_code == 302
    page = text(officer.get(f"/referrals/{reference}"))
    assert "Her son is there" in page
    again = officer.post(f"/referrals/{reference}/withdraw", {"reason": "Once more"})
    assert again.status_code == 422
    assert "Once more" in text(again)


def test_what_an_agency_said_on_the_phone_is_noted_with_who_said_it(officer: Client) -> None:
    reference = sent()
    path = f"/referrals/{reference}/by-phone"
    assert officer.post(path, {"spoken_to": "", "heard": "accepts"}).status_code == 422
    assert officer.post(path, {"spoken_to": "Jo, duty desk", "heard": "declines"}).status_code == 422
    assert officer.post(path, {"spoken_to": "Jo, duty desk", "heard": "accepts"}).status_code == 302
    done = {"spoken_to": "Jo, duty desk", "heard": "completed", "words": "Visited, she is well"}
    assert officer.post(path, done).status_code == 302
    page = text(officer.get(f"/referrals/{reference}"))
    assert "Jo, duty desk" in page
    assert "Visited, she is well" in page


def test_the_list_shows_those_that_run_first_and_marks_what_is_overdue(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, running = sent(), sent()
    operations.withdraw_referral(reference=ended, reason="No need", by=actor_of(Role.CONTACT_OFFICER), now=NOON)
    later = int((NOON + timedelta(hours=5) - datetime.now(UTC)).total_seconds())
    monkeypatch.setenv("STANDFAST_CLOCK_OFFSET_SECONDS", str(later))
    officer = signed_in(account(Role.CONTACT_OFFICER), now=clock.now())
    page = text(officer.get("/referrals"))
    assert page.index(running) < page.index(ended)
    assert "Overdue 1" in page
    assert ended not in text(officer.get("/referrals?show=overdue"))
    assert running not in text(officer.get("/referrals?need=noise"))


@pytest.mark.parametrize("path", ["/referrals/{0}", "/referrals/{0}/withdraw", "/contacts/{0}/refer"])
def test_what_does_not_exist_looks_like_what_is_out_of_reach(officer: Client, path: str) -> None:
    assert officer.get(path.format("ZZZZ-ZZZZ-ZZZZ-ZZ")).status_code == 404


def test_the_list_takes_as_many_queries_for_ten_as_for_one(officer: Client) -> None:
    sent()
    officer.get("/referrals")
    one = counted(officer, "/referrals")
    for _ in range(9):
        sent()
    assert counted(officer, "/referrals") == one
    assert one <= 16


def test_one_referral_takes_few_queries(officer: Client) -> None:
    assert counted(officer, f"/referrals/{sent()}") <= 20


# --- the agency --------------------------------------------------------------------------------------------------------


def test_an_agency_accepts_and_completes(agency: Client) -> None:
    reference = sent()
    assert reference in text(agency.get("/agency"))
    assert agency.post(f"/agency/{reference}/accept").status_code == 302
    assert agency.post(f"/agency/{reference}/complete", {"result": ""}).status_code == 422
    assert agency.post(f"/agency/{reference}/complete", {"result": "Seen and well"}).status_code == 302
    assert "You finished this" in text(agency.get(f"/agency/{reference}"))


def test_an_agency_declines_with_a_reason_and_the_contact_keeps_its_clock(agency: Client) -> None:
    reference = sent()
    before = queries.get_referral(reference=reference, by=staff("asha"))
    assert agency.post(f"/agency/{reference}/decline", {"reason": " "}).status_code == 422
    assert agency.post(f"/agency/{reference}/decline", {"reason": "Not in our area"}).status_code == 302
    back = queries.get_referral(reference=reference, by=staff("asha"))
    assert back.contact.state == "waiting"
    assert back.contact.first_contact_at == before.first_contact_at


def test_another_agencys_referral_looks_like_none(agency: Client) -> None:
    reference = sent()
    other = _of_another_agency()
    for path in ("", "/decline", "/complete"):
        assert other.get(f"/agency/{reference}{path}").status_code == 404, path
    assert other.post(f"/agency/{reference}/accept").status_code == 404
    assert reference not in text(other.get("/agency"))


def test_nothing_of_the_force_is_open_to_an_agency(agency: Client) -> None:
    reference = sent()
    contact = queries.get_referral(reference=reference, by=staff("asha")).journey
    for path in (
        f"/referrals/{reference}",
        "/referrals",
        f"/contacts/{contact}/refer",
        f"/contacts/{contact}/threshold",
    ):
        assert agency.get(path).status_code == 403, path


def test_what_was_not_shared_never_reaches_the_agency(agency: Client) -> None:
    contact = routed()
    by = actor_of(Role.CONTACT_OFFICER)
    hidden = {
        "caller_name": f"{CANARY} name",
        "caller_phone": CANARY,
        "kind": f"{CANARY} kind",
        "place_text": "4 Mill Lane",
    }
    found = queries.standing_route(contact_reference=contact)
    assert found is not None
    for field, value in hidden.items():
        setattr(found.contact, field, value)
    found.contact.save(update_fields=list(hidden))
    new = new_referral(fields=[SharedField.PLACE])
    reference = operations.send_referral(contact_reference=contact, new=new, by=by, now=NOON).reference
    contacts.add_note(reference=contact, text=f"{CANARY} note", by=by, now=NOON)
    seen = [agency.get(path.format(reference)) for path in ("/agency", "/agency/{}", "/agency/{}/decline")]
    seen.append(agency.post(f"/agency/{reference}/decline", {"reason": ""}))
    seen.append(agency.post(f"/agency/{reference}/accept", follow=True))
    seen.append(agency.get(f"/agency/{reference}/complete"))
    operations.withdraw_referral(reference=reference, reason=f"{CANARY} reason", by=by, now=NOON)
    seen += [agency.get("/agency"), agency.get(f"/agency/{reference}")]
    assert "4 Mill Lane" in text(seen[1])
    for response in seen:
        assert CANARY not in text(response)
        assert contact not in text(response)
        assert PLAIN not in text(response)


def test_an_agency_list_takes_as_many_queries_for_ten_as_for_one(agency: Client) -> None:
    sent()
    agency.get("/agency")
    one = counted(agency, "/agency")
    for _ in range(9):
        sent()
    assert counted(agency, "/agency") == one
    assert one <= 12


def counted(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def _of_another_agency() -> Client:
    """The browser of somebody of another agency of the directory."""
    new = people.NewStaffMember(
        username="olu", name="Olu", roles=frozenset([Role.PARTNER]), partner="children_services"
    )
    people.add_staff_member(new=new, by=ADMINISTRATOR, now=NOON)
    member = find_member("olu")
    with request_context(None):
        TOTP.activate(member, SECRET)
    return signed_in(member)

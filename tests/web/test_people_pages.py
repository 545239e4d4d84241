"""The pages about accounts: an administrator changes them with a reason, and it is remembered."""

from typing import Any

import pytest
from django.test import Client, override_settings

from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.people.models import StaffMember
from standfast.foundation.people.roles import Role
from tests.entering import account, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> Client:
    """A browser of an administrator."""
    return signed_in(account(Role.ADMINISTRATOR))


def test_an_administrator_adds_a_person_and_sees_the_code_once(administrator: Client) -> None:
    given = {"username": "amir", "name": "Amir Khan", "roles": ["contact_officer"], "team": "", "partner": ""}
    page = administrator.post("/people/add", given).content.decode()
    shown = page.split('<p class="mono read">')[1].split("</p>")[0]
    assert len(shown) == 17
    assert "Amir Khan" in administrator.get("/people").content.decode()
    assert shown not in administrator.get("/people/amir").content.decode()
    told = [line.sentence for line in eventlog.timeline(about="amir")]
    assert told == ["One-time code made for amir: New account", "Account amir added with the roles Contact officer"]


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"username": "A B", "name": "X"}, "small letters"),
        ({"username": "administrator", "name": "X"}, "already an account"),
        ({"username": "amir", "name": "X", "roles": ["partner"]}, "agency"),
        ({"username": "amir", "name": "X", "roles": ["worker"]}, "not one of the available choices"),
        ({"username": "amir", "name": ""}, "Name: This field is required"),
    ],
)
def test_a_refused_person_keeps_what_was_typed(administrator: Client, given: dict[str, object], because: str) -> None:
    response = administrator.post("/people/add", given)
    page = response.content.decode()
    assert response.status_code == 422
    assert because in page
    assert "What you typed is kept" in page
    assert f'value="{given["username"]}"' in page


def test_roles_change_only_with_a_reason(administrator: Client) -> None:
    account(Role.TRAINER)
    assert administrator.post("/people/trainer/roles", {"roles": ["planner"], "reason": " "}).status_code == 422
    assert StaffMember.objects.get(username="trainer").roles == ["trainer"]
    administrator.post("/people/trainer/roles", {"roles": ["planner"], "reason": "Moved to planning"})
    assert StaffMember.objects.get(username="trainer").roles == ["planner"]
    assert "from Trainer to Planner: Moved to planning" in eventlog.timeline(about="trainer")[0].sentence


def test_an_account_is_disabled_and_enabled_with_a_reason(administrator: Client) -> None:
    account(Role.TRAINER)
    assert "signed out everywhere" in administrator.get("/people/trainer/access").content.decode()
    administrator.post("/people/trainer/access", {"reason": "Left the force"})
    assert not StaffMember.objects.get(username="trainer").is_active
    administrator.post("/people/trainer/access", {"reason": "Came back"})
    assert StaffMember.objects.get(username="trainer").is_active
    assert [line.kind for line in eventlog.timeline(about="trainer")][:2] == [
        "people.account.enabled",
        "people.account.disabled",
    ]


def test_the_last_administrator_stays(administrator: Client) -> None:
    assert "last administrator" in administrator.post("/people/administrator/access", {"reason": "x"}).content.decode()
    given = {"roles": ["trainer"], "reason": "x"}
    assert "last administrator" in administrator.post("/people/administrator/roles", given).content.decode()


def test_an_unknown_person_is_absent(administrator: Client) -> None:
    for address in ("/people/nobody", "/people/nobody/roles", "/people/nobody/access", "/people/nobody/invite"):
        assert administrator.get(address).status_code == 404


def test_a_reader_sees_accounts_and_no_button_to_change_them() -> None:
    account(Role.TRAINER)
    reader = signed_in(account(Role.DATA_PROTECTION))
    assert "Add a person" not in reader.get("/people").content.decode()
    assert "Change roles" not in reader.get("/people/trainer").content.decode()


def test_the_list_asks_the_database_a_fixed_number_of_times(
    administrator: Client, django_assert_max_num_queries: Any
) -> None:
    for role in list(Role)[:12]:
        account(role)
    with django_assert_max_num_queries(8):
        administrator.get("/people")


def test_names_are_text(administrator: Client) -> None:
    administrator.post("/people/add", {"username": "mallory", "name": "<script>alert(1)</script>", "roles": []})
    page = administrator.get("/people").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_person_without_screens_is_told_so_and_what_they_can_open() -> None:
    page = signed_in(account(None)).get("/").content.decode()
    assert "Your screens come later" in page
    assert "nothing your roles can open" in page
    trainer = signed_in(account(Role.TRAINER)).get("/", follow=True).content.decode()
    assert 'href="/rules"' in trainer


def test_search_goes_to_the_one_place_that_fits() -> None:
    client = signed_in(account(Role.ADMINISTRATOR))
    assert client.get("/find", {"words": "peo"})["Location"] == "/people"
    assert "Nothing found for “zzz”" in client.get("/find", {"words": "zzz"}).content.decode()


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/people"]
)
def test_settings_of_the_screen_are_kept_and_lead_nowhere_else(back: str) -> None:
    client = signed_in(account(Role.ADMINISTRATOR))
    response = client.post("/look", {"theme": "dark", "density": "roomy", "keys": "off", "back": back})
    assert response["Location"] == ("/people" if back == "/people" else "/")
    page = client.get("/people").content.decode()
    assert 'data-theme="dark" data-density="roomy" data-keys="off"' in page
    assert client.post("/look", {"theme": "pink", "density": "roomy", "keys": "off"}).status_code == 422


def test_a_force_puts_its_own_crest_in_the_bar() -> None:
    client = signed_in(account(Role.ADMINISTRATOR))
    assert "crest" not in client.get("/people").content.decode()
    with override_settings(CREST="/static/force/crest.svg"):
        assert '<img class="crest" src="/static/force/crest.svg" alt="">' in client.get("/people").content.decode()

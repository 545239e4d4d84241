"""WEB3 and WEB4: cookies that stay ours, and forms that only our own pages can send."""

import pytest
from django.test import Client

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.people.roles import Role
from tests.entering import PASSWORD, SECRET, account, addresses, signed_in

STAFF_URLS = "standfast.config.urls.staff"


def token(client: Client, address: str = "/sign-in") -> str:
    page = client.get(address).content.decode()
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def strict() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.mark.django_db
def test_every_cookie_is_bound_to_the_host_and_kept_from_scripts() -> None:
    account(Role.CONTACT_OFFICER)
    client = Client()
    client.get("/sign-in")
    client.post("/sign-in", {"login": "contact.officer", "password": PASSWORD})
    client.post("/look", {"theme": "dark", "density": "dense", "keys": "on", "back": "/"})
    assert set(client.cookies) == {"__Host-standfast-form", "__Host-standfast-session", "__Host-standfast-look"}
    for morsel in client.cookies.values():
        assert morsel["secure"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Strict"
        assert morsel["path"] == "/"
        assert not morsel["domain"]


@pytest.mark.django_db
def test_no_address_holds_a_token() -> None:
    for _, address in addresses(STAFF_URLS):
        assert "token" not in address
        assert SECRET not in address


@pytest.mark.django_db
def test_every_form_is_refused_without_its_token_and_nothing_happens() -> None:
    member = account(Role.ADMINISTRATOR)
    for _, address in addresses(STAFF_URLS):
        client = strict()
        client.cookies.load({n: m.value for n, m in signed_in(member).cookies.items()})
        before = Entry.objects.count()
        assert client.post(address, {"reason": "none"}).status_code == 403, address
        assert client.post(address, {"csrfmiddlewaretoken": "x" * 64, "reason": "none"}).status_code == 403, address
        assert Entry.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("sender", ["cross-site", "same-site"])
def test_what_the_browser_says_another_site_sent_is_refused_even_with_the_token(sender: str) -> None:
    client = strict()
    given = {"csrfmiddlewaretoken": token(client), "login": "zed", "password": "x"}
    assert client.post("/sign-in", given, headers={"sec-fetch-site": sender}).status_code == 403


@pytest.mark.django_db
def test_a_token_of_another_browser_is_refused() -> None:
    foreign = token(strict())
    client = strict()
    client.get("/sign-in")
    assert client.post("/sign-in", {"csrfmiddlewaretoken": foreign, "login": "zed"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "null", "sec-fetch-site": "same-origin"}, 422),
        ({"origin": "null"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, 422),
    ],
)
def test_an_origin_hidden_by_our_own_referrer_policy_is_accepted_only_with_the_browsers_word(
    headers: dict[str, str], status: int
) -> None:
    client = strict()
    given = {"csrfmiddlewaretoken": token(client), "login": "zed", "password": "wrong"}
    with_host = {**headers, "host": "localhost"} if "testserver" not in headers.get("origin", "") else headers
    with_host = {key: value.replace("testserver", "localhost") for key, value in with_host.items()}
    assert client.post("/sign-in", given, headers={**with_host, "host": "localhost"}).status_code == status

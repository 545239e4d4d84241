"""AUZ1: every role at every entry point gets what the policy page says, through the real stack, and nothing is off the page."""

from dataclasses import replace
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from standfast import schedule
from standfast.config import entry_points, routes
from standfast.config.entry_points import ADDRESSES, STAFF, Access, Entry
from standfast.config.settings import MIDDLEWARE_OF
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import PERMISSIONS_OF, Role
from tests.entering import PEOPLE, account, addresses, signed_in

STAFF_URLS = "standfast.config.urls.staff"
METHODS = ("GET", "HEAD", "POST", "DELETE")
NEVER_TAKEN = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "SEARCH")
WHO: list[Role | None] = [*PEOPLE, None]
Verdict = str


def decided(entry: Entry, role: Role | None, *, anonymous: bool, method: str) -> Verdict:
    """What the policy page says of one cell, worked out here again."""
    if method not in entry.methods and not (method == "HEAD" and "GET" in entry.methods):
        return "no such method"
    if entry.needs is Access.PUBLIC:
        return "allow"
    if anonymous:
        return "sign in"
    if isinstance(entry.needs, Permission):
        return "allow" if role and entry.needs in PERMISSIONS_OF[role] else "deny"
    return "allow"


def seen(client: Client, method: str, address: str) -> Verdict:
    """What the stack answers, with nothing kept of it."""
    with transaction.atomic():
        response = client.generic(method, address)
        transaction.set_rollback(True)
    if response.status_code == 405:
        return "no such method"
    if response.status_code == 403:
        return "deny"
    if response.status_code == 401 or (
        response.status_code == 302 and response["Location"].split("?")[0] == "/sign-in"
    ):
        return "sign in"
    if response.status_code == 404:
        return "absent"
    assert response.status_code < 500, f"{method} {address}: {response.status_code}"
    return "allow"


def with_cookies(cookies: dict[str, str]) -> Client:
    client = Client()
    client.cookies.load(cookies)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("role", WHO, ids=lambda role: role.value if role else "no role")
def test_every_cell_of_a_role_is_as_the_policy_says(role: Role | None) -> None:
    cookies = {name: morsel.value for name, morsel in signed_in(account(role)).cookies.items()}
    wrong, allowed = [], 0
    for name, address in addresses(STAFF_URLS):
        for method in METHODS:
            want = decided(STAFF[name], role, anonymous=False, method=method)
            got = _settled(seen(with_cookies(cookies), method, address), name)
            allowed += got == "allow"
            if got != want:
                wrong.append(f"{method} {address}: {got}, wanted {want}")
    assert not wrong
    assert allowed


@pytest.mark.django_db
def test_every_cell_of_nobody_is_as_the_policy_says() -> None:
    wrong = []
    for name, address in addresses(STAFF_URLS):
        for method in METHODS:
            want = decided(STAFF[name], None, anonymous=True, method=method)
            got = seen(Client(), method, address)
            if name in {"mfa_authenticate", "demo_sign_in"}:
                got = _settled(got, name)
            if got != want:
                wrong.append(f"{method} {address}: {got}, wanted {want}")
    assert not wrong


@pytest.mark.django_db
def test_no_address_takes_another_method() -> None:
    client = signed_in(account(Role.ADMINISTRATOR))
    for _, address in addresses(STAFF_URLS):
        for method in NEVER_TAKEN:
            assert client.generic(method, address).status_code == 405, f"{method} {address}"


def _settled(verdict: Verdict, name: str) -> Verdict:
    # These end or lack a session by their nature; sending the person to the sign-in page is what they are for.
    if verdict == "sign in" and name in {"account_logout", "mfa_authenticate"}:
        return "allow"
    # One-click sign-in is open to anybody, and outside a demonstration there is nothing behind it.
    return "allow" if verdict == "absent" and name == "demo_sign_in" else verdict


def test_both_answers_are_possible_for_every_rule() -> None:
    for name, entry in STAFF.items():
        if isinstance(entry.needs, Permission):
            answers = {decided(entry, role, anonymous=False, method=entry.methods[0]) for role in WHO}
            assert answers == {"allow", "deny"}, name


@pytest.mark.parametrize("process", sorted(ADDRESSES))
def test_the_policy_page_and_the_routers_agree(process: str) -> None:
    urlconf = f"standfast.config.urls.{process}"
    assert routes.unlisted(process, urlconf) == frozenset()
    assert routes.missing(process, urlconf) == frozenset()


@pytest.mark.parametrize("process", sorted(ADDRESSES))
def test_every_entry_says_what_it_is_for(process: str) -> None:
    for name, entry in ADDRESSES[process].items():
        assert entry.purpose, name
        assert set(entry.methods) <= {"GET", "POST"}, name


# --- controls: the same checks, made to fail every time -----------------------------------------------------------------


def with_an_unlisted_view() -> ModuleType:
    """The staff addresses and one that nobody decided about."""
    from standfast.config.urls import staff

    made = ModuleType("urls_with_an_unlisted_view")
    made.urlpatterns = [*staff.urlpatterns, path("secret", lambda _request: HttpResponse("seen"), name="secret")]  # type: ignore[attr-defined]
    return made


def test_an_unlisted_view_is_reported_and_stops_the_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    module = with_an_unlisted_view()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert routes.unlisted("staff", module.__name__) == {"secret"}
    with override_settings(ROOT_URLCONF=module.__name__), pytest.raises(ImproperlyConfigured, match="secret"):
        Client().get("/sign-in")


@pytest.mark.django_db
def test_an_unlisted_view_is_not_answered_even_past_the_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from standfast.config import middleware

    module = with_an_unlisted_view()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(middleware, "refuse_unlisted", lambda *_: None)
    with override_settings(ROOT_URLCONF=module.__name__):
        assert signed_in(account(Role.ADMINISTRATOR)).get("/secret").status_code == 404


@pytest.mark.parametrize("name", sorted(STAFF))
def test_a_removed_policy_line_stops_the_boot(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = {each: entry for each, entry in STAFF.items() if each != name}
    monkeypatch.setitem(ADDRESSES, "staff", shorter)
    with pytest.raises(ImproperlyConfigured, match=name):
        routes.refuse_unlisted("staff", STAFF_URLS)


@pytest.mark.django_db
def test_a_wrong_policy_line_is_seen_by_the_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    loosened = {**STAFF, "components": replace(STAFF["components"], needs=Access.SIGNED_IN)}
    monkeypatch.setitem(ADDRESSES, "staff", loosened)
    got = seen(signed_in(account(Role.PARTNER)), "GET", "/components")
    assert got == "allow"
    assert got != decided(STAFF["components"], Role.PARTNER, anonymous=False, method="GET")


@pytest.mark.django_db
def test_a_wrong_policy_line_alone_opens_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    loosened = {**STAFF, "people:people": replace(STAFF["people:people"], needs=Access.SIGNED_IN)}
    monkeypatch.setitem(ADDRESSES, "staff", loosened)
    assert seen(signed_in(account(Role.TRAINER)), "GET", "/people") == "deny", "the query asks for itself"


def test_every_process_that_people_reach_has_the_choke_point() -> None:
    for process in ("staff", "live", "public"):
        assert "standfast.config.middleware.EntryPoints" in MIDDLEWARE_OF[process]
        assert MIDDLEWARE_OF[process][0] == "standfast.config.middleware.Headers"
    assert entry_points.ADDRESSES["staff"] is STAFF


# --- what is not an address --------------------------------------------------------------------------------------------


def test_every_job_is_listed_and_the_worker_may_do_it() -> None:
    assert {job.name for job in schedule.JOBS} == entry_points.JOBS.keys()
    for name, entry in entry_points.JOBS.items():
        assert entry.needs in PERMISSIONS_OF[Role.WORKER], name


def test_every_command_is_listed() -> None:
    assert routes.command_names() == entry_points.COMMANDS.keys()
    assert {entry.needs for entry in entry_points.COMMANDS.values()} == {Access.OPERATOR}


def test_an_unlisted_command_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import typer

    from standfast.cli import main

    longer = typer.Typer()
    longer.add_typer(main.app)
    longer.command("secret")(lambda: None)
    monkeypatch.setattr(main, "app", longer)
    assert "secret" in routes.command_names() - entry_points.COMMANDS.keys()

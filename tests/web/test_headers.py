"""WEB2: every address, at every status, carries the same protections."""

import re

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from standfast.config.middleware import FIXED_HEADERS, content_policy
from standfast.foundation.people.roles import Role
from tests.entering import account, addresses, signed_in

STAFF_URLS = "standfast.config.urls.staff"
MUST_SAY = {
    "default-src 'none'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "trusted-types standfast-htmx",
    "require-trusted-types-for 'script'",
}


def check_protected(response: object, *, stored: bool = False) -> None:
    headers = response.headers  # type: ignore[attr-defined]
    for name, value in FIXED_HEADERS.items():
        assert headers.get(name) == value, name
    said = {each.strip() for each in headers["Content-Security-Policy"].split(";")}
    assert said >= MUST_SAY
    assert any(re.fullmatch(r"script-src 'nonce-[\w-]{22}'", each) for each in said)
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-ID"])
    if not stored:
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "TRACE"])
def test_every_address_is_protected_for_somebody_and_for_nobody(method: str) -> None:
    for _, address in addresses(STAFF_URLS):
        check_protected(signed_in(account(Role.ADMINISTRATOR)).generic(method, address))
        check_protected(Client().generic(method, address))


@pytest.mark.django_db
def test_every_status_is_protected() -> None:
    client = signed_in(account(Role.ADMINISTRATOR))
    seen = {
        200: client.get("/people"),
        302: Client().get("/people"),
        400: client.get("/people", headers={"host": "elsewhere.example"}),
        404: client.get("/nothing/here"),
        405: client.put("/people"),
        422: client.post("/people/add", {"name": ""}),
        403: signed_in(account(Role.TRAINER)).get("/people"),
    }
    for status, response in seen.items():
        assert response.status_code == status
        check_protected(response)


@pytest.mark.django_db
def test_a_crash_is_protected_and_says_what_happened_to_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from standfast.foundation.people import queries

    def crash(**_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(queries, "list_accounts", crash)
    client = signed_in(account(Role.ADMINISTRATOR))
    client.raise_request_exception = False
    response = client.get("/people")
    assert response.status_code == 500
    check_protected(response)
    assert "may not have been kept" in response.content.decode()
    assert "planted" not in response.content.decode()


@pytest.mark.django_db
def test_too_many_tries_are_answered_with_every_protection() -> None:
    client = Client()
    for _ in range(5):
        client.post("/sign-in/first-time", FIRST)
    response = client.post("/sign-in/first-time", FIRST)
    assert response.status_code == 429
    check_protected(response)


FIRST = {
    "username": "zed",
    "code": "0000-0000-0000-00",
    "password": "a walk by the river",
    "again": "a walk by the river",
}


@pytest.mark.django_db
def test_static_files_are_protected_and_may_be_stored() -> None:
    response = Client().get("/static/src/main.js")
    assert response.status_code == 200
    check_protected(response, stored=True)
    assert "no-store" not in response["Cache-Control"]
    assert b"".join(response.streaming_content).startswith(b"// What runs")
    response.close()
    check_protected(Client().get("/static/src/nothing.js"))


def test_each_answer_has_a_nonce_of_its_own() -> None:
    client = Client()
    assert len({client.get("/nothing")["Content-Security-Policy"] for _ in range(20)}) == 20


def test_public_pages_allow_no_trusted_types_policy_at_all() -> None:
    assert "trusted-types 'none'" in content_policy("public", nonce="n", live="")


@override_settings(LIVE_URL="http://{host}:8003")
def test_the_streams_of_this_host_may_be_reached_and_no_other() -> None:
    policy = Client().get("/nothing", headers={"host": "localhost:8000"})["Content-Security-Policy"]
    assert "connect-src 'self' http://localhost:8003;" in policy
    brackets = Client().get("/nothing", headers={"host": "[::1]:8000"})["Content-Security-Policy"]
    assert "connect-src 'self' http://[::1]:8003;" in brackets


def test_django_finds_nothing_wrong_with_the_settings() -> None:
    call_command("check", fail_level="WARNING")

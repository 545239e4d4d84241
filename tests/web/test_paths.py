"""AUZ8 and AUZ12: tricks with an address change no decision, and reading changes nothing."""

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from standfast.faces.live.topics import UNSEEN
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.people.roles import Role
from tests.entering import PEOPLE, account, addresses, signed_in

STAFF_URLS = "standfast.config.urls.staff"
NOT_BUSINESS = {"django_session", "django_cache", "django_migrations"}
TRICKS = [
    "/PEOPLE",
    "/people/",
    "//people",
    "/./people",
    "/x/../people",
    "/people/..;/people",
    "/people%2f",
    "/people%00",
    "/%2570eople",
    "/people;x=1",
    "/people.json",
    "/people/trainer/roles/",
    "/people\\trainer",
]


@pytest.mark.django_db
@pytest.mark.parametrize("address", TRICKS)
def test_a_trick_with_the_path_opens_nothing_to_who_may_not(address: str) -> None:
    for client in (Client(), signed_in(account(Role.TRAINER))):
        # The test client reads `//people` as a host: the path is given as the server would.
        response = client.generic("GET", "/", PATH_INFO=address)
        assert response.status_code in {302, 403, 404}
        assert "<table" not in response.content.decode()
        assert response.status_code != 302 or response["Location"].startswith("/sign-in")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"x-http-method-override": "POST"},
        {"x-original-url": "/sign-in"},
        {"x-rewrite-url": "/sign-in"},
        {"x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1"},
        {"x-forwarded-host": "localhost"},
        {"x-forwarded-proto": "https"},
        {"forwarded": "for=127.0.0.1"},
    ],
)
def test_a_header_changes_no_decision(headers: dict[str, str]) -> None:
    assert signed_in(account(Role.TRAINER)).get("/people", headers=headers).status_code == 403
    assert signed_in(account(Role.ADMINISTRATOR)).get("/people", headers=headers).status_code == 200


@pytest.mark.django_db
def test_head_and_options_decide_as_get_does() -> None:
    for role, status in ((Role.TRAINER, 403), (Role.ADMINISTRATOR, 200)):
        assert signed_in(account(role)).head("/people").status_code == status
        assert signed_in(account(role)).options("/people").status_code == 405


@pytest.mark.django_db
def test_an_unknown_host_is_answered_with_nothing() -> None:
    assert Client().get("/sign-in", headers={"host": "evil.example"}).content == b"There is no such host here."


def newest_entry() -> int:
    """The number of the newest event."""
    return Entry.objects.order_by("-id").values_list("id", flat=True).first() or 0


def business() -> dict[str, str]:
    """The content of every table that holds business, as one hash a table."""
    found = {}
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - NOT_BUSINESS
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db
def test_reading_changes_nothing() -> None:
    clients = [Client(), *(signed_in(account(role)) for role in PEOPLE)]
    pages = [address for _, address in addresses(STAFF_URLS)]
    before, last = business(), newest_entry()
    for client in clients:
        for page in pages:
            client.get(page)
            client.head(page)
    after = business()
    assert {table for table in before if before[table] != after[table]} <= {"eventlog_entry"}
    # That somebody opened a record is itself an event, and the only thing a page that is merely looked at may write.
    written = Entry.objects.filter(id__gt=last).values_list("kind", flat=True)
    assert set(written) <= UNSEEN


@pytest.mark.django_db
def test_the_check_that_reading_changes_nothing_sees_a_change() -> None:
    before = business()
    account(Role.TRAINER)
    assert business() != before

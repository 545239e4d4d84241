"""Are all contacts measured, does every number open at its contacts, and is nobody told more than they may see?"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from standfast.foundation.kernel import clock
from standfast.foundation.people.roles import Role
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.strand import Strand
from tests.builders import claimed_contact, filed_contact, graded_contact, staff
from tests.entering import account, signed_in

pytestmark = pytest.mark.django_db
HURT = "My husband strangled me last night and took my phone"


@pytest.fixture
def supervisor() -> Client:
    return signed_in(account(Role.CONTACT_SUPERVISOR))


def text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())  # type: ignore[attr-defined]


def numbers_that_open(page: str) -> list[tuple[int, str]]:
    """Return every number with the address of the contacts behind it."""
    found = re.findall(r'<a href="(/measures/contacts[^"]*)"[^>]*>([\d,]+)', page)
    return [(int(number.replace(",", "")), address.replace("&amp;", "&")) for address, number in found]


def test_days_without_contacts_say_so(supervisor: Client) -> None:
    page = text(supervisor.get("/measures"))
    assert "No contact in these days" in page
    assert "Nothing was prompted" in page
    assert "Too few to say" in page


def test_every_contact_counts_also_one_nobody_took(supervisor: Client) -> None:
    graded_contact(by=staff(), now=clock.now())
    filed_contact(now=clock.now())
    page = text(supervisor.get("/measures?period=week"))
    assert "1 of 2" in page
    assert "Team C" in page
    assert "Nobody, or no team" in page


def test_every_number_opens_at_as_many_contacts_as_it_says(supervisor: Client) -> None:
    by = staff()
    graded_contact(by=by, now=clock.now())
    hurt = claimed_contact(by=by, now=clock.now(), words=HURT, ago=timedelta(minutes=45))
    assessment.confirm_flag(reference=hurt.reference, strand=Strand.DOMESTIC_ABUSE, by=by, now=clock.now())
    assessment.flag_strand(reference=hurt.reference, strand=Strand.CARER_STRAIN, by=by, now=clock.now())
    filed_contact(now=clock.now())
    opened = numbers_that_open(text(supervisor.get("/measures?period=week")))
    assert len(opened) > 10
    for number, address in opened:
        rows = text(supervisor.get(address)).count('<tr class="row"')
        assert rows == number, address


def test_a_chief_officer_sees_the_numbers_and_no_contact() -> None:
    contact = claimed_contact(by=staff(), now=clock.now(), words=HURT)
    chief = signed_in(account(Role.CHIEF_OFFICER))
    page = text(chief.get("/measures?period=week"))
    assert "All contacts" in page
    assert contact.reference not in page
    assert numbers_that_open(page) == []
    assert chief.get("/measures/contacts").status_code == 403


def test_groups_too_small_are_not_shown(supervisor: Client) -> None:
    claimed_contact(by=staff(), now=clock.now())
    page = text(supervisor.get("/measures?period=week")).split('id="groups"')[1]
    assert "Too few to show" in page
    assert " of 1" not in page


@pytest.mark.parametrize(
    "query", ["until=2999-01-01", "until=never", "period=year", "half=25:10", "part=x", "start=-1"]
)
def test_what_is_not_understood_is_said_and_the_rest_shown(supervisor: Client, query: str) -> None:
    for address in ("/measures", "/measures/contacts"):
        answer = supervisor.get(f"{address}?{query}")
        assert answer.status_code == 422
        assert "What was not understood is left out" in text(answer)


def test_the_page_asks_no_more_of_the_database_for_more_contacts(supervisor: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert supervisor.get("/measures?period=week").status_code == 200
        return len(queries)

    claimed_contact(by=staff(), now=clock.now(), words=HURT)
    asked()
    few = asked()
    for _ in range(4):
        claimed_contact(by=staff(), now=clock.now(), words=HURT)
    assert asked() == few <= 40

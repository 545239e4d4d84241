"""The page of a structured assessment, without any script."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from standfast.foundation.people.roles import Role
from standfast.journey.assessment import queries
from tests.builders import claimed_contact, staff
from tests.entering import account, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture
def asha() -> Client:
    return signed_in(account(Role.CONTACT_OFFICER))


def address(contact: object, step: str = "") -> str:
    """Return an address of the domestic abuse assessment of a contact."""
    return f"/contact/{contact.reference}/instrument/dash_style{step}"  # type: ignore[attr-defined]


def test_from_the_contact_to_a_completed_assessment(asha: Client) -> None:
    contact = claimed_contact(by=staff(), now=NOW, words="My husband strangled me")
    assert address(contact) in asha.get(f"/contact/{contact.reference}").content.decode()
    page = asha.get(address(contact)).content.decode()
    assert "kept you from breathing" in page
    kept = asha.post(address(contact, "/keep"), {"q-money": "yes"})
    assert (kept.status_code, kept["Location"]) == (302, address(contact))
    completed = {"q-strangled": "yes", "level": "high", "judgement": "She wept and was alone"}
    assert asha.post(address(contact, "/complete"), completed).status_code == 302
    page = asha.get(address(contact)).content.decode()
    assert "Strangled or kept from breathing" in page
    assert "Refer to the multi-agency risk meeting" in page
    assert asha.post(address(contact, "/follow-up"), {"said": "Told the coordinator"}).status_code == 302
    assert "High, count 2" in asha.get(f"/contact/{contact.reference}").content.decode()


def test_a_refusal_keeps_what_was_answered_and_typed(asha: Client) -> None:
    contact = claimed_contact(by=staff(), now=NOW)
    low = {"q-strangled": "yes", "level": "standard", "judgement": "All is well"}
    refused = asha.post(address(contact, "/complete"), low)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "may raise that, not lower it" in page
    assert "All is well" in page
    view = queries.instrument_of(reference=contact.reference, instrument="dash_style", by=staff(), now=NOW)
    assert view.replies == {"strangled": "yes"}


def test_it_is_declined_with_why_and_what_was_offered(asha: Client) -> None:
    contact = claimed_contact(by=staff(), now=NOW)
    assert asha.post(address(contact, "/refuse"), {"why": "declined"}).status_code == 422
    assert asha.post(address(contact, "/refuse"), {"why": "declined", "words": "Gave the number"}).status_code == 302
    page = asha.get(address(contact)).content.decode()
    assert "Gave the number" in page
    assert "Offer the structured assessment again" in page


def test_an_instrument_that_is_none_is_not_found(asha: Client) -> None:
    contact = claimed_contact(by=staff(), now=NOW)
    assert asha.get(f"/contact/{contact.reference}/instrument/tarot").status_code == 404


def test_who_may_only_read_is_offered_no_button() -> None:
    contact = claimed_contact(by=staff(), now=NOW)
    page = signed_in(account(Role.INSPECTOR)).get(address(contact)).content.decode()
    assert "Keep the answers" not in page

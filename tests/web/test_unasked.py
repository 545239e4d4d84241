"""What is known of the household and the past stands on the contact page without anybody asking."""

from datetime import date, timedelta

import pytest

from standfast.foundation.kernel import clock, days
from standfast.foundation.parties import operations as parties
from standfast.foundation.parties.models import HistoryEntry, HistoryKind, MarkerKind
from standfast.foundation.parties.operations import HappenedBefore
from standfast.foundation.parties.queries import find_address
from standfast.foundation.people.roles import Role
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.triage import operations as triage
from standfast.journey.triage.operations import RoutePlan
from tests.builders import claimed_contact, graded_contact, staff
from tests.entering import account, signed_in
from tests.incidents.steps import PRIORITY

pytestmark = pytest.mark.django_db
# The page reads the real clock, so the past is told from there.
NOW = clock.now()
TODAY = days.london_day(NOW)
NUMBER = "01632 960123"
HOME = "14 Mill Lane"
PLACE = {"text": HOME}


def page_of(reference: str) -> str:
    """Return the contact page as an officer sees it."""
    return signed_in(account(Role.CONTACT_OFFICER)).get(f"/contact/{reference}").content.decode()


def lives_at_home(given: str, born_on: date) -> str:
    """Put somebody on record who lives at the address; return their reference."""
    by = staff()
    facts = parties.NewPerson(given_names=given, family_name="Price", born_on=born_on)
    person = parties.add_person(facts=facts, by=by, now=NOW)
    place = parties.NewAddress(lines=HOME, postcode="")
    parties.record_residence(person_ref=person.reference, address=place, by=by, now=NOW)
    return str(person.reference)


def test_nothing_known_brings_up_nothing() -> None:
    mine = claimed_contact(by=staff(), now=NOW)
    assert "Known already" not in page_of(mine.reference)


def test_children_warnings_and_the_past_of_the_address_are_brought_up_with_reasons() -> None:
    child = lives_at_home("Ivy", date(TODAY.year - 7, 1, 1))
    mother = lives_at_home("Ann", date(1988, 5, 1))
    by = staff()
    home = find_address(lines=HOME, postcode="")
    assert home is not None
    marker = parties.NewMarker(
        kind=MarkerKind.SELF_HARM,
        text="Took tablets in May",
        owner="sana",
        review_on=TODAY + timedelta(days=30),
        address_ref=home.reference,
    )
    parties.place_marker(facts=marker, by=by, now=NOW)
    for past in (3, 20, 60):
        at = NOW - timedelta(days=past)
        entry = HappenedBefore(
            source_event=f"x{past}",
            kind=HistoryKind.INCIDENT,
            happened_at=at,
            address_ref=home.reference,
            last_risk="high",
        )
        parties.note_history(entry=entry, by=by, now=NOW)
    mine = claimed_contact(by=by, now=NOW, place=PLACE)
    page = page_of(mine.reference)
    for told in (
        "Known already",
        "Ivy Price, 7",
        "Took tablets in May",
        "Repeat location",
        "Last risk on record: high",
    ):
        assert told in page, told
    assert "An incident within four weeks</b>: 3 days ago" in page
    assert page.index("Last risk on record") < page.index("Children at the address") < page.index("Repeat location")
    assert child != mother


def test_a_vulnerability_confirmed_before_is_brought_up() -> None:
    by = staff()
    earlier = claimed_contact(by=by, now=NOW, phone=NUMBER, ago=timedelta(days=9))
    assessment.flag_strand(reference=earlier.reference, strand=Strand.CARER_STRAIN, by=by, now=NOW)
    mine = claimed_contact(by=by, now=NOW, phone=NUMBER)
    on = days.london_day(NOW - timedelta(days=9))
    assert f"Carer under strain ({on:%-d %b %Y})" in page_of(mine.reference)
    other = claimed_contact(by=by, now=NOW, phone="01632 960999")
    assert "Carer under strain (" not in page_of(other.reference)


def test_an_incident_is_noted_for_whoever_gets_in_touch_next_and_is_not_its_own_past() -> None:
    by, earlier = staff(), NOW - timedelta(days=2)
    lives_at_home("Ann", date(1988, 5, 1))
    first = graded_contact(by=by, now=earlier, answers=PRIORITY, phone=NUMBER, place=PLACE)
    triage.confirm_route(contact_reference=first.reference, plan=RoutePlan(), by=by, now=earlier)
    noted = HistoryEntry.objects.get(kind=HistoryKind.INCIDENT)
    assert (noted.contact_ref, noted.number) == (first.reference, "+441632960123")
    assert noted.address is not None
    assert "An incident within four weeks" not in page_of(first.reference)
    second = claimed_contact(by=by, now=NOW, phone=NUMBER)
    assert "An incident within four weeks" in page_of(second.reference)


def test_a_warning_on_somebody_else_in_the_household_is_brought_up_by_name() -> None:
    by = staff()
    lives_at_home("Ann", date(1988, 5, 1))
    father = lives_at_home("Tom", date(1950, 2, 1))
    marker = parties.NewMarker(
        kind=MarkerKind.COMMUNICATION,
        text="Speaks since the stroke only in single words",
        owner="sana",
        review_on=TODAY + timedelta(days=30),
        person_ref=father,
    )
    parties.place_marker(facts=marker, by=by, now=NOW)
    mine = claimed_contact(by=by, now=NOW, place=PLACE)
    assert "Tom Price – Needs help to communicate: Speaks since the stroke" in page_of(mine.reference)


def test_what_was_confirmed_at_the_address_is_brought_up_for_a_caller_nobody_knows() -> None:
    by, earlier = staff(), NOW - timedelta(days=2)
    lives_at_home("Ann", date(1988, 5, 1))
    first = graded_contact(by=by, now=earlier, answers=PRIORITY, phone=NUMBER, place=PLACE)
    assessment.flag_strand(reference=first.reference, strand=Strand.CARER_STRAIN, by=by, now=earlier)
    triage.confirm_route(contact_reference=first.reference, plan=RoutePlan(), by=by, now=earlier)
    second = claimed_contact(by=by, now=NOW, phone="01632 960777", place=PLACE)
    assert "Carer under strain (" in page_of(second.reference)


def test_the_third_contact_in_a_week_is_a_repeat_caller_and_the_second_is_not() -> None:
    by = staff()
    made = [claimed_contact(by=by, now=NOW, phone=NUMBER, ago=timedelta(days=day)) for day in (3, 1, 0)]
    assert "Repeat caller" not in page_of(made[1].reference)
    assert "Repeat caller</b>: 3 times" in page_of(made[2].reference)

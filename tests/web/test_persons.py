"""Persons on record: looked up, opened, corrected, compared, merged and parted, and every look written down."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.parties import operations
from standfast.foundation.parties.models import Merge, Person
from standfast.foundation.people.roles import Role
from standfast.journey.contact import operations as contacts
from tests.builders import claimed_contact
from tests.entering import account, actor_of, signed_in

pytestmark = pytest.mark.django_db
BORN = date(1980, 3, 12)
MOST_QUERIES = 40


def on_record(given: str, family: str, *, number: str = "") -> Person:
    by, now = actor_of(Role.CONTACT_OFFICER), clock.now()
    facts = operations.NewPerson(given_names=given, family_name=family, born_on=BORN)
    person = operations.add_person(facts=facts, by=by, now=now)
    if number:
        operations.add_phone(person_ref=person.reference, number=number, safe_to_call=Answer.NO, by=by, now=now)
    home = operations.NewAddress(lines="12 High Street", postcode="ST1 5AA")
    operations.record_residence(person_ref=person.reference, address=home, by=by, now=now)
    return person


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return str(response.content.decode())


def correction(person: Person, **changed: object) -> dict[str, object]:
    now = Person.objects.get(pk=person.pk)
    stands = {
        "given_names": now.given_names,
        "family_name": now.family_name,
        "known_as": now.known_as,
        "born_on": f"{now.born_on:%d/%m/%Y}" if now.born_on else "",
        "sex": now.sex or "",
        "version": now.version,
        "reason": "Passport seen",
    }
    return {**stands, **changed}


def test_a_person_is_looked_up_by_what_is_typed_and_the_look_is_written_down() -> None:
    person = on_record("Jon", "Smyth", number="07700 900123")
    client = signed_in(account(Role.CONTACT_OFFICER))
    found = client.post("/persons", {"name": "John Smith", "born_on": "12/03/1980"})
    assert found.status_code == 200
    assert f"/persons/{person.reference}" in found.content.decode()
    entry = Entry.objects.filter(kind="parties.persons.consulted").get()
    assert entry.facts == {"searched": "name, birth date", "found": 1}
    nothing = client.post("/persons", {"name": "  "})
    assert nothing.status_code == 422
    assert "Give a name" in nothing.content.decode()
    assert client.post("/persons", {"born_on": "1980"}).status_code == 422
    assert "Nobody on record fits" in client.post("/persons", {"name": "Zebedee Quux"}).content.decode()


def test_a_record_says_all_that_is_known_and_that_it_was_opened() -> None:
    person = on_record("Jon", "Smyth", number="07700 900123")
    client = signed_in(account(Role.CONTACT_OFFICER))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = page(client, f"/persons/{person.reference}")
    assert len(asked) <= MOST_QUERIES
    for words in ("Jon", "Smyth", "12 March 1980", "+447700900123, safe to call: no", "12 High Street, ST1 5AA"):
        assert words in shown
    assert "Correct name or birth date" in shown
    assert "Merge with another record" not in shown, "an officer may correct and not merge"
    assert Entry.objects.filter(kind="parties.person.opened", about=person.reference).count() == 1


def test_who_may_only_look_is_offered_nothing_else() -> None:
    person = on_record("Jon", "Smyth")
    client = signed_in(account(Role.INVESTIGATOR))
    shown = page(client, f"/persons/{person.reference}")
    assert "Correct name" not in shown
    for address in ("correct", "merge"):
        assert client.get(f"/persons/{person.reference}/{address}").status_code == 403
    partner = signed_in(account(Role.PARTNER))
    assert partner.get(f"/persons/{person.reference}").status_code == 403
    assert partner.post("/persons", {"name": "Jon Smyth"}).status_code == 403


def test_a_name_and_a_birth_date_are_put_right_and_stand_beside_what_was_before() -> None:
    person = on_record("Jon", "Smyth")
    client = signed_in(account(Role.CONTACT_OFFICER))
    address = f"/persons/{person.reference}/correct"
    sent = client.post(address, correction(person, family_name="Smythe", born_on="13.3.1980"))
    assert sent["Location"] == f"/persons/{person.reference}"
    shown = page(client, f"/persons/{person.reference}")
    assert "Before: Jon Smyth, born 12 March 1980" in shown
    assert "13 March 1980" in shown
    assert "Passport seen" in shown
    refused = client.post(address, correction(person, family_name="O’Neill", reason=""))
    assert refused.status_code == 422
    assert "O’Neill" in refused.content.decode(), "what was typed is kept"
    assert client.post(address, correction(person, family_name="Other", version=1)).status_code == 409
    assert client.post(address, correction(person)).status_code == 422, "nothing differs"


def test_two_records_are_compared_merged_and_parted() -> None:
    mine, theirs = on_record("Jon", "Smyth", number="07700 900123"), on_record("John", "Smith")
    client = signed_in(account(Role.CONTACT_SUPERVISOR))
    address = f"/persons/{mine.reference}/merge"
    assert f"?other={theirs.reference}" in page(client, address), "those alike are offered"
    beside = page(client, f"{address}?other={theirs.reference}")
    assert beside.count("≠") == 2, "given names and family name differ"
    assert beside.count("✓ Same") == 2, "birth date and address agree"
    assert not Merge.objects.exists(), "comparing changes nothing"
    keep = {"keep": theirs.reference}
    assert client.post(f"{address}?other={theirs.reference}", {**keep, "reason": ""}).status_code == 422
    done = client.post(f"{address}?other={theirs.reference}", {**keep, "reason": "Same passport"})
    assert done["Location"] == f"/persons/{theirs.reference}"
    kept = page(client, f"/persons/{theirs.reference}")
    assert "Jon Smyth is merged into this record" in kept
    assert "+447700900123" not in kept, "nothing of one shows as the other’s own"
    gone = page(client, f"/persons/{mine.reference}")
    assert f'href="/persons/{theirs.reference}">go to the one that is kept' in gone
    assert "Correct name" not in gone
    merge = Merge.objects.get()
    undo = f"/persons/merges/{merge.reference}/undo"
    assert "Same passport" in page(client, undo)
    assert client.post(undo, {"reason": ""}).status_code == 422
    assert client.post(undo, {"reason": "Two men"})["Location"] == f"/persons/{theirs.reference}"
    assert "and parted again" in page(client, f"/persons/{theirs.reference}")
    assert Person.objects.get(pk=mine.pk).merged_into_id is None
    assert client.post(undo, {"reason": "Two men"}).status_code == 422


def test_a_reference_that_leads_nowhere_or_back_is_said_so() -> None:
    mine, theirs = on_record("Jon", "Smyth"), on_record("Ada", "Other")
    client = signed_in(account(Role.CONTACT_SUPERVISOR))
    address = f"/persons/{mine.reference}/merge?other="
    assert "There is no record" in page(client, f"{address}nobody", 422)
    assert "this record itself" in page(client, f"{address}{mine.reference}", 422)
    assert "Are these two one person" in page(client, address + theirs.reference.lower())
    page(client, "/persons/nobody", 404)
    page(client, "/persons/merges/nothing/undo", 404)
    both = {"keep": "somebody-else", "reason": "Same man"}
    assert client.post(address + theirs.reference, both).status_code == 422
    assert not Merge.objects.exists()


def test_contacts_linked_to_a_record_stand_on_it_for_those_who_may_read_contacts() -> None:
    person, by = on_record("Jon", "Smyth"), actor_of(Role.CONTACT_OFFICER)
    mine = claimed_contact(by=by, now=clock.now(), words="The lock was forced again")
    contacts.link_person(
        reference=mine.reference, person_reference=person.reference, level="certain", by=by, now=clock.now()
    )
    shown = page(signed_in(account(Role.CONTACT_OFFICER)), f"/persons/{person.reference}")
    assert f'href="/contact/{mine.reference}"' in shown
    assert "The lock was forced again" in shown
    assert mine.reference not in page(signed_in(account(Role.INVESTIGATOR)), f"/persons/{person.reference}")

"""Putting persons, numbers, places, warnings and history on record."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.parties import operations
from standfast.foundation.parties.models import Address, HistoryEntry, HistoryKind, MarkerKind, Person, PersonKey, Phone
from standfast.foundation.parties.queries import LookUpFacts, look_up

pytestmark = pytest.mark.django_db
BORN = date(1980, 3, 12)
Adder = Callable[..., Person]


def test_a_person_needs_some_name(asha: Actor, now: datetime) -> None:
    with pytest.raises(operations.NamelessPerson):
        operations.add_person(facts=operations.NewPerson(given_names="  "), by=asha, now=now)
    known = operations.add_person(facts=operations.NewPerson(known_as="Spud"), by=asha, now=now)
    assert known.full_name == "Spud"
    assert [each.reference for each in look_up(LookUpFacts(name="Spud"), now=now).candidates] == [known.reference]


def test_nobody_without_the_permission_puts_anybody_on_record(zed: Actor, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        operations.add_person(facts=operations.NewPerson(given_names="Efa"), by=zed, now=now)
    assert not Person.objects.exists()


def test_a_number_stands_once_and_may_be_found_unsafe(on_record: Adder, asha: Actor, now: datetime) -> None:
    person = on_record("Efa Leese", number="07700 900123")
    operations.add_phone(
        person_ref=person.reference, number="+44 7700 900 123", safe_to_call=Answer.NO, by=asha, now=now
    )
    assert list(Phone.objects.values_list("number", "safe_to_call")) == [("+447700900123", "no")]


def test_no_event_holds_a_name_a_number_or_an_address(on_record: Adder) -> None:
    on_record("Efa Leese", BORN, number="07700 900123", address="12 High Street", postcode="ST1 5AA")
    told = repr(list(Entry.objects.values_list("kind", "about", "facts")))
    assert not any(word in told for word in ("Efa", "Leese", "900123", "High Street", "ST1", "1980"))


def test_one_address_is_one_record_and_leaving_it_ends_the_household(
    on_record: Adder, asha: Actor, now: datetime
) -> None:
    person = on_record("Efa Leese", address="12 High Street", postcode="ST1 5AA")
    on_record("Max Leese", address="12, high st.", postcode="st15aa")
    address = Address.objects.get()
    facts = LookUpFacts(name="Max Leese", postcode="ST1 5AA")
    assert [each.full_name for each in look_up(facts, now=now).candidates[0].household] == ["Efa Leese"]
    left = {"person_ref": person.reference, "address_ref": address.reference, "to_on": date(2026, 11, 1)}
    operations.end_residence(**left, by=asha, now=now)
    assert look_up(facts, now=now).candidates[0].household == ()
    with pytest.raises(operations.NoResidence):
        operations.end_residence(**left, by=asha, now=now)


def test_an_event_told_twice_is_noted_once(on_record: Adder, asha: Actor, now: datetime) -> None:
    person = on_record("Efa Leese")
    entry = operations.HappenedBefore(
        source_event="contact.contact.recorded:1",
        kind=HistoryKind.CONTACT,
        happened_at=now,
        person_ref=person.reference,
    )
    first = operations.note_history(entry=entry, by=asha, now=now)
    second = operations.note_history(entry=entry, by=asha, now=now + timedelta(hours=1))
    assert first.pk == second.pk
    assert HistoryEntry.objects.count() == 1
    assert Entry.objects.filter(kind="parties.history.noted").count() == 1


def test_a_marker_has_words_an_owner_a_later_review_and_one_record(
    on_record: Adder, asha: Actor, now: datetime
) -> None:
    person = on_record("Efa Leese", address="12 High Street", postcode="ST1 5AA")
    good = {
        "kind": MarkerKind.WEAPONS,
        "text": "Knives by the door",
        "owner": "asha",
        "review_on": date(2027, 1, 1),
        "person_ref": person.reference,
    }
    address = Address.objects.get().reference
    for wrong in ({"text": " "}, {"owner": ""}, {"review_on": date(2026, 11, 23)}, {"address_ref": address}):
        with pytest.raises(operations.UnownedMarker):
            operations.place_marker(facts=operations.NewMarker(**good | wrong), by=asha, now=now)
    with pytest.raises(NotFound):
        operations.place_marker(facts=operations.NewMarker(**good | {"person_ref": "nothing"}), by=asha, now=now)
    marker = operations.place_marker(facts=operations.NewMarker(**good), by=asha, now=now)
    assert look_up(LookUpFacts(name="Efa Leese"), now=now).candidates[0].markers[0].text == "Knives by the door"
    operations.lift_marker(marker_ref=marker.reference, reason="Moved out", by=asha, now=now)
    assert look_up(LookUpFacts(name="Efa Leese"), now=now).candidates[0].markers == ()
    with pytest.raises(operations.MarkerIsLifted):
        operations.lift_marker(marker_ref=marker.reference, reason="Moved out", by=asha, now=now)


def test_a_loaded_person_is_like_one_added_by_hand(on_record: Adder, asha: Actor, now: datetime) -> None:
    by_hand = on_record(
        "Anna-Maria van der Berg", BORN, number="01782 555123", address="3 Mill Lane", postcode="ST1 5AA"
    )
    row = operations.LoadedPerson(
        given_names="Anna-Maria",
        family_name="van der Berg",
        born_on=BORN,
        numbers=("01782 555123",),
        address_lines="3 Mill Lane",
        postcode="ST1 5AA",
    )
    (reference,) = operations.load_persons(rows=[row], source="extract", by=asha, now=now)
    loaded = Person.objects.get(reference=reference)
    fields = (
        "given_names",
        "family_name",
        "known_as",
        "given_key",
        "family_key",
        "born_on",
        "sex",
        "version",
        "merged_into",
    )
    assert [getattr(loaded, each) for each in fields] == [getattr(by_hand, each) for each in fields]
    keys = [set(PersonKey.objects.filter(person=each).values_list("key", flat=True)) for each in (loaded, by_hand)]
    assert keys[0] == keys[1]
    assert Address.objects.count() == 1
    assert set(Phone.objects.values_list("number", flat=True)) == {"+441782555123"}

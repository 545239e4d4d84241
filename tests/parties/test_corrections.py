"""Putting a name or a birth date right: found under the new one, what stood before kept, and nobody's events disturbed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import connection

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, NotFound, Stale
from standfast.foundation.parties import operations, queries
from standfast.foundation.parties.models import Correction, HistoryKind, Person, PersonKey, Sex
from standfast.foundation.parties.queries import LookUpFacts, look_up
from standfast.foundation.people.access import WORKER

pytestmark = pytest.mark.django_db
BORN = date(1980, 3, 12)
Adder = Callable[..., Person]


def as_is(person: Person) -> operations.CorrectedPerson:
    now = Person.objects.get(pk=person.pk)
    return operations.CorrectedPerson(
        given_names=now.given_names,
        family_name=now.family_name,
        known_as=now.known_as,
        born_on=now.born_on,
        sex=Sex(now.sex) if now.sex else None,
        version=now.version,
    )


def keys_of(person: Person) -> set[str]:
    return set(PersonKey.objects.filter(person=person).values_list("key", flat=True))


def found(name: str, born_on: date | None = None) -> list[str]:
    return [each.reference for each in look_up(LookUpFacts(name=name, born_on=born_on), now=NOW).candidates]


NOW = datetime.fromisoformat("2026-11-23T14:00:00+00:00")


def test_a_corrected_person_has_the_keys_of_one_added_so(on_record: Adder, asha: Actor, now: datetime) -> None:
    person = on_record("Jon Smyth", BORN, number="07700 900123", address="12 High Street", postcode="ST1 5AA")
    facts = replace(
        as_is(person), given_names=" Katarzyna  Maria ", family_name="Nowak-Leese", born_on=date(1981, 3, 12)
    )
    operations.correct_person(person_ref=person.reference, facts=facts, reason="Passport seen", by=asha, now=now)
    twin = operations.add_person(
        facts=operations.NewPerson(given_names="Katarzyna Maria", family_name="Nowak-Leese", born_on=date(1981, 3, 12)),
        by=asha,
        now=now,
    )
    assert keys_of(person) == keys_of(twin) | {"h:ST15AA"}, "where somebody lives is no part of who they are"
    stored = Person.objects.get(pk=person.pk)
    assert (stored.given_key, stored.family_key) == (twin.given_key, twin.family_key)
    assert person.reference in found("Katarzyna Nowak", date(1981, 3, 12))
    assert person.reference not in found("Jon Smyth")


def test_what_stood_before_is_kept_and_so_is_all_that_happened(on_record: Adder, asha: Actor, now: datetime) -> None:
    person = on_record("Jon Smyth", BORN, number="07700 900123", address="12 High Street", postcode="ST1 5AA")
    entry = operations.HappenedBefore(
        source_event="contact:1", kind=HistoryKind.CONTACT, happened_at=now, person_ref=person.reference
    )
    operations.note_history(entry=entry, by=asha, now=now)
    for family, reason in (("Smythe", "Spelt on the phone"), ("Smithe", "Seen in writing")):
        facts = replace(as_is(person), family_name=family)
        operations.correct_person(person_ref=person.reference, facts=facts, reason=reason, by=asha, now=now)
    sheet = queries.get_person_sheet(reference=person.reference, by=asha, now=now)
    assert sheet.full_name == "Jon Smithe"
    assert [(each.full_name, each.reason, each.corrected_by) for each in sheet.corrections] == [
        ("Jon Smythe", "Seen in writing", "asha"),
        ("Jon Smyth", "Spelt on the phone", "asha"),
    ]
    assert sheet.numbers == (("+447700900123", "not_known"),)
    assert [home.postcode for home in sheet.homes] == ["ST15AA"]
    assert sheet.history.contacts_7_days == 1
    assert sheet.version == 3


def test_only_whoever_may_corrects_and_nothing_idle_future_or_nameless_is_taken(
    on_record: Adder, asha: Actor, zed: Actor, now: datetime
) -> None:
    person = on_record("Jon Smyth", BORN)
    good = replace(as_is(person), family_name="Smythe")
    given = {"person_ref": person.reference, "reason": "Passport seen", "now": now}
    for nobody in (zed, WORKER):
        with pytest.raises((NotAllowed, NotFound)):
            operations.correct_person(**given, facts=good, by=nobody)
    with pytest.raises(NotFound):
        operations.correct_person(**given | {"person_ref": "nobody"}, facts=good, by=asha)
    wrong = [
        (as_is(person), "Passport seen"),
        (good, "  "),
        (replace(good, born_on=date(2026, 11, 24)), "Passport seen"),
        (replace(good, given_names=" ", family_name="", known_as=""), "Passport seen"),
    ]
    for facts, reason in wrong:
        with pytest.raises(operations.NotCorrected):
            operations.correct_person(**given | {"reason": reason}, facts=facts, by=asha)
    assert not Correction.objects.exists()
    assert keys_of(person) == keys_of(Person.objects.get(pk=person.pk))


def test_two_who_correct_at_once_do_not_undo_each_other(
    on_record: Adder, asha: Actor, sana: Actor, now: datetime
) -> None:
    person = on_record("Jon Smyth", BORN)
    read = as_is(person)
    operations.correct_person(
        person_ref=person.reference, facts=replace(read, family_name="Smythe"), reason="Heard so", by=asha, now=now
    )
    with pytest.raises(Stale):
        operations.correct_person(
            person_ref=person.reference, facts=replace(read, given_names="John"), reason="Heard so", by=sana, now=now
        )


def test_a_merged_record_is_corrected_at_the_one_that_is_kept_and_parting_leaves_the_correction(
    on_record: Adder, sana: Actor, now: datetime
) -> None:
    kept, merged = on_record("John Smith", BORN), on_record("Jon Smyth", BORN)
    done = operations.merge_persons(keep=kept.reference, merge=merged.reference, reason="Same man", by=sana, now=now)
    facts = replace(as_is(merged), family_name="Smith")
    with pytest.raises(operations.NotCorrected):
        operations.correct_person(person_ref=merged.reference, facts=facts, reason="Same man", by=sana, now=now)
    facts = replace(as_is(kept), known_as="Jack")
    operations.correct_person(person_ref=kept.reference, facts=facts, reason="Says so", by=sana, now=now)
    operations.undo_merge(merge_ref=done.reference, reason="Two men", by=sana, now=now)
    assert Person.objects.get(pk=kept.pk).known_as == "Jack"
    assert Person.objects.get(pk=merged.pk).version == 1


def test_events_say_what_was_put_right_and_never_a_name(on_record: Adder, asha: Actor, now: datetime) -> None:
    person = on_record("Jon Smyth", BORN)
    facts = replace(as_is(person), family_name="Leese", born_on=date(1981, 4, 1), sex=Sex.MALE)
    operations.correct_person(person_ref=person.reference, facts=facts, reason="Passport seen", by=asha, now=now)
    operations.note_person_opened(reference=person.reference, by=asha, now=now)
    asked = LookUpFacts(name="Jon Leese", phone="07700 900123")
    operations.consult_persons(facts=asked, by=asha, now=now)
    entries = list(Entry.objects.order_by("id").values_list("kind", "about", "facts"))
    assert entries[-3:] == [
        (
            "parties.person.corrected",
            person.reference,
            {"what": "family name, birth date, sex", "reason": "Passport seen"},
        ),
        ("parties.person.opened", person.reference, {}),
        ("parties.persons.consulted", "asha", {"searched": "name, telephone number", "found": 1}),
    ]
    told = repr(entries)
    assert not any(word in told for word in ("Smyth", "Leese", "1980", "1981", "900123"))


def test_nobody_without_the_permission_looks_or_learns(on_record: Adder, zed: Actor, now: datetime) -> None:
    person = on_record("Jon Smyth", BORN)
    with pytest.raises(NotAllowed):
        operations.consult_persons(facts=LookUpFacts(name="Jon Smyth"), by=zed, now=now)
    with pytest.raises(NotAllowed):
        operations.note_person_opened(reference=person.reference, by=zed, now=now)
    with pytest.raises(NotAllowed):
        queries.get_person_sheet(reference=person.reference, by=zed, now=now)


def test_a_correction_says_why_even_past_the_operation(on_record: Adder, now: datetime) -> None:
    person = on_record("Jon Smyth", BORN)
    with pytest.raises(Exception, match="parties_a_correction_says_why"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parties_correction (person_id, given_names, family_name, known_as, reason, corrected_at, corrected_by)"
            " VALUES (%s, 'Jon', '', '', '', now(), 'x')",
            [person.pk],
        )

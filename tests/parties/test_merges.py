"""Two records of one person: only when somebody says so, and back again to the byte."""

import random
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.core import serializers

from standfast.bench.made_up_people import made_up_people
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.parties import operations, queries
from standfast.foundation.parties.models import (
    Address,
    HistoryEntry,
    Marker,
    MarkerKind,
    Merge,
    Person,
    PersonKey,
    Phone,
    Residence,
)
from standfast.foundation.parties.queries import LookUpFacts, look_up

pytestmark = pytest.mark.django_db
BORN = date(1980, 3, 12)
Adder = Callable[..., Person]


def everything() -> str:
    kinds = (Person, Phone, Address, Residence, HistoryEntry, Marker)
    rows = [row for kind in kinds for row in kind.objects.order_by("id")]
    keys = sorted(PersonKey.objects.values_list("key", "person_id"))
    return serializers.serialize("json", rows) + repr(keys)


def test_two_hundred_random_sequences_of_merging_and_parting_leave_every_byte(
    on_record: Adder, sana: Actor, now: datetime
) -> None:
    people = [
        on_record("John Smith", BORN, number=f"0770090010{place}", address=f"{place} Mill Lane", postcode="ST1 5AA")
        for place in range(1, 6)
    ]
    before = everything()
    rng = random.Random(11)
    for _ in range(200):
        standing = []
        for _ in range(rng.randrange(1, 6)):
            free = [each for each in people if Person.objects.get(pk=each.pk).merged_into_id is None]
            if len(free) < 2:
                break
            keep, merge = rng.sample(free, 2)
            done = operations.merge_persons(
                keep=keep.reference, merge=merge.reference, reason="Same man", by=sana, now=now
            )
            standing.append(done.reference)
        rng.shuffle(standing)
        for reference in standing:
            operations.undo_merge(merge_ref=reference, reason="Two men", by=sana, now=now)
        assert everything() == before


def test_a_merge_carries_over_no_address_and_no_marker(on_record: Adder, sana: Actor, now: datetime) -> None:
    kept = on_record("John Smith", BORN)
    merged = on_record("Jon Smith", BORN, number="07700 900123", address="12 High Street", postcode="ST1 5AA")
    marker = operations.NewMarker(
        kind=MarkerKind.VIOLENT,
        text="Assaulted staff",
        owner="sana",
        review_on=date(2027, 1, 1),
        person_ref=merged.reference,
    )
    operations.place_marker(facts=marker, by=sana, now=now)
    operations.merge_persons(keep=kept.reference, merge=merged.reference, reason="Same man", by=sana, now=now)
    assert not Residence.objects.filter(person=kept).exists()
    assert not Marker.objects.filter(person=kept).exists()
    assert not Phone.objects.filter(person=kept).exists()


def test_a_merged_record_is_found_under_the_kept_one_and_its_warning_still_shows(
    on_record: Adder, sana: Actor, now: datetime
) -> None:
    kept, merged = on_record("John Smith", BORN), on_record("Jon Smythe", BORN)
    marker = operations.NewMarker(
        kind=MarkerKind.VIOLENT,
        text="Assaulted staff",
        owner="sana",
        review_on=date(2027, 1, 1),
        person_ref=merged.reference,
    )
    operations.place_marker(facts=marker, by=sana, now=now)
    operations.merge_persons(keep=kept.reference, merge=merged.reference, reason="Same man", by=sana, now=now)
    (found,) = look_up(LookUpFacts(name="Jon Smythe", born_on=BORN), now=now).candidates
    assert found.reference == kept.reference
    assert found.records == (kept.reference, merged.reference)
    assert [each.on_record for each in found.markers] == [merged.reference]
    assert queries.same_person_refs(merged.reference) == [kept.reference, merged.reference]


def test_nothing_but_the_operation_merges(on_record: Adder, now: datetime) -> None:
    for _ in range(25):
        on_record("John Smith", BORN, number="07700 900123", address="12 High Street", postcode="ST1 5AA")
    look_up(LookUpFacts(name="John Smith", born_on=BORN, phone="07700900123"), now=now)
    assert Person.objects.filter(merged_into=None).count() == 25
    assert not Merge.objects.exists()


def test_ten_thousand_pairs_of_one_name_and_birth_date_stay_twenty_thousand_persons(sana: Actor, now: datetime) -> None:
    people = made_up_people(persons=10_000, seed=8)
    rows = [
        operations.LoadedPerson(given_names=each.given, family_name=each.family, born_on=each.born_on)
        for each in people
        for _ in range(2)
    ]
    references = operations.load_persons(rows=rows, source="extract", by=sana, now=now)
    for place in range(0, 10_000, 250):
        each = people[place]
        facts = LookUpFacts(name=f"{each.given} {each.family}", born_on=each.born_on)
        found = {candidate.reference: candidate for candidate in look_up(facts, now=now).candidates}
        assert {found[reference].level for reference in references[2 * place : 2 * place + 2]} == {"possible"}
    assert Person.objects.filter(merged_into=None).count() == 20_000
    assert not Merge.objects.exists()


def test_a_record_is_merged_once_and_parted_once(on_record: Adder, sana: Actor, now: datetime) -> None:
    one, two, three = (on_record("John Smith", BORN).reference for _ in range(3))
    done = operations.merge_persons(keep=one, merge=two, reason="Same man", by=sana, now=now)
    for keep, merge in ((three, two), (two, three), (one, one)):
        with pytest.raises(operations.AlreadyMerged):
            operations.merge_persons(keep=keep, merge=merge, reason="Same man", by=sana, now=now)
    with pytest.raises(operations.MergeIsUndone):
        operations.undo_merge(merge_ref=done.reference, reason=" ", by=sana, now=now)
    operations.undo_merge(merge_ref=done.reference, reason="Two men", by=sana, now=now)
    with pytest.raises(operations.MergeIsUndone):
        operations.undo_merge(merge_ref=done.reference, reason="Two men", by=sana, now=now)


def test_merging_needs_the_permission_and_leaves_its_events(
    on_record: Adder, asha: Actor, sana: Actor, zed: Actor, now: datetime
) -> None:
    one, two = on_record("John Smith", BORN).reference, on_record("John Smith", BORN).reference
    for nobody in (asha, zed):
        with pytest.raises(NotAllowed):
            operations.merge_persons(keep=one, merge=two, reason="Same man", by=nobody, now=now)
    with pytest.raises(NotFound):
        operations.merge_persons(keep=one, merge="nothing", reason="Same man", by=sana, now=now)
    done = operations.merge_persons(keep=one, merge=two, reason="Same man", by=sana, now=now)
    operations.undo_merge(merge_ref=done.reference, reason="Two men", by=sana, now=now)
    kinds = list(Entry.objects.filter(about=one).order_by("id").values_list("kind", flat=True))
    assert kinds == ["parties.person.added", "parties.persons.merged", "parties.merge.undone"]

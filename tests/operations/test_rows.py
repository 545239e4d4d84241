"""Is a row that is stored, changed or read by a kept statement the same as one the ORM stores, changes or reads?"""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import FieldDoesNotExist, MultipleObjectsReturned
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel import rows
from standfast.journey.assessment.models import Assessment
from standfast.journey.contact.models import Call, Contact
from standfast.journey.contact.rules.channel import Channel

pytestmark = pytest.mark.django_db


def contact(reference: str, now: datetime, **more: object) -> Contact:
    return Contact(
        reference=reference, channel=Channel.CALL_999, received_at=now, first_contact_at=now, touched_at=now, **more
    )


def event(number: int, now: datetime) -> Entry:
    return Entry(kind="a.b.c", about=f"about {number}", by_ref="staff:sana", at=now, facts={"number": number})


def values_of(row: Contact) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name not in {"id", "reference", "stored_at", "_state"}}


def test_a_row_is_stored_as_the_orm_stores_it(now: datetime) -> None:
    given = {"words": "50% of 'it' {columns} %s", "lat": 52.8, "source_priority": 3, "risk_reasons": ["ä", "b"]}
    ours, theirs = contact("SF-1", now, **given), contact("SF-2", now, **given)
    rows.insert_row(ours)
    theirs.save(force_insert=True)
    stored = Contact.objects.get(reference="SF-1")
    assert (stored.pk, stored.stored_at.tzinfo) == (ours.pk, now.tzinfo)
    assert values_of(stored) == values_of(Contact.objects.get(pk=theirs.pk))
    ours.words = "saved again by the ORM"
    ours.save()
    assert Contact.objects.count() == 2


def test_what_belongs_to_another_row_and_lists_are_stored(now: datetime) -> None:
    owner = contact("SF-1", now)
    rows.insert_row(owner)
    row = Assessment(contact=owner, floors=["a", "b"], cues=["c"], rule_facts={"weapon": "no"})
    rows.insert_row(row)
    (read,) = rows.rows_of(Assessment, "SELECT {columns} FROM assessment_assessment WHERE contact_id = %s", [owner.pk])
    assert (read.floors, read.cues, read.rule_facts) == (["a", "b"], ["c"], {"weapon": "no"})
    assert read == Assessment.objects.get() == row
    assert not read._state.adding


def test_many_rows_keep_their_order_and_have_their_ids(now: datetime) -> None:
    events = [event(number, now) for number in range(rows.AT_ONCE + 5)]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows.insert_rows(events)
    assert len(asked) == 2
    stored = list(Entry.objects.order_by("id"))
    assert [each.facts for each in stored] == [each.facts for each in events]
    assert [each.pk for each in stored] == [each.pk for each in events]
    assert stored[0].transaction_id is not None
    rows.insert_rows([])


def test_rows_of_which_one_leaves_a_value_to_the_database_and_one_does_not_are_refused(now: datetime) -> None:
    unlike = [event(1, now), event(2, now)]
    unlike[1].stored_at = now
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows.insert_rows(unlike)
    assert not Entry.objects.exists()


def test_a_row_that_may_not_stand_beside_another_is_refused_or_left_out(now: datetime) -> None:
    assert rows.insert_row_if_new(contact("SF-1", now))
    again = contact("SF-1", now)
    assert not rows.insert_row_if_new(again)
    assert not again.pk
    rows.insert_rows_that_are_new([contact("SF-1", now), contact("SF-2", now)])
    assert set(Contact.objects.values_list("reference", flat=True)) == {"SF-1", "SF-2"}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert_row(again)


def test_only_the_fields_that_are_named_are_saved(now: datetime) -> None:
    row = Call(source="ctrl", source_ref="1")
    rows.insert_row(row)
    owner = contact("SF-1", now)
    rows.insert_row(owner)
    row.contact, row.channel, row.answered_at = owner, Channel.CALL_101, now
    rows.save_fields(row, "contact", "channel")
    stored = Call.objects.get()
    assert (stored.contact, stored.channel, stored.answered_at) == (owner, Channel.CALL_101, None)


def test_a_row_that_is_gone_is_not_saved(now: datetime) -> None:
    row = Call(source="ctrl", source_ref="1")
    rows.insert_row(row)
    Call.objects.all().delete()
    with pytest.raises(DatabaseError):
        rows.save_fields(row, "channel")


def test_a_field_that_there_is_not_is_never_passed_over(now: datetime) -> None:
    row = Call(source="ctrl", source_ref="1")
    rows.insert_row(row)
    with pytest.raises(KeyError):
        rows.save_fields(row, "chanel")


def test_rows_are_read_by_their_ids(now: datetime) -> None:
    stored = [contact("SF-1", now), contact("SF-2", now), contact("SF-3", now)]
    rows.insert_rows(stored)
    assert rows.rows_by_id(Contact, [stored[0].pk, stored[2].pk, 0]) == {
        stored[0].pk: stored[0],
        stored[2].pk: stored[2],
    }
    assert rows.rows_by_id(Contact, []) == {}


def test_a_row_is_found_by_its_values(now: datetime) -> None:
    owner, other = contact("SF-1", now, caller_phone="1"), contact("SF-2", now, caller_phone="1")
    rows.insert_rows([owner, other])
    rows.insert_row(Assessment(contact=other, floors=["a"], cues=[]))
    assert rows.find_row(Contact, reference="SF-2") == other
    assert rows.find_row(Contact, reference="SF-3") is None
    assert rows.find_row(Contact, caller_phone="1", newest=True) == other
    assert rows.find_row(Contact, reference=["SF-1", "SF-3"], closed_at=None) == owner
    assert rows.find_row(Contact, reference="SF-1", closed_at=now) is None
    assert rows.find_row(Contact, reference=[]) is None
    found = rows.find_row(Assessment, contact__reference="SF-2")
    assert found is not None
    assert (found.contact_id, found.floors) == (other.pk, ["a"])
    assert rows.find_row(Assessment, contact__reference="SF-1") is None
    assert rows.find_row(Assessment, contact=other.pk) == found


def test_which_of_several_rows_is_meant_is_never_guessed(now: datetime) -> None:
    rows.insert_rows([contact("SF-1", now, caller_phone="1"), contact("SF-2", now, caller_phone="1")])
    with pytest.raises(MultipleObjectsReturned):
        rows.find_row(Contact, caller_phone="1")
    with pytest.raises(FieldDoesNotExist):
        rows.find_row(Contact, phone="1")


def test_rows_are_found_in_the_order_asked_for(now: datetime) -> None:
    stored = [contact("SF-2", now), contact("SF-1", now), contact("SF-3", now, answered_at=now)]
    rows.insert_rows(stored)
    assert rows.find_rows(Contact, answered_at=None) == stored[:2]
    assert rows.find_rows(Contact, order="reference", answered_at=None) == [stored[1], stored[0]]
    assert rows.find_rows(Contact, id=[stored[2].pk, stored[0].pk], lock=True) == [stored[0], stored[2]]


def test_a_lock_is_on_the_rows_themselves_and_on_nothing_they_belong_to(now: datetime) -> None:
    owner = contact("SF-1", now)
    rows.insert_row(owner)
    rows.insert_row(Assessment(contact=owner, floors=[], cues=[]))
    with CaptureQueriesContext(connection) as asked:
        assert rows.find_row(Assessment, contact__reference="SF-1", lock=True) is not None
    assert asked[0]["sql"].endswith("FOR UPDATE")
    assert " JOIN " not in asked[0]["sql"]


def test_the_whole_row_is_saved_as_the_orm_saves_it(now: datetime) -> None:
    ours, theirs = contact("SF-1", now), contact("SF-2", now)
    rows.insert_rows([ours, theirs])
    stored_at = Contact.objects.get(reference="SF-1").stored_at
    for row in (ours, theirs):
        row.words, row.risk_reasons, row.touched_at, row.lat = "changed", ["a"], now + timedelta(minutes=1), 52.8
    rows.save_row(ours)
    theirs.stored_at = Contact.objects.get(reference="SF-2").stored_at
    theirs.save()
    again = Contact.objects.get(reference="SF-1")
    assert values_of(again) == values_of(Contact.objects.get(reference="SF-2"))
    assert (again.words, again.stored_at) == ("changed", stored_at)
    rows.save_row(again)
    assert Contact.objects.get(reference="SF-1").stored_at == stored_at
    Contact.objects.filter(reference="SF-1").delete()
    with pytest.raises(DatabaseError):
        rows.save_row(again)


def test_plain_values_are_what_the_statement_gives(now: datetime) -> None:
    rows.insert_rows([contact("SF-1", now), contact("SF-2", now)])
    question = "SELECT reference, received_at FROM contact_contact WHERE reference = ANY(%s) ORDER BY reference"
    assert rows.values_of(question, [["SF-1", "SF-2"]]) == [("SF-1", now), ("SF-2", now)]
    assert rows.values_of(question, [[]]) == []

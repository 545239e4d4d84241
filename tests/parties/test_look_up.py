"""Who might this be, on a real database."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.parties import operations
from standfast.foundation.parties.models import HistoryKind, MarkerKind, Merge, Person
from standfast.foundation.parties.queries import LookUpFacts, look_up
from standfast.foundation.parties.rules.match_level import MatchLevel

pytestmark = pytest.mark.django_db
BORN = date(1980, 3, 12)
Adder = Callable[..., Person]


def test_a_misheard_name_with_the_birth_date_is_found_with_reasons(on_record: Adder, now: datetime) -> None:
    person = on_record("Catherine Wedgwood", BORN)
    (found,) = look_up(LookUpFacts(name="Kate Wegdwood", born_on=BORN), now=now).candidates
    assert (found.reference, found.level) == (person.reference, MatchLevel.CERTAIN)
    assert found.decision.because
    assert all(each.because for each in found.evidence)


def test_a_wrong_digit_in_the_birth_date_still_finds_the_person(on_record: Adder, now: datetime) -> None:
    person = on_record("Doreen Colclough", BORN)
    (found,) = look_up(LookUpFacts(name="Doreen Colclough", born_on=date(1980, 3, 17)), now=now).candidates
    assert found.reference == person.reference


def test_two_of_one_name_and_birth_date_stay_two(on_record: Adder, now: datetime) -> None:
    both = {on_record("John Smith", BORN).reference, on_record("John Smith", BORN).reference}
    found = look_up(LookUpFacts(name="John Smith", born_on=BORN), now=now).candidates
    assert {each.reference for each in found} == both
    assert {each.level for each in found} == {MatchLevel.POSSIBLE}
    assert not Merge.objects.exists()


def test_a_twin_is_not_taken_for_the_other(on_record: Adder, now: datetime) -> None:
    home = {"address": "7 Kiln Lane", "postcode": "ST2 8AB"}
    on_record("Holly Podmore", BORN, **home)
    twin = on_record("Grace Podmore", BORN, **home)
    facts = LookUpFacts(name="Grace Podmore", born_on=BORN, address_text="7 Kiln Lane", postcode="ST2 8AB")
    first, second = look_up(facts, now=now).candidates
    assert (first.reference, first.level) == (twin.reference, MatchLevel.CERTAIN)
    assert (second.level, second.decision.row) == (MatchLevel.POSSIBLE, "ML7")


def test_a_number_held_by_one_is_probable_and_by_two_possible(on_record: Adder, now: datetime) -> None:
    on_record("Amir Khan", BORN, number="07700 900123")
    assert [each.level for each in look_up(LookUpFacts(phone="07700900123"), now=now).candidates] == ["probable"]
    on_record("Sara Khan", BORN, number="07700 900123")
    assert [each.level for each in look_up(LookUpFacts(phone="07700900123"), now=now).candidates] == ["possible"] * 2


@pytest.mark.parametrize("typed", ["wed", "Wedgw", "Josiah", "josiah wed", "wedgwood jos", "Wedgwood, J"])
def test_a_name_is_found_while_it_is_typed(typed: str, on_record: Adder, now: datetime) -> None:
    person = on_record("Josiah Wedgwood", BORN)
    found = look_up(LookUpFacts(name=typed), now=now).candidates
    assert [each.reference for each in found] == [person.reference]


def test_a_number_is_found_while_it_is_typed(on_record: Adder, now: datetime) -> None:
    person = on_record("Josiah Wedgwood", number="01782 555123")
    found = look_up(LookUpFacts(phone="01782 55"), now=now)
    assert [each.reference for each in found.candidates] == [person.reference]
    assert found.searched == ("telephone number",)


def test_household_children_markers_and_history_come_with_the_person(
    on_record: Adder, asha: Actor, now: datetime
) -> None:
    home = {"address": "12 High Street", "postcode": "ST1 5AA"}
    person = on_record("Efa Leese", BORN, number="07700 900123", **home)
    child = on_record("Max Leese", date(2019, 5, 1), **home)
    marker = operations.NewMarker(
        kind=MarkerKind.DANGEROUS_DOG,
        text="Large dog, loose in the yard",
        owner="asha",
        review_on=date(2027, 1, 1),
        person_ref=person.reference,
    )
    operations.place_marker(facts=marker, by=asha, now=now)
    for days_ago in (1, 20, 200, 900):
        entry = operations.HappenedBefore(
            source_event=f"contact.contact.recorded:{days_ago}",
            kind=HistoryKind.CONTACT,
            happened_at=now - timedelta(days=days_ago),
            person_ref=person.reference,
            number="+447700900123",
            last_risk="high" if days_ago == 20 else "",
        )
        operations.note_history(entry=entry, by=asha, now=now)
    found = look_up(
        LookUpFacts(name="Efa Leese", phone="07700900123", address_text="12 high st", postcode="ST1 5AA"), now=now
    )
    (first, *_) = found.candidates
    assert [each.reference for each in first.children] == [child.reference]
    assert [each.kind for each in first.markers] == ["dangerous_dog"]
    history = first.history
    assert (history.contacts_7_days, history.contacts_30_days, history.contacts_365_days) == (1, 2, 3)
    assert history.last_risk == "high"
    assert found.number_history.contacts_30_days == 2
    assert found.place is not None
    assert {each.full_name for each in found.place.residents} == {"Efa Leese", "Max Leese"}


def test_a_look_up_writes_nothing(on_record: Adder, now: datetime) -> None:
    on_record("Efa Leese", BORN)
    before = Entry.objects.count()
    look_up(LookUpFacts(name="Efa Leese", born_on=BORN), now=now)
    assert look_up(LookUpFacts(name="Nobody Known", born_on=date(1901, 1, 1)), now=now).searched == (
        "name",
        "birth date",
    )
    assert Entry.objects.count() == before


def test_nothing_told_finds_nobody(on_record: Adder, now: datetime) -> None:
    on_record("Efa Leese", BORN)
    found = look_up(LookUpFacts(), now=now)
    assert (found.candidates, found.searched, found.place) == ((), (), None)


def test_so_many_of_one_name_are_said_to_be_cut_short(asha: Actor, now: datetime) -> None:
    rows = [operations.LoadedPerson(given_names="John", family_name="Smith") for _ in range(90)]
    operations.load_persons(rows=rows, source="extract", by=asha, now=now)
    found = look_up(LookUpFacts(name="John Smith"), now=now)
    assert found.cut_short
    assert len(found.candidates) == 10
    assert {each.level for each in found.candidates} == {MatchLevel.POSSIBLE}


def test_a_number_that_is_whole_but_not_yet_all_is_still_a_beginning(on_record: Adder, now: datetime) -> None:
    person = on_record("Josiah Wedgwood", number="07700 900123")
    for typed in ("07700 9", "07700 9001", "07700 90012", "07700 900123"):
        assert [each.reference for each in look_up(LookUpFacts(phone=typed), now=now).candidates] == [person.reference]


@pytest.mark.parametrize("odd", ["%", "'; DROP TABLE x;--", "\u0000", "🙂", "a" * 5000, "_", "Łukasz", "Ng"])
def test_odd_text_is_only_text(odd: str, on_record: Adder, now: datetime) -> None:
    on_record("Efa Leese", BORN)
    facts = LookUpFacts(name=odd, phone=odd, address_text=odd, postcode=odd)
    assert look_up(facts, now=now).candidates == ()


def test_a_look_up_asks_few_questions(
    on_record: Adder, now: datetime, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _ in range(12):
        on_record("Efa Leese", BORN, number="07700 900123", address="12 High Street", postcode="ST1 5AA")
    facts = LookUpFacts(name="Efa Leese", phone="07700900123", address_text="12 High Street", postcode="ST1 5AA")
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        assert len(look_up(facts, now=now).candidates) == 10

"""How sure the look-up is, and by what people are found."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.bench.made_up_people import NOISE, SHORT_FORMS, made_up_people, misheard
from standfast.foundation.parties.rules import addresses, match_keys, names, nicknames, phones
from standfast.foundation.parties.rules.likeness import (
    Agreement,
    Field,
    NameShares,
    OnRecord,
    Told,
    born_level,
    total_weight,
    weigh,
)
from standfast.foundation.parties.rules.match_level import (
    MatchFacts,
    MatchLevel,
    NameMatch,
    count_rivals,
    decide_match_level,
    probabilities,
)

DAY = date(2026, 11, 23)
BORN = date(1980, 3, 12)
JOHN = OnRecord(given=("john",), families=("smith",), born_on=BORN)
SURE = MatchFacts(
    probability=0.9999,
    name=NameMatch.SAME,
    born=Agreement.AGREES,
    phone=Agreement.NOT_KNOWN,
    place=Agreement.NOT_KNOWN,
    rivals=0,
)


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, MatchLevel.CERTAIN),
        ({"rivals": 1, "probability": 0.5}, MatchLevel.POSSIBLE),
        ({"name": NameMatch.DIFFERS, "place": Agreement.AGREES}, MatchLevel.POSSIBLE),
        ({"born": Agreement.DIFFERS, "phone": Agreement.AGREES}, MatchLevel.POSSIBLE),
        ({"name": NameMatch.NEAR, "probability": 0.95}, MatchLevel.PROBABLE),
        ({"name": NameMatch.NOT_TOLD, "born": Agreement.NOT_KNOWN, "phone": Agreement.AGREES}, MatchLevel.PROBABLE),
        ({"name": NameMatch.DIFFERS, "born": Agreement.DIFFERS, "probability": 0.0}, MatchLevel.UNLIKELY),
    ],
)
def test_levels(change: dict[str, object], level: MatchLevel) -> None:
    assert decide_match_level(replace(SURE, **change), on=DAY).outcome == level


@pytest.mark.parametrize("name", [NameMatch.DIFFERS])
@given(probability=st.floats(0, 1), phone=st.sampled_from(Agreement), place=st.sampled_from(Agreement))
def test_another_name_is_never_more_than_possible(
    name: NameMatch, probability: float, phone: Agreement, place: Agreement
) -> None:
    facts = replace(SURE, name=name, probability=probability, phone=phone, place=place)
    assert decide_match_level(facts, on=DAY).outcome in {MatchLevel.POSSIBLE, MatchLevel.UNLIKELY}


@given(st.lists(st.floats(-40, 60), max_size=12))
def test_certainty_is_shared(weights: list[float]) -> None:
    chances = probabilities(weights, persons=500_000)
    assert all(0 <= chance <= 1 for chance in chances)
    assert sum(chances) <= 1 + 1e-9
    assert [sorted(weights).index(each) for each in weights] == [sorted(chances).index(each) for each in chances] or (
        len(set(chances)) < len(set(weights))
    )


def test_two_alike_have_at_most_a_half_each_and_are_rivals() -> None:
    assert max(probabilities([40.0, 40.0], persons=500_000)) <= 0.5
    assert count_rivals([40.0, 40.0, 10.0]) == [1, 1, 2]


@pytest.mark.parametrize(
    ("told", "level"),
    [
        (BORN, "same"),
        (date(1980, 12, 3), "swapped"),
        (date(1980, 3, 13), "one_digit"),
        (date(1980, 7, 1), "same_year"),
        (date(1955, 7, 1), "differs"),
        (None, "not_known"),
    ],
)
def test_birth_dates(told: date | None, level: str) -> None:
    assert born_level(told, BORN) == level


def test_a_rare_name_speaks_louder_than_a_common_one() -> None:
    told = Told(readings=names.readings("John Smith"))
    common = NameShares(given={"john": 0.02}, family={"smith": 0.012})
    assert total_weight(weigh(told, JOHN, on=DAY)) > total_weight(weigh(told, JOHN, shares=common, on=DAY)) + 3


def test_swapped_names_are_told_as_such() -> None:
    evidence = weigh(Told(readings=names.readings("Smith John")), JOHN, on=DAY)
    assert {each.field: each.level for each in evidence}[Field.ORDER] == "swapped"


def test_each_field_has_a_plain_reason() -> None:
    evidence = weigh(Told(readings=names.readings("Jon Smyth"), born_on=BORN), JOHN, on=DAY)
    assert {each.field: (each.agreement, each.because) for each in evidence} == {
        Field.GIVEN: (Agreement.NEAR, "The given names are forms of one name"),
        Field.FAMILY: (Agreement.NEAR, "The family names sound alike"),
        Field.BORN: (Agreement.AGREES, "Same birth date"),
        Field.PHONE: (Agreement.NOT_KNOWN, "A telephone number is not known"),
        Field.PLACE: (Agreement.NOT_KNOWN, "An address is not known"),
    }


def test_keys_survive_the_settled_noise() -> None:
    people = made_up_people(persons=1_500, seed=3)
    lost = [told for told in misheard(people, list(range(1_500)), seed=4) if not shares_a_key(told, people[told.index])]
    assert lost == []


def shares_a_key(told: object, person: object) -> bool:
    readings = names.readings(told.name)  # type: ignore[attr-defined]
    asked = match_keys.asked_keys(
        readings=readings,
        other_given={each.given: nicknames.other_names(each.given, on=DAY) for each in readings},
        born_on=told.born_on,  # type: ignore[attr-defined]
        postcode="",
    )
    stored = match_keys.name_keys(
        given_names=person.given,  # type: ignore[attr-defined]
        family_name=person.family,  # type: ignore[attr-defined]
        known_as="",
        born_on=person.born_on,  # type: ignore[attr-defined]
    )
    return bool(stored & set(asked.whole))


def test_noise_has_the_settled_shares() -> None:
    people = made_up_people(persons=4_000, seed=5)
    told = list(misheard(people, list(range(2_000)), seed=6))
    for noise, percent in NOISE.items():
        assert sum(each.noise == noise for each in told) == 2_000 * percent // 100
    assert all(people[each.index].given in SHORT_FORMS for each in told if each.noise == "nickname")


def test_made_up_people_have_twins_and_namesakes() -> None:
    people = made_up_people(persons=4_000, seed=5)
    homes = [(each.family, each.born_on, each.address_lines, each.postcode) for each in people]
    whole_names = [(each.given, each.family) for each in people]
    assert len(homes) - len(set(homes)) >= 20
    assert len(whole_names) - len(set(whole_names)) >= 80
    assert people == made_up_people(persons=4_000, seed=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("01782 555 123", "+441782555123"), ("+44 7700 900123", "+447700900123"), ("0044 7700 900123", "+447700900123")],
)
def test_numbers_are_one_however_written(text: str, expected: str) -> None:
    assert phones.dialled(text) == expected


@pytest.mark.parametrize("text", ["", "hello", "12", "999999999999999999"])
def test_no_number_is_refused(text: str) -> None:
    with pytest.raises(phones.NoSuchNumber):
        phones.dialled(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("07700 9", "+4477009"), ("+44770", "+44770"), ("077", ""), ("5551", "")]
)
def test_a_number_still_being_typed(text: str, expected: str) -> None:
    assert phones.started(text) == expected


def test_one_address_has_one_key_however_written() -> None:
    keys = {
        addresses.address_key(lines=lines, postcode=postcode)
        for lines, postcode in [
            ("12 High Street, Knotford", "ST1 5AA"),
            ("12 high st", "st15aa"),
            ("12, High Street, ST1 5AA", ""),
        ]
    }
    assert keys == {"ST15AA|12|"}
    assert addresses.address_key(lines="Flat 3, 12 High Street", postcode="ST1 5AA") == "ST15AA|12|3"

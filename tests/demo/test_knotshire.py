"""The demo force is made up, hangs together, and is the same for the same seed."""

import re
from collections import Counter
from datetime import date

import h3  # type: ignore[import-untyped]

from standfast.demo.gazetteer import LOOK_UP_RESOLUTION, cell_at, cells, districts, places, streets
from standfast.demo.people import made_up_households, made_up_people, name_groups, unknown_number
from standfast.foundation.parties.models import MarkerKind

DRAMA = re.compile(r"07700 900\d{3}|01632 960\d{3}")
SEED = 7


def test_there_are_nine_districts_and_every_place_lies_in_its_own() -> None:
    assert len(districts()) == 9
    for place in places():
        if place.kind != "landmark":
            assert cell_at(place.lat, place.lon).district == place.district, place.name


def test_the_force_has_the_size_and_bounds_of_its_model() -> None:
    assert 2_400 < sum(cell.size_km2 for cell in cells()) < 3_400
    assert all(52.3 < cell.lat < 53.3 and -2.6 < cell.lon < -1.45 for cell in cells())
    assert sum(district.population for district in districts()) in range(1_050_000, 1_250_000)
    assert all(place.population % 1000 == 0 for place in places())


def test_the_hexagons_share_no_ground_and_cover_every_street() -> None:
    look_ups = [look_up for cell in cells() for look_up in cell.look_up]
    assert len(look_ups) == len(set(look_ups))
    assert {h3.get_resolution(look_up) for look_up in look_ups} == {LOOK_UP_RESOLUTION}
    assert {cell.district for cell in cells()} == {district.code for district in districts()}
    for street in streets():
        assert cell_at(street.lat, street.lon).code


def test_streets_have_postcodes_in_areas_that_do_not_exist() -> None:
    assert len(streets()) >= 150
    assert all(re.fullmatch(r"KS\d{1,2} \d[A-Z]{2}", street.postcode) for street in streets())
    assert len({(street.name, street.place.name) for street in streets()}) == len(streets())


def test_people_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    made_up_households.cache_clear()
    first = made_up_households(seed=SEED)
    made_up_households.cache_clear()
    assert made_up_households(seed=SEED) == first
    assert made_up_households(seed=SEED + 1) != first


def test_every_number_is_kept_for_drama_and_belongs_to_one_household() -> None:
    households: dict[str, set[str]] = {}
    for person in made_up_people(seed=SEED):
        for phone in person.phones:
            assert DRAMA.fullmatch(phone), phone
            households.setdefault(phone, set()).add(person.household)
    assert all(len(keys) == 1 for keys in households.values())


def test_numbers_of_strangers_belong_to_nobody_known() -> None:
    from random import Random

    known = {phone for person in made_up_people(seed=SEED) for phone in person.phones}
    rng = Random(1)
    for _ in range(500):
        number = unknown_number(rng)
        assert DRAMA.fullmatch(number)
        assert number not in known


def test_people_differ_as_they_do_in_a_county() -> None:
    people = made_up_people(seed=SEED)
    assert len(people) > 300
    ages = [person.age for person in people]
    assert min(ages) < 5
    assert max(ages) > 80
    assert all(person.born_on < date(2026, 4, 1) for person in people)
    shares = Counter(person.sex for person in people)
    assert 0.4 < shares["female"] / len(people) < 0.6
    used = {person.family_name for person in people}
    assert sum(bool(used & set(group.family)) for group in name_groups()) >= 4
    assert sum(group.share for group in name_groups()) == 1


def test_there_is_history_worth_finding() -> None:
    people = made_up_people(seed=SEED)
    traits = Counter(trait for person in people for trait in person.traits)
    for story in ("domestic", "repeat_caller", "missing_child", "stalked", "burgled", "crisis", "fraud_victim"):
        assert traits[story] >= 2, story
    assert traits["child"] > 40
    assert all(earlier.days_before > 0 for person in people for earlier in person.earlier)
    assert {marker for person in people for marker in person.markers} <= set(MarkerKind)
    homes = {
        household.key for household in made_up_households(seed=SEED) for p in household.people if "child" in p.traits
    }
    assert any(person.household in homes for person in people if "domestic" in person.traits)

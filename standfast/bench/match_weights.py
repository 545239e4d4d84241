"""
Which weights would made-up true pairs and strangers suggest? `python -m standfast.bench.match_weights`, to check the likeness table.

Prints for each level of each field its share among true pairs (as misheard) and among strangers, as counted. No database is used.
"""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date

from standfast.bench.made_up_people import MadeUpPerson, Misheard, made_up_people, misheard
from standfast.foundation.parties.rules import addresses, likeness, names

_ON = date(2026, 11, 1)
_PAIRS = 20_000


def shares(*, persons: int = 40_000, seed: int = 7) -> dict[tuple[str, str], tuple[float, float]]:
    """Return for each field and level the share among true pairs and among strangers, 0 to 1."""
    people = made_up_people(persons=persons, seed=seed)
    rng = random.Random(seed)
    told = list(misheard(people, rng.sample(range(persons), _PAIRS), seed=seed))
    same = _levels((each, people[each.index]) for each in told)
    others = _levels((each, people[rng.randrange(persons)]) for each in told)
    return {key: (same[key] / _PAIRS, others[key] / _PAIRS) for key in sorted({*same, *others})}


def _levels(pairs: Iterable[tuple[Misheard, MadeUpPerson]]) -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for told, person in pairs:
        evidence = likeness.weigh(_told(told), _on_record(person), on=_ON)
        counted.update((each.field.value, each.level) for each in evidence)
    return counted


def _told(told: Misheard) -> likeness.Told:
    return likeness.Told(
        readings=names.readings(told.name),
        born_on=told.born_on,
        phone=told.phone,
        place=addresses.place_of(address_text=told.address_text, postcode=told.postcode),
    )


def _on_record(person: MadeUpPerson) -> likeness.OnRecord:
    return likeness.OnRecord(
        given=names.words(person.given)[:1],
        families=(names.run_together(person.family),),
        born_on=person.born_on,
        phones=frozenset(person.numbers),
        places=(addresses.place_of(address_text=person.address_lines, postcode=person.postcode),),
    )


if __name__ == "__main__":
    for (field, level), (same, others) in shares().items():
        print(f"{field:8} {level:14} pairs {same:.5f}  strangers {others:.5f}")

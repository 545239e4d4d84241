"""
Under which keys is a person found, and which keys does a description ask for?

A key is a short text that two records of one person are likely to share whatever was misheard. Birth dates are so telling that all
who share one are worth comparing; the other keys find people whose birth date is wrong or not known. Each key begins with a letter
that says what it is made of:

- `b` birth date: survives anything done to the name;
- `y`, `m` the sound of both names in either order, with the year, or the day and month: survive one wrong digit of the birth date;
- `x` the sound of both names in either order;
- `n` the names as written, in both orders: read by its beginning while somebody types;
- `h` postcode.

Keys hold nothing of a dated table, so a new edition never makes stored keys stale: short forms are spelt out on the asking side.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product

from standfast.foundation.parties.rules.names import (
    SpokenName,
    run_together,
    sound,
    words,
)

_SHORTEST_BEGINNING = 3
LONGEST_KEY = 80


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The keys a description asks for: whole ones and beginnings."""

    whole: tuple[str, ...]
    beginnings: tuple[str, ...]


def name_keys(*, given_names: str, family_name: str, known_as: str, born_on: date | None) -> frozenset[str]:
    """Return the keys one person is stored under, postcodes apart."""
    keys = {_birth_key(born_on)} if born_on else set()
    families = sorted({run_together(family_name), *words(family_name)[-1:]})
    for given, family in product(_given_forms(given_names, known_as), families):
        keys |= {
            _cut(f"n:{given} {family}"),
            _cut(f"n:{family} {given}"),
        } | _sound_keys(given, family, born_on)
    return frozenset(keys)


def postcode_key(postcode: str) -> str:
    """Return the key of everybody who has lived at a postcode."""
    return f"h:{postcode}"


def is_name_key(key: str) -> bool:
    """Say whether a stored key is made of names and birth date, rather than of where somebody lived."""
    return not key.startswith("h:")


def family_name_beginning(family: str) -> str:
    """Return the beginning of the written-name keys of everybody with this folded family name."""
    return f"n:{family} "


def asked_keys(
    *,
    readings: Iterable[SpokenName],
    other_given: dict[str, frozenset[str]],
    born_on: date | None,
    postcode: str,
) -> Asked:
    """Return the keys to look under; `other_given` holds the short forms of each given name that was said."""
    whole: dict[str, None] = {}
    beginnings: dict[str, None] = {}
    if born_on:
        whole[_birth_key(born_on)] = None
    for reading in readings:
        beginnings |= dict.fromkeys(_beginnings(reading))
        forms = sorted({reading.given, *other_given.get(reading.given, ())} - {""})
        for given, family in product(forms, reading.families):
            whole |= dict.fromkeys(sorted(_sound_keys(given, family, born_on)))
    if postcode:
        whole[postcode_key(postcode)] = None
    return Asked(whole=tuple(whole), beginnings=tuple(beginnings))


def _given_forms(given_names: str, known_as: str) -> list[str]:
    return sorted({*words(given_names)[:1], *words(known_as)[:1]}) or [""]


def _birth_key(born_on: date) -> str:
    return f"b:{born_on:%Y%m%d}"


def _sound_keys(given: str, family: str, born_on: date | None) -> set[str]:
    if not given or not family:
        return set()
    pair = "+".join(sorted((sound(given), sound(family))))
    keys = {_cut(f"x:{pair}")}
    if born_on:
        keys |= {
            _cut(f"y:{pair}", f":{born_on:%Y}"),
            _cut(f"m:{pair}", f":{born_on:%m%d}"),
        }
    return keys


def _beginnings(reading: SpokenName) -> list[str]:
    # `smi` finds Smith; `john smi` finds John Smith, and because both orders are stored `smith jo` and `smith, j` do too.
    if not reading.given:
        return [_cut(f"n:{family}") for family in reading.families if len(family) >= _SHORTEST_BEGINNING]
    if reading.swapped:
        return []
    typed = [(reading.given, family) for family in reading.families]
    return [_cut(f"n:{first} {second}") for one, other in typed for first, second in ((one, other), (other, one))]


def _cut(key: str, end: str = "") -> str:
    return key[: LONGEST_KEY - len(end)] + end

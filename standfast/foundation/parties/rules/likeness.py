"""
How strongly does each thing we were told speak for or against a person on record?

After Fellegi and Sunter: a level of agreement that is common among true pairs and rare among strangers weighs much. Both shares are
in the dated table; for names the share among strangers also depends on how common that name is in the force's own records.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rapidfuzz.distance import Hamming

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import DatedTable
from standfast.foundation.parties.rules.addresses import NO_PLACE, PlaceFacts
from standfast.foundation.parties.rules.names import NameLikeness, SpokenName, likeness
from standfast.foundation.parties.rules.nicknames import is_short_form


class Field(Choice):
    """What was compared."""

    GIVEN = "given", "Given name"
    FAMILY = "family", "Family name"
    ORDER = "order", "Order of the names"
    BORN = "born", "Birth date"
    PHONE = "phone", "Telephone"
    PLACE = "place", "Address"


class Agreement(Choice):
    """What a comparison came to, in one word for the screen."""

    AGREES = "agrees", "Agrees"
    NEAR = "near", "Nearly agrees"
    DIFFERS = "differs", "Differs"
    NOT_KNOWN = "not_known", "Not known"


@dataclass(frozen=True, kw_only=True)
class LikenessRow:
    """One level of one field: its share among true pairs and among strangers (0 to 1), and how it is told."""

    id: str
    field: str
    level: str
    agreement: str
    pairs: float
    strangers: float
    because: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What we were told about somebody, normalised. Empty is not known."""

    readings: tuple[SpokenName, ...] = ()
    born_on: date | None = None
    phone: str = ""
    phone_began: str = ""
    place: PlaceFacts = NO_PLACE


@dataclass(frozen=True, kw_only=True)
class OnRecord:
    """What is on record of a person, normalised: every given and family name they go by, their numbers and dwellings."""

    given: tuple[str, ...]
    families: tuple[str, ...]
    born_on: date | None = None
    phones: frozenset[str] = frozenset()
    places: tuple[PlaceFacts, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One comparison: the field, what it came to, the plain reason, and its weight (natural logarithm of the ratio of shares)."""

    field: Field
    level: str
    agreement: Agreement
    because: str
    weight: float


@dataclass(frozen=True, kw_only=True)
class NameShares:
    """How common names are among the persons on record, 0 to 1; a name that is not listed is rarer than those that are."""

    given: dict[str, float]
    family: dict[str, float]


NO_SHARES = NameShares(given={}, family={})
TABLE = DatedTable.beside(__file__, "likeness", row=LikenessRow)


def weigh(told: Told, recorded: OnRecord, *, shares: NameShares = NO_SHARES, on: date) -> tuple[Evidence, ...]:
    """Return the evidence of every field, names read in the order that speaks most for the pair."""
    rows = _rows_by_level(TABLE.on(on).effective_from)
    names = max(
        (_name_evidence(reading, recorded, shares, rows, on) for reading in told.readings),
        key=total_weight,
        default=(
            _evidence(rows, Field.GIVEN, "not_known"),
            _evidence(rows, Field.FAMILY, "not_known"),
        ),
    )
    return (
        *names,
        _evidence(rows, Field.BORN, born_level(told.born_on, recorded.born_on)),
        _evidence(rows, Field.PHONE, _phone_level(told, recorded.phones)),
        _evidence(rows, Field.PLACE, _place_level(told.place, recorded.places)),
    )


def total_weight(evidence: tuple[Evidence, ...]) -> float:
    """Return the sum of the weights."""
    return sum(each.weight for each in evidence)


def born_level(told: date | None, recorded: date | None) -> str:
    """Return how alike two birth dates are: same, day and month swapped, one digit, same year, differs, not known."""
    if told is None or recorded is None:
        return "not_known"
    if told == recorded:
        return "same"
    if (told.year, told.month, told.day) == (
        recorded.year,
        recorded.day,
        recorded.month,
    ):
        return "swapped"
    if Hamming.distance(f"{told:%Y%m%d}", f"{recorded:%Y%m%d}") == 1:
        return "one_digit"
    return "same_year" if told.year == recorded.year else "differs"


def _name_evidence(
    reading: SpokenName,
    recorded: OnRecord,
    shares: NameShares,
    rows: dict[tuple[str, str], LikenessRow],
    on: date,
) -> tuple[Evidence, ...]:
    given, given_name = _best((_given_likeness(reading.given, name, on), name) for name in recorded.given)
    family, family_name = _best((likeness(said, name), name) for name in recorded.families for said in reading.families)
    evidence = (
        _evidence(rows, Field.GIVEN, given, shares.given.get(given_name, 0.0)),
        _evidence(rows, Field.FAMILY, family, shares.family.get(family_name, 0.0)),
    )
    return (*evidence, _evidence(rows, Field.ORDER, "swapped")) if reading.swapped else evidence


def _best(found: Iterable[tuple[NameLikeness, str]]) -> tuple[NameLikeness, str]:
    return min(
        found,
        key=lambda each: _CLOSENESS[each[0]],
        default=(NameLikeness.NOT_KNOWN, ""),
    )


_CLOSENESS = {level: place for place, level in enumerate(NameLikeness)}


def _given_likeness(said: str, recorded: str, on: date) -> NameLikeness:
    found = likeness(said, recorded)
    if found in _MAY_BE_SHORT and is_short_form(said, recorded, on=on):
        return NameLikeness.SHORT_FORM
    return found


_MAY_BE_SHORT = frozenset(NameLikeness) - {NameLikeness.SAME, NameLikeness.NOT_KNOWN}


def _phone_level(told: Told, recorded: frozenset[str]) -> str:
    if not recorded or not (told.phone or told.phone_began):
        return "not_known"
    if told.phone in recorded:
        return "same"
    if told.phone_began and any(number.startswith(told.phone_began) for number in recorded):
        return "begins"
    return "differs"


def _place_level(told: PlaceFacts, recorded: tuple[PlaceFacts, ...]) -> str:
    if not told.postcode or not recorded:
        return "not_known"
    same_postcode = [place for place in recorded if place.postcode == told.postcode]
    if same_postcode:
        return "same" if told.house and told.house in {place.house for place in same_postcode} else "postcode"
    return "sector" if told.sector in {place.sector for place in recorded} else "differs"


def _evidence(
    rows: dict[tuple[str, str], LikenessRow],
    field: Field,
    level: str,
    share: float = 0.0,
) -> Evidence:
    row = rows[field, level]
    strangers = min(row.strangers + share, 1.0) if row.agreement != Agreement.DIFFERS else row.strangers
    return Evidence(
        field=field,
        level=str(level),
        agreement=Agreement(row.agreement),
        because=row.because,
        weight=math.log(row.pairs / strangers),
    )


@lru_cache(maxsize=16)
def _rows_by_level(edition: date) -> dict[tuple[str, str], LikenessRow]:
    return {(row.field, row.level): row for row in TABLE.on(edition).rows}

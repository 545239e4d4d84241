"""Which open incidents are perhaps one? Offered with distance, time and first line; people decide. The limits are a dated table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from standfast.foundation.kernel.tables import DatedTable
from standfast.foundation.places.rules.travel import km_between
from standfast.journey.incidents.rules.attendance import RURAL

TOWN = "urban"
SHORTEST_WORD = 4
FIRST_LINE = 160


@dataclass(frozen=True, kw_only=True)
class SameIncidentRow:
    """The limits of one setting: kilometres, minutes between the first contacts, and how many are offered at most."""

    id: str
    setting: str
    within_km: float
    within_minutes: int
    most: int
    because: str


TABLE = DatedTable.beside(__file__, "same_incident", row=SameIncidentRow)


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One open incident as it was told: place (`lat`, `lon`, `place`), first contact, the caller's number as dialled, and the words."""

    reference: str
    lat: float | None
    lon: float | None
    place: str
    setting: str
    first_contact_at: datetime
    number: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Likely:
    """
    Another incident that is perhaps the same. `km` is None where one of the places is not on the map; `apart` is how much later (or, below
    nothing, earlier) its first contact was; `alike` is the share of longer words both have, 0 to 1.
    """

    reference: str
    km: float | None
    apart: timedelta
    same_number: bool
    same_place: bool
    alike: float
    first_line: str


def limits_for(setting: str, *, on: date) -> SameIncidentRow:
    """Return the limits of town or country on a London day; a place nobody classified counts as town."""
    rows = {row.setting: row for row in TABLE.on(on).rows}
    return rows[RURAL if setting == RURAL else TOWN]


def rank_likely(matter: Matter, others: Sequence[Matter], *, on: date) -> Sequence[Likely]:
    """Return the open incidents that are perhaps the same, most alike first: near in time, and in place, by number or by words for it."""
    limits = limits_for(matter.setting, on=on)
    within = timedelta(minutes=limits.within_minutes)
    found = []
    for other in others:
        each = _compare(matter, other)
        near = each.km is not None and each.km <= limits.within_km
        if abs(each.apart) <= within and (near or each.same_number or each.same_place):
            found.append(each)
    return sorted(found, key=lambda each: _unlikeness(each, limits))[: limits.most]


def first_line(words: str) -> str:
    """Return the first line of somebody's words that says anything, cut to a length that is read at a glance."""
    line = next((each.strip() for each in words.splitlines() if each.strip()), "")
    return line if len(line) <= FIRST_LINE else line[: FIRST_LINE - 1].rstrip() + "…"


def _compare(matter: Matter, other: Matter) -> Likely:
    return Likely(
        reference=other.reference,
        km=km_between((matter.lat, matter.lon), (other.lat, other.lon)),
        apart=other.first_contact_at - matter.first_contact_at,
        same_number=bool(matter.number) and matter.number == other.number,
        same_place=bool(_plain(matter.place)) and _plain(matter.place) == _plain(other.place),
        alike=_alike(_longer(matter.words), _longer(other.words)),
        first_line=first_line(other.words),
    )


def _unlikeness(each: Likely, limits: SameIncidentRow) -> tuple[float, timedelta, str]:
    place = min(each.km / limits.within_km, 1.0) if each.km is not None else 0.5
    time = abs(each.apart).total_seconds() / (60 * limits.within_minutes)
    return place + time - each.alike - each.same_number - each.same_place / 2, abs(each.apart), each.reference


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _longer(words: str) -> frozenset[str]:
    return frozenset(each for each in re.findall(r"\w+", words.lower()) if len(each) >= SHORTEST_WORD)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0

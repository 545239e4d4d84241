"""All that is on record of one person, and what was merged, parted and corrected: for the page about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.parties.models import Correction, Merge, Person, Phone, Residence
from standfast.foundation.parties.queries import history, records
from standfast.foundation.parties.queries.history import NOTHING_BEFORE, HistorySummary
from standfast.foundation.parties.queries.records import MarkerShown
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class Home:
    """An address somebody lives or lived at; no day to means that they live there now."""

    lines: str
    postcode: str
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True, kw_only=True)
class MergeShown:
    """A merge, standing or undone: which record is kept, which one points at it, who said so and why."""

    reference: str
    kept_ref: str
    kept_name: str
    merged_ref: str
    merged_name: str
    reason: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    undone_by: str
    undone_because: str


@dataclass(frozen=True, kw_only=True)
class Before:
    """What stood of a person before a correction, and why it was put right."""

    full_name: str
    known_as: str
    born_on: date | None
    sex: str | None
    reason: str
    corrected_at: datetime
    corrected_by: str


@dataclass(frozen=True, kw_only=True)
class PersonSheet:
    """One person as on record. Each number stands with whether it is safe to call."""

    reference: str
    full_name: str
    given_names: str
    family_name: str
    known_as: str
    born_on: date | None
    age: int | None
    sex: str | None
    version: int
    numbers: Sequence[tuple[str, str]]
    homes: Sequence[Home]
    markers: Sequence[MarkerShown]
    history: HistorySummary
    merged_into: str
    merges: Sequence[MergeShown]
    corrections: Sequence[Before]


def get_person_sheet(*, reference: str, by: Actor, now: datetime) -> PersonSheet:
    """
    Return all that is on record of a person. `now` dates ages and history.

    :raises NotFound: if there is none, or none this person may know of
    """
    person = records.get_person(reference)
    require(by, Permission.PARTY_READ, person)
    on = days.london_day(now)
    markers = records.standing_markers(person_ids=[person.id], address_ids=[], on=on)
    return PersonSheet(
        reference=person.reference,
        full_name=person.full_name,
        given_names=person.given_names,
        family_name=person.family_name,
        known_as=person.known_as,
        born_on=person.born_on,
        age=records.age_of(person.born_on, on),
        sex=person.sex,
        version=person.version,
        numbers=tuple(Phone.objects.filter(person=person).order_by("id").values_list("number", "safe_to_call")),
        homes=_homes(person),
        markers=tuple(shown for _, _, shown in markers),
        history=history.history_of_persons([person.id], now=now).get(person.id, NOTHING_BEFORE),
        merged_into=person.merged_into.reference if person.merged_into else "",
        merges=_merges(person),
        corrections=_corrections(person),
    )


def get_merge_shown(*, reference: str, by: Actor) -> MergeShown:
    """
    Return one merge as shown.

    :raises NotFound: if there is none, or none this person may know of
    """
    found = records.get_merge(reference)
    require(by, Permission.PARTY_READ, found)
    return _shown(found)


def _homes(person: Person) -> tuple[Home, ...]:
    rows = Residence.objects.filter(person=person).select_related("address").order_by("-to_on", "id")
    return tuple(
        Home(lines=row.address.lines, postcode=row.address.postcode, from_on=row.from_on, to_on=row.to_on)
        for row in sorted(rows, key=lambda row: row.to_on is not None)
    )


def _merges(person: Person) -> tuple[MergeShown, ...]:
    rows = Merge.objects.filter(Q(kept=person) | Q(merged=person)).select_related("kept", "merged")
    return tuple(_shown(row) for row in rows.order_by("-merged_at", "-id"))


def _shown(row: Merge) -> MergeShown:
    return MergeShown(
        reference=row.reference,
        kept_ref=row.kept.reference,
        kept_name=row.kept.full_name,
        merged_ref=row.merged.reference,
        merged_name=row.merged.full_name,
        reason=row.reason,
        merged_at=row.merged_at,
        merged_by=row.merged_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        undone_because=row.undone_because,
    )


def _corrections(person: Person) -> tuple[Before, ...]:
    return tuple(
        Before(
            full_name=f"{row.given_names} {row.family_name}".strip() or row.known_as,
            known_as=row.known_as,
            born_on=row.born_on,
            sex=row.sex,
            reason=row.reason,
            corrected_at=row.corrected_at,
            corrected_by=row.corrected_by,
        )
        for row in Correction.objects.filter(person=person).order_by("-corrected_at", "-id")
    )

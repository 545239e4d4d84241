"""Which records of persons, households and markers are there?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import rows_of
from standfast.foundation.parties import access  # noqa: F401 - registers the reach
from standfast.foundation.parties.models import Address, Marker, Merge, Person, Residence
from standfast.foundation.parties.rules.addresses import address_key

RecordT = TypeVar("RecordT", bound=Model)
ADULT_AT = 18
_MEMBERS = """
WITH RECURSIVE member(root, id) AS (
    SELECT id, id FROM unnest(%(roots)s::bigint[]) AS t(id)
    UNION ALL
    SELECT member.root, p.id FROM parties_person AS p JOIN member ON p.merged_into_id = member.id
)
SELECT root, id FROM member
"""
_ROOTS = """
WITH RECURSIVE path(start, id, onward) AS (
    SELECT id, id, merged_into_id FROM parties_person WHERE id = ANY(%(ids)s)
    UNION ALL
    SELECT path.start, p.id, p.merged_into_id FROM parties_person AS p JOIN path ON p.id = path.onward
)
SELECT start, id FROM path WHERE onward IS NULL
"""


@dataclass(frozen=True, kw_only=True)
class Resident:
    """Somebody who lives at an address now; `age` is in whole years, none if the birth date is not known."""

    reference: str
    full_name: str
    born_on: date | None
    age: int | None

    @property
    def is_child(self) -> bool:
        """Whether they are known to be under eighteen."""
        return self.age is not None and self.age < ADULT_AT


@dataclass(frozen=True, kw_only=True)
class MarkerShown:
    """A standing warning marker, and the reference of the person or address record it is on."""

    reference: str
    kind: str
    text: str
    on_record: str
    review_on: date
    review_is_overdue: bool


def count_persons() -> int:
    """Return how many records of persons there are, merged ones too."""
    return Person.objects.count()


def get_person(reference: str) -> Person:
    """
    Return one person.

    :raises NotFound: if there is none
    """
    return _one(Person.objects.filter(reference=reference))


def lock_person(reference: str) -> Person:
    """
    Return one person, locked until the transaction ends.

    :raises NotFound: if there is none
    """
    return _one(Person.objects.select_for_update().filter(reference=reference))


def lock_merge(reference: str) -> Merge:
    """
    Return one merge with both its persons, locked until the transaction ends.

    :raises NotFound: if there is none
    """
    return _one(Merge.objects.select_for_update().filter(reference=reference))


def get_merge(reference: str) -> Merge:
    """
    Return one merge to be looked at, with both its persons.

    :raises NotFound: if there is none
    """
    return _one(Merge.objects.filter(reference=reference).select_related("kept", "merged"))


def get_marker(reference: str) -> Marker:
    """
    Return one marker, locked until the transaction ends.

    :raises NotFound: if there is none
    """
    return _one(Marker.objects.select_for_update().filter(reference=reference))


def get_address(reference: str) -> Address:
    """
    Return one address.

    :raises NotFound: if there is none
    """
    return _one(Address.objects.filter(reference=reference))


def find_address(*, lines: str, postcode: str) -> Address | None:
    """Return the record of an address however it is written, if there is one."""
    key = address_key(lines=lines, postcode=postcode)
    found = rows_of(Address, "SELECT {columns} FROM parties_address WHERE key = %s", [key]) if key.strip("| ") else []
    return found[0] if found else None


def same_person_refs(reference: str) -> Sequence[str]:
    """Return the references of every record of the person this one belongs to, the kept record first."""
    person = get_person(reference)
    root = roots_of([person.id])[person.id]
    ids = members_of([root])[root]
    found = dict(Person.objects.filter(id__in=ids).values_list("id", "reference"))
    return [found[each] for each in ids]


def roots_of(ids: Iterable[int]) -> dict[int, int]:
    """Return for each person the id of the record that is kept for them: their own unless they were merged."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOTS, {"ids": list(ids)})
        return dict(cursor.fetchall())


def members_of(roots: Iterable[int]) -> dict[int, list[int]]:
    """Return for each kept record the ids of all records of that person, itself first."""
    members: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, {"roots": list(roots)})
        for root, member in cursor.fetchall():
            members.setdefault(root, []).append(member)
    return members


def current_addresses(person_ids: Iterable[int]) -> dict[int, list[int]]:
    """Return for each person the ids of the addresses they live at now."""
    found: dict[int, list[int]] = {}
    rows = Residence.objects.filter(person__in=list(person_ids), to_on=None).values_list("person_id", "address_id")
    for person, address in rows.order_by("id"):
        found.setdefault(person, []).append(address)
    return found


def residents_of(address_ids: Iterable[int], *, on: date) -> dict[int, list[tuple[int, Resident]]]:
    """Return for each address who lives there now, with their ids, eldest first."""
    rows = Residence.objects.filter(address__in=list(address_ids), to_on=None).select_related("person")
    found: dict[int, list[tuple[int, Resident]]] = {}
    for row in rows.order_by("person__born_on", "person_id"):
        person = row.person
        shown = Resident(
            reference=person.reference,
            full_name=person.full_name,
            born_on=person.born_on,
            age=age_of(person.born_on, on),
        )
        found.setdefault(row.address_id, []).append((person.id, shown))
    return found


def standing_markers(
    *, person_ids: Iterable[int], address_ids: Iterable[int], on: date
) -> list[tuple[int | None, int | None, MarkerShown]]:
    """Return the standing markers on these persons and addresses, each with the id of the one it is on."""
    persons, addresses = list(person_ids), list(address_ids)
    if not persons and not addresses:
        return []
    wanted = Q(person__in=persons) | Q(address__in=addresses)
    rows = Marker.objects.filter(wanted, lifted_at=None).select_related("person", "address").order_by("placed_at", "id")
    return [(row.person_id, row.address_id, _shown(row, on)) for row in rows]


def _shown(row: Marker, on: date) -> MarkerShown:
    on_record = row.person or row.address
    return MarkerShown(
        reference=row.reference,
        kind=row.kind,
        text=row.text,
        on_record=on_record.reference if on_record else "",
        review_on=row.review_on,
        review_is_overdue=row.review_on < on,
    )


def age_of(born_on: date | None, on: date) -> int | None:
    """Return somebody's age in whole years on a day, none if the birth date is not known."""
    if born_on is None:
        return None
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _one(rows: QuerySet[RecordT]) -> RecordT:
    found = rows.first()
    if found is None:
        raise NotFound("There is no such record.")
    return found

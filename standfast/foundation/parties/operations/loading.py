"""How does a force put the persons of another system on record, hundreds of thousands at once?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.parties import events
from standfast.foundation.parties.models import Address
from standfast.foundation.parties.rules.addresses import address_key, postcode_of
from standfast.foundation.parties.rules.match_keys import name_keys, postcode_key
from standfast.foundation.parties.rules.names import first_word, run_together
from standfast.foundation.parties.rules.phones import dialled, is_dialled
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission

_AT_ONCE = 20_000
_ANALYSE = "ANALYZE parties_person, parties_personkey, parties_phone, parties_residence, parties_address"


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedPerson:
    """One person of an extract: their names, numbers, and where they live now."""

    given_names: str
    family_name: str
    known_as: str = ""
    born_on: date | None = None
    sex: str | None = None
    numbers: tuple[str, ...] = ()
    address_lines: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None


def load_persons(*, rows: Iterable[LoadedPerson], source: str, by: Actor, now: datetime) -> list[str]:
    """
    Put many persons on record, each batch of 20,000 in a transaction of its own, and return their references in order.

    Every row becomes a person of their own: nobody is merged, however alike. `source` names the extract in the event log.

    :raises NoSuchNumber: if a number is none; the batches before it stay
    """
    require(by, Permission.PARTY_WRITE)
    references: list[str] = []
    waiting = iter(rows)
    while batch := list(islice(waiting, _AT_ONCE)):
        with transaction.atomic():
            references += _load(batch)
            record(events.PersonsLoaded(about=source, persons=len(batch)), by=by, at=now)
    if references:
        with connection.cursor() as cursor:
            cursor.execute(_ANALYSE)
    return references


def _load(batch: Sequence[LoadedPerson]) -> list[str]:
    ids = _next_ids("parties_person", len(batch))
    references = [refs.new_reference() for _ in batch]
    people = list(zip(ids, references, batch, strict=True))
    places = _places(batch)
    _copy(
        "parties_person",
        "id, reference, given_names, family_name, known_as, given_key, family_key, born_on, sex, version",
        (_person_row(*each) for each in people),
    )
    _copy("parties_personkey", "key, person_id", _sorted_keys(people))
    _copy(
        "parties_phone",
        "person_id, number, safe_to_call",
        (
            (person_id, number, Answer.NOT_KNOWN.value)
            for person_id, _, row in people
            for number in dict.fromkeys(each if is_dialled(each) else dialled(each) for each in row.numbers)
        ),
    )
    _copy(
        "parties_residence",
        "person_id, address_id",
        ((person_id, places[_key(row)]) for person_id, _, row in people if row.address_lines),
    )
    return references


def _person_row(person_id: int, reference: str, row: LoadedPerson) -> tuple[Any, ...]:
    names = (row.given_names, row.family_name, row.known_as)
    folded = (first_word(row.given_names), run_together(row.family_name))
    return (person_id, reference, *names, *folded, row.born_on, row.sex, 1)


def _sorted_keys(people: Sequence[tuple[int, str, LoadedPerson]]) -> list[tuple[str, int]]:
    # In the order of the index: it is then filled page by page instead of all over.
    keys = []
    for person_id, _, row in people:
        names = name_keys(
            given_names=row.given_names, family_name=row.family_name, known_as=row.known_as, born_on=row.born_on
        )
        keys += [(key, person_id) for key in names]
        if postcode := postcode_of(row.postcode):
            keys.append((postcode_key(postcode), person_id))
    return sorted(keys)


def _places(batch: Sequence[LoadedPerson]) -> dict[str, int]:
    wanted = {_key(row): row for row in batch if row.address_lines}
    known = dict(Address.objects.filter(key__in=list(wanted)).values_list("key", "id"))
    fresh = [key for key in wanted if key not in known]
    made = dict(zip(fresh, _next_ids("parties_address", len(fresh)), strict=True))
    _copy(
        "parties_address",
        "id, reference, lines, postcode, key, area_code, latitude, longitude",
        (_place_row(place, key, wanted[key]) for key, place in made.items()),
    )
    return known | made


def _place_row(place: int, key: str, row: LoadedPerson) -> tuple[Any, ...]:
    postcode = postcode_of(row.postcode)
    return (place, refs.new_reference(), row.address_lines, postcode, key, "", row.latitude, row.longitude)


def _key(row: LoadedPerson) -> str:
    return address_key(lines=row.address_lines, postcode=row.postcode)


def _next_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def _copy(table: str, columns: str, rows: Iterable[tuple[Any, ...]] | Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)

"""Which persons on record are worth comparing with what we were told? One statement finds them, one reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from standfast.foundation.parties.rules.addresses import place_from_key
from standfast.foundation.parties.rules.likeness import NO_SHARES, NameShares, OnRecord
from standfast.foundation.parties.rules.match_keys import Asked
from standfast.foundation.parties.rules.names import run_together, words

# The most persons read for one key, by its first letter: a telling key may bring more than a common one.
_MOST = {"b": 250, "y": 120, "m": 120, "h": 150, "x": 60, "n": 40}
_MOST_ON_A_NUMBER = 40

_FIND = """
SELECT asked.key, found.person_id FROM unnest(%(keys)s::text[], %(most)s::int[]) AS asked(key, most)
CROSS JOIN LATERAL (SELECT person_id FROM parties_personkey AS k WHERE k.key = asked.key LIMIT asked.most + 1) AS found
UNION ALL
SELECT asked.key, found.person_id FROM unnest(%(starts)s::text[], %(ends)s::text[]) AS asked(key, until)
CROSS JOIN LATERAL (
    SELECT person_id FROM parties_personkey AS k WHERE k.key >= asked.key AND k.key < asked.until LIMIT %(starting)s + 1
) AS found
UNION ALL
(SELECT 'phone', person_id FROM parties_phone WHERE number = %(phone)s LIMIT %(phones)s + 1)
UNION ALL
(SELECT 'phone', person_id FROM parties_phone WHERE number >= %(began)s AND number < %(begun)s LIMIT %(phones)s + 1)
"""
_READ = """
SELECT p.id, p.reference, p.given_names, p.family_name, p.known_as, p.born_on, p.merged_into_id,
       ARRAY(SELECT number FROM parties_phone WHERE person_id = p.id),
       ARRAY(SELECT a.key FROM parties_residence AS r JOIN parties_address AS a ON a.id = r.address_id WHERE r.person_id = p.id)
FROM parties_person AS p WHERE p.id = ANY(%(ids)s)
"""
_SHARES = """
SELECT s.attname, common.name, common.share
FROM pg_stats AS s
CROSS JOIN LATERAL unnest(s.most_common_vals::text::text[], s.most_common_freqs) AS common(name, share)
WHERE s.tablename = 'parties_person' AND s.schemaname = current_schema() AND s.attname = ANY(%(columns)s)
  AND common.name = ANY(%(names)s)
"""
_COUNT = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'parties_person'::regclass"


@dataclass(frozen=True, kw_only=True)
class PersonRead:
    """One person as read for comparing. `merged_into` is the id of the record kept instead, if any."""

    id: int
    reference: str
    full_name: str
    known_as: str
    born_on: date | None
    merged_into: int | None
    recorded: OnRecord


@dataclass(frozen=True, kw_only=True)
class Found:
    """Whose keys were found, and which keys brought more persons than are read."""

    ids: tuple[int, ...]
    cut_short: tuple[str, ...]


def find_candidates(*, asked: Asked, phone: str, phone_began: str) -> Found:
    """Return the persons stored under any of the keys or numbers, each key read up to its limit."""
    most = [_MOST[key[0]] for key in asked.whole]
    limits = dict(zip(asked.whole, most, strict=True)) | dict.fromkeys(asked.beginnings, _MOST["n"])
    values: dict[str, Any] = {
        "keys": list(asked.whole),
        "most": most,
        "starts": list(asked.beginnings),
        "ends": [_after(key) for key in asked.beginnings],
        "starting": _MOST["n"],
        "phone": phone,
        "phones": _MOST_ON_A_NUMBER,
        "began": phone_began,
        "begun": _after(phone_began),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
        rows = cursor.fetchall()
    counts: dict[str, int] = {}
    for key, _ in rows:
        counts[key] = counts.get(key, 0) + 1
    cut = tuple(key for key, count in counts.items() if count > limits.get(key, _MOST_ON_A_NUMBER))
    return Found(ids=tuple(dict.fromkeys(person for _, person in rows)), cut_short=cut)


def read_candidates(ids: Sequence[int]) -> list[PersonRead]:
    """Return what is compared of each of these persons."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, {"ids": list(ids)})
        return [_person(row) for row in cursor.fetchall()]


def name_shares(persons: Iterable[PersonRead]) -> NameShares:
    """Return how common the names of these persons are among all, as PostgreSQL's statistics have it."""
    names = sorted({name for person in persons for name in (*person.recorded.given, *person.recorded.families)})
    if not names:
        return NO_SHARES
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, {"columns": ["given_key", "family_key"], "names": names})
        rows = cursor.fetchall()
    given = {name: float(share) for column, name, share in rows if column == "given_key"}
    return NameShares(
        given=given, family={name: float(share) for column, name, share in rows if column == "family_key"}
    )


def count_persons_roughly() -> int:
    """Return about how many persons are on record, without counting them."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def on_record(*, given_names: str, family_name: str, known_as: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return every given name and every family name a person is compared under, folded."""
    called = words(known_as)
    given = dict.fromkeys((*words(given_names)[:1], *called[:1]))
    families = dict.fromkeys((run_together(family_name), *words(family_name)[-1:], *called[1:][-1:]))
    return tuple(given), tuple(name for name in families if name)


def _person(row: tuple[Any, ...]) -> PersonRead:
    person_id, reference, given_names, family_name, known_as, born_on, merged_into, phones, keys = row
    given, families = on_record(given_names=given_names, family_name=family_name, known_as=known_as)
    return PersonRead(
        id=person_id,
        reference=reference,
        full_name=f"{given_names} {family_name}".strip() or known_as,
        known_as=known_as,
        born_on=born_on,
        merged_into=merged_into,
        recorded=OnRecord(
            given=given,
            families=families,
            born_on=born_on,
            phones=frozenset(phones),
            places=tuple(place_from_key(key) for key in keys),
        ),
    )


def _after(key: str) -> str:
    # The first text in byte order that no longer begins with the key; all keys are plain ASCII.
    return key[:-1] + chr(ord(key[-1]) + 1) if key else ""

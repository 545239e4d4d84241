"""How is a name or a birth date put right that was misheard or mistyped, with what stood before kept?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal, Stale
from standfast.foundation.parties import events, queries
from standfast.foundation.parties.models import Correction, Person, PersonKey, Sex
from standfast.foundation.parties.rules.match_keys import is_name_key, name_keys
from standfast.foundation.parties.rules.names import first_word, run_together
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission

_WORDS = {
    "given_names": "given names",
    "family_name": "family name",
    "known_as": "known as",
    "born_on": "birth date",
    "sex": "sex",
}
_NAMES = ("given_names", "family_name", "known_as")


class NotCorrected(Refusal):
    """The correction says nothing new, gives no reason, or leaves the person without a name."""


@dataclass(frozen=True, kw_only=True)
class CorrectedPerson:
    """All that is to stand of a person from now on, read at `version`; empty or none is not known."""

    given_names: str
    family_name: str
    known_as: str
    born_on: date | None
    sex: Sex | None
    version: int


@transaction.atomic
def correct_person(*, person_ref: str, facts: CorrectedPerson, reason: str, by: Actor, now: datetime) -> Correction:
    """
    Put a person's names, birth date or sex right, find them under the new ones from now on, and keep what stood before.

    :raises NotFound: if there is no such person
    :raises Stale: if somebody changed the record since it was read
    :raises NotCorrected: if nothing differs, no reason or name is given, the birth date is yet to come, or the record is merged
    """
    person = queries.lock_person(person_ref)
    require(by, Permission.PARTY_CORRECT, person)
    if person.version != facts.version:
        raise Stale("Somebody corrected or merged this record meanwhile.")
    told = _told(facts)
    changed = [name for name, value in told.items() if value != getattr(person, name)]
    _refuse(person, told, changed, reason, on=days.london_day(now))
    correction = Correction(
        person=person,
        **{name: getattr(person, name) for name in told},
        reason=reason.strip(),
        corrected_at=now,
        corrected_by=by.ref,
    )
    correction.save(force_insert=True)
    _put_right(person, told)
    what = ", ".join(_WORDS[name] for name in changed)
    record(events.PersonCorrected(about=person.reference, what=what, reason=correction.reason), by=by, at=now)
    return correction


def _told(facts: CorrectedPerson) -> dict[str, Any]:
    names = {name: " ".join(getattr(facts, name).split()) for name in _NAMES}
    return {**names, "born_on": facts.born_on, "sex": facts.sex}


def _refuse(person: Person, told: dict[str, Any], changed: list[str], reason: str, *, on: date) -> None:
    if person.merged_into_id:
        raise NotCorrected("This record is merged into another: correct the one that is kept.")
    if not any(told[name] for name in _NAMES):
        raise NotCorrected("A person needs a name: given, family, or what they are known as.")
    if told["born_on"] and told["born_on"] > on:
        raise NotCorrected("A birth date is not yet to come.")
    if not changed:
        raise NotCorrected("Nothing differs from what is on record.")
    if not reason.strip():
        raise NotCorrected("Say how you know, and what was wrong.")


def _put_right(person: Person, told: dict[str, Any]) -> None:
    for name, value in told.items():
        setattr(person, name, value)
    person.given_key, person.family_key = first_word(person.given_names), run_together(person.family_name)
    person.version += 1
    person.save(update_fields=[*told, "given_key", "family_key", "version"])
    # Postcodes stay: where somebody lives is no part of who they are.
    wanted = name_keys(born_on=told["born_on"], **{name: told[name] for name in _NAMES})
    standing = {
        key for key in PersonKey.objects.filter(person=person).values_list("key", flat=True) if is_name_key(key)
    }
    PersonKey.objects.filter(person=person, key__in=standing - wanted).delete()
    PersonKey.objects.bulk_create(PersonKey(key=key, person=person) for key in sorted(wanted - standing))

"""How does a person get on record, and a number with them?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.parties import events, queries
from standfast.foundation.parties.models import Person, PersonKey, Phone, Sex
from standfast.foundation.parties.rules.match_keys import name_keys
from standfast.foundation.parties.rules.names import first_word, run_together
from standfast.foundation.parties.rules.phones import dialled
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


class NamelessPerson(Refusal):
    """A person needs at least one name, if only what they are known as."""


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """What is known of a person who is put on record; empty or none is not known."""

    given_names: str = ""
    family_name: str = ""
    known_as: str = ""
    born_on: date | None = None
    sex: Sex | None = None


@transaction.atomic
def add_person(*, facts: NewPerson, by: Actor, now: datetime) -> Person:
    """
    Put a person on record, beside and never into anybody alike.

    :raises NamelessPerson: if no name is known
    """
    require(by, Permission.PARTY_WRITE)
    names = {each: " ".join(getattr(facts, each).split()) for each in ("given_names", "family_name", "known_as")}
    if not any(names.values()):
        raise NamelessPerson("A person needs a name: given, family, or what they are known as.")
    person = Person(
        reference=refs.new_reference(),
        **names,
        given_key=first_word(names["given_names"]),
        family_key=run_together(names["family_name"]),
        born_on=facts.born_on,
        sex=facts.sex,
    )
    person.save(force_insert=True)
    keys = sorted(name_keys(**names, born_on=facts.born_on))
    PersonKey.objects.bulk_create(PersonKey(key=key, person=person) for key in keys)
    record(events.PersonAdded(about=person.reference), by=by, at=now)
    return person


@transaction.atomic
def add_phone(*, person_ref: str, number: str, safe_to_call: Answer, by: Actor, now: datetime) -> Phone:
    """
    Add a number to a person, or change whether it is safe to call if they already have it.

    :raises NotFound: if there is no such person
    :raises NoSuchNumber: if it is no telephone number
    """
    person = queries.lock_person(person_ref)
    require(by, Permission.PARTY_WRITE, person)
    phone, _ = Phone.objects.update_or_create(
        person=person, number=dialled(number), defaults={"safe_to_call": safe_to_call}
    )
    record(events.PhoneAdded(about=person.reference, safe_to_call=safe_to_call.value), by=by, at=now)
    return phone

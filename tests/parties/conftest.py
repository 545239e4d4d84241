"""Who acts in these tests, and how a person gets on record."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.parties import operations
from standfast.foundation.parties.models import Person
from standfast.foundation.people.roles import Role

Adder = Callable[..., Person]


@pytest.fixture
def asha() -> Actor:
    """A contact officer."""
    return Actor(ref="asha", name="Asha", roles=frozenset({Role.CONTACT_OFFICER.value}))


@pytest.fixture
def sana() -> Actor:
    """A contact supervisor, who may merge."""
    return Actor(ref="sana", name="Sana", roles=frozenset({Role.CONTACT_SUPERVISOR.value}))


@pytest.fixture
def zed() -> Actor:
    """Nobody: no role at all."""
    return Actor(ref="zed", name="Zed", roles=frozenset())


@pytest.fixture
def on_record(asha: Actor, now: datetime) -> Adder:
    """Put a person on record, with a number and an address if given."""

    def add(
        name: str, born_on: date | None = None, *, number: str = "", address: str = "", postcode: str = ""
    ) -> Person:
        given, _, family = name.partition(" ")
        facts = operations.NewPerson(given_names=given, family_name=family, born_on=born_on)
        person = operations.add_person(facts=facts, by=asha, now=now)
        if number:
            operations.add_phone(
                person_ref=person.reference, number=number, safe_to_call=Answer.NOT_KNOWN, by=asha, now=now
            )
        if address:
            place = operations.NewAddress(lines=address, postcode=postcode)
            operations.record_residence(person_ref=person.reference, address=place, by=asha, now=now)
        return person

    return add

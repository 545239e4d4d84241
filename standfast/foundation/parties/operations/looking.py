"""How is it kept who looked at whose record?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.parties import events, queries
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


@transaction.atomic
def consult_persons(*, facts: queries.LookUpFacts, by: Actor, now: datetime) -> queries.LookUp:
    """Look up who is meant outside a contact, and record by what was searched; nothing of the words is kept."""
    require(by, Permission.PARTY_READ)
    found = queries.look_up(facts, now=now)
    searched = ", ".join(found.searched) or "nothing"
    record(events.PersonsConsulted(about=by.ref, searched=searched, found=len(found.candidates)), by=by, at=now)
    return found


@transaction.atomic
def note_person_opened(*, reference: str, by: Actor, now: datetime) -> None:
    """
    Record that somebody opened a person's record: a consultation.

    :raises NotFound: if there is no such person
    """
    person = queries.get_person(reference)
    require(by, Permission.PARTY_READ, person)
    record(events.PersonOpened(about=person.reference), by=by, at=now)

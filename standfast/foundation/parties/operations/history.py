"""How does what happened become the history an earlier stage may ask for?"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.parties import events, queries
from standfast.foundation.parties.models import HistoryEntry, HistoryKind
from standfast.foundation.parties.rules.phones import is_dialled
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


@dataclass(frozen=True, kw_only=True)
class HappenedBefore:
    """
    One thing that happened, as codes and references only.

    `source_event` names the event it comes from: telling it twice notes it once. `summary` is a code of the stage it comes from.
    """

    source_event: str
    kind: HistoryKind
    happened_at: datetime
    person_ref: str = ""
    address_ref: str = ""
    number: str = ""
    summary: str = ""
    last_risk: str = ""
    contact_ref: str = ""
    incident_ref: str = ""
    crime_ref: str = ""


@transaction.atomic
def note_history(*, entry: HappenedBefore, journey: str = "", by: Actor, now: datetime) -> HistoryEntry:
    """
    Note what happened to a person, at a place, or from a number in E.164 form; once, however often the event is told.

    :raises NotFound: if there is no such person or address
    :raises ValueError: if it is about nobody, nowhere and no number, or the number is not in E.164 form
    """
    require(by, Permission.PARTY_WRITE)
    if entry.number and not is_dialled(entry.number):
        raise ValueError("a number in E.164 form was expected")
    if not (entry.person_ref or entry.address_ref or entry.number):
        raise ValueError("history needs a person, an address or a number")
    person = queries.get_person(entry.person_ref) if entry.person_ref else None
    address = queries.get_address(entry.address_ref) if entry.address_ref else None
    row, created = HistoryEntry.objects.get_or_create(
        source_event=entry.source_event,
        person=person,
        address=address,
        number=entry.number,
        defaults={
            "kind": entry.kind,
            "happened_at": entry.happened_at,
            "on": days.london_day(entry.happened_at),
            "summary": entry.summary,
            "last_risk": entry.last_risk,
            "contact_ref": entry.contact_ref,
            "incident_ref": entry.incident_ref,
            "crime_ref": entry.crime_ref,
        },
    )
    if created:
        about = entry.person_ref or entry.address_ref or entry.contact_ref
        record(events.HistoryNoted(about=about, what=entry.kind.value), by=by, at=now, journey=journey)
    return row

"""How does a contact become a record: at pick-up by an officer, or filed from what intake received?"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from standfast.foundation.eventlog.operations import record, recorded_together
from standfast.foundation.kernel import refs, rows
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.parties.rules import phones
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.foundation.places import queries as places
from standfast.journey.contact import queries
from standfast.journey.contact.events import ContactRecorded
from standfast.journey.contact.models import Call, Contact
from standfast.journey.contact.operations import clocks
from standfast.journey.contact.operations.staff import member_of
from standfast.journey.contact.rules.channel import VOICE, Channel, first_contact_at
from standfast.journey.contact.states import CONTACT, ContactState


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """A contact as it arrived. Nothing but the channel and the time of receipt is required: typing only fills it."""

    channel: Channel
    received_at: datetime
    reference: str = ""
    source: str = ""
    source_ref: str = ""
    words: str = ""
    kind: str = ""
    source_priority: int | None = None
    caller: dict[str, str] = field(default_factory=dict)
    place: dict[str, Any] = field(default_factory=dict)
    stored_at: datetime | None = None
    """When the database had its first words, where that was before it was filed: a chat's first contact."""


@transaction.atomic
def record_contact(*, new: NewContact, by: Actor, now: datetime) -> Contact:
    """Record a contact the moment an officer picks it up: it is theirs from the first second, whatever is typed later."""
    require(by, Permission.CONTACT_RECORD)
    call = _lock_call(new)
    contact = _contact(new, call, now=now)
    contact.state = CONTACT.after(contact.state, "claim")
    contact.owner, contact.owned_since = member_of(by), now
    if contact.channel in VOICE:
        contact.answered_at = contact.answered_at or now
    rows.insert_row(contact)
    _follow_up(contact, call, by=by, now=now)
    return contact


_LOCK_CALL = """
INSERT INTO contact_call (source, source_ref, channel) VALUES (%s, %s, %s)
ON CONFLICT (source, source_ref) DO UPDATE SET source = excluded.source RETURNING {columns}
"""


# No savepoint of its own: the worker files each contact in a transaction of its own already.
@transaction.atomic(savepoint=False)
def file_intake(*, new: NewContact, by: Actor, now: datetime) -> Contact:
    """
    File what intake received, under the reference it was acknowledged with. Filing the same one again changes nothing.

    :raises NotAllowed: if the actor is not the worker
    """
    require(by, Permission.CONTACT_FILE)
    call = _lock_call(new)
    contact = _contact(new, call, now=now)
    if not rows.insert_row_if_new(contact):
        return Contact.objects.get(reference=new.reference)
    _follow_up(contact, call, by=by, now=now)
    return contact


def lock_call(*, source: str, source_ref: str, channel: str) -> Call:
    """Return the call of a source, made if nobody told of it yet, and locked: whoever files another part of it waits, then finds ours."""
    (call,) = rows.rows_of(Call, _LOCK_CALL, [source, source_ref, channel])
    return call


def _lock_call(new: NewContact) -> Call | None:
    if not new.source_ref or new.channel not in VOICE:
        return None
    return lock_call(source=new.source, source_ref=new.source_ref, channel=new.channel)


def _contact(new: NewContact, call: Call | None, *, now: datetime) -> Contact:
    caller, place = new.caller, new.place
    contact = Contact(
        reference=new.reference or refs.new_reference(),
        channel=new.channel,
        source=new.source,
        source_ref=new.source_ref,
        received_at=new.received_at,
        presented_at=call.presented_at if call else None,
        answered_at=call.answered_at if call else None,
        ended_at=call.ended_at if call else None,
        touched_at=now,
        words=new.words,
        kind=new.kind[:120],
        source_priority=new.source_priority,
        caller_name=caller.get("name", "")[:200],
        caller_phone=dialled(caller.get("phone", "")),
        caller_relation=caller.get("relation", "")[:80],
        safe_to_call=_answer(caller.get("safe_to_call")),
        place_text=place.get("text", "")[:400],
        lat=place.get("lat"),
        lon=place.get("lon"),
    )
    contact.first_contact_at = first_contact_at(
        Channel(contact.channel),
        answered_at=contact.answered_at,
        received_at=new.received_at,
        stored_at=new.stored_at or now,
    )
    locate(contact)
    return contact


def dialled(phone: str) -> str:
    """Return a number in the form in which it is compared, or as it was given when it is none."""
    try:
        return phones.dialled(phone) if phone else ""
    except phones.NoSuchNumber:
        return phone.strip()[:60]


def _answer(given: object) -> Answer:
    return Answer(str(given)) if given in set(Answer) else Answer.NOT_KNOWN


def locate(contact: Contact) -> None:
    """Set the area and whether it is urban or rural from the point, where there is one."""
    area = None
    if contact.lat is not None and contact.lon is not None:
        area = places.area_of_point(lat=contact.lat, lon=contact.lon)
    contact.area_code = area.code if area else ""
    contact.urban_rural = area.urban_rural if area else ""


def _follow_up(contact: Contact, call: Call | None, *, by: Actor, now: datetime) -> None:
    """Tell the call of its new contact and the log of both, and start the duty."""
    # A source may tell of one call twice under different keys: the second is a contact of its own, and the call stays the first's.
    if call and call.contact_id is None:
        call.contact, call.channel = contact, contact.channel
        rows.save_fields(call, "contact", "channel")
    recorded = ContactRecorded(
        about=contact.reference,
        channel=contact.channel,
        source=contact.source,
        words_length=len(contact.words),
    )
    with recorded_together(), queries.being_recorded(contact):
        record(recorded, by=by, at=now, journey=contact.reference)
        if contact.state == ContactState.WAITING:
            clocks.start_first(contact, by=by, now=now)
        else:
            clocks.start_in_hand(contact, by=by, now=now)

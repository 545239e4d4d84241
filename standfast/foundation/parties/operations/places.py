"""How does an address get on record, and who lives there?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.parties import events, queries
from standfast.foundation.parties.models import Address, PersonKey, Residence
from standfast.foundation.parties.rules.addresses import address_key, postcode_of
from standfast.foundation.parties.rules.match_keys import postcode_key
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


class NoSuchPlace(Refusal):
    """The text says no place."""


class NoResidence(Refusal):
    """The person is not on record as living there."""


@dataclass(frozen=True, kw_only=True)
class NewAddress:
    """An address as told; coordinates in degrees (WGS 84) and the area's code where the gazetteer knew them."""

    lines: str
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    area_code: str = ""


@transaction.atomic
def record_residence(
    *, person_ref: str, address: NewAddress, from_on: date | None = None, by: Actor, now: datetime
) -> Residence:
    """
    Record that a person lives at an address, which is put on record unless it is there however written.

    :raises NotFound: if there is no such person
    :raises NoSuchPlace: if the text says no place
    """
    person = queries.lock_person(person_ref)
    require(by, Permission.PARTY_WRITE, person)
    place = _place(address)
    residence, _ = Residence.objects.get_or_create(
        person=person, address=place, to_on=None, defaults={"from_on": from_on}
    )
    if place.postcode:
        PersonKey.objects.get_or_create(key=postcode_key(place.postcode), person=person)
    record(events.ResidenceRecorded(about=person.reference, address=place.reference), by=by, at=now)
    return residence


@transaction.atomic
def end_residence(*, person_ref: str, address_ref: str, to_on: date, by: Actor, now: datetime) -> Residence:
    """
    Record that a person left an address on a day. They are still found by its postcode.

    :raises NotFound: if there is no such person
    :raises NoResidence: if they are not on record as living there
    """
    person = queries.lock_person(person_ref)
    require(by, Permission.PARTY_WRITE, person)
    residence = Residence.objects.filter(person=person, address__reference=address_ref, to_on=None).first()
    if residence is None:
        raise NoResidence("This person is not on record as living at that address.")
    if residence.from_on and to_on < residence.from_on:
        raise NoResidence("This person cannot leave the address before they came to live there.")
    residence.to_on = to_on
    residence.save(update_fields=["to_on"])
    record(events.ResidenceEnded(about=person.reference, address=address_ref), by=by, at=now)
    return residence


def _place(address: NewAddress) -> Address:
    lines = " ".join(address.lines.split())
    key = address_key(lines=lines, postcode=address.postcode)
    if not lines or not key.strip("| "):
        raise NoSuchPlace("An address needs at least one line.")
    place, _ = Address.objects.get_or_create(
        key=key,
        defaults={
            "reference": refs.new_reference(),
            "lines": lines,
            "postcode": postcode_of(address.postcode) or postcode_of(lines),
            "latitude": address.latitude,
            "longitude": address.longitude,
            "area_code": address.area_code,
        },
    )
    return place

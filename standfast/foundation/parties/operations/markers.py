"""How is somebody warned of a person or a place, and who answers for the warning?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.parties import events, queries
from standfast.foundation.parties.models import Marker, MarkerKind
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


class UnownedMarker(Refusal):
    """A marker needs words, an owner, a day of review that is yet to come, and one person or address."""


class MarkerIsLifted(Refusal):
    """The marker no longer stands."""


@dataclass(frozen=True, kw_only=True)
class NewMarker:
    """A warning about one person or one address, by reference; `owner` is the actor who answers for it."""

    kind: MarkerKind
    text: str
    owner: str
    review_on: date
    person_ref: str = ""
    address_ref: str = ""


@transaction.atomic
def place_marker(*, facts: NewMarker, by: Actor, now: datetime) -> Marker:
    """
    Place a warning marker on one person or one address.

    :raises NotFound: if there is no such record
    :raises UnownedMarker: if it lacks words, an owner, a later review, or is on both or neither
    """
    person = queries.lock_person(facts.person_ref) if facts.person_ref else None
    address = queries.get_address(facts.address_ref) if facts.address_ref else None
    require(by, Permission.PARTY_WRITE, person or address)
    if (person is None) == (address is None):
        raise UnownedMarker("A marker is on one person or on one address.")
    if not facts.text.strip() or not facts.owner.strip():
        raise UnownedMarker("A marker says what it warns of and who answers for it.")
    if facts.review_on <= days.london_day(now):
        raise UnownedMarker("A marker is reviewed on a day that is yet to come.")
    marker = Marker(
        reference=refs.new_reference(),
        person=person,
        address=address,
        kind=facts.kind,
        text=facts.text.strip(),
        owner=facts.owner,
        review_on=facts.review_on,
        placed_at=now,
        placed_by=by.ref,
    )
    marker.save(force_insert=True)
    placed = events.MarkerPlaced(
        about=facts.person_ref or facts.address_ref,
        marker_kind=facts.kind.value,
        owner=facts.owner,
        review_on=facts.review_on.isoformat(),
    )
    record(placed, by=by, at=now)
    return marker


@transaction.atomic
def lift_marker(*, marker_ref: str, reason: str, by: Actor, now: datetime) -> Marker:
    """
    Lift a warning marker that no longer holds.

    :raises NotFound: if there is no such marker
    :raises MarkerIsLifted: if it was lifted before, or no reason is given
    """
    marker = queries.get_marker(marker_ref)
    require(by, Permission.PARTY_WRITE, marker)
    if marker.lifted_at or not reason.strip():
        raise MarkerIsLifted("This marker was lifted before." if marker.lifted_at else "Say why the marker is lifted.")
    marker.lifted_at, marker.lifted_by, marker.lifted_because = now, by.ref, reason.strip()
    marker.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
    on_record = marker.person or marker.address
    about = on_record.reference if on_record else marker.reference
    lifted = events.MarkerLifted(about=about, marker_kind=marker.kind, reason=marker.lifted_because)
    record(lifted, by=by, at=now)
    return marker

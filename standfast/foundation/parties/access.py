"""Which persons, places, markers and merges may somebody reach?"""

from django.db.models import Q

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.parties.models import Address, Marker, Merge, Person
from standfast.foundation.people.access import EVERYTHING, may, reach_of
from standfast.foundation.people.permissions import Permission


@reach_of(Person)
@reach_of(Address)
@reach_of(Marker)
@reach_of(Merge)
def party_reach(by: Actor) -> Q | None:
    """Everybody who may look persons up, or record them, reaches all of them; a partner agency reaches none."""
    return EVERYTHING if may(by, Permission.PARTY_READ) or may(by, Permission.PARTY_WRITE) else None

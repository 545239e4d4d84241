"""Which contacts may a person reach?"""

from django.db.models import Q

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import may, reach_of
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact.models import Contact


@reach_of(Contact)
def contacts_of(by: Actor) -> Q | None:
    """Everybody who may read contacts reaches all of them, and the worker; a partner reaches none: it sees referrals."""
    return Q() if may(by, Permission.CONTACT_READ) else None

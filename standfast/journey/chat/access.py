"""Which conversations may a person reach?"""

from django.db.models import Q

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import may, reach_of
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat.models import Conversation


@reach_of(Conversation)
def conversations_of(by: Actor) -> Q | None:
    """Who may read contacts reaches all conversations, and the worker; a partner agency reaches none."""
    return Q() if may(by, Permission.CONTACT_READ) else None

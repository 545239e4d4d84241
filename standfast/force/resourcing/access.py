"""Which published rosters and forecasts may a person see?"""

from django.db.models import Q

from standfast.force.resourcing.models import Publication
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import EVERYTHING, may, reach_of
from standfast.foundation.people.permissions import Permission


@reach_of(Publication)
def publications(by: Actor) -> Q | None:
    """Whoever publishes them sees all; others see what follows from them on the pages about attendance."""
    return EVERYTHING if may(by, Permission.ROSTER_PUBLISH) else None

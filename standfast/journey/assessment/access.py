"""Which assessments may a person reach? Those of the contacts they reach."""

from django.db.models import Q

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import may, reach_of
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment.models import Assessment


@reach_of(Assessment)
def assessments_of(by: Actor) -> Q | None:
    """Everybody who may read contacts reaches their assessments."""
    return Q() if may(by, Permission.CONTACT_READ) else None

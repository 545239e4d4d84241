"""Which skills may a person see?"""

from django.db.models import Q

from standfast.force.training.models import SkillHeld
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import EVERYTHING, may, reach_of
from standfast.foundation.people.permissions import Permission


@reach_of(SkillHeld)
def skills_of_staff(by: Actor) -> Q | None:
    """Whoever records skills or sends units reaches all of them; everybody else their own."""
    if may(by, Permission.SKILL_RECORD) or may(by, Permission.INCIDENT_ASSIGN):
        return EVERYTHING
    return Q(person_ref=by.ref)

"""Which incidents and units may a person reach?"""

from django.db.models import Q

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import EVERYTHING, may, reach_of
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents.models import (
    CrewMember,
    Deployment,
    Escalation,
    Incident,
    Link,
    LogEntry,
    Review,
    StatusReport,
    Transfer,
    Unit,
)


@reach_of(Incident)
@reach_of(Review)
@reach_of(LogEntry)
@reach_of(Escalation)
@reach_of(Link)
@reach_of(Transfer)
@reach_of(Deployment)
def incidents_of(by: Actor) -> Q | None:
    """Everybody who may see incidents reaches all of them, and so does the worker that files what units report; an agency none."""
    return EVERYTHING if may(by, Permission.INCIDENT_READ) or may(by, Permission.UNIT_REPORT) else None


@reach_of(Unit)
@reach_of(CrewMember)
@reach_of(StatusReport)
def units_of(by: Actor) -> Q | None:
    """Whoever may see units, or reports of them, reaches all of them."""
    return EVERYTHING if may(by, Permission.UNIT_READ) or may(by, Permission.UNIT_REPORT) else None

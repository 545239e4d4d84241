"""Which incidents are open, and how do their attendance clocks stand?"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, QuerySet, Value, When

from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound, Stale
from standfast.foundation.kernel.rows import find_row, find_rows, one_of
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import is_reachable, reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.contact.rules.risk import Risk, risk_rank
from standfast.journey.incidents import access  # noqa: F401 - registers the reach
from standfast.journey.incidents.models import Deployment, Incident, LogEntry, Review, Unit
from standfast.journey.incidents.states import OPEN, IncidentState

BY_DANGER = Case(*[When(risk=risk, then=Value(risk_rank(risk))) for risk in Risk], output_field=IntegerField())


@dataclass(frozen=True, kw_only=True)
class IncidentClocks:
    """
    The running duties of an incident; None where none runs.

    `national` counts from the first contact, `policy`, the force's own, from the grading; an agreed time has only the first.
    """

    national: Obligation | None
    policy: Obligation | None
    review: Obligation | None


@dataclass(frozen=True, kw_only=True)
class Emergencies:
    """Open incidents graded immediate: without a unit, with one, at the scene; and how many are over their limit to attend."""

    waiting: int
    assigned: int
    at_scene: int
    over: int

    @property
    def open(self) -> int:
        """How many are open."""
        return self.waiting + self.assigned + self.at_scene


def get_incident(*, reference: str, by: Actor) -> Incident:
    """
    Return an incident by its reference, however it was written.

    :raises NotFound: if there is none, or none this person may reach
    """
    require(by, Permission.INCIDENT_READ)
    rows = reachable(by, Incident.objects.select_related("contact"))
    found = one_of(rows.filter(reference=refs.normalise(reference)))
    if found is None:
        raise NotFound("There is no such incident.")
    return found


def lock_incident(reference: str) -> Incident:
    """
    Return an incident, locked until the transaction ends.

    :raises NotFound: if there is none
    """
    found = find_row(Incident, reference=reference, lock=True)
    if found is None:
        raise NotFound("There is no such incident.")
    return found


def lock_reachable(*, reference: str, by: Actor) -> Incident:
    """
    Return an incident by its reference, however it was written, locked until the transaction ends.

    :raises NotFound: if there is none, or none this person may reach
    """
    require(by, Permission.INCIDENT_READ)
    found = lock_incident(refs.normalise(reference))
    if not is_reachable(by, found):
        raise NotFound("There is no such incident.")
    return found


def lock_both(one: Incident, other: Incident) -> tuple[Incident, Incident]:
    """
    Return two incidents, locked until the transaction ends, after every unit that was ever sent to one of them.

    :raises Stale: if a unit was sent to one of them meanwhile
    """
    keys = {one.pk, other.pk}
    sent = Deployment.objects.filter(incident_id__in=keys).values_list("unit_id", flat=True)
    units = set(sent)
    list(Unit.objects.select_for_update().filter(pk__in=units).order_by("pk").values_list("pk"))
    locked = {each.pk: each for each in Incident.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    if set(sent.all()) != units:
        raise Stale("A unit was sent to one of them meanwhile: look again.")
    return locked[one.pk], locked[other.pk]


def find_by_journey(*, journey: str) -> Incident | None:
    """Return the incident a journey's contact was opened as, or None while there is none; what was split from it is not it."""
    # What was split from it is left out here: a planner that knows nothing of the table yet would go through all that was not split.
    return next((each for each in find_rows(Incident, journey=journey) if each.split_from_id is None), None)


def lock_dealt_with(*, journey: str) -> Sequence[Incident]:
    """Return, locked, every incident under which a journey is dealt with: those of its contact, and what they were merged into."""
    found, newest = set[int](), set(Incident.objects.filter(journey=journey).values_list("pk", flat=True))
    while newest:
        found |= newest
        into = Incident.objects.filter(pk__in=newest, merged_into__isnull=False)
        newest = set(into.values_list("merged_into_id", flat=True)) - found
    return list(Incident.objects.select_for_update().filter(pk__in=found).order_by("pk"))


def list_open(*, by: Actor) -> QuerySet[Incident]:
    """Return the open incidents: most danger first, then the longest wait."""
    require(by, Permission.INCIDENT_READ)
    rows = reachable(by, Incident.objects.filter(state__in=OPEN))
    return rows.alias(danger=BY_DANGER).order_by("danger", "first_contact_at", "reference")


def list_reviews(*, reference: str, by: Actor) -> Sequence[Review]:
    """Return the reviews of an incident's risk, newest first."""
    return list(Review.objects.filter(incident=get_incident(reference=reference, by=by)).order_by("-id"))


def list_log(*, reference: str, by: Actor) -> Sequence[LogEntry]:
    """Return the log of an incident and of all that was merged into it, newest first."""
    family = family_of(get_incident(reference=reference, by=by))
    rows = LogEntry.objects.filter(incident_id__in=family).select_related("incident")
    return list(rows.order_by("-at", "-id"))


def family_of(incident: Incident) -> Sequence[int]:
    """Return the keys of an incident and of all that was merged into it, however far."""
    found, newest = [incident.pk], [incident.pk]
    while newest:
        newest = list(Incident.objects.filter(merged_into_id__in=newest).values_list("pk", flat=True))
        found += newest
    return found


def clocks_of(references: Iterable[str]) -> dict[str, IncidentClocks]:
    """Return the running clocks of each of these incidents."""
    wanted = list(references)
    running = obligations.running_for(wanted)
    return {reference: _clocks(running.get(reference, ())) for reference in wanted}


def emergencies(*, by: Actor, now: datetime) -> Emergencies:
    """Return how the open emergencies stand, as counts: for who may see the wall, though perhaps no incident."""
    require(by, Permission.WALL_READ)
    rows = Incident.objects.filter(state__in=OPEN, grade=ResponseGrade.IMMEDIATE)
    states = dict(rows.values_list("reference", "state"))
    clocks = clocks_of(states)
    counts = Counter(states.values())
    return Emergencies(
        waiting=counts[IncidentState.WAITING],
        assigned=counts[IncidentState.ASSIGNED],
        at_scene=counts[IncidentState.AT_SCENE],
        over=sum(each.national is not None and each.national.due_at < now for each in clocks.values()),
    )


def _clocks(duties: Iterable[Obligation]) -> IncidentClocks:
    by_kind = {duty.kind: duty for duty in duties}
    return IncidentClocks(
        national=by_kind.get(Duty.ATTEND), policy=by_kind.get(Duty.ATTEND_POLICY), review=by_kind.get(Duty.REVIEW)
    )

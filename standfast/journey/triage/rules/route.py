"""Where does a graded contact go? The rule proposes, a person confirms; its policy is in `tables/route/`."""

from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.choices import Answer, Choice
from standfast.foundation.kernel.tables import Decision, DecisionTable, Explanation
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.triage.rules.diversion import Diversion
from standfast.journey.triage.rules.need import Need


class Route(Choice):
    """The ways a contact can go on."""

    DEPLOY = "deploy", "Send officers"
    APPOINTMENT = "appointment", "Appointment"
    DESK = "desk", "Desk: dealt with by phone"
    PARTNER = "partner", "Partner agency"
    NO_POLICE_ROLE = "no_police_role", "No police role"


LEAVES_THE_POLICE = frozenset({Route.PARTNER, Route.NO_POLICE_ROLE})
OPEN_ROUTES: dict[Diversion, frozenset[Route]] = {
    Diversion.DEPLOY_ONLY: frozenset({Route.DEPLOY}),
    Diversion.POLICE_ONLY: frozenset(Route) - LEAVES_THE_POLICE,
    Diversion.OPEN: frozenset(Route),
}
"""Which routes a person may choose under each answer of the diversion rule."""


@dataclass(frozen=True, kw_only=True)
class RouteFacts:
    """What the route depends on. A question nobody asked is `not_known`, never `no`."""

    grade: ResponseGrade
    diversion: Diversion
    need: Need
    evidence_perishable: Answer
    slot_agreed: Answer


TABLE = DecisionTable.beside(__file__, facts=RouteFacts, outcomes=Route)


def decide_route(facts: RouteFacts, *, on: date) -> Decision[Route]:
    """Return the route the policy in force on that London day proposes, and why."""
    return TABLE.decide(facts, on=on)


def explain_route(facts: RouteFacts, *, on: date) -> Explanation[Route]:
    """Return the route with the nearest rows that did not fire and the answers that would change it."""
    return TABLE.explain(facts, on=on)

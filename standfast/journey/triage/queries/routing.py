"""Which route does the rule propose for a contact, which routes are closed to it, and which agencies fit?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.rows import find_row
from standfast.foundation.kernel.tables import Decision, Explanation
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.foundation.places import queries as places
from standfast.journey.assessment import queries as assessment
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.triage.models import RouteDecision, ThresholdTest
from standfast.journey.triage.rules.diversion import (
    Diversion,
    DiversionFacts,
    Threshold,
    decide_diversion,
    is_protected,
)
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.partner import partners_on
from standfast.journey.triage.rules.partner_rank import PartnerRanking, PartnerRequest, rank_partners
from standfast.journey.triage.rules.route import OPEN_ROUTES, Route, RouteFacts, explain_route

URGENT = frozenset({ResponseGrade.IMMEDIATE, ResponseGrade.PRIORITY})


class NotGraded(Refusal):
    """The contact has no grade that still fits what is known, so no route can be decided."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What the officer says of the matter: the need another agency might serve, and whether a fraud is a call for service."""

    need: Need = Need.NONE
    fraud_call: Answer = Answer.NOT_KNOWN


@dataclass(frozen=True, kw_only=True)
class RouteProposal:
    """
    The route the rule proposes with its explanation, how far the matter may go and why, the routes a person may choose, and what was known.
    """

    known: assessment.HandedOn
    explanation: Explanation[Route]
    diversion: Decision[Diversion]
    open_routes: frozenset[Route]

    @property
    def route(self) -> Route:
        """The route proposed."""
        return self.explanation.decision.outcome


def propose_route(*, contact_reference: str, matter: Matter, by: Actor, now: datetime) -> RouteProposal:
    """
    Return the route the policy in force now proposes for a graded contact.

    :raises NotFound: if there is no such contact, or none this person may reach
    :raises NotGraded: if no grade stands, or a new fact has outgrown it
    """
    return proposal_for(contacts.get_contact(reference=contact_reference, by=by), matter, now=now)


def proposal_for(contact: Contact, matter: Matter, *, now: datetime) -> RouteProposal:
    """
    Return the proposal for a contact the caller has read or locked.

    :raises NotGraded: if no grade stands, or a new fact has outgrown it
    """
    on = days.london_day(now)
    known = assessment.handed_on(reference=contact.reference)
    standing = known.standing
    if standing is None:
        raise NotGraded("Grade the contact before you decide its route.")
    if standing.outgrown:
        raise NotGraded(
            "Something new asks for a more urgent grade: grade the contact again before you decide its route."
        )
    diversion = decide_diversion(_diversion_facts(contact, known, standing.grade, matter, on=on), on=on)
    facts = RouteFacts(
        grade=standing.grade,
        diversion=diversion.outcome,
        need=matter.need,
        evidence_perishable=known.answer_to("evidence_perishable"),
        slot_agreed=known.answer_to("slot_agreed"),
    )
    return RouteProposal(
        known=known,
        explanation=explain_route(facts, on=on),
        diversion=diversion,
        open_routes=OPEN_ROUTES[diversion.outcome],
    )


def standing_threshold(*, contact_reference: str) -> ThresholdTest | None:
    """Return the newest threshold test of a contact, or None while nobody made one."""
    return find_row(ThresholdTest, contact__reference=contact_reference, newest=True)


def standing_route(*, contact_reference: str) -> RouteDecision | None:
    """Return the newest route decision of a contact, or None while nobody made one."""
    return find_row(RouteDecision, contact__reference=contact_reference, newest=True)


def list_decisions(*, contact_reference: str, by: Actor) -> Sequence[RouteDecision]:
    """Return every route decision of a contact, newest first."""
    contact = contacts.get_contact(reference=contact_reference, by=by)
    return list(RouteDecision.objects.filter(contact=contact).order_by("-id"))


def rank_for(*, contact_reference: str, need: Need, by: Actor, now: datetime) -> PartnerRanking:
    """Return the agencies for a need of a contact now, best first with reasons, and why not the others."""
    require(by, Permission.REFERRAL_SEND)
    contact = contacts.get_contact(reference=contact_reference, by=by)
    return rank_partners(partners_on(days.london_day(now)), request_for(contact, need), at=now)


def request_for(contact: Contact, need: Need) -> PartnerRequest:
    """Return what is looked for among the agencies for a contact."""
    standing = assessment.standing_grade(reference=contact.reference)
    return PartnerRequest(
        need=need,
        areas=areas_of(contact),
        strands=assessment.strands_of(reference=contact.reference),
        urgent=standing is None or standing.grade in URGENT,
    )


def areas_of(contact: Contact) -> frozenset[str]:
    """Return the codes of the smallest area the contact lies in and of the area that one is part of; none when nobody knows where."""
    if contact.lat is None or contact.lon is None:
        return frozenset()
    area = places.area_of_point(lat=contact.lat, lon=contact.lon)
    return frozenset({area.code, area.parent_code} - {""}) if area else frozenset()


def _diversion_facts(
    contact: Contact, known: assessment.HandedOn, grade: ResponseGrade, matter: Matter, *, on: date
) -> DiversionFacts:
    test = standing_threshold(contact_reference=contact.reference)
    return DiversionFacts(
        grade=grade,
        risk=Risk(contact.risk),
        protected=is_protected(known.strands, on=on),
        unconfirmed=bool(known.unconfirmed),
        child_mentioned=known.child_mentioned,
        weapon=known.answer_to("weapon"),
        threshold=Threshold(test.outcome) if test else Threshold.NOT_TESTED,
        need=matter.need,
        fraud_call=matter.fraud_call,
    )

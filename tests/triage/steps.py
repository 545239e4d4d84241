"""How does a contact get to a partner agency? By the operations people use."""

from datetime import datetime, timedelta

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.journey.contact.models import Contact
from standfast.journey.triage import operations
from standfast.journey.triage.models import Referral, RouteDecision
from standfast.journey.triage.operations import NewReferral, RoutePlan, ThresholdAnswers
from standfast.journey.triage.queries import Matter
from standfast.journey.triage.rules.lawful_basis import LawfulBasis, SharedField
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.police_threshold import QUESTIONS, ThresholdFacts
from standfast.journey.triage.rules.promise import Promise, Slot
from tests.builders import graded_contact

TOLD = Promise(what="Adult social care will ring you", by_whom="Their duty team", when="Within four hours")
WELFARE = Matter(need=Need.WELFARE_CHECK)
PLAIN = "The neighbour has not taken her post in and I wonder whether she is on holiday"
NOTHING_ASKED = RoutePlan()


def resolved_contact(*, by: Actor, now: datetime, words: str = PLAIN, ago: timedelta = timedelta(0)) -> Contact:
    """Return a contact in hand, graded as resolved without a visit."""
    answers = {"visit_needed": Answer.NO, "evidence_perishable": Answer.NO, "risk_continues": Answer.NO}
    return graded_contact(by=by, now=now, words=words, ago=ago, answers=answers)


def answers_of(**given: Answer) -> ThresholdAnswers:
    """Return the answers of a threshold test, each no unless given, with the facts relied on."""
    facts = {name: given.get(name, Answer.NO) for name in QUESTIONS}
    return ThresholdAnswers(
        facts=ThresholdFacts(**facts), relied_on={name: f"The caller said so ({name})" for name in QUESTIONS}
    )


def not_for_police(*, by: Actor, now: datetime, words: str = PLAIN, ago: timedelta = timedelta(0)) -> Contact:
    """Return a resolved contact whose threshold test says it is not for the police."""
    contact = resolved_contact(by=by, now=now, words=words, ago=ago)
    operations.record_threshold_test(contact_reference=contact.reference, answers=answers_of(), by=by, now=now)
    return contact


def routed_to_partner(*, by: Actor, now: datetime, ago: timedelta = timedelta(0)) -> Contact:
    """Return a contact in hand whose route to a partner agency was confirmed."""
    contact = not_for_police(by=by, now=now, ago=ago)
    plan = RoutePlan(matter=WELFARE)
    operations.confirm_route(contact_reference=contact.reference, plan=plan, by=by, now=now)
    return contact


def new_referral(**changed: object) -> NewReferral:
    """Return a referral to adult social care that may be sent by day."""
    given: dict[str, object] = {
        "partner": "adult_social_care",
        "summary": "Please look in on the lady at number 4",
        "fields": [SharedField.CALLER_NAME, SharedField.PLACE, SharedField.FIRST_CONTACT_AT],
        "consent": Answer.YES,
        "lawful_basis": LawfulBasis.PUBLIC_TASK,
        "told": TOLD,
    }
    return NewReferral(**{**given, **changed})  # type: ignore[arg-type]


def sent_referral(*, by: Actor, now: datetime, ago: timedelta = timedelta(0), **changed: object) -> Referral:
    """Return a referral that waits for its answer."""
    contact = routed_to_partner(by=by, now=now, ago=ago)
    new = new_referral(**changed)
    return operations.send_referral(contact_reference=contact.reference, new=new, by=by, now=now)


def confirmed(contact: Contact, plan: RoutePlan = NOTHING_ASKED, *, by: Actor, now: datetime) -> RouteDecision:
    """Confirm the route the rule proposes."""
    return operations.confirm_route(contact_reference=contact.reference, plan=plan, by=by, now=now)


def tomorrow(now: datetime) -> Slot:
    """Return an hour tomorrow."""
    return Slot(starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=1, hours=1))

"""
Who else is at work in a demonstration? Made-up contact officers who take contacts, assess, grade and send them on.

They work by the operations people use, and leave what stands first on the desk for a while to whoever tries
the demonstration.
"""

from datetime import datetime, timedelta

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people import queries as people
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.danger_question import QUESTIONS
from standfast.journey.assessment.rules.thrive import Limb
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.queries import ContactRecord, DeskFilter
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.triage import operations as triage
from standfast.journey.triage import queries as routes
from standfast.journey.triage.operations import RoutePlan
from standfast.journey.triage.queries import Matter
from standfast.journey.triage.rules.promise import Promise
from standfast.journey.triage.rules.route import Route

COLLEAGUES = (("grace", "Grace Handler"), ("owen", "Owen Handler"), ("noor", "Noor Handler"))
LOOK_SECONDS = 6.0
LEFT_TO_VISITORS = 4
"""How many waiting contacts, from the first on, they leave."""
LEFT_FOR = timedelta(minutes=15)
"""How long: a desk on which the most dangerous wait for ever would teach nobody anything."""
IN_HAND = 2
SHORTEST, SPREAD = timedelta(minutes=2), 300
TOLD = Promise(what="We will ring you with what we found", by_whom="The contact centre", when="By tomorrow evening")
DANGER = {Risk.IMMEDIATE: "danger_to_life", Risk.HIGH: "happening_now", Risk.MEDIUM: "visit_needed"}


def work_once(*, now: datetime) -> None:
    """Let each colleague finish what is ready, and one of them take what waits."""
    has_taken = False
    for username, _ in COLLEAGUES:
        member = people.find_member(username)
        if member is None:
            continue
        by = member.as_actor()
        mine = list(contacts.desk(by=by, where=DeskFilter(queue="mine")))
        for contact in mine:
            if contact.owned_since and now - contact.owned_since >= needed_for(contact):
                _finish(contact, by=by, now=now)
        if len(mine) < IN_HAND and not has_taken:
            has_taken = _take(by=by, now=now)


def needed_for(contact: ContactRecord) -> timedelta:
    """Return how long a contact takes: the same whenever it is asked."""
    return SHORTEST + timedelta(seconds=sum(contact.reference.encode()) * 7 % SPREAD)


def _take(*, by: Actor, now: datetime) -> bool:
    waiting = [each for each in contacts.desk(by=by, where=DeskFilter(queue="nobody")) if each.channel != Channel.CHAT]
    too_long = [each for each in waiting[:LEFT_TO_VISITORS] if now - each.first_contact_at > LEFT_FOR]
    for contact in [*too_long, *waiting[LEFT_TO_VISITORS:]][:1]:
        contact_operations.claim_contact(reference=contact.reference, by=by, now=now)
        return True
    return False


def _finish(contact: ContactRecord, *, by: Actor, now: datetime) -> None:
    try:
        _assess(contact, by=by, now=now)
        _send_on(contact, by=by, now=now)
    except Refusal:
        # Somebody else has it by now, or it needs a supervisor: it stays where it is, with its clock.
        return


def _assess(contact: ContactRecord, *, by: Actor, now: datetime) -> None:
    reference, risk = contact.reference, Risk(contact.risk)
    for limb in Limb:
        said = f"{limb.label} asked about; nothing beyond what was said"
        assessment.write_limb(reference=reference, limb=limb, text=said, level=risk, by=by, now=now)
    for question in QUESTIONS.on(days.london_day(now)).rows:
        answer = Answer.YES if question.id == DANGER.get(risk) else Answer.NO
        assessment.answer_question(reference=reference, question=question.id, answer=answer, by=by, now=now)
    assessment.confirm_grade(reference=reference, by=by, now=now)


def _send_on(contact: ContactRecord, *, by: Actor, now: datetime) -> None:
    reference, plan = contact.reference, RoutePlan()
    proposed = routes.propose_route(contact_reference=reference, matter=Matter(), by=by, now=now).route
    if proposed in {Route.DEPLOY, Route.DESK}:
        triage.confirm_route(contact_reference=reference, plan=plan, by=by, now=now)
    else:
        why = "The caller would rather be rung"
        triage.choose_route(contact_reference=reference, route=Route.DESK, reason=why, plan=plan, by=by, now=now)
    if proposed != Route.DEPLOY:
        triage.record_contact_back(contact_reference=reference, told=TOLD, by=by, now=now)

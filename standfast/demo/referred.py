"""
What has a partner agency of the demonstration to look at? Made-up matters that were referred to it in its own hours.

Everything by the ordinary operations. Outside the agency's hours what it has was sent in its last hours and taken on then: something
sent now would be refused, and something left unanswered since would have come back to the police.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import WORKER
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.danger_question import QUESTIONS
from standfast.journey.assessment.rules.thrive import Limb
from standfast.journey.contact import operations as contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.triage import operations as triage
from standfast.journey.triage.operations import NewReferral, RoutePlan, ThresholdAnswers
from standfast.journey.triage.queries import Matter
from standfast.journey.triage.rules.lawful_basis import LawfulBasis, SharedField
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.police_threshold import QUESTIONS as THRESHOLD
from standfast.journey.triage.rules.police_threshold import ThresholdFacts
from standfast.journey.triage.rules.promise import Promise

LATEST = timedelta(minutes=25)
MIDDAY_HOUR, DAYS_BACK = 12, 5
TOLD = Promise(what="Adult social care will look in", by_whom="Their duty team", when="Within four hours")
SHARED = (SharedField.CALLER_NAME, SharedField.PLACE, SharedField.FIRST_CONTACT_AT)


@dataclass(frozen=True, kw_only=True)
class Story:
    """One matter: who rang and what they said, where it is, what the agency was asked, and what it answered if it did."""

    caller: str
    words: str
    place: str
    asked: str
    accepted: bool = False
    result: str = ""


STORIES = (
    Story(
        caller="Marjorie Tams",
        words="The lady at number 4 has not taken her post in since Monday and I wonder whether she is with her sister",
        place="4 Lime Walk, Potterby",
        asked="Please look in on the lady at number 4; her neighbour has a key",
        result="We called in; she was with her sister and is well",
        accepted=True,
    ),
    Story(
        caller="Desmond Sherratt",
        words="The couple at number 17 have not put the bins out and there is milk on the step",
        place="17 Mill Street, Marlton-on-Dove",
        asked="Please look in on the couple at number 17; they have carers in the mornings",
        accepted=True,
    ),
    Story(
        caller="Agnes Colclough",
        words="The old man next door has not put his bins out for three weeks and his garden has grown over",
        place="9 Chapel Row, Northwall",
        asked="Please look in on the gentleman next door",
    ),
)


def refer_some(*, officer: Actor, agency: Actor, partner: str, now: datetime) -> int:
    """Refer the made-up matters to the agency, each when it was last open, and return how many could be sent."""
    return sum(
        any(_tell(story, at, officer=officer, agency=agency, partner=partner) for at in _moments(story, now=now))
        for story in STORIES
    )


def _moments(story: Story, *, now: datetime) -> Iterator[datetime]:
    if not story.result:
        yield now - LATEST
    if story.accepted:
        today = days.london_day(now)
        for back in range(1, DAYS_BACK):
            start, _ = days.day_bounds(today - timedelta(days=back))
            yield start + timedelta(hours=MIDDAY_HOUR)


def _tell(story: Story, at: datetime, *, officer: Actor, agency: Actor, partner: str) -> bool:
    try:
        with transaction.atomic():
            reference = _refer(story, at, officer=officer, partner=partner)
            if story.accepted:
                triage.accept_referral(reference=reference, by=agency, now=at + timedelta(minutes=15))
            if story.result:
                triage.complete_referral(
                    reference=reference, result=story.result, by=agency, now=at + timedelta(hours=2)
                )
    except Refusal:
        # The agency was closed then: the next moment is tried.
        return False
    return True


def _refer(story: Story, at: datetime, *, officer: Actor, partner: str) -> str:
    reference = _graded(story, at, officer=officer)
    answers = ThresholdAnswers(
        facts=ThresholdFacts(**dict.fromkeys(THRESHOLD, Answer.NO)),
        relied_on=dict.fromkeys(THRESHOLD, "The caller said so"),
    )
    plan = RoutePlan(matter=Matter(need=Need.WELFARE_CHECK), told=TOLD)
    later = at + timedelta(minutes=3)
    triage.record_threshold_test(contact_reference=reference, answers=answers, by=officer, now=later)
    triage.confirm_route(contact_reference=reference, plan=plan, by=officer, now=later)
    new = NewReferral(
        partner=partner,
        summary=story.asked,
        fields=SHARED,
        consent=Answer.YES,
        lawful_basis=LawfulBasis.PUBLIC_TASK,
        told=TOLD,
    )
    return triage.send_referral(contact_reference=reference, new=new, by=officer, now=later).reference


def _graded(story: Story, at: datetime, *, officer: Actor) -> str:
    new = contact.NewContact(
        channel=Channel.CALL_101,
        received_at=at,
        source="demo-shift",
        source_ref=f"referred-{story.caller}",
        words=story.words,
        kind="Concern for safety",
        caller={"name": story.caller},
        place={"text": story.place},
    )
    reference = contact.file_intake(new=new, by=WORKER, now=at).reference
    contact.claim_contact(reference=reference, by=officer, now=at)
    for limb in Limb:
        said = f"{limb.label} asked about; the caller said there is none"
        assessment.write_limb(reference=reference, limb=limb, text=said, level=Risk.STANDARD, by=officer, now=at)
    for question in QUESTIONS.on(days.london_day(at)).rows:
        assessment.answer_question(reference=reference, question=question.id, answer=Answer.NO, by=officer, now=at)
    assessment.confirm_grade(reference=reference, by=officer, now=at + timedelta(minutes=2))
    return reference

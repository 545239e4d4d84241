"""How does a contact become an incident? By the operations people use."""

from datetime import datetime, timedelta
from typing import Any

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.incidents import queries
from standfast.journey.triage import operations as triage
from standfast.journey.triage.operations import RoutePlan
from tests.builders import graded_contact

PRIORITY = {"visit_needed": Answer.YES, "evidence_perishable": Answer.YES}
IMMEDIATE = {"danger_to_life": Answer.YES}


def opened_incident(
    *,
    by: Actor,
    now: datetime,
    answers: dict[str, Answer] | None = None,
    words: str = "My bike was taken from the shed",
    ago: timedelta = timedelta(minutes=7),
    place: dict[str, object] | None = None,
    channel: Channel = Channel.ONLINE,
) -> Any:
    """Return the incident of a contact that was graded and sent the way the rule proposes."""
    contact = graded_contact(
        by=by, now=now, words=words, ago=ago, answers=answers or PRIORITY, place=place, channel=channel
    )
    triage.confirm_route(contact_reference=contact.reference, plan=RoutePlan(), by=by, now=now)
    return queries.find_by_journey(journey=contact.reference)

"""Because this happened, what follows? In the same transaction, downstream only; a reaction cannot refuse."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from standfast.foundation.eventlog.happening import Happening
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment import events as assessment_events
from standfast.journey.assessment import operations as assessment_operations
from standfast.journey.chat import operations as chat_operations
from standfast.journey.contact import events as contact_events
from standfast.journey.contact import queries as contact_queries
from standfast.journey.incidents import operations as incidents_operations
from standfast.journey.triage import events as triage_events
from standfast.journey.triage import operations as triage_operations


def once_recorded(reaction: Callable[..., Any]) -> Callable[..., Any]:
    """Leave out what follows in a later stage while the contact is only just being recorded: no later stage has anything of it yet."""

    @wraps(reaction)
    def follow(happening: Happening, *, by: Actor, now: datetime) -> None:
        if not contact_queries.is_being_recorded(happening.about):
            reaction(happening, by=by, now=now)

    return follow


# A vulnerability is one fact: every stage that takes a matter over takes it along, and is told of what is seen, or doubted, later.
# A stage that comes (crime, plan, victim) is added here, and to CARRIES of the check in cli/invariants.py; a test tries each.
CARRY = [once_recorded(triage_operations.carry_strand), once_recorded(incidents_operations.carry_strand)]
DOUBT = [triage_operations.doubt_dismissed, incidents_operations.doubt_dismissed]

REACTIONS: Mapping[type[Happening], Sequence[Callable[..., Any]]] = {
    contact_events.ContactRecorded: [assessment_operations.screen_words],
    contact_events.ContactFilledIn: [assessment_operations.screen_again],
    contact_events.ContactClaimed: [chat_operations.follow_claim],
    contact_events.ContactTakenOver: [chat_operations.follow_take_over],
    contact_events.ContactHandedBack: [chat_operations.follow_hand_back],
    contact_events.RiskChanged: [once_recorded(chat_operations.follow_risk)],
    contact_events.ContactClosed: [triage_operations.withdraw_after_close],
    assessment_events.StrandFlagged: CARRY,
    assessment_events.StrandConfirmed: CARRY,
    assessment_events.StrandDismissed: DOUBT,
    triage_events.RouteConfirmed: [incidents_operations.open_after_route],
    triage_events.RouteOverridden: [incidents_operations.open_after_route],
}

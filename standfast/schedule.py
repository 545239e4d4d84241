"""
Because time passed, what follows?

Truth is rows whose time has come: each job asks its due-query and runs its operation on each row, in a transaction of its own. Every job
may run twice, and late, without harm.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from standfast.foundation.people.access import WORKER
from standfast.journey.assessment import operations as assessment_operations
from standfast.journey.assessment import queries as assessment_queries
from standfast.journey.chat import operations as chat_operations
from standfast.journey.chat import queries as chat_queries
from standfast.journey.incidents import operations as incidents_operations
from standfast.journey.incidents import queries as incidents_queries
from standfast.journey.triage import operations as triage_operations
from standfast.journey.triage import queries as triage_queries


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job: its name, how often it asks, which rows have come due (by reference), and what is done with each."""

    name: str
    every: timedelta
    due: Callable[[datetime], Sequence[str]]
    operation: Callable[[str, datetime], Any]


JOBS: tuple[Job, ...] = (
    Job(
        name="return unanswered referrals",
        every=timedelta(seconds=5),
        due=lambda now: [referral.reference for referral in triage_queries.referrals_due(now=now)],
        operation=lambda reference, now: triage_operations.expire_referral(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="read contacts the machine did not read",
        every=timedelta(seconds=10),
        due=lambda now: assessment_queries.list_unread(now=now),
        operation=lambda reference, now: assessment_operations.read_unread(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="tell of incidents nobody attends",
        every=timedelta(seconds=5),
        due=lambda now: incidents_queries.escalations_due(now=now),
        operation=lambda reference, now: incidents_operations.escalate_incident(
            reference=reference, by=WORKER, now=now
        ),
    ),
    Job(
        name="end offers of incidents nobody answered",
        every=timedelta(seconds=5),
        due=lambda now: incidents_queries.offers_due(now=now),
        operation=lambda reference, now: incidents_operations.expire_offer(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="return chats left unanswered",
        every=timedelta(seconds=5),
        due=lambda now: chat_queries.replies_due(now=now),
        operation=lambda reference, now: chat_operations.return_quiet(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="end offers of chats nobody answered",
        every=timedelta(seconds=5),
        due=lambda now: chat_queries.offers_due(now=now),
        operation=lambda reference, now: chat_operations.expire_offer(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="notice lost links of chats",
        every=timedelta(seconds=5),
        due=lambda now: chat_queries.links_lost(now=now),
        operation=lambda reference, now: chat_operations.note_lost_link(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="notice silent chats",
        every=timedelta(seconds=5),
        due=lambda now: chat_queries.silences(now=now),
        operation=lambda reference, now: chat_operations.note_silence(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="notice visitors who are back",
        every=timedelta(seconds=5),
        due=lambda now: chat_queries.visitors_back(),  # noqa: ARG005 - as jobs are asked
        operation=lambda reference, now: chat_operations.note_visitor_back(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="return chats of operators who are gone",
        every=timedelta(seconds=10),
        due=lambda now: chat_queries.operators_gone(now=now),
        operation=lambda username, now: chat_operations.release_gone(username=username, by=WORKER, now=now),
    ),
    Job(
        name="tell waiting visitors that nobody is there",
        every=timedelta(seconds=2),
        due=lambda now: chat_queries.waiting_with_nobody(now=now),
        operation=lambda reference, now: chat_operations.tell_nobody(reference=reference, by=WORKER, now=now),
    ),
    Job(
        name="say how the chat desk stands",
        every=timedelta(seconds=2),
        due=lambda now: ["desk"],  # noqa: ARG005 - it is always due
        operation=lambda desk, now: chat_operations.write_standing(by=WORKER, now=now),  # noqa: ARG005 - there is one
    ),
)

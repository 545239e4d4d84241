"""Who takes chats, how much do they carry, and what does that let us say to the public?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.rows import values_of
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat.models import Conversation, Operator
from standfast.journey.chat.rules import opening_hours
from standfast.journey.chat.rules.load import capacity, load_of, load_points
from standfast.journey.chat.rules.standing import DeskFacts, Standing, decide_standing
from standfast.journey.chat.states import OPEN, ChatState

GONE_AFTER = timedelta(seconds=90)
RECENT = timedelta(hours=1)
WAITING_EACH = 3
"""With more waiting for each who takes chats than this, the desk is full."""


@dataclass(frozen=True, kw_only=True)
class OperatorRow:
    """Somebody who takes chats or still has some: load points carried (chats that sleep counted) of those they take, and since when."""

    username: str
    name: str
    is_taking: bool
    chats: int
    carried: int
    points: int
    seen_at: datetime


class _Operator(NamedTuple):
    member_id: int
    username: str
    name: str
    is_taking: bool
    points: int
    seen_at: datetime


# Asked for each part of a chat that its owner's page shows afresh, so not put together anew each time.
_OPERATORS = """
SELECT o.member_id, m.username, m.name, o.is_taking, o.points, o.seen_at
FROM chat_operator o JOIN people_staffmember m ON m.id = o.member_id
"""
_RISKS_HELD = """
SELECT held.owner_id, c.risk FROM chat_conversation held JOIN contact_contact c ON c.id = held.contact_id
WHERE held.state = ANY(%s) AND held.owner_id IS NOT NULL
"""


def list_operators(*, by: Actor, now: datetime) -> Sequence[OperatorRow]:
    """Return who takes chats or still has some, the least loaded first."""
    require(by, Permission.CONTACT_READ)
    held = _risks_held()
    day = days.london_day(now)
    found = [
        OperatorRow(
            username=row.username,
            name=row.name,
            is_taking=is_there(row, now=now),
            chats=len(held.get(row.member_id, ())),
            carried=load_of(held.get(row.member_id, ()), on=day),
            points=row.points,
            seen_at=row.seen_at,
        )
        for row in map(_Operator._make, values_of(_OPERATORS, []))
        if is_there(row, now=now) or held.get(row.member_id)
    ]
    return sorted(found, key=lambda each: (not each.is_taking, each.carried - each.points, each.name))


@dataclass(frozen=True, kw_only=True)
class DeskFigures:
    """
    How chats are answered: chats open, people who take them, each one that waits (its risk and since when), the longest first.

    `first_replies` are the seconds from opening to a person's first reply, of the chats opened since the asked moment, in order.
    """

    open: int
    taking: int
    waiting: Sequence[tuple[str, datetime]]
    first_replies: Sequence[float]


def desk_figures(*, since: datetime, now: datetime) -> DeskFigures:
    """Return how the chats opened since a moment were answered, and how the desk stands now."""
    there = Conversation.objects.filter(state__in=OPEN).order_by("waiting_since")
    rows = list(there.values_list("state", "contact__risk", "waiting_since"))
    opened = Conversation.objects.filter(opened_at__gte=since, first_answer_at__isnull=False)
    spans = (answered - began for began, answered in opened.values_list("opened_at", "first_answer_at") if answered)
    return DeskFigures(
        open=len(rows),
        taking=Operator.objects.filter(is_taking=True, seen_at__gte=now - GONE_AFTER).count(),
        waiting=[(risk, began) for state, risk, began in rows if state == ChatState.WAITING and began],
        first_replies=sorted(each.total_seconds() for each in spans),
    )


def find_operator(*, by: Actor) -> Operator | None:
    """Return somebody's own standing at the desk, if they ever took chats."""
    return Operator.objects.filter(member__username=by.ref.removeprefix("staff:")).first()


def points_of(*, by: Actor, now: datetime) -> int:
    """Return how many load points somebody takes: their own choice, else what the table gives everybody."""
    operator = find_operator(by=by)
    return operator.points if operator else capacity(on=days.london_day(now))


def carried_by(member: int, *, now: datetime) -> int:
    """Return the load points somebody carries."""
    return load_of(_risks_held().get(member, ()), on=days.london_day(now))


def operators_gone(*, now: datetime) -> Sequence[str]:
    """Return who said they take chats but has not been at the desk for a minute and a half, by user name."""
    rows = Operator.objects.filter(is_taking=True, seen_at__lt=now - GONE_AFTER).select_related("member")
    return [row.member.username for row in rows]


def is_there(row: "Operator | _Operator", *, now: datetime) -> bool:
    """Say whether an operator takes chats now."""
    return row.is_taking and row.seen_at >= now - GONE_AFTER


def is_closed(*, now: datetime) -> bool:
    """Say whether nobody answers now: outside the hours, or nobody takes chats. The page says the same (`decide_standing`)."""
    there = Operator.objects.filter(is_taking=True, seen_at__gte=now - GONE_AFTER)
    return not opening_hours.is_open(now) or not there.exists()


def standing(*, now: datetime) -> Standing:
    """Return what the public page may say of the desk."""
    there = [row for row in Operator.objects.filter(is_taking=True) if is_there(row, now=now)]
    day, held = days.london_day(now), _risks_held()
    free = sum(max(0, row.points - load_of(held.get(row.member_id, ()), on=day)) for row in there)
    waiting = Conversation.objects.filter(state=ChatState.WAITING).values_list("contact__risk", flat=True)
    needed = sum(load_points(risk, on=day) for risk in waiting)
    facts = DeskFacts(
        is_open=opening_hours.is_open(now),
        opens_at=None if opening_hours.is_open(now) else opening_hours.next_opening(now),
        taking=len(there),
        points_free=free - needed,
        waiting=len(waiting),
        recent_waits=_recent_waits(now=now),
    )
    return decide_standing(facts, most_waiting=WAITING_EACH * max(1, len(there)))


def _recent_waits(*, now: datetime) -> list[float]:
    rows = Conversation.objects.filter(first_answer_at__gte=now - RECENT).values_list("opened_at", "first_answer_at")
    return [(answered - opened).total_seconds() for opened, answered in rows if answered]


def _risks_held() -> dict[int, list[str]]:
    held: dict[int, list[str]] = {}
    for owner, risk in values_of(_RISKS_HELD, [sorted(OPEN)]):
        held.setdefault(owner, []).append(risk)
    return held

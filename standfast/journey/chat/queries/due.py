"""Which conversations have run out of time: an owner gone quiet, an offer nobody took, a visitor who is gone?"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from standfast.foundation.kernel import days
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.chat.models import Conversation
from standfast.journey.chat.queries.operators import is_closed
from standfast.journey.chat.rules.break_limit import break_after
from standfast.journey.chat.states import HELD, OPEN, Break, ChatState

SOONEST = timedelta(seconds=20)


def replies_due(*, now: datetime) -> Sequence[str]:
    """Return the conversations whose owner left the visitor without an answer for too long."""
    return _subjects(Duty.CHAT_REPLY, now=now)


def offers_due(*, now: datetime) -> Sequence[str]:
    """Return the conversations whose offer nobody answered in time."""
    return _subjects(Duty.CHAT_TRANSFER, now=now)


def links_lost(*, now: datetime, only: str = "") -> Sequence[str]:
    """Return the conversations whose visitor's page kept a line open and has not been heard of for longer than the limit of their risk."""
    rows = Conversation.objects.filter(
        state__in=OPEN - {ChatState.ABANDONED},
        thread__presence__is_streaming=True,
        thread__presence__seen_at__lt=now - SOONEST,
        thread__left_at=None,
    )
    found = _only(rows, only).values_list("reference", "contact__risk", "thread__presence__seen_at")
    day = days.london_day(now)
    return [
        reference
        for reference, risk, seen_at in found
        if seen_at and seen_at <= now - break_after(Break.LOST_LINK, risk=risk, on=day)
    ]


def silences(*, now: datetime, only: str = "") -> Sequence[str]:
    """Return the conversations in which it is the visitor's turn and nothing was written or typed for longer than the limit."""
    return list(_silences(now=now, only=only))


def visitors_back(*, only: str = "") -> Sequence[str]:
    """Return the broken-off conversations whose page is heard of again, or whose silent visitor types: not those who left."""
    rows = Conversation.objects.filter(state=ChatState.ABANDONED, thread__left_at=None)
    link = Q(broken_how=Break.LOST_LINK, thread__presence__seen_at__gt=F("broken_at"))
    voice = Q(broken_how=Break.SILENCE, thread__presence__typing_at__gt=F("broken_at"))
    return list(_only(rows, only).filter(link | voice).values_list("reference", flat=True))


def waiting_with_nobody(*, now: datetime) -> Sequence[str]:
    """Return the waiting conversations whose visitor has not been told that nobody can answer now; none while somebody can."""
    if not is_closed(now=now):
        return []
    rows = Conversation.objects.filter(state=ChatState.WAITING, told_nobody=False)
    return list(rows.values_list("reference", flat=True))


def silent_since(conversation: Conversation) -> datetime:
    """Return since when a visitor whose turn it is has given no sign."""
    there = getattr(conversation.thread, "presence", None)
    signs = [conversation.visitor_at, conversation.staff_at, there.typing_at if there else None]
    return max(sign for sign in signs if sign)


def _silences(*, now: datetime, only: str) -> Iterator[str]:
    mine = Q(state__in=HELD, unanswered_since=None, staff_at__lt=now - SOONEST)
    rows = Conversation.objects.filter(mine).exclude(listen_until__gt=now)
    day = days.london_day(now)
    for row in _only(rows, only).select_related("contact", "thread__presence"):
        if silent_since(row) <= now - break_after(Break.SILENCE, risk=row.contact.risk, on=day):
            yield row.reference


def _subjects(kind: Duty, *, now: datetime) -> list[str]:
    return [duty.journey for duty in obligations.obligations_due(kind=kind, now=now)]


def _only(rows: QuerySet[Conversation], reference: str) -> QuerySet[Conversation]:
    return rows.filter(reference=reference) if reference else rows

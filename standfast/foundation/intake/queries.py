"""What was received, what waits to be filed, what was put aside, and does it add up?"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Max, Q, Sum

from standfast.foundation.intake.models import (
    CallEvent,
    ChatFiling,
    ChatLine,
    ChatOtherWords,
    ChatThread,
    Conflict,
    Filing,
    RefusalCount,
    RefusedBody,
    Source,
    Submission,
    UnitReport,
)
from standfast.foundation.intake.rules.call_event import CallEventKind
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import find_rows, rows_of, values_of

WAITING = Q(filed_at=None, parked_at=None)


@dataclass(frozen=True, kw_only=True)
class Received:
    """A contact as a source sent it; `fields` is its object, read from the text as received, without the fields that are null."""

    reference: str
    source: str
    idempotency_key: str
    channel: IntakeChannel
    received_at: datetime
    stored_at: datetime
    journalled_at: datetime | None
    fields: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ReceivedCallEvent:
    """A queue event of a call as telephony sent it; `channel` is empty where it told no line."""

    source: str
    source_ref: str
    event: CallEventKind
    at: datetime
    stored_at: datetime
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class ReceivedUnitReport:
    """What a unit reported, as its terminal sent it."""

    source: str
    callsign: str
    code: int | None
    at: datetime
    device: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, kw_only=True)
class IntakeState:
    """How the intake stands: rows that wait, the age of the oldest, rows put aside, conflicts nobody decided."""

    waiting: int
    oldest_wait: timedelta
    parked: int
    conflicts: int


@dataclass(frozen=True, kw_only=True)
class ParkedFiling:
    """A row that is tried no more, and why."""

    filing: int
    reference: str
    parked_at: datetime
    attempts: int
    error: str


@dataclass(frozen=True, kw_only=True)
class OpenConflict:
    """Two submissions under one key: the words that stand and the other ones."""

    conflict: int
    reference: str
    source: str
    standing: dict[str, Any]
    other: dict[str, Any]
    stored_at: datetime


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Everything that came in: stored contacts, call events, units' reports, other words kept, refusals by cause, refused bodies kept."""

    submissions: int
    call_events: int
    unit_reports: int
    conflicts: int
    refused: dict[str, int]
    bodies: int


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """A registered source, as shown; its key is known to nobody here."""

    code: str
    name: str
    channels: tuple[str, ...]
    rate_per_minute: int
    active: bool


def as_received(filing: Filing) -> Received | ReceivedCallEvent | ReceivedUnitReport:
    """Return what an outbox row is about."""
    if filing.submission:
        return _received(filing.submission)
    if filing.unit_report:
        return _reported(filing.unit_report)
    event = filing.call_event
    if event is None:
        raise NotFound("This entry is about nothing.")
    return ReceivedCallEvent(
        source=event.source.code,
        source_ref=event.source_ref,
        event=CallEventKind(event.event),
        at=event.at,
        stored_at=event.stored_at,
        channel=event.channel,
    )


def find_submission(*, reference: str) -> Received | None:
    """Return the submission of a reference, however a person wrote it."""
    row = Submission.objects.select_related("source").filter(reference=refs.normalise(reference)).first()
    return _received(row) if row else None


def get_filing_state(*, reference: str) -> tuple[Received, datetime | None]:
    """
    Return a submission and when it was filed, if it was.

    :raises NotFound: if nothing was received under this reference
    """
    filing = Filing.objects.select_related("submission__source").filter(submission__reference=refs.normalise(reference))
    row = filing.first()
    if row is None or row.submission is None:
        raise NotFound("Nothing was received under this reference.")
    return _received(row.submission), row.filed_at


def count_waiting() -> int:
    """Return how many rows wait to be filed."""
    return Filing.objects.filter(WAITING).count()


def intake_state(*, now: datetime) -> IntakeState:
    """Return how the intake stands."""
    oldest = (
        Filing.objects.filter(WAITING).order_by("id").select_related("submission", "call_event", "unit_report").first()
    )
    waiting = oldest and (oldest.submission or oldest.call_event or oldest.unit_report)
    stored_at = waiting.stored_at if waiting else now
    return IntakeState(
        waiting=count_waiting(),
        oldest_wait=max(now - stored_at, timedelta(0)),
        parked=Filing.objects.filter(parked_at__isnull=False).count(),
        conflicts=Conflict.objects.filter(resolved_at=None).count(),
    )


def list_parked(*, limit: int = 100) -> Sequence[ParkedFiling]:
    """Return the rows that were put aside, the longest there first."""
    rows = Filing.objects.filter(parked_at__isnull=False).order_by("parked_at").select_related("submission")[:limit]
    return [
        ParkedFiling(
            filing=row.pk,
            reference=row.submission.reference if row.submission else "",
            parked_at=row.parked_at or row.submission.stored_at,  # type: ignore[union-attr]
            attempts=row.attempts,
            error=row.last_error,
        )
        for row in rows
    ]


def list_open_conflicts(*, limit: int = 100) -> Sequence[OpenConflict]:
    """Return the conflicts nobody decided, oldest first."""
    rows = Conflict.objects.filter(resolved_at=None).order_by("id").select_related("submission__source")[:limit]
    return [
        OpenConflict(
            conflict=row.pk,
            reference=row.submission.reference,
            source=row.submission.source.code,
            standing=json.loads(row.submission.body),
            other=json.loads(row.body),
            stored_at=row.stored_at,
        )
        for row in rows
    ]


def list_sources() -> Sequence[SourceRow]:
    """Return the registered sources."""
    return [
        SourceRow(
            code=row.code,
            name=row.name,
            channels=tuple(row.channels),
            rate_per_minute=row.rate_per_minute,
            active=row.active,
        )
        for row in Source.objects.order_by("code")
    ]


def totals() -> Totals:
    """Return everything that came in: in = stored + refused."""
    counted = RefusalCount.objects.values("kind").annotate(total=Sum("count")).values_list("kind", "total")
    return Totals(
        submissions=Submission.objects.count(),
        call_events=CallEvent.objects.count(),
        unit_reports=UnitReport.objects.count(),
        conflicts=Conflict.objects.count(),
        refused=dict(counted),
        bodies=RefusedBody.objects.count(),
    )


def longest_filing_lag() -> timedelta | None:
    """Return the longest time from storing to filing, or None when nothing was filed."""
    lag: timedelta | None = Filing.objects.filter(filed_at__isnull=False, submission__isnull=False).aggregate(
        lag=Max(F("filed_at") - F("submission__stored_at"))
    )["lag"]
    return lag


def _received(row: Submission) -> Received:
    return Received(
        reference=row.reference,
        source=row.source.code,
        idempotency_key=row.idempotency_key,
        channel=IntakeChannel(row.channel),
        received_at=row.received_at,
        stored_at=row.stored_at,
        journalled_at=row.journalled_at,
        fields=_without_nulls(json.loads(row.body)),
    )


def _without_nulls(found: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in found.items()
        if value is not None
    }


@dataclass(frozen=True, kw_only=True)
class ChatWords:
    """
    One line of a chat. `floor` is the lowest risk a visitor's words allow, empty where they set none; `by_ref` which of the staff wrote
    it; `other_words` what else came under its id.
    """

    seq: int
    side: ChatSide
    text: str
    stored_at: datetime
    client_id: str = ""
    floor: str = ""
    by_ref: str = ""
    other_words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReceivedChat:
    """What a chat brought since it was last filed; `opening` is what the visitor said before the first line."""

    thread: int
    reference: str
    opened_at: datetime
    opening: dict[str, Any]
    lines: tuple[ChatWords, ...]


class ChatNow(NamedTuple):
    """How a visitor's end of a chat stands: its last line, and what is known of who is there."""

    thread: int
    seq: int
    has_left: bool
    seen_at: datetime | None
    is_streaming: bool
    typing_at: datetime | None


def chat_to_file(*, thread: int) -> ReceivedChat | None:
    """Return what a chat brought since it was last filed, in order, or None when that is nothing."""
    rows = rows_of(ChatLine, _UNFILED, [thread, MOST_LINES])
    if not rows:
        return None
    (found,) = find_rows(ChatThread, id=thread)
    lines = tuple(_words(row, ()) for row in rows)
    return ReceivedChat(
        thread=thread, reference=found.reference, opened_at=found.opened_at, opening=found.opening, lines=lines
    )


MOST_LINES = 2000
_UNFILED = """
SELECT {columns} FROM intake_chat_line JOIN intake_chat_filing USING (thread_id)
WHERE thread_id = %s AND seq > filed_seq AND seq <= due_seq ORDER BY seq LIMIT %s
"""
_LINES = """
SELECT {columns} FROM intake_chat_line WHERE thread_id = %s AND seq > %s AND seq <= coalesce(%s::bigint, seq) ORDER BY seq LIMIT %s
"""


def chat_lines(*, thread: int, after: int = 0, up_to: int | None = None) -> list[ChatWords]:
    """Return the lines of a chat after a place, in order, signals with them; at most 2,000."""
    rows = rows_of(ChatLine, _LINES, [thread, after, up_to, MOST_LINES])
    others: dict[int, list[str]] = {}
    for other in find_rows(ChatOtherWords, line=[row.pk for row in rows]):
        others.setdefault(other.line_id, []).append(other.text)
    return [_words(row, others.get(row.pk, ())) for row in rows]


_NEWEST = """
SELECT DISTINCT ON (thread_id) {columns} FROM intake_chat_line WHERE thread_id = ANY(%s) AND side <> %s ORDER BY thread_id, seq DESC
"""


def newest_chat_words(*, threads: Collection[int]) -> dict[int, ChatWords]:
    """Return the newest line of each of these chats, by thread; signals are none."""
    rows = rows_of(ChatLine, _NEWEST, [list(threads), ChatSide.SIGNAL])
    return {row.thread_id: _words(row, ()) for row in rows}


def _words(row: ChatLine, others: Sequence[str]) -> ChatWords:
    return ChatWords(
        seq=row.seq,
        side=ChatSide(row.side),
        text=row.text,
        stored_at=row.stored_at,
        client_id=row.client_id,
        floor=row.floor,
        by_ref=row.by_ref,
        other_words=tuple(others),
    )


# The row of who is there may be gone after a crash: then nothing is known, which is not the same as nobody.
_NOW = """
SELECT t.id, t.seq, t.left_at IS NOT NULL, p.seen_at, coalesce(p.is_streaming, false), p.typing_at
FROM intake_chat_thread t LEFT JOIN intake_chat_presence p ON p.thread_id = t.id WHERE t.id = ANY(%s)
"""


def chats_now(*, threads: Collection[int]) -> dict[int, ChatNow]:
    """Return how each of these chats stands at this moment, by thread."""
    return {each[0]: ChatNow(*each) for each in values_of(_NOW, [list(threads)])}


def find_chat_begun_with(*, client_id: str) -> str | None:
    """Return the reference of the chat whose first line has this id, or None: for whoever sent it and knows nothing else of the chat."""
    found = ChatLine.objects.filter(seq=1, side=ChatSide.VISITOR, client_id=client_id).values_list("thread__reference")
    return found[0][0] if found else None


def count_waiting_chats() -> int:
    """Return how many chats have lines that were not filed yet."""
    return ChatFiling.objects.filter(due_seq__gt=F("filed_seq"), parked_at=None).count()


def _reported(row: UnitReport) -> ReceivedUnitReport:
    return ReceivedUnitReport(
        source=row.source.code,
        callsign=row.callsign,
        code=row.code,
        at=row.at,
        device=row.device,
        lat=row.lat,
        lon=row.lon,
    )

"""Which conversations wait, which broke off, who has which, and what was said?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from django.db.models import Q, QuerySet

from standfast.foundation.intake import queries as intake
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel import days, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import find_row, find_rows, read_along, rows_of
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.people.access import is_reachable, reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import access  # noqa: F401 - registers the reach
from standfast.journey.chat.models import Conversation, Mark, PrivateNote
from standfast.journey.chat.rules.chat_rank import RankedChat, WaitingChat, rank_chats
from standfast.journey.chat.rules.load import load_points
from standfast.journey.chat.rules.masking import mask
from standfast.journey.chat.rules.risk_mark import is_marked
from standfast.journey.chat.states import OPEN, Break, ChatState
from standfast.journey.contact.rules.risk import Risk

ConversationRecord: TypeAlias = Conversation
PrivateNoteRecord: TypeAlias = PrivateNote
TYPING_SHOWN = timedelta(seconds=10)
_MARKS = "SELECT {columns} FROM chat_mark WHERE conversation_id = %s AND seq > %s ORDER BY score DESC"
_SHOWN = ("contact", "owner", "offered_to")


@dataclass(frozen=True, kw_only=True)
class ChatRow:
    """
    One conversation as the desk lists it. `place` is its place by rank among those listed, `because` why it stands there.

    `unread` counts the visitor's lines its owner has not seen; `due` is the time limit that ends first, whatever it is for. `last` is the
    newest line of either side, masked. `who` and `where` are what is known of the visitor so far, perhaps nothing.
    """

    reference: str
    place: int
    because: tuple[str, ...]
    state: ChatState
    risk: Risk
    risk_reasons: tuple[str, ...]
    is_marked: bool
    owner: str
    owner_name: str
    offered_to: str
    offered_to_username: str
    summary: str
    broken_how: Break | None
    opened_at: datetime
    unanswered_since: datetime | None
    moved_at: datetime
    unread: int
    points: int
    is_typing: bool
    due: obligations.ObligationRecord | None
    taps_only: bool
    who: str
    where: str
    last_side: ChatSide
    last_text: str


@dataclass(frozen=True, kw_only=True)
class MarkShown:
    """What the detector found in a line: the strand's code, its score from 0 to 1, and the words (`start`, `end`, `words`)."""

    strand: str
    score: float
    because: tuple[dict[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """
    One line as the desk shows it. `text` is masked where `masked` counts something; `author` is who of the staff wrote it.

    `floor` is the lowest risk these words allow, empty where they set none. `other_words` came later under the same id.
    """

    seq: int
    side: ChatSide
    text: str
    at: datetime
    author: str
    masked: int
    floor: str
    marks: tuple[MarkShown, ...]
    other_words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class VisitorNow:
    """What is known of the visitor at this moment. `seen_at` may be unknown; `is_streaming` says whether a lost link would be noticed."""

    has_left: bool
    is_typing: bool
    seen_at: datetime | None
    is_streaming: bool


def get_conversation(*, reference: str, by: Actor) -> Conversation:
    """
    Return a conversation by its reference, however it was written.

    :raises NotFound: if there is none, or none this person may reach
    """
    require(by, Permission.CONTACT_READ)
    found = find_conversation(reference=refs.normalise(reference))
    if found is None or not is_reachable(by, found):
        raise NotFound("There is no such chat.")
    return found


def find_conversation(*, reference: str) -> Conversation | None:
    """Return a conversation by its exact reference, or None: for operations, which ask for permission themselves."""
    return _found(reference, lock=False)


def lock_conversation(reference: str, *, along: Sequence[str] = _SHOWN) -> Conversation:
    """
    Return a conversation, locked until the transaction ends; `along` is what it refers to that is read at once.

    :raises NotFound: if there is none
    """
    found = _found(reference, lock=True, along=along)
    if found is None:
        raise NotFound("There is no such chat.")
    return found


def list_open(*, by: Actor, now: datetime) -> list[ChatRow]:
    """Return every open conversation in the order of the rule `chat_rank`: for the desk's lists, which show parts of it."""
    require(by, Permission.CONTACT_READ)
    return _listed(reachable(by, Conversation.objects.filter(state__in=OPEN)), now=now)


def list_mine(*, by: Actor, now: datetime) -> list[ChatRow]:
    """Return the conversations somebody owns or is offered, most dangerous first."""
    require(by, Permission.CONTACT_READ)
    mine = Q(owner__username=_username(by)) | Q(offered_to__username=_username(by))
    return _listed(reachable(by, Conversation.objects.filter(mine, state__in=OPEN)), now=now)


def list_waiting(*, by: Actor, now: datetime) -> list[ChatRow]:
    """Return the conversations nobody has, in the order in which they should be taken."""
    require(by, Permission.CONTACT_READ)
    return _listed(reachable(by, Conversation.objects.filter(owner=None, state__in=OPEN)), now=now)


def count_waiting(*, by: Actor) -> int:
    """Return how many conversations wait for somebody: to answer, or to decide."""
    require(by, Permission.CONTACT_READ)
    return reachable(by, Conversation.objects.filter(owner=None, state__in=OPEN)).count()


def list_abandoned(*, by: Actor, now: datetime) -> list[ChatRow]:
    """Return the conversations that broke off and wait for a person's decision, most dangerous first."""
    require(by, Permission.CONTACT_READ)
    return _listed(reachable(by, Conversation.objects.filter(state=ChatState.ABANDONED)), now=now)


def row_of(conversation: Conversation, *, by: Actor, now: datetime) -> ChatRow:
    """Return one conversation, as `get_conversation` gave it, in the form in which the desk lists it; its place is then its own."""
    require(by, Permission.CONTACT_READ)
    (found,) = _rows([conversation], now=now)
    return found


def list_messages(conversation: Conversation, *, after: int = 0, by: Actor) -> list[Line]:
    """Return what was said after a place, in order: both sides and notices, masked, with what the detector found."""
    require(by, Permission.CONTACT_READ)
    words = intake.chat_lines(thread=conversation.thread_id, after=after)
    marks: dict[int, list[MarkShown]] = {}
    for mark in rows_of(Mark, _MARKS, [conversation.pk, after]):
        shown = MarkShown(strand=mark.strand, score=mark.score, because=tuple(mark.because))
        marks.setdefault(mark.seq, []).append(shown)
    return [_line(each, marks.get(each.seq, [])) for each in words if each.side != ChatSide.SIGNAL]


def visitor_now(conversation: Conversation, *, by: Actor, now: datetime) -> VisitorNow:
    """Return what is known of the visitor."""
    require(by, Permission.CONTACT_READ)
    found = _now(conversation)
    return VisitorNow(
        has_left=found.has_left,
        is_typing=_is_typing(found, now=now),
        seen_at=found.seen_at,
        is_streaming=found.is_streaming,
    )


def list_private_notes(conversation: Conversation, *, by: Actor) -> Sequence[PrivateNote]:
    """Return the lines among staff, oldest first; a whisper is shown to its owner and to supervisors."""
    require(by, Permission.CONTACT_READ)
    return find_rows(PrivateNote, conversation=conversation.pk)


def newest_line(conversation: Conversation, *, by: Actor) -> int:
    """Return the place of the newest line of a chat."""
    require(by, Permission.CONTACT_READ)
    return _now(conversation).seq


def _found(reference: str, *, lock: bool, along: Sequence[str] = _SHOWN) -> Conversation | None:
    found = find_row(Conversation, reference=reference, lock=lock)
    if found is not None:
        read_along([found], *along)
    return found


def _now(conversation: Conversation) -> intake.ChatNow:
    return intake.chats_now(threads=[conversation.thread_id])[conversation.thread_id]


def _listed(found: QuerySet[Conversation], *, now: datetime) -> list[ChatRow]:
    return _rows(found.select_related(*_SHOWN), now=now)


def _rows(found: Iterable[Conversation], *, now: datetime) -> list[ChatRow]:
    rows = {row.reference: row for row in found}
    threads = [row.thread_id for row in rows.values()]
    newest, there = intake.newest_chat_words(threads=threads), intake.chats_now(threads=threads)
    duties = obligations.running_for(f"chat:{reference}" for reference in rows)
    ranked = rank_chats(
        [
            WaitingChat(
                reference=row.reference,
                risk=Risk(row.contact.risk),
                waiting_since=row.unanswered_since or row.visitor_at,
                is_broken_off=row.state == ChatState.ABANDONED,
            )
            for row in rows.values()
        ],
        now=now,
    )
    return [
        _row(
            rows[each.reference],
            each,
            there=there[rows[each.reference].thread_id],
            last=newest[rows[each.reference].thread_id],
            due=min(duties.get(f"chat:{each.reference}", ()), key=lambda duty: duty.due_at, default=None),
            now=now,
        )
        for each in ranked
    ]


def _row(
    row: Conversation,
    ranked: RankedChat,
    *,
    there: intake.ChatNow,
    last: intake.ChatWords,
    due: obligations.ObligationRecord | None,
    now: datetime,
) -> ChatRow:
    risk = Risk(row.contact.risk)
    return ChatRow(
        reference=row.reference,
        place=ranked.place,
        because=ranked.because,
        state=ChatState(row.state),
        risk=risk,
        risk_reasons=tuple(row.contact.risk_reasons),
        is_marked=is_marked(risk),
        owner=row.owner.username if row.owner else "",
        owner_name=row.owner.name if row.owner else "",
        offered_to=row.offered_to.name if row.offered_to else "",
        offered_to_username=row.offered_to.username if row.offered_to else "",
        summary=row.summary,
        broken_how=Break(row.broken_how) if row.broken_how else None,
        opened_at=row.opened_at,
        unanswered_since=row.unanswered_since,
        moved_at=max(filter(None, (row.visitor_at, row.staff_at))),
        unread=max(0, row.visitor_seq - row.read_seq),
        points=load_points(risk, on=days.london_day(now)),
        is_typing=_is_typing(there, now=now),
        due=due,
        taps_only=row.taps_only,
        who=row.contact.caller_name,
        where=row.contact.place_text,
        last_side=last.side,
        last_text=mask(last.text).text,
    )


def _line(words: intake.ChatWords, marks: list[MarkShown]) -> Line:
    masked = mask(words.text)
    return Line(
        seq=words.seq,
        side=words.side,
        text=masked.text,
        at=words.stored_at,
        author=words.by_ref.removeprefix("staff:"),
        masked=masked.count,
        floor=words.floor,
        marks=tuple(marks),
        other_words=tuple(mask(each).text for each in words.other_words),
    )


def _is_typing(there: intake.ChatNow, *, now: datetime) -> bool:
    return there.typing_at is not None and there.typing_at > now - TYPING_SHOWN


def _username(by: Actor) -> str:
    return by.ref.removeprefix("staff:")

"""Which chats does the list show, in which parts, and how does each stand?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.faces.screens.telling import still
from standfast.faces.screens.times import Countdown, count_down, exact, span
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import may
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import queries
from standfast.journey.chat.queries import ChatRow
from standfast.journey.chat.states import ChatState
from standfast.journey.contact.rules.risk import Risk

THEIR_TURN = still("Their turn", "")
DUTIES = {
    Duty.CHAT_ANSWER: "to answer",
    Duty.CHAT_REPLY: "to reply",
    Duty.CHAT_TRANSFER: "to accept or refuse",
    Duty.ABANDONED_DECISION: "to decide",
}
SPEAKERS = {ChatSide.VISITOR: "They", ChatSide.STAFF: "We", ChatSide.NOTICE: "Said by itself"}
MOST_WAITING = 50


@dataclass(frozen=True, kw_only=True)
class Card:
    """One chat in the list: risk, clock, who, the newest words, since when nothing moved, and why it stands where it stands."""

    reference: str
    risk: str
    risk_label: str
    clock: Countdown
    duty: str
    title: str
    speaker: str
    words: str
    moved: str
    moved_at: str
    still_for: str
    unread: int
    notes: Sequence[str]
    because: str
    is_chosen: bool
    is_immediate: bool


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the list."""

    code: str
    title: str
    note: str
    cards: Sequence[Card]
    empty: str


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Whether the person takes chats, and how much they carry of what they take."""

    is_taking: bool
    carried: int
    points: int
    chats: int


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The list beside the conversation."""

    parts: Sequence[Part]
    taking: Taking
    waiting: int
    more: int
    first: str


def chat_desk(*, chosen: str, by: Actor, now: datetime) -> Desk:
    """Return the list as one person has it: their own chats first, in every part the most dangerous first."""
    rows = queries.list_open(by=by, now=now)
    me = by.ref.removeprefix("staff:")
    mine = [row for row in rows if row.owner == me]
    offered = [row for row in rows if row.offered_to_username == me]
    broken = [row for row in rows if row.state == ChatState.ABANDONED and row.owner != me]
    waiting = [row for row in rows if row.state == ChatState.WAITING]
    listed = {row.reference for row in (*mine, *offered, *broken, *waiting)}
    others = [row for row in rows if row.reference not in listed]

    def part(code: str, title: str, found: Sequence[ChatRow], *, note: str = "", empty: str = "") -> Part:
        cards = [_card(row, chosen=chosen, me=me, now=now) for row in found]
        return Part(code=code, title=title, note=note, cards=cards, empty=empty)

    taking = _taking(mine, by=by, now=now)
    parts = [
        part("mine", "My chats", mine, note=_load(taking), empty="None is yours. Take the next, or one that waits."),
        *([part("offered", "Offered to you", offered, note="yours when you accept")] if offered else ()),
        *([part("broken", "Broke off", broken, note="a person decides; nobody is rung back")] if broken else ()),
        part(
            "waiting", "Waiting", waiting[:MOST_WAITING], note=f"{len(waiting)}, danger then wait", empty="None waits."
        ),
        *([part("others", "With colleagues", others)] if others and may(by, Permission.CHAT_SUPERVISE) else ()),
    ]
    first = next((row.reference for row in (*mine, *offered)), "")
    return Desk(parts=parts, taking=taking, waiting=len(waiting), more=max(0, len(waiting) - MOST_WAITING), first=first)


def title_of(*, who: str, where: str, reference: str) -> str:
    """Return what a chat is called among staff: who and where, as far as known."""
    return ", ".join(part for part in (who, where) if part) or f"Chat {reference[:9]}"


def duty_clock(row: ChatRow, *, now: datetime) -> tuple[Countdown, str]:
    """Return the clock of a chat and what it is for; none runs while it is the visitor's turn."""
    if row.due is None:
        return THEIR_TURN, ""
    return count_down(row.due.due_at, now=now, warn_at=row.due.warn_at), DUTIES.get(Duty(row.due.kind), "")


def _load(taking: Taking) -> str:
    return f"{taking.chats} · load {taking.carried} of {taking.points}"


def _taking(mine: Sequence[ChatRow], *, by: Actor, now: datetime) -> Taking:
    operator = queries.find_operator(by=by)
    return Taking(
        is_taking=operator is not None and queries.is_there(operator, now=now),
        carried=sum(row.points for row in mine),
        points=queries.points_of(by=by, now=now),
        chats=len(mine),
    )


def _card(row: ChatRow, *, chosen: str, me: str, now: datetime) -> Card:
    clock, duty = duty_clock(row, now=now)
    return Card(
        reference=row.reference,
        risk=row.risk,
        risk_label=Risk(row.risk).label,
        clock=clock,
        duty=duty,
        title=title_of(who=row.who, where=row.where, reference=row.reference),
        speaker=SPEAKERS.get(row.last_side, "They"),
        words=row.last_text,
        moved=exact(row.moved_at),
        moved_at=row.moved_at.isoformat(),
        still_for=span(max(0, int((now - row.moved_at).total_seconds()))),
        unread=row.unread,
        notes=_notes(row, me=me),
        because=" · ".join(row.because),
        is_chosen=row.reference == chosen,
        is_immediate=row.risk == Risk.IMMEDIATE,
    )


def _notes(row: ChatRow, *, me: str) -> list[str]:
    notes = []
    if row.is_typing:
        notes.append("typing now")
    if row.broken_how:
        notes.append(row.broken_how.label)
    if row.owner and row.owner != me:
        notes.append(f"with {row.owner_name}")
    if row.offered_to:
        notes.append(f"offered to {'you' if row.offered_to_username == me else row.offered_to}")
    if row.taps_only:
        notes.append("can only tap: yes or no")
    return notes

"""How does an operator write to a visitor, and what is written among staff, where the visitor can never see it?"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake import queries as intake
from standfast.foundation.intake.operations import chatting
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound, Refusal, Stale
from standfast.foundation.kernel.rows import insert_row, save_fields
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import operations as assessment
from standfast.journey.chat import queries
from standfast.journey.chat.events import ChatAnswered, ChatRead, ChatWatched, MaskLifted, PrivateNoteAdded
from standfast.journey.chat.models import Conversation, PrivateNote
from standfast.journey.chat.operations import clocks
from standfast.journey.chat.operations.owning import check_owner
from standfast.journey.chat.rules.canned_text import list_canned
from standfast.journey.chat.states import HELD, Break, ChatState, Told

LONGEST = 4_000


class EmptyText(Refusal):
    """There is nothing to send, or too much."""


class VisitorGone(Refusal):
    """The visitor left by the exit control: nothing can be shown to them, and nothing must pop up later."""


class WroteMeanwhile(Stale):
    """A colleague wrote while the actor was typing; `lines` is what they wrote, to be read before sending."""

    def __init__(self, sentence: str, lines: tuple[intake.ChatWords, ...]) -> None:
        super().__init__(sentence)
        self.lines = lines


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """
    A line to the visitor: `client_id` is made by the page before the first try, so that a retry is the same line.

    `after` is the place of the last line the writer had on screen; `canned` the id of the canned text that was used, if one was.
    """

    client_id: str
    text: str
    after: int
    canned: str = ""


@transaction.atomic
def send_message(*, reference: str, line: Outgoing, by: Actor, now: datetime) -> chatting.AddedLine:
    """
    Write to the visitor. The same line again changes nothing and returns the same place. Advice in a canned text is ticked by it.

    :raises WroteMeanwhile: if a colleague wrote after the last line the writer had seen
    :raises VisitorGone: if the visitor has left and can read nothing
    :raises EmptyText: if there are no words, or too many
    :raises NotYours: if somebody else has the chat
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    check_owner(chat, by)
    _check_text(line.text)
    newer = intake.chat_lines(thread=chat.thread_id, after=line.after)
    theirs = tuple(each for each in newer if each.side == ChatSide.STAFF)
    if not any(each.client_id == line.client_id for each in theirs):
        _check_may_write(chat, theirs)
    new = chatting.NewLine(side=ChatSide.STAFF, client_id=line.client_id, text=line.text.strip())
    added = chatting.add_line(thread=chat.thread_id, line=new, by=by, now=now)
    if added.outcome == "conflict":
        raise Stale("Other words were sent under the same id before: reload, then send these anew.")
    if added.outcome == "stored":
        _note_answer(chat, line, added, by=by, now=now)
    return added


@transaction.atomic
def mark_read(*, reference: str, seq: int, by: Actor, now: datetime) -> None:  # noqa: ARG001 - as every operation
    """Note that the owner has seen the visitor's lines up to a place; only whoever has the chat lets the visitor see that."""
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    check_owner(chat, by)
    if seq > chat.read_seq:
        chat.read_seq = min(seq, chat.visitor_seq)
        save_fields(chat, "read_seq")
        chatting.mark_seen(thread=chat.thread_id, seq=seq)


def show_typing(*, reference: str, by: Actor, now: datetime) -> None:
    """Let the visitor see for ten seconds that somebody writes; what is written stays unsent."""
    chat = queries.get_conversation(reference=reference, by=by)
    require(by, Permission.CHAT_ANSWER, chat)
    if chat.state in HELD and chat.owner and f"staff:{chat.owner.username}" == by.ref:
        chatting.mark_staff_typing(thread=chat.thread_id, now=now)


@transaction.atomic
def add_private_note(*, reference: str, text: str, by: Actor, now: datetime) -> PrivateNote:
    """Add a line among staff, which the visitor never sees."""
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    return _note(chat, text, is_whisper=False, by=by, now=now)


@transaction.atomic
def whisper(*, reference: str, text: str, by: Actor, now: datetime) -> PrivateNote:
    """Say something to whoever has the chat, as a supervisor; the visitor never sees it."""
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_SUPERVISE, chat)
    return _note(chat, text, is_whisper=True, by=by, now=now)


@transaction.atomic
def note_read(*, reference: str, by: Actor, now: datetime) -> None:
    """Record that somebody opened a chat: a consultation; that of a supervisor who does not have it, as watching."""
    chat = queries.get_conversation(reference=reference, by=by)
    watching = chat.owner is not None and f"staff:{chat.owner.username}" != by.ref
    event = ChatWatched(about=chat.reference) if watching else ChatRead(about=chat.reference)
    record(event, by=by, at=now, journey=chat.reference)


@transaction.atomic
def lift_mask(*, reference: str, seq: int, reason: str, by: Actor, now: datetime) -> str:
    """
    Return a masked line whole, with a reason that is logged.

    :raises EmptyText: if no reason is given
    :raises NotFound: if there is no such line
    """
    chat = queries.get_conversation(reference=reference, by=by)
    require(by, Permission.CHAT_ANSWER, chat)
    if not reason.strip():
        raise EmptyText("Say why you need to see this.")
    lines = [each for each in intake.chat_lines(thread=chat.thread_id, after=seq - 1, up_to=seq) if each.seq == seq]
    if not lines or lines[0].side == ChatSide.SIGNAL:
        raise NotFound("There is no such line.")
    lifted = MaskLifted(about=chat.reference, seq=seq, reason=reason.strip()[:200])
    record(lifted, by=by, at=now, journey=chat.reference)
    return lines[0].text


def _check_text(text: str) -> None:
    if not text.strip():
        raise EmptyText("Write something first.")
    if len(text) > LONGEST:
        raise EmptyText(f"This is longer than {LONGEST:,} characters: send it in parts.")


def _check_may_write(chat: Conversation, theirs: tuple[intake.ChatWords, ...]) -> None:
    if chat.state not in HELD | {ChatState.ABANDONED}:
        raise VisitorGone("This chat is closed.")
    if chat.broken_how == Break.LEFT:
        raise VisitorGone("The visitor has left this page: nothing you write would be seen. Decide what to do instead.")
    if theirs:
        raise WroteMeanwhile("A colleague replied while you were typing. Read it before you send.", theirs)


def _note_answer(chat: Conversation, line: Outgoing, added: chatting.AddedLine, *, by: Actor, now: datetime) -> None:
    chat.staff_at = added.stored_at
    chat.first_answer_at = chat.first_answer_at or added.stored_at
    chat.read_seq = max(chat.read_seq, min(line.after, chat.visitor_seq))
    all_seen = chat.visitor_seq <= line.after
    chat.unanswered_since = None if all_seen else chat.visitor_at
    chat.listen_until = None
    save_fields(chat, "staff_at", "first_answer_at", "read_seq", "unanswered_since", "listen_until")
    clocks.meet(chat, Duty.CHAT_ANSWER, Duty.CHAT_REPLY, at=now, by=by, now=now)
    if not all_seen:
        clocks.start_reply(chat, starts_at=now, by=by, now=now)
    chatting.mark_seen(thread=chat.thread_id, seq=min(line.after, added.seq))
    chatting.tell_visitor(thread=chat.thread_id, told=Told.WITH_US)
    answered = ChatAnswered(about=chat.reference, seq=added.seq, canned=line.canned)
    record(answered, by=by, at=now, journey=chat.reference)
    for text in list_canned(on=days.london_day(now)):
        if text.id == line.canned:
            for advice in text.advice:
                assessment.give_advice(reference=chat.reference, advice=advice, by=by, now=now)


def _note(chat: Conversation, text: str, *, is_whisper: bool, by: Actor, now: datetime) -> PrivateNote:
    _check_text(text)
    note = PrivateNote(
        conversation=chat, text=text.strip(), is_whisper=is_whisper, by_ref=by.ref, by_name=by.name, at=now
    )
    insert_row(note)
    record(PrivateNoteAdded(about=chat.reference, is_whisper=is_whisper), by=by, at=now, journey=chat.reference)
    return note

"""
How do a visitor's lines become a conversation and a contact? The first line makes both; the words are read for risk as they come.

Called by the worker, a chat at a time, in order, in one transaction with the chat's cursor.
"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record, recorded_together
from standfast.foundation.intake.queries import ChatWords, ReceivedChat
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import insert_row, insert_rows_that_are_new, save_fields
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.operations.reading import Found, read_words
from standfast.journey.chat import queries
from standfast.journey.chat.events import ChatOpened
from standfast.journey.chat.models import Conversation, Mark
from standfast.journey.chat.operations import clocks
from standfast.journey.chat.operations.breaking import come_back, note_end_announced, note_left
from standfast.journey.chat.rules.end_phrase import end_phrase_in
from standfast.journey.chat.rules.risk_mark import is_marked
from standfast.journey.chat.states import HELD
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk

SAFE_FROM = {"yes": "yes", "short": "short", "no": "no"}


# No savepoint of its own: the worker files each chat in a transaction of its own already.
@transaction.atomic(savepoint=False)
def file_chat(received: ReceivedChat, *, by: Actor, now: datetime) -> None:
    """File what a chat brought since it was last filed. Signals count after the words before them were read for risk."""
    require(by, Permission.CHAT_FILE)
    words = [line for line in received.lines if line.side == ChatSide.VISITOR]
    found = {line.seq: read_words(line.text) for line in words}
    try:
        # Most lines need neither its owner nor, until it is locked for them, its contact.
        chat = queries.lock_conversation(received.reference, along=())
    except NotFound:
        if not words:
            return
        with recorded_together():
            chat = _open(received, words, by=by, now=now)
    else:
        if words:
            _add(chat, words, found, by=by, now=now)
    _mark(chat, found, now=now)
    for line in received.lines:
        _follow(chat, line, by=by, now=now)


def _open(received: ReceivedChat, words: list[ChatWords], *, by: Actor, now: datetime) -> Conversation:
    first, opening = words[0], received.opening
    new = contact_operations.NewContact(
        reference=received.reference,
        channel=Channel.CHAT,
        received_at=first.stored_at,
        stored_at=first.stored_at,
        source="website",
        words="\n".join(line.text for line in words),
        place={"text": str(opening.get("where", ""))},
    )
    contact = contact_operations.file_intake(new=new, by=by, now=now)
    chat = Conversation(
        reference=received.reference,
        contact=contact,
        thread_id=received.thread,
        opened_at=first.stored_at,
        visitor_at=words[-1].stored_at,
        visitor_seq=words[-1].seq,
        unanswered_since=first.stored_at,
        waiting_since=first.stored_at,
        device_safe=SAFE_FROM.get(str(opening.get("device", "")), ""),
        taps_only=bool(opening.get("taps_only")),
    )
    insert_row(chat)
    record(ChatOpened(about=chat.reference), by=by, at=now, journey=chat.reference)
    clocks.start_first_answer(chat, starts_at=first.stored_at, by=by, now=now)
    return chat


def _add(chat: Conversation, words: list[ChatWords], found: dict[int, Found], *, by: Actor, now: datetime) -> None:
    chat.visitor_at, chat.visitor_seq = words[-1].stored_at, words[-1].seq
    is_new_turn = chat.unanswered_since is None
    chat.unanswered_since = chat.unanswered_since or words[0].stored_at
    chat.listen_until = None
    save_fields(chat, "visitor_at", "visitor_seq", "unanswered_since", "listen_until")
    come_back(chat, how="they wrote", by=by, now=now)
    told = "\n".join(line.text for line in words)
    chat.contact = contact_operations.add_words(reference=chat.reference, words=told, by=by, now=now)
    if any(each.flags or each.floors or each.cues for each in found.values()):
        assessment.screen_added_words(reference=chat.reference, by=by, now=now)
        chat.contact.refresh_from_db()
    if is_new_turn and chat.state in HELD:
        clocks.start_reply(chat, starts_at=words[0].stored_at, by=by, now=now)


def _mark(chat: Conversation, found: dict[int, Found], *, now: datetime) -> None:
    marks = [
        Mark(conversation=chat, seq=seq, strand=strand, score=score, because=because, at=now)
        for seq, each in found.items()
        for strand, score, because in each.flags
    ]
    insert_rows_that_are_new(marks)


def _follow(chat: Conversation, line: ChatWords, *, by: Actor, now: datetime) -> None:
    if line.side == ChatSide.SIGNAL and line.text == "left":
        note_left(chat, by=by, now=now)
    elif line.side == ChatSide.SIGNAL:
        come_back(chat, how="with their return code", by=by, now=now)
    elif line.side == ChatSide.VISITOR and is_marked(Risk(chat.contact.risk)):
        phrase = end_phrase_in(line.text, on=days.london_day(now))
        if phrase and line.seq == chat.visitor_seq:
            note_end_announced(chat, phrase=phrase, by=by, now=now)

"""What is said to the visitor without anybody writing it? Few words, all true, and nothing that would show on a locked screen."""

from datetime import datetime

from django.db import transaction

from standfast.foundation.intake.operations import chatting
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import queries
from standfast.journey.chat.models import Conversation
from standfast.journey.chat.states import ChatState, Told

NOBODY = (
    "Nobody can write back at this moment. What you wrote is stored, and somebody will read it. "
    "If anyone is in danger, ring 999; if it cannot wait, ring 101. You can go on writing, or leave at any time."
)
BACK = "The person you were writing with had to stop. What you wrote is stored, and somebody else will answer."
PASSED_ON = "A colleague goes on from here, and has read what you wrote."
ENDED = "This chat has ended. You do not have to do anything. If anyone is in danger, ring 999."


def notice(chat: Conversation, *, text: str, told: Told, by: Actor, now: datetime) -> None:
    """Add a notice to a chat the caller has locked, and say how it stands."""
    name = f"{told}-{chat.times_returned}-{chat.visitor_seq}-{len(text)}"
    line = chatting.NewLine(side=ChatSide.NOTICE, client_id=name, text=text)
    chatting.add_line(thread=chat.thread_id, line=line, by=by, now=now)
    chatting.tell_visitor(thread=chat.thread_id, told=told)


@transaction.atomic
def tell_nobody(*, reference: str, by: Actor, now: datetime) -> None:
    """Tell a waiting visitor, once, that nobody can answer now and what to do; not while somebody takes chats."""
    require(by, Permission.CHAT_FILE)
    chat = queries.lock_conversation(reference)
    if chat.state != ChatState.WAITING or chat.told_nobody or not queries.is_closed(now=now):
        return
    chat.told_nobody = True
    chat.save(update_fields=["told_nobody"])
    notice(chat, text=NOBODY, told=Told.NOBODY, by=by, now=now)


def write_standing(*, by: Actor, now: datetime) -> None:
    """Write what the public page may say of the desk, for those who think of writing."""
    require(by, Permission.CHAT_FILE)
    found = queries.standing(now=now)
    says = {
        "state": found.state,
        "opens_at": found.opens_at.isoformat() if found.opens_at else "",
        "minutes_from": found.minutes_from,
        "minutes_to": found.minutes_to,
    }
    chatting.write_standing(says=says, now=now)

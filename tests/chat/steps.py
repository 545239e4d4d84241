"""How does a test write as a visitor? By the functions the public program uses, never by writing rows."""

import hashlib
import itertools
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from standfast.cli.chat_filing import CHAT_FILER
from standfast.foundation.intake.operations.chat_filing import file_waiting_chats
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import WORKER
from standfast.journey.chat import operations as chat
from standfast.journey.chat import queries
from standfast.journey.chat.models import Conversation
from tests.builders import staff

DANGER = "he has a knife and he is here"
_count = itertools.count()


def call(query: str, *given: object) -> tuple[Any, ...]:
    """Call one SQL function and return its row."""
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return cursor.fetchone()


class Writer:
    """A visitor with a cookie of their own."""

    def __init__(self, words: str = "Hello, can somebody help me", **opening: object) -> None:
        self.token = f"token {next(_count)}"
        self.reference = refs.new_reference()
        self.first, self.opening = words, {"device": "yes", "where": "", **opening}

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(self.token.encode()).digest()

    def open(self, *, now: datetime, floor: str = "") -> tuple[Any, ...]:
        given = (self.hash, "first", self.reference, json.dumps(self.opening), self.first, floor, now)
        return call("SELECT * FROM public_chat_open(%s, %s, %s, %s, %s, %s, %s)", *given)

    def say(self, words: str, *, now: datetime, client_id: str = "", floor: str = "") -> tuple[Any, ...]:
        name = client_id or f"line-{next(_count)}"
        return call("SELECT * FROM public_chat_say(%s, %s, %s, %s, %s)", self.hash, name, words, floor, now)

    def look(self, after: int = 0) -> dict[str, Any] | None:
        found = call("SELECT public_chat_look(%s, %s)", self.hash, after)
        return json.loads(found[0]) if found[0] else None

    def leave(self, *, now: datetime) -> bool:
        return bool(call("SELECT public_chat_leave(%s, %s)", self.hash, now)[0])


def file_all(*, now: datetime) -> None:
    """Let the worker file what waits, and fail if anything could not be filed."""
    while file_waiting_chats(filer=CHAT_FILER, by=WORKER, now=now):
        pass
    assert call("SELECT count(*) FROM intake_chat_filing WHERE last_error <> ''")[0] == 0, call(
        "SELECT last_error FROM intake_chat_filing WHERE last_error <> ''"
    )


def opened(words: str = "Hello, can somebody help me", *, now: datetime) -> Writer:
    """Return a visitor whose chat waits."""
    writer = Writer(words)
    assert writer.open(now=now)[0] == "stored"
    file_all(now=now)
    return writer


def operator(username: str = "asha", *, now: datetime) -> Actor:
    """Return somebody who takes chats."""
    by = staff(username)
    chat.start_taking_chats(by=by, now=now)
    return by


def conversation(writer: Writer) -> Conversation:
    """Return the conversation of a visitor as it is now."""
    return Conversation.objects.select_related("contact", "owner").get(reference=writer.reference)


def answer(
    writer: Writer, text: str = "I am here", *, by: Actor, now: datetime, client_id: str = "", after: int = -1
) -> int:
    """Write to a visitor, having seen everything."""
    seen = queries.newest_line(conversation(writer), by=by) if after < 0 else after
    line = chat.Outgoing(client_id=client_id or f"staff-{next(_count)}", text=text, after=seen)
    return chat.send_message(reference=writer.reference, line=line, by=by, now=now).seq


def seconds(count: float) -> timedelta:
    """Return a span of seconds."""
    return timedelta(seconds=count)

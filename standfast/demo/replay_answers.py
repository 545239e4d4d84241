"""How does an operator of the demonstration write what the other person of a replayed chat wrote?"""

import time
from collections.abc import Callable

from django.db import close_old_connections

from standfast.foundation.intake import queries as intake
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people import queries as people
from standfast.journey.chat import operations as chat
from standfast.journey.chat import queries as chats

FILED_WITHIN_SECONDS = 10.0


class NobodyAnswers(Refusal):
    """There is no such person, or this is no demonstration: made-up answers are never written into real chats."""


def answers_of(username: str) -> Callable[[str, str, str], str]:
    """
    Return what writes answers as one person of the demonstration: given the id of a chat's first line, an id and the words.

    :raises NobodyAnswers: if this is no demonstration or there is no such person
    """
    member = people.find_member(username)
    if not people.is_demonstration() or member is None:
        raise NobodyAnswers(
            f"“{username[:40]}” was expected to be a person of a demonstration (`standfast up --demo`)."
        )
    by = member.as_actor()
    chat.start_taking_chats(by=by, now=clock.now())

    def answer(first_id: str, id_: str, text: str) -> str:
        close_old_connections()
        try:
            return _write(first_id, id_, text, by=by)
        finally:
            close_old_connections()

    return answer


def _write(first_id: str, id_: str, text: str, *, by: Actor) -> str:
    until = time.monotonic() + FILED_WITHIN_SECONDS
    while (reference := _filed(first_id)) is None:
        if time.monotonic() > until:
            return "failed"
        time.sleep(0.2)
    now = clock.now()
    chat.note_at_desk(by=by, now=now)
    try:
        found = chats.get_conversation(reference=reference, by=by)
        if found.owner is None:
            chat.claim_chat(reference=reference, by=by, now=now)
        after = chats.newest_line(chats.get_conversation(reference=reference, by=by), by=by)
        line = chat.Outgoing(client_id=id_, text=text, after=after)
        chat.send_message(reference=reference, line=line, by=by, now=now)
    except Refusal as refusal:
        # Full hands, a colleague's chat, a visitor who has left: what the desk says no to is no fault of the replay.
        return f"not written ({type(refusal).__name__})"
    return "written"


def _filed(first_id: str) -> str | None:
    reference = intake.find_chat_begun_with(client_id=first_id)
    return reference if reference and chats.find_conversation(reference=reference) else None

"""How do words of a chat become facts, and what do those fill by themselves?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake import queries as intake
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import queries
from standfast.journey.chat.events import FactDropped, FactTaken
from standfast.journey.chat.models import Conversation, Fact
from standfast.journey.chat.rules.fact_kind import FILLS, FactKind, words_at
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.states import ContactState

LONGEST = 400
LONGEST_OF = {"place_text": 400, "caller_name": 200, "caller_phone": 60}


class NotSaid(Refusal):
    """The words do not stand in the line they were taken from."""


@transaction.atomic
def take_fact(*, reference: str, seq: int, words: str, kind: FactKind, by: Actor, now: datetime) -> Fact:
    """
    Take words of a visitor's line as a fact. It fills the contact's field of its kind, if nobody filled that. Twice is once.

    :raises NotSaid: if the words do not stand in that line, or are too many
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    lines = intake.chat_lines(thread=chat.thread_id, after=seq - 1, up_to=seq)
    said = next((each.text for each in lines if each.seq == seq and each.side == ChatSide.VISITOR), "")
    span = words_at(said, words)
    if span is None or span[1] - span[0] > LONGEST:
        raise NotSaid("Select up to 400 characters as they stand in one line of the visitor's.")
    fact, is_new = Fact.objects.get_or_create(
        conversation=chat,
        seq=seq,
        starts=span[0],
        ends=span[1],
        kind=kind,
        dropped_at=None,
        defaults={"text": said[slice(*span)], "by_ref": by.ref, "by_name": by.name, "at": now},
    )
    if is_new:
        record(FactTaken(about=reference, seq=seq, fact=kind.label), by=by, at=now, journey=reference)
        _fill(chat, fact, by=by, now=now)
    return fact


@transaction.atomic
def drop_fact(*, reference: str, fact: int, by: Actor, now: datetime) -> None:
    """
    Drop a fact that was taken wrongly. What it filled stays: somebody may have gone on from there.

    :raises NotFound: if there is no such fact
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    found = Fact.objects.filter(conversation=chat, pk=fact, dropped_at=None).first()
    if found is None:
        raise NotFound("There is no such fact.")
    found.dropped_at = now
    found.save(update_fields=["dropped_at"])
    dropped = FactDropped(about=reference, seq=found.seq, fact=FactKind(found.kind).label)
    record(dropped, by=by, at=now, journey=reference)


def _fill(chat: Conversation, fact: Fact, *, by: Actor, now: datetime) -> None:
    field = FILLS.get(FactKind(fact.kind))
    contact = chat.contact
    contact.refresh_from_db()
    if field is None or getattr(contact, field) or contact.state == ContactState.CLOSED:
        return
    values = {field: fact.text[: LONGEST_OF[field]]}
    contact_operations.fill_in_contact(reference=chat.reference, values=values, version=contact.version, by=by, now=now)

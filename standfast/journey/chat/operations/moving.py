"""How does a caller go on in writing, a visitor by telephone, and when may the words leave the force? Only as agreed as safe."""

from datetime import datetime, timedelta

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake import queries as intake
from standfast.foundation.intake.operations import chatting
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.chat import queries
from standfast.journey.chat.events import CallerInvited, ChatOpened, MovedToPhone, TapsNoted, TranscriptReleased
from standfast.journey.chat.models import Conversation
from standfast.journey.chat.operations import telling
from standfast.journey.chat.operations.breaking import close_chat
from standfast.journey.chat.operations.owning import NotYours, check_owner
from standfast.journey.chat.states import ChatState, Told, TranscriptWay
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.models import Contact
from standfast.journey.contact.operations.staff import member_of
from standfast.journey.contact.states import ContactState

CODE_LASTS = timedelta(minutes=30)
INVITED = (
    "You can go on here in writing. Whoever answers knows what you told us on the telephone. You can leave at any time."
)


class NotAgreedAsSafe(Refusal):
    """Nothing reaches for somebody in a way they did not say is safe."""


@transaction.atomic
def invite_to_chat(*, reference: str, by: Actor, now: datetime) -> str:
    """
    Return a code, good once for half an hour, by which the caller of a contact goes on in writing: the same contact, the same owner.

    :raises NotYours: if the actor does not have the contact in hand
    """
    contact = contacts.lock_contact(reference)
    require(by, Permission.CHAT_ANSWER, contact)
    if contact.state != ContactState.IN_HAND or contact.owner_id != member_of(by).pk:
        raise NotYours("Only whoever has the contact in hand moves its caller into a chat.")
    known = queries.find_conversation(reference=reference)
    if known and known.state == ChatState.CLOSED:
        raise NotYours("The chat of this contact has ended.")
    code, until = refs.new_reference(), now + CODE_LASTS
    opening = {"device": "", "where": contact.place_text}
    thread = chatting.open_by_code(reference=reference, code=code, opening=opening, until=until, now=now)
    if known is None:
        _begin(contact, thread, by=by, now=now)
    record(CallerInvited(about=reference, until=until.isoformat()), by=by, at=now, journey=reference)
    return code


@transaction.atomic
def move_to_phone(*, reference: str, reason: str, after: int, by: Actor, now: datetime) -> Conversation:
    """
    Go on by telephone and close the chat; whoever has the contact rings, nothing rings by itself.

    :raises NotAgreedAsSafe: if it is not known that a call is safe, or no number is
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    check_owner(chat, by)
    if chat.contact.safe_to_call != Answer.YES or not chat.contact.caller_phone:
        raise NotAgreedAsSafe("Ask first whether a call is safe and on which number, and note both with the contact.")
    record(MovedToPhone(about=reference, reason=reason.strip()[:400]), by=by, at=now, journey=reference)
    return close_chat(reference=reference, reason=f"By telephone: {reason}", after=after, by=by, now=now)


@transaction.atomic
def release_transcript(*, reference: str, way: TranscriptWay, seq: int, by: Actor, now: datetime) -> None:
    """
    Release the words of a chat to whoever wrote them. `seq` is the line in which they agreed to this way.

    :raises NotAgreedAsSafe: if that line is not theirs, or they said that being in touch is not safe
    """
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    lines = intake.chat_lines(thread=chat.thread_id, after=seq - 1, up_to=seq)
    theirs = any(line.seq == seq and line.side == ChatSide.VISITOR for line in lines)
    sent_out = way != TranscriptWay.IN_PERSON
    if not theirs or (sent_out and chat.contact.safe_to_call == Answer.NO):
        raise NotAgreedAsSafe(
            "Name the line in which they agreed to it. To whom being in touch is not safe, nothing is sent."
        )
    record(TranscriptReleased(about=reference, way=way.label, seq=seq), by=by, at=now, journey=reference)


@transaction.atomic
def note_taps_only(*, reference: str, only: bool, by: Actor, now: datetime) -> None:
    """Note that the visitor can only tap, so that they are asked what yes and no can answer; or that they can write again."""
    chat = queries.lock_conversation(reference)
    require(by, Permission.CHAT_ANSWER, chat)
    if chat.taps_only == only:
        return
    chat.taps_only = only
    chat.save(update_fields=["taps_only"])
    record(TapsNoted(about=reference, only="yes" if only else "no"), by=by, at=now, journey=reference)


def _begin(contact: Contact, thread: int, *, by: Actor, now: datetime) -> None:
    chat = Conversation.objects.create(
        reference=contact.reference,
        contact=contact,
        thread_id=thread,
        state=ChatState.IN_HAND,
        owner=member_of(by),
        owned_since=now,
        opened_at=now,
        visitor_at=now,
    )
    record(ChatOpened(about=chat.reference), by=by, at=now, journey=chat.reference)
    telling.notice(chat, text=INVITED, told=Told.WITH_US, by=by, now=now)

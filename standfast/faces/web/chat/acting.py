"""
How does one thing get done with a chat, and what is shown then?

As on the contact page: every act is a plain form, one operation, then the page again; sent by a script, the parts that changed, and a
refusal as its sentences alone, so that nothing typed is touched.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_urlsafe

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open, wants_fragment
from standfast.faces.web.chat.canned import ready_texts
from standfast.faces.web.chat.listing import Desk, chat_desk
from standfast.faces.web.chat.talk import talk
from standfast.faces.web.contact.acting import ACTS, OUTSIDE, note_opening, typed_values
from standfast.faces.web.contact.forms import Said
from standfast.faces.web.contact.pages import NOTHING_TYPED, Typed, contact_page
from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, NotFound, Refusal
from standfast.journey.chat import operations, queries
from standfast.journey.chat.events import ChatRead, ChatWatched
from standfast.journey.chat.queries import ConversationRecord

SAME_OPENING = timedelta(minutes=10)
OWN_ACTS = (
    "desk", "reply", "note", "whisper", "claim", "offer", "accept", "refuse", "hand_back", "take_over", "close", "decide", "reveal",
    "fact", "drop", "taps", "phone", "transcript",
)  # fmt: skip


def act(request: HttpRequest, chat: str, form: Said, operation: Callable[[str], object]) -> HttpResponse:
    """Do one thing with a chat and show it again, or say why it was not done. The operation is given the chat's reference."""
    found = queries.get_conversation(reference=chat, by=actor(request))
    operations.note_at_desk(by=actor(request), now=clock.now())
    if form.is_valid():
        try:
            operation(found.reference)
        except (NotAllowed, NotFound):
            raise
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return shown_again(request, found.reference)
    return refused(request, found, form)


def shown_again(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a chat after something was done with it."""
    if wants_fragment(request):
        return fresh(request, queries.get_conversation(reference=reference, by=actor(request)))
    return redirect("chats:chat", chat=reference)


def refused(request: HttpRequest, chat: ConversationRecord, form: Said) -> HttpResponse:
    """Say why something was not done; what was typed is kept."""
    problems = [str(message) for messages in form.errors.values() for message in messages]
    typed = Typed(form=form.name, values=typed_values(request), problems=problems)
    if wants_fragment(request):
        return render(request, "contact/_refused.html", {"typed": typed}, status=422)
    return show(request, chat, typed=typed, status=422)


def fresh(request: HttpRequest, chat: ConversationRecord) -> HttpResponse:
    """Render what is new of a chat since the page's cursor, and what may look different."""
    given = request.POST if request.method == "POST" else request.GET
    by, now = actor(request), clock.now()
    note_consulted(chat, same=timedelta(hours=12), by=by, now=now)
    shown = {
        "talk": talk(chat, after=given.get("after", ""), by=by, now=now),
        "ready": ready_texts(chat, now=now),
        "typed": NOTHING_TYPED,
        "chat_may": own_acts(request),
        "client_id": token_urlsafe(16),
        "fragment": True,
        "was_sent": request.method == "POST",
    }
    return render(request, "chat/_fresh.html", shown)


def show(
    request: HttpRequest,
    chat: ConversationRecord,
    *,
    typed: Typed = NOTHING_TYPED,
    status: int = 200,
) -> HttpResponse:
    """Render the whole page of a chat."""
    by, now = actor(request), clock.now()
    note_consulted(chat, same=SAME_OPENING, by=by, now=now)
    note_opening(chat.contact, same=SAME_OPENING, by=by, now=now)
    shown = {
        "talk": talk(chat, by=by, now=now),
        "desk": desk_of(request, chosen=chat.reference),
        "page": contact_page(chat.contact, need=request.GET.get("need", ""), by=by, now=now),
        "ready": ready_texts(chat, now=now),
        "typed": typed,
        "chat_may": own_acts(request),
        "may": {name for name in ACTS if may_open(request, f"contact:{name}")},
        "outside": {name: may_open(request, name) for name in OUTSIDE},
        "client_id": typed.values.get("id") or token_urlsafe(16),
        "fragment": False,
    }
    return render(request, "chat/chat.html", shown, status=status)


def desk_of(request: HttpRequest, *, chosen: str) -> Desk | None:
    """Return the list beside the conversation, for those who take chats."""
    return chat_desk(chosen=chosen, by=actor(request), now=clock.now()) if may_open(request, "chats:desk") else None


def own_acts(request: HttpRequest) -> set[str]:
    """Return what this person is offered to do with a chat."""
    return {name for name in OWN_ACTS if may_open(request, f"chats:{name}")}


def note_consulted(chat: ConversationRecord, *, same: timedelta, by: Actor, now: datetime) -> None:
    """Record that somebody opened a chat, once for each opening, before anything of it is shown."""
    watches = chat.owner is not None and f"staff:{chat.owner.username}" != by.ref
    kind = ChatWatched.kind if watches else ChatRead.kind
    last = eventlog.last_time(kind=kind, about=chat.reference, by_ref=by.ref)
    if last is None or now - last > same:
        operations.note_read(reference=chat.reference, by=by, now=now)

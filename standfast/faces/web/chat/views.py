"""How are chats listed, opened, answered and noted in?"""

from secrets import token_urlsafe

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, wants_fragment
from standfast.faces.web.chat import forms
from standfast.faces.web.chat.acting import act, desk_of, fresh, own_acts, refused, show, shown_again
from standfast.faces.web.chat.canned import text_of, used
from standfast.faces.web.chat.talk import there as visitor_there
from standfast.faces.web.contact.acting import typed_values
from standfast.faces.web.contact.pages import NOTHING_TYPED, Typed
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import NotAllowed, NotFound, Refusal
from standfast.journey.chat import operations, queries
from standfast.journey.chat.operations import Outgoing, WroteMeanwhile


def desk(request: HttpRequest) -> HttpResponse:
    """Show the list of chats, or lead to the one of the person's own in most danger."""
    found = desk_of(request, chosen=request.GET.get("chosen", ""))
    shown = {"desk": found, "typed": NOTHING_TYPED, "chat_may": own_acts(request)}
    if wants_fragment(request):
        return render(request, "chat/_list.html", shown)
    if found and found.first and "list" not in request.GET:
        return redirect("chats:chat", chat=found.first)
    return render(request, "chat/desk.html", shown)


def chat(request: HttpRequest, chat: str) -> HttpResponse:
    """Show one chat."""
    return show(request, queries.get_conversation(reference=chat, by=actor(request)))


def news(request: HttpRequest, chat: str) -> HttpResponse:
    """Show what is new of a chat since the page's cursor."""
    return fresh(request, queries.get_conversation(reference=chat, by=actor(request)))


def there(request: HttpRequest, chat: str) -> HttpResponse:
    """Show what is known of the visitor at this moment."""
    by, now = actor(request), clock.now()
    found = queries.get_conversation(reference=chat, by=by)
    shown = {"there": visitor_there(found, by=by, now=now), "reference": found.reference}
    return render(request, "chat/_there.html", shown)


def reply(request: HttpRequest, chat: str) -> HttpResponse:
    """Write to the visitor; what a colleague wrote meanwhile is shown first, and nothing typed is lost."""
    by, now = actor(request), clock.now()
    found = queries.get_conversation(reference=chat, by=by)
    operations.note_at_desk(by=by, now=now)
    if "use" in request.POST:
        text = f"{request.POST.get('text', '')} {text_of(found, code=request.POST['use'], now=now)}".strip()
        return show(request, found, typed=Typed(form="ready", values={"text": text, "canned": request.POST["use"]}))
    form = forms.ReplyForm(request.POST)
    if not form.is_valid():
        return refused(request, found, form)
    given = form.cleaned_data
    line = Outgoing(
        client_id=given["id"],
        text=given["text"].replace("\r\n", "\n"),
        after=form.seen,
        canned=used(found, code=given["canned"], text=given["text"], now=now),
    )
    try:
        operations.send_message(reference=found.reference, line=line, by=by, now=now)
    except WroteMeanwhile as meanwhile:
        return _meanwhile(request, found, meanwhile)
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return refused(request, found, form)
    return shown_again(request, found.reference)


def note(request: HttpRequest, chat: str) -> HttpResponse:
    """Write a line among staff."""
    form = forms.NoteForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.add_private_note(
            reference=ref, text=form.cleaned_data["text"], by=actor(request), now=clock.now()
        ),
    )


def whisper(request: HttpRequest, chat: str) -> HttpResponse:
    """Say something to whoever has the chat."""
    form = forms.WhisperForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.whisper(
            reference=ref, text=form.cleaned_data["text"], by=actor(request), now=clock.now()
        ),
    )


def read(request: HttpRequest, chat: str) -> HttpResponse:
    """Note what the owner has seen. That somebody else has it by now is no news for a page that only tells."""
    form = forms.SeenForm(request.POST)
    found = queries.get_conversation(reference=chat, by=actor(request))
    if form.is_valid() and found.owner and f"staff:{found.owner.username}" == actor(request).ref:
        operations.mark_read(
            reference=found.reference, seq=form.cleaned_data["seq"], by=actor(request), now=clock.now()
        )
    return HttpResponse(status=204)


def typing(request: HttpRequest, chat: str) -> HttpResponse:
    """Let the visitor see that somebody writes."""
    operations.show_typing(reference=chat, by=actor(request), now=clock.now())
    return HttpResponse(status=204)


def reveal(request: HttpRequest, chat: str) -> HttpResponse:
    """Show a masked line whole, once, with a reason that is logged."""
    by, now = actor(request), clock.now()
    found = queries.get_conversation(reference=chat, by=by)
    form = forms.RevealForm(request.POST)
    if not form.is_valid():
        return refused(request, found, form)
    seq, reason = form.cleaned_data["seq"], form.cleaned_data["reason"]
    try:
        words = operations.lift_mask(reference=found.reference, seq=seq, reason=reason, by=by, now=now)
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return refused(request, found, form)
    shown = {"words": words, "seq": seq, "reference": found.reference, "reason": reason}
    return render(request, "chat/_revealed.html" if wants_fragment(request) else "chat/revealed.html", shown)


def fact(request: HttpRequest, chat: str) -> HttpResponse:
    """Take words of a line as a fact."""
    form = forms.FactForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.take_fact(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def drop(request: HttpRequest, chat: str) -> HttpResponse:
    """Drop a fact that was taken wrongly."""
    form = forms.DropForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.drop_fact(
            reference=ref, fact=form.cleaned_data["fact"], by=actor(request), now=clock.now()
        ),
    )


def _meanwhile(request: HttpRequest, found: queries.ConversationRecord, meanwhile: WroteMeanwhile) -> HttpResponse:
    last = max(each.seq for each in meanwhile.lines)
    values = {**typed_values(request), "id": token_urlsafe(16), "after": f"{last}.0"}
    typed = Typed(
        form="reply",
        values=values,
        problems=[str(meanwhile)],
        theirs=[("A colleague, to them", each.text) for each in meanwhile.lines],
    )
    if wants_fragment(request):
        return render(request, "chat/_meanwhile.html", {"typed": typed}, status=409)
    return show(request, found, typed=typed, status=409)

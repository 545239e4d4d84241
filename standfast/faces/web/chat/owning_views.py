"""How do chats change hands, and how do people begin and end taking them?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done
from standfast.faces.web.chat import forms
from standfast.faces.web.chat.acting import act, desk_of, own_acts
from standfast.faces.web.contact.acting import typed_values
from standfast.faces.web.contact.forms import Said
from standfast.faces.web.contact.pages import Typed
from standfast.foundation.kernel import clock
from standfast.journey.chat import operations


def take(request: HttpRequest) -> HttpResponse:
    """Begin to take chats."""
    operations.start_taking_chats(by=actor(request), now=clock.now())
    return redirect("chats:desk")


def stop(request: HttpRequest) -> HttpResponse:
    """Take no more chats."""
    form = forms.PressForm(request.POST)
    if done(form, lambda _: operations.stop_taking_chats(by=actor(request), now=clock.now())):
        return redirect("chats:desk")
    return _list_with(request, form)


def take_next(request: HttpRequest) -> HttpResponse:
    """Take the chat that stands first."""
    form = forms.PressForm(request.POST)
    taken = []
    if done(form, lambda _: taken.append(operations.claim_next_chat(by=actor(request), now=clock.now()))):
        return redirect("chats:chat", chat=taken[0].reference)
    return _list_with(request, form)


def here(request: HttpRequest) -> HttpResponse:
    """Note that somebody who takes chats is at the desk; without script this is also how the list is looked at again."""
    operations.note_at_desk(by=actor(request), now=clock.now())
    return HttpResponse(status=204) if "by_script" in request.POST else redirect("chats:desk")


def hand_over(request: HttpRequest) -> HttpResponse:
    """Give all of one's chats back to the queue at the end of a shift."""
    form = forms.HandOverForm(request.POST)
    if done(form, lambda given: operations.hand_over_all(by=actor(request), now=clock.now(), **given)):
        return redirect("chats:desk")
    return _list_with(request, form)


def claim(request: HttpRequest, chat: str) -> HttpResponse:
    """Take a chat that waits or broke off."""
    return act(
        request,
        chat,
        forms.PressForm(request.POST),
        lambda ref: operations.claim_chat(reference=ref, by=actor(request), now=clock.now()),
    )


def offer(request: HttpRequest, chat: str) -> HttpResponse:
    """Offer a chat to a colleague."""
    form = forms.OfferForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.offer_chat(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def accept(request: HttpRequest, chat: str) -> HttpResponse:
    """Take a chat that was offered."""
    return act(
        request,
        chat,
        forms.PressForm(request.POST),
        lambda ref: operations.accept_chat(reference=ref, by=actor(request), now=clock.now()),
    )


def refuse(request: HttpRequest, chat: str) -> HttpResponse:
    """Refuse a chat that was offered, or take back one's own offer."""
    form = forms.RefuseForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.refuse_chat(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def hand_back(request: HttpRequest, chat: str) -> HttpResponse:
    """Give a chat back to the queue."""
    form = forms.SummaryForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.hand_back_chat(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def take_over(request: HttpRequest, chat: str) -> HttpResponse:
    """Take a chat over from a colleague."""
    form = forms.TakeOverForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.take_over_chat(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def close(request: HttpRequest, chat: str) -> HttpResponse:
    """Close a chat; its contact goes on."""
    form = forms.CloseForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.close_chat(
            reference=ref, reason=form.cleaned_data["reason"], after=form.seen, by=actor(request), now=clock.now()
        ),
    )


def decide(request: HttpRequest, chat: str) -> HttpResponse:
    """Decide what follows from a chat that broke off."""
    form = forms.DecideForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.decide_on_abandoned(
            reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data
        ),
    )


def _list_with(request: HttpRequest, form: Said) -> HttpResponse:
    problems = [str(message) for messages in form.errors.values() for message in messages]
    typed = Typed(form=form.name, values=typed_values(request), problems=problems)
    shown = {"desk": desk_of(request, chosen=""), "typed": typed, "chat_may": own_acts(request)}
    return render(request, "chat/desk.html", shown, status=422)

"""How does a caller go on in writing, a visitor by telephone, and how do the words of a chat reach whoever wrote them?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.chat import forms
from standfast.faces.web.chat.acting import act
from standfast.faces.web.chat.talk import talk
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import NotFound
from standfast.journey.chat import operations, queries
from standfast.journey.chat.states import TranscriptWay
from standfast.journey.contact import queries as contacts


def invite(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a code once, to be read out, by which a caller goes on in writing."""
    by, now = actor(request), clock.now()
    contact = contacts.get_contact(reference=ref, by=by)
    code = operations.invite_to_chat(reference=contact.reference, by=by, now=now)
    minutes = int(operations.CODE_LASTS.total_seconds() // 60)
    shown = {"code": code, "reference": contact.reference, "minutes": minutes}
    return render(request, "chat/invited.html", shown)


def taps(request: HttpRequest, chat: str) -> HttpResponse:
    """Note whether the visitor can only tap."""
    form = forms.TapsForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.note_taps_only(
            reference=ref, only=form.cleaned_data["only"] == "yes", by=actor(request), now=clock.now()
        ),
    )


def phone(request: HttpRequest, chat: str) -> HttpResponse:
    """Go on by telephone, if that was agreed as safe."""
    form = forms.PhoneForm(request.POST)
    return act(
        request,
        chat,
        form,
        lambda ref: operations.move_to_phone(
            reference=ref, reason=form.cleaned_data["reason"], after=form.seen, by=actor(request), now=clock.now()
        ),
    )


def transcript(request: HttpRequest, chat: str) -> HttpResponse:
    """Show the words of a chat to be handed over, once it is said in which line that was agreed as safe."""
    by, now = actor(request), clock.now()
    found = queries.get_conversation(reference=chat, by=by)
    form = forms.TranscriptForm(sent(request))
    page = talk(found, by=by, now=now)
    theirs = [(each.seq, each.time, each.plain) for each in page.items if each.kind == "them"]
    if not theirs:
        raise NotFound("Nothing was written in this chat yet.")
    shown = {"form": form, "talk": page, "theirs": theirs, "ways": TranscriptWay.pairs()}
    if done(form, lambda given: operations.release_transcript(reference=found.reference, by=by, now=now, **given)):
        return render(request, "chat/transcript.html", shown)
    return render(request, "chat/release.html", shown, status=status_of(form))

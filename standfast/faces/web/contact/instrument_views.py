"""How is a structured assessment answered, declined, completed and followed up?"""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.web.contact.acting import typed_values
from standfast.faces.web.contact.forms import CompleteForm, FollowUpForm, RefuseForm, Said
from standfast.faces.web.contact.instruments import REFUSALS, instrument_page, replies_in
from standfast.faces.web.contact.pages import NOTHING_TYPED, Typed
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, NotFound, Refusal
from standfast.journey.assessment import operations
from standfast.journey.assessment.operations import Judgement


def instrument(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Show a structured assessment."""
    return _shown(request, ref, code)


def keep(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Keep what was answered so far."""
    # With nothing to keep, the contact is looked at all the same: where there is none, that is the answer.
    return _act(request, ref, code, Said(request.POST), lambda _, by, now: instrument_page(ref, code, by=by, now=now))


def complete(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Keep the answers and complete it with a judgement."""

    def completed(form: Said, by: Actor, now: datetime) -> None:
        given = form.cleaned_data
        judgement = Judgement(level=given["level"], why=given["judgement"])
        operations.complete_instrument(reference=ref, instrument=code, judgement=judgement, by=by, now=now)

    return _act(request, ref, code, CompleteForm(request.POST), completed)


def refuse(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Record that somebody did not answer, and why."""

    def refused(form: Said, by: Actor, now: datetime) -> None:
        operations.refuse_instrument(reference=ref, instrument=code, by=by, now=now, **form.cleaned_data)

    return _act(request, ref, code, RefuseForm(request.POST), refused)


def follow_up(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Record that what had to follow was done."""
    record = instrument_page(ref, code, by=actor(request), now=clock.now()).record

    def followed(form: Said, by: Actor, now: datetime) -> None:
        if not record:
            raise operations.NothingFollows("It was not begun, so nothing follows from it.")
        operations.note_followed_up(record_reference=record, said=form.cleaned_data["said"], by=by, now=now)

    return _act(request, ref, code, FollowUpForm(request.POST), followed)


def _act(
    request: HttpRequest, ref: str, code: str, form: Said, operation: Callable[[Said, Actor, datetime], object]
) -> HttpResponse:
    by, now = actor(request), clock.now()
    given = typed_values(request)
    try:
        # Whatever else is refused, what was answered is kept.
        if replies := replies_in(given):
            operations.keep_replies(reference=ref, instrument=code, replies=replies, by=by, now=now)
        if form.is_valid():
            operation(form, by, now)
            return redirect("contact:instrument", ref=ref, code=code)
    except (NotAllowed, NotFound):
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    problems = [str(message) for messages in form.errors.values() for message in messages]
    return _shown(request, ref, code, typed=Typed(form=form.name, values=given, problems=problems))


def _shown(request: HttpRequest, ref: str, code: str, *, typed: Typed = NOTHING_TYPED) -> HttpResponse:
    page = instrument_page(ref, code, by=actor(request), now=clock.now())
    shown = {
        "page": page,
        "code": code,
        "typed": typed,
        "refusals": REFUSALS,
        "may_answer": may_open(request, "contact:keep_instrument"),
    }
    return render(request, "contact/instrument.html", shown, status=422 if typed.problems else 200)

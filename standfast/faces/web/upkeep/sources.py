"""Which systems may send contacts, and how does an administrator give one a key or take it away?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.upkeep import pages
from standfast.faces.web.upkeep.forms import ReasonForm, SourceForm
from standfast.foundation.intake import operations
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel import clock


def sources(request: HttpRequest) -> HttpResponse:
    """List the registered senders."""
    return render(request, "upkeep/sources.html", {"rows": pages.source_rows()})


def register(request: HttpRequest) -> HttpResponse:
    """Register a sender and show its key, once."""
    by, now = actor(request), clock.now()
    form = SourceForm(sent(request), initial={"channels": [each.value for each in IntakeChannel]})
    made: list[str] = []

    def add(_: dict[str, Any]) -> None:
        made.append(operations.register_source(new=form.new_source(), by=by, now=now))

    if done(form, add):
        return _key_page(request, form.cleaned_data["code"], made[0])
    return render(request, "upkeep/register.html", {"form": form}, status=status_of(form))


def renew(request: HttpRequest, source: str) -> HttpResponse:
    """Give a sender a new key and show it, once."""
    by, now = actor(request), clock.now()
    row, form = pages.source_row(source), ReasonForm(sent(request))
    made: list[str] = []
    if done(form, lambda given: made.append(operations.renew_key(code=row.code, by=by, now=now, **given))):
        return _key_page(request, row.code, made[0])
    return render(request, "upkeep/renew.html", {"row": row, "form": form}, status=status_of(form))


def stop(request: HttpRequest, source: str) -> HttpResponse:
    """Refuse a sender's key from now on."""
    by, now = actor(request), clock.now()
    row, form = pages.source_row(source), ReasonForm(sent(request))
    if done(form, lambda given: operations.stop_source(code=row.code, by=by, now=now, **given)):
        return redirect("sources:sources")
    return render(request, "upkeep/stop.html", {"row": row, "form": form}, status=status_of(form))


def _key_page(request: HttpRequest, code: str, key: str) -> HttpResponse:
    return render(request, "upkeep/key.html", {"code": code, "key": key})

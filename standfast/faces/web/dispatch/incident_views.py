"""What is written about an incident, and how is it closed and opened again?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.dispatch.forms import CloseForm, DescribeForm, EntryForm, ReasonForm, WordsForm
from standfast.faces.web.dispatch.panel import panel
from standfast.foundation.kernel import clock, days
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.operations import Closing, Describing, NewEntry
from standfast.journey.incidents.rules.opening import suggested_code


def log(request: HttpRequest, incident: str) -> HttpResponse:
    """Add a line to an incident's log."""
    by, now = actor(request), clock.now()
    form = EntryForm(sent(request), today=days.london_day(now))

    def keep(given: dict[str, Any]) -> None:
        new = NewEntry(incident=incident, words=given["words"], at=given["at"])
        operations.add_log_entry(new=new, by=by, now=now)

    if done(form, keep):
        return redirect(_back(incident))
    return _sheet(request, "dispatch/log.html", incident, form)


def describe(request: HttpRequest, incident: str) -> HttpResponse:
    """Say as what an incident is recorded; what its kind suggests is chosen, not yet recorded."""
    by, now = actor(request), clock.now()
    on = days.london_day(now)
    found = queries.get_incident(reference=incident, by=by)
    suggested = suggested_code(found.kind, on=on)
    initial = {
        "code": found.opening_code or (suggested.code if suggested else ""),
        "qualifiers": found.qualifiers,
        "seen": operations.code_seen(found),
    }
    form = DescribeForm(sent(request), on=on, initial=initial)

    def keep(given: dict[str, Any]) -> None:
        operations.describe_incident(describing=Describing(incident=incident, **given), by=by, now=now)

    if done(form, keep):
        return redirect(_back(incident))
    return _sheet(request, "dispatch/describe.html", incident, form)


def call_back(request: HttpRequest, incident: str) -> HttpResponse:
    """Write what the caller was told of the wait."""
    by, now = actor(request), clock.now()
    form = WordsForm(sent(request))

    def keep(given: dict[str, Any]) -> None:
        operations.record_call_back(new=NewEntry(incident=incident, words=given["words"]), by=by, now=now)

    if done(form, keep):
        return redirect(_back(incident))
    return _sheet(request, "dispatch/call_back.html", incident, form)


def close(request: HttpRequest, incident: str) -> HttpResponse:
    """Close an incident, or ask a second person to."""
    by, now = actor(request), clock.now()
    form = CloseForm(sent(request), on=days.london_day(now))

    def keep(given: dict[str, Any]) -> None:
        operations.close_incident(closing=Closing(incident=incident, **given), by=by, now=now)

    if done(form, keep):
        return redirect(_back(incident))
    return _sheet(request, "dispatch/close.html", incident, form)


def agree(request: HttpRequest, incident: str) -> HttpResponse:
    """Agree to close, as the second person."""
    operations.agree_to_close(reference=incident, by=actor(request), now=clock.now())
    return redirect(_back(incident))


def refuse(request: HttpRequest, incident: str) -> HttpResponse:
    """Say no to closing."""
    by, now = actor(request), clock.now()
    form = ReasonForm(sent(request))

    def keep(given: dict[str, Any]) -> None:
        operations.refuse_to_close(reference=incident, reason=given["reason"], by=by, now=now)

    if done(form, keep):
        return redirect(_back(incident))
    return _sheet(request, "dispatch/refuse.html", incident, form)


def reopen(request: HttpRequest, incident: str) -> HttpResponse:
    """Open a closed incident again."""
    by, now = actor(request), clock.now()
    form = ReasonForm(sent(request))

    def keep(given: dict[str, Any]) -> None:
        operations.reopen_incident(reference=incident, reason=given["reason"], by=by, now=now)

    if done(form, keep):
        return redirect(_back(incident))
    return _sheet(request, "dispatch/reopen.html", incident, form)


def _sheet(request: HttpRequest, template: str, incident: str, form: Any) -> HttpResponse:
    by, now = actor(request), clock.now()
    found = queries.get_incident(reference=incident, by=by)
    shown = {
        "form": form,
        "chosen": panel(found, by=by, now=now),
        "second": operations.why_second(found),
        "back": _back(found.reference),
    }
    return render(request, template, shown, status=status_of(form))


def _back(incident: str) -> str:
    return reverse("incidents:incident", args=[incident])

"""Which unit am I on, where am I to go, and how does a unit come on and off duty?"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.dispatch import unit_pages
from standfast.faces.web.dispatch.forms import BookForm, StatusForm, WordsForm
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people import queries as people
from standfast.foundation.people.roles import Role
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.operations import Booking, NewEntry


def mine(request: HttpRequest) -> HttpResponse:
    """Show an officer their unit, their incident, and the statuses they can press."""
    return _mine(request, WordsForm())


def press(request: HttpRequest) -> HttpResponse:
    """Report the status of one's own unit."""
    code = request.POST.get("code", "")
    if not code.isdigit() or len(code) > 2:
        raise Refusal("Press one of the statuses that are offered.")
    operations.press_status(code=int(code), by=actor(request), now=clock.now())
    return redirect("dispatch:mine")


def result(request: HttpRequest) -> HttpResponse:
    """Write what came of one's own incident."""
    by, now = actor(request), clock.now()
    form = WordsForm(sent(request))

    def keep(given: dict[str, Any]) -> None:
        reference = unit_pages.own_incident(by=by)
        operations.record_result(new=NewEntry(incident=reference, words=given["words"]), by=by, now=now)

    if done(form, keep):
        return redirect("dispatch:mine")
    return _mine(request, form)


def unit(request: HttpRequest, callsign: str) -> HttpResponse:
    """Show one unit: how it stands and what it reported. What was typed as its status is chosen, not yet noted."""
    return _unit(request, callsign, StatusForm(codes=_codes(), initial={"code": request.GET.get("status", "")}))


def status(request: HttpRequest, callsign: str) -> HttpResponse:
    """Note the status a unit gave by voice."""
    by, now = actor(request), clock.now()
    found = queries.get_unit(callsign=callsign, by=by)
    form = StatusForm(sent(request), codes=_codes())

    def keep(given: dict[str, Any]) -> None:
        operations.note_status(callsign=found.callsign, code=given["code"], by=by, now=now)

    if done(form, keep):
        return redirect("dispatch:unit", callsign=found.callsign)
    return _unit(request, callsign, form)


def book(request: HttpRequest) -> HttpResponse:
    """Begin a unit's turn of duty."""
    by, now = actor(request), clock.now()
    officers = people.list_with_role(Role.RESPONSE_OFFICER)
    form = BookForm(sent(request), people=officers, initial={"hours": 8})

    def keep(given: dict[str, Any]) -> None:
        names = dict(officers)
        booking = Booking(
            callsign=given["callsign"],
            kind=given["kind"],
            crew=[(ref, names[ref]) for ref in given["crew"]],
            until=now + timedelta(hours=given["hours"]),
        )
        operations.book_on(booking=booking, by=by, now=now)

    if done(form, keep):
        return redirect("dispatch:board")
    shown = {"form": form, "off": queries.list_off_duty(by=by)}
    return render(request, "dispatch/book.html", shown, status=status_of(form))


def off(request: HttpRequest, callsign: str) -> HttpResponse:
    """End a unit's turn of duty."""
    operations.book_off(callsign=callsign, by=actor(request), now=clock.now())
    return redirect("dispatch:board")


def _codes() -> list[tuple[int, str]]:
    return [(code, f"{code} {label}") for code, label in unit_pages.states_by_voice(now=clock.now())]


def _unit(request: HttpRequest, callsign: str, form: StatusForm) -> HttpResponse:
    by, now = actor(request), clock.now()
    shown = {
        "page": unit_pages.unit_page(queries.get_unit(callsign=callsign, by=by), now=now),
        "form": form,
        "may": {name for name in ("stand_down", "off", "status") if may_open(request, f"dispatch:{name}")},
    }
    return render(request, "dispatch/unit.html", shown, status=status_of(form))


def _mine(request: HttpRequest, form: WordsForm) -> HttpResponse:
    by, now = actor(request), clock.now()
    shown = {"page": unit_pages.my_page(by=by, now=now), "form": form}
    return render(request, "dispatch/mine.html", shown, status=status_of(form))

"""Which incidents wait, which units could go, and what is done about it?"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from standfast.faces.screens.asking import actor, may_open, wants_fragment
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.dispatch.board import Asked, incidents_part, units_part
from standfast.faces.web.dispatch.board import board as board_page
from standfast.faces.web.dispatch.forms import ReasonForm, SendForm
from standfast.faces.web.dispatch.map_views import map_parts
from standfast.faces.web.dispatch.panel import panel
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import NotFound
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.operations import Sending

PARTS = {
    "board-rows": "dispatch/_rows.html",
    "board-units": "dispatch/_units.html",
    "board-panel": "dispatch/_panel.html",
}
BUILT: dict[str, Callable[..., Any]] = {"board-rows": incidents_part, "board-units": units_part}
VIEWS = frozenset({"lists", "map"})
SENDS: dict[str, Callable[..., Any]] = {
    "send": operations.deploy_unit,
    "another": operations.deploy_another_unit,
    "divert": operations.divert_unit,
}


def board(request: HttpRequest) -> HttpResponse:
    """Show the board, or the part of it that a script asks for afresh."""
    return _board(request, SendForm())


def send(request: HttpRequest, incident: str) -> HttpResponse:
    """Send a unit to an incident: the first, a further one, or one from another incident."""
    by, now = actor(request), clock.now()
    form = SendForm(sent(request))

    def go(given: dict[str, Any]) -> None:
        sending = Sending(incident=incident, callsign=given["callsign"], reason=given["reason"])
        if settings.ROUTING_ENGINE:
            # Asked for now: while the unit is locked nothing outside may be waited for.
            queries.rank_for(queries.get_incident(reference=incident, by=by), now=now, ask_engine=True)
        SENDS[given["how"] or "send"](sending=sending, by=by, now=now)

    if done(form, go):
        return redirect(f"{reverse('dispatch:board')}?incident={incident}")
    return _board(request, form, chosen=incident)


def _board(request: HttpRequest, form: SendForm, *, chosen: str = "") -> HttpResponse:
    by, now = actor(request), clock.now()
    asked = Asked(
        chosen=chosen or request.GET.get("incident", ""),
        waiting=request.GET.get("show") == "waiting",
        group=request.GET.get("units", ""),
        view=view if (view := request.GET.get("view", "")) in VIEWS else "",
    )
    part = request.headers.get("HX-Target", "") if wants_fragment(request) else ""
    shown: dict[str, Any] = {"form": form, "may": _may(request), "map": map_parts()}
    if part != "board-panel":
        shown["page"] = BUILT.get(part, board_page)(asked, by=by, now=now)
    if part in {"", "board-panel"}:
        shown["chosen"] = _chosen(asked, request)
    return render(request, PARTS.get(part, "dispatch/board.html"), shown, status=status_of(form))


def _chosen(asked: Asked, request: HttpRequest) -> object:
    if not asked.chosen:
        return None
    by, now = actor(request), clock.now()
    try:
        # Whoever still has the merged one chosen sees the one under which it is dealt with.
        incident = queries.survivor_of(queries.get_incident(reference=asked.chosen, by=by))
    except NotFound:
        return None
    if not wants_fragment(request):
        operations.note_incident_read(reference=incident.reference, by=by, now=now)
    return panel(incident, by=by, now=now)


def _may(request: HttpRequest) -> set[str]:
    names = ("send", "stand_down", "alarm", "message", "settle", "status", "book", "log", "describe", "close")
    found = {name for name in names if may_open(request, f"dispatch:{name}")}
    return found | ({"merge"} if may_open(request, "incidents:merge") else set())


def big(request: HttpRequest) -> HttpResponse:
    """Show the board to a whole room: no name, no address, no words of anybody."""
    by, now = actor(request), clock.now()
    page = board_page(Asked(), by=by, now=now)
    template = "dispatch/_big.html" if wants_fragment(request) else "dispatch/big.html"
    return render(request, template, {"page": page})


def stand_down(request: HttpRequest, callsign: str) -> HttpResponse:
    """Take a unit from its incident."""
    by, now = actor(request), clock.now()
    unit = queries.get_unit(callsign=callsign, by=by)
    form = ReasonForm(sent(request))

    def go(given: dict[str, Any]) -> None:
        operations.stand_down_unit(callsign=unit.callsign, reason=given["reason"], by=by, now=now)

    if done(form, go):
        return redirect("dispatch:board")
    shown = {"form": form, "callsign": unit.callsign, "job": queries.active_deployment(unit)}
    return render(request, "dispatch/stand_down.html", shown, status=status_of(form))


def alarm(request: HttpRequest, callsign: str) -> HttpResponse:
    """Say that a unit's call for assistance is being dealt with."""
    operations.take_up_alarm(callsign=callsign, by=actor(request), now=clock.now())
    return redirect("dispatch:board")


def message(request: HttpRequest, callsign: str) -> HttpResponse:
    """Say that a unit's message was answered."""
    operations.answer_message(callsign=callsign, by=actor(request), now=clock.now())
    return redirect("dispatch:board")


def settle(request: HttpRequest, report: int) -> HttpResponse:
    """Say what an unclear report of a unit was about."""
    because = request.POST.get("because", "")
    operations.settle_report(report=report, because=because, by=actor(request), now=clock.now())
    return redirect("dispatch:board")

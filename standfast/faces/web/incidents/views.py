"""Which incidents are open, and how does one stand?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open, wants_fragment
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.attendance.pages import why_late
from standfast.faces.web.incidents import pages
from standfast.faces.web.incidents.forms import DoubtForm, ReviewForm
from standfast.faces.web.incidents.joined import joined_part
from standfast.faces.web.links import contact_address
from standfast.foundation.kernel import clock
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import operations, queries

DONE_HERE = ("log", "describe", "call_back", "close", "agree", "refuse", "reopen")


def incidents(request: HttpRequest) -> HttpResponse:
    """List open incidents, or only their rows afresh."""
    page = pages.incident_list(request.GET.get("grade", ""), by=actor(request), now=clock.now())
    template = "incidents/_incident_rows.html" if wants_fragment(request) else "incidents/incidents.html"
    return render(request, template, {"page": page})


def incident(request: HttpRequest, incident: str) -> HttpResponse:
    """Show one incident; opening it is itself an event."""
    by, now = actor(request), clock.now()
    found = queries.get_incident(reference=incident, by=by)
    operations.note_incident_read(reference=found.reference, by=by, now=now)
    shown: dict[str, object] = {
        "page": pages.incident_page(found, by=by, now=now),
        "why_late": why_late(found, now=now),
        "contact_href": contact_address(request, found.journey),
        "may_review": may_open(request, "incidents:review"),
        "may_doubt": may_open(request, "incidents:doubt"),
        "may_join": may_open(request, "incidents:merge"),
        "may": {name for name in DONE_HERE if may_open(request, f"dispatch:{name}")},
    }
    offers = queries.likely_same(found, by=by, now=now) if shown["may_join"] else ()
    shown["joined"] = joined_part(found, offers=offers, by=by, now=now)
    return render(request, "incidents/incident.html", shown)


def review(request: HttpRequest, incident: str) -> HttpResponse:
    """Review the risk of an incident nobody attends yet."""
    by, now = actor(request), clock.now()
    found = queries.get_incident(reference=incident, by=by)
    form = ReviewForm(sent(request), initial={"level": found.risk})

    def keep(given: dict[str, Any]) -> None:
        operations.review_waiting(
            reference=found.reference, found=given["found"], level=Risk(given["level"]), by=by, now=now
        )

    if done(form, keep):
        return redirect("incidents:incident", incident=found.reference)
    shown = {"form": form, "page": pages.incident_page(found, by=by, now=now)}
    return render(request, "incidents/review.html", shown, status=status_of(form))


def doubt(request: HttpRequest, incident: str) -> HttpResponse:
    """Say that a vulnerability carried to an incident was not found there: an alert for a supervisor."""
    by, now = actor(request), clock.now()
    found = queries.get_incident(reference=incident, by=by)
    form = DoubtForm(sent(request), strands=found.strands)

    def keep(given: dict[str, Any]) -> None:
        operations.doubt_vulnerability(
            reference=found.reference, strand=Strand(given["strand"]), found=given["found"], by=by, now=now
        )

    if done(form, keep):
        return redirect("incidents:incident", incident=found.reference)
    shown = {"form": form, "page": pages.incident_page(found, by=by, now=now)}
    return render(request, "incidents/doubt.html", shown, status=status_of(form))

"""What needs a person before the intake can go on: two texts under one key, and entries that could not be filed?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.links import contact_address
from standfast.faces.web.upkeep import pages
from standfast.faces.web.upkeep.forms import ConflictForm, ReasonForm
from standfast.foundation.intake import operations
from standfast.foundation.kernel import clock


def intake(request: HttpRequest) -> HttpResponse:
    """List what waits for a person's decision."""
    return render(request, "upkeep/intake.html", {"page": pages.intake_page(now=clock.now())})


def conflict(request: HttpRequest, conflict: int) -> HttpResponse:
    """Show two texts under one key side by side, and keep what was made of them."""
    by, now = actor(request), clock.now()
    page, form = pages.conflict_page(conflict, now=now), ConflictForm(sent(request))

    def decide(_: dict[str, Any]) -> None:
        operations.resolve_conflict(conflict=conflict, resolution=form.resolution(), by=by, now=now)

    if done(form, decide):
        return redirect("upkeep:intake")
    shown = {"page": page, "form": form, "contact_href": contact_address(request, page.reference)}
    return render(request, "upkeep/conflict.html", shown, status=status_of(form))


def retry(request: HttpRequest, filing: int) -> HttpResponse:
    """Let an entry that was put aside be tried again."""
    by, now = actor(request), clock.now()
    row, form = pages.parked_row(filing, now=now), ReasonForm(sent(request))
    if done(form, lambda given: operations.retry_parked(filing=filing, by=by, now=now, **given)):
        return redirect("upkeep:intake")
    return render(request, "upkeep/retry.html", {"row": row, "form": form}, status=status_of(form))

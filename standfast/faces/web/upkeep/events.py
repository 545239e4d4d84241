"""Who did what, and who looked at what? For those who answer for it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.faces.screens.asking import actor
from standfast.faces.web.upkeep import event_pages
from standfast.faces.web.upkeep.forms import SearchForm
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import NotAllowed, Refusal


def events(request: HttpRequest) -> HttpResponse:
    """Search the event log. Looking is itself an event; nothing is shown, or noted, before something is asked."""
    by, now = actor(request), clock.now()
    form = SearchForm(request.GET or None)
    form.fields["area"].choices = [("", "Every part"), *event_pages.areas()]  # type: ignore[attr-defined]
    found = None
    if form.is_valid():
        try:
            found = event_pages.found_events(form.cleaned_data, by=by, now=now)
        except NotAllowed:
            raise
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    shown = {"form": form, "page": found}
    return render(request, "upkeep/events.html", shown, status=422 if form.errors else 200)

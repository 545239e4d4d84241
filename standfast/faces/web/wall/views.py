"""How does the contact centre stand right now, and what does each figure of the wall count?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.faces.screens.asking import actor, may_open, wants_fragment
from standfast.faces.web.wall import figures as figure_pages
from standfast.faces.web.wall import pages
from standfast.foundation.kernel import clock, days


def wall(request: HttpRequest) -> HttpResponse:
    """Show the wall, or only its tiles afresh. There is no personal data on it."""
    page = pages.wall_page(by=actor(request), now=clock.now())
    template = "wall/_wall.html" if wants_fragment(request) else "wall/wall.html"
    return render(request, template, {"page": page})


def figures(request: HttpRequest) -> HttpResponse:
    """Say what each figure counts, and lead to the list behind it."""
    shown = figure_pages.figures(may=lambda entry: may_open(request, entry), on=days.london_day(clock.now()))
    return render(request, "wall/figures.html", {"figures": shown})


def people(request: HttpRequest) -> HttpResponse:
    """Show who has how many contacts in hand, to those who supervise them."""
    return render(request, "wall/people.html", {"rows": pages.load_rows(by=actor(request), now=clock.now())})

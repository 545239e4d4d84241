"""How were all contacts assessed, checked and advised, and which contacts are behind each number?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.web.measures import behind, pages
from standfast.faces.web.measures.forms import AskForm
from standfast.foundation.kernel import clock, days


def measures(request: HttpRequest) -> HttpResponse:
    """Show the shares of all contacts, by team and half-hour, and how the prompts do. It names nobody."""
    now = clock.now()
    form = AskForm(request.GET, today=days.london_day(now))
    may_list = may_open(request, "measures:contacts")
    page = pages.measures_page(form.asked(), may_list=may_list, by=actor(request), now=now)
    return render(request, "measures/measures.html", {"page": page, "form": form}, status=422 if form.errors else 200)


def contacts(request: HttpRequest) -> HttpResponse:
    """Show the contacts behind a number, to those who may see both."""
    now = clock.now()
    form = AskForm(request.GET, today=days.london_day(now))
    page = behind.behind_page(form.asked(), by=actor(request), now=now)
    return render(request, "measures/contacts.html", {"page": page, "form": form}, status=422 if form.errors else 200)

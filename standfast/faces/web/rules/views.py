"""What does policy say, since when, what changed, and what would it decide?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.faces.web.rules import pages
from standfast.faces.web.rules.forms import TryForm
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import Refusal


def tables(request: HttpRequest) -> HttpResponse:
    """List the policy tables with their editions."""
    return render(request, "rules/tables.html", {"page": pages.table_list(now=clock.now())})


def table(request: HttpRequest, table: str) -> HttpResponse:
    """Show one edition of a table, and what it changed."""
    page = pages.table_page(table, edition=request.GET.get("edition", ""), now=clock.now())
    return render(request, "rules/table.html", {"page": page})


def try_table(request: HttpRequest, table: str) -> HttpResponse:
    """Show what a table would decide on some facts, why, what nearly fired and what would change it. Nothing is kept."""
    now = clock.now()
    page = pages.table_page(table, edition="", now=now)
    found = pages.decision_table(table)
    form = TryForm(request.GET or None, kind=found.facts, today=pages.today(now))
    shown: dict[str, object] = {"page": page, "form": form, "tried": None}
    if form.is_valid():
        try:
            shown["tried"] = pages.tried(found, form.facts(), on=form.cleaned_data["on"])
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, "rules/try.html", shown, status=422 if form.errors else 200)

"""Who has which role, and how does an administrator change it?"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.web.people.forms import AddForm, ReasonForm, RolesForm
from standfast.faces.web.people.pages import person_row, person_rows
from standfast.foundation.kernel import clock, days
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people import operations, queries
from standfast.foundation.people.roles import Role


def people(request: HttpRequest) -> HttpResponse:
    """List accounts."""
    words = request.GET.get("words", "").strip()
    rows = person_rows(queries.list_accounts(by=actor(request), words=words), on=_today())
    return render(
        request, "people/people.html", {"rows": rows, "words": words, "may_add": may_open(request, "people:add")}
    )


def person(request: HttpRequest, username: str) -> HttpResponse:
    """Show one account."""
    account = queries.get_account(username=username, by=actor(request))
    return render(
        request,
        "people/person.html",
        {"row": person_row(account, on=_today()), "may_change": may_open(request, "people:roles")},
    )


def add(request: HttpRequest) -> HttpResponse:
    """Add an account and show its one-time code, once."""
    form = AddForm(request.POST or None, teams=queries.list_teams())
    if form.is_valid():
        given = {**form.cleaned_data, "roles": frozenset(map(Role, form.cleaned_data["roles"]))}
        try:
            member = operations.add_staff_member(
                new=operations.NewStaffMember(**given), by=actor(request), now=clock.now()
            )
            return _code_page(request, member.username, reason="New account")
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, "people/add.html", {"form": form}, status=422 if form.is_bound else 200)


def roles(request: HttpRequest, username: str) -> HttpResponse:
    """Change a person's roles, with a reason."""
    account = queries.get_account(username=username, by=actor(request))
    form = RolesForm(request.POST or None, initial={"roles": [role.value for role in account.roles]})

    def change(given: dict[str, Any]) -> None:
        chosen = [Role(role) for role in given["roles"]]
        operations.change_roles(
            username=username, roles=chosen, reason=given["reason"], by=actor(request), now=clock.now()
        )

    if _done(form, change):
        return redirect("people:person", username=username)
    shown = {"form": form, "row": person_row(account, on=_today())}
    return render(request, "people/roles.html", shown, status=422 if form.is_bound else 200)


def access(request: HttpRequest, username: str) -> HttpResponse:
    """Disable an account, or enable it again, with a reason."""
    account = queries.get_account(username=username, by=actor(request))
    form = ReasonForm(request.POST or None)
    change = operations.disable_account if account.active else operations.enable_account

    if _done(form, lambda given: change(username=username, by=actor(request), now=clock.now(), **given)):
        return redirect("people:person", username=username)
    shown = {"form": form, "row": person_row(account, on=_today())}
    return render(request, "people/access.html", shown, status=422 if form.is_bound else 200)


def invite(request: HttpRequest, username: str) -> HttpResponse:
    """Make a new one-time code for a person who lost their password or second factor."""
    account = queries.get_account(username=username, by=actor(request))
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        return _code_page(request, username, reason=form.cleaned_data["reason"])
    shown = {"form": form, "row": person_row(account, on=_today())}
    return render(request, "people/invite.html", shown, status=422 if form.is_bound else 200)


def _done(form: Form, change: Callable[[dict[str, Any]], object]) -> bool:
    if not form.is_valid():
        return False
    try:
        change(form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _code_page(request: HttpRequest, username: str, *, reason: str) -> HttpResponse:
    code = operations.invite_again(username=username, reason=reason, by=actor(request), now=clock.now())
    return render(request, "people/code.html", {"username": username, "code": code})


def _today() -> date:
    return days.london_day(clock.now())

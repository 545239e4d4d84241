"""How does a person sign in, for the first time, every day, and to a demonstration?"""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account_views
from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from standfast.faces.screens.asking import actor
from standfast.faces.screens.session_life import DEMO_KEY
from standfast.faces.web.errors import too_many
from standfast.faces.web.sign_in.factors import ENROLLED_KEY
from standfast.faces.web.sign_in.forms import FirstPasswordForm
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.people import operations, queries
from standfast.foundation.people.roles import Role

View = Callable[..., HttpResponse]
AFTER_CHANGE = ("mfa_index", "mfa_view_recovery_codes")
LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]"}
ENDED = {
    "idle": "You were signed out after 15 minutes without activity.",
    "old": "You were signed out: a session lasts at most 12 hours.",
}


class SignIn(account_views.LoginView):  # type: ignore[misc]  # the library has no types
    """The sign-in page, with the roles of a demonstration where there is one."""

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """Add why a session ended and whom one can be."""
        roles = queries.list_demo_roles() if is_demo_request(self.request) else []
        ended = ENDED.get(self.request.GET.get("ended", ""), "")
        return {**super().get_context_data(**given), "demo_roles": roles, "ended": ended}


def answers_422(view: View) -> View:
    """Make a library's view say by its status that a form was refused."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        response = view(request, *args, **named)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = 422
        return response

    return answer


def notes_change(change: str) -> Callable[[View], View]:
    """Make a library's view remember a change of the second factor; who just added one is asked for nothing again for a while."""

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
            response = view(request, *args, **named)
            if request.method == "POST" and response.headers.get("Location") in {
                reverse(name) for name in AFTER_CHANGE
            }:
                operations.note_factor_change(by=actor(request), change=change, now=clock.now())
                request.session[ENROLLED_KEY] = clock.now().timestamp()
            return response

        return answer

    return wrap


def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's password, if there is one."""
    if not request.user.is_authenticated or not request.user.has_usable_password():
        raise Refusal("This account signs in without a password, so there is none to change.")
    return answers_422(account_views.password_change)(request)


def first_password(request: HttpRequest) -> HttpResponse:
    """Set a password with a one-time code; the person then signs in with it."""
    form = FirstPasswordForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        if not ratelimit.consume(request, action="login_failed", key=f"code:{given['username'].lower()}"):
            return too_many(request)
        try:
            operations.accept_invitation(
                username=given["username"], code=given["code"], password=given["password"], now=clock.now()
            )
            return redirect("account_login")
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, "sign_in/first_password.html", {"form": form}, status=422 if form.is_bound else 200)


def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in to a demonstration as its person of a role."""
    if not is_demo_request(request):
        raise NotFound("One-click sign-in works only on a demonstration, and only on its own computer.")
    role = request.POST.get("role", "")
    member = queries.find_demo_member(Role(role)) if role in set(Role) else None
    if member is None:
        raise NotFound("The demonstration has nobody of this role.")
    get_adapter().login(request, member)
    request.session[DEMO_KEY] = True
    operations.note_sign_in(by=member.as_actor(), method="demonstration", now=clock.now())
    return redirect("home")


def is_demo_request(request: HttpRequest) -> bool:
    """Say whether one-click sign-in may be offered: a demonstration, asked on the computer it runs on and through no proxy."""
    if not settings.DEMO or "Forwarded" in request.headers or "X-Forwarded-For" in request.headers:
        return False
    host = request.get_host()
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return name in LOOPBACK_NAMES and _is_loopback(str(request.META.get("REMOTE_ADDR", "")))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False

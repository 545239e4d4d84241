"""Who is this visitor, as far as we may know? A cookie until the browser closes, and the one draft it opens."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from standfast.faces.public import gate
from standfast.faces.public.drafts import Draft, Ended, NotCommitted, new_token

CARRIED = "carried"


class Standing(Enum):
    """How it stands with a visitor's draft."""

    NEW = "nothing was written yet"
    OPEN = "it is being written"
    ENDED = "the visitor has left"
    AWAY = "the database is away and this page carried nothing"


@dataclass(kw_only=True)
class Visit:
    """One request's view of a draft. `is_kept` says whether the database has its newest state."""

    token: str
    draft: Draft
    standing: Standing
    is_kept: bool = True

    def keep(self, draft: Draft, *, now: datetime) -> None:
        """
        Keep a newer state of the draft; while the database is away only the pages carry it.

        :raises Ended: if the visitor has left meanwhile
        """
        self.draft, self.standing = draft, Standing.OPEN
        try:
            gate.drafts().keep(self.token, draft, now=now)
            self.is_kept = True
        except NotCommitted:
            self.is_kept = False

    def carried(self) -> str:
        """Return what the page carries, sealed."""
        return gate.drafts().carried(self.token, self.draft) if self.draft.saved_at else ""


def find_visit(request: HttpRequest, *, now: datetime) -> Visit:
    """Return the visit of a request: of what the row and the page say, the younger; nothing, once the visitor has left."""
    token = token_of(request)
    if not token:
        return Visit(token=new_token(), draft=Draft.begin(), standing=Standing.NEW)
    is_there = True
    kept = None
    try:
        kept = gate.drafts().find(token, now=now)
    except Ended:
        return Visit(token=token, draft=Draft.begin(), standing=Standing.ENDED)
    except NotCommitted:
        is_there = False
    carried = gate.drafts().read_carried(token, request.POST.get(CARRIED, ""), now=now)
    found = max((each for each in (kept, carried) if each), key=lambda each: each.saved_at, default=None)
    if found:
        return Visit(token=token, draft=found, standing=Standing.OPEN, is_kept=is_there)
    return Visit(
        token=token, draft=Draft.begin(), standing=Standing.NEW if is_there else Standing.AWAY, is_kept=is_there
    )


def token_of(request: HttpRequest) -> str:
    """Return the visitor's cookie, or nothing."""
    return str(request.COOKIES.get(settings.VISIT_COOKIE_NAME, ""))


def end_visit(request: HttpRequest, *, now: datetime) -> None:
    """End the chat of a request and empty its draft for good, where the database answers."""
    token = token_of(request)
    if not token:
        return
    # Leaving must never wait or fail: without its cookie a draft is unreadable already, and nobody else has the cookie of a chat.
    with suppress(NotCommitted):
        gate.chats().leave(token, now=now)
    with suppress(NotCommitted):
        gate.drafts().end(token, now=now)


def remember(response: HttpResponse, visit: Visit) -> HttpResponse:
    """Give the browser the visit's cookie, until it is closed."""
    return remember_token(response, visit.token)


def remember_token(response: HttpResponse, token: str) -> HttpResponse:
    """Give the browser a visitor's cookie, until it is closed."""
    response.set_cookie(
        settings.VISIT_COOKIE_NAME,
        token,
        secure=settings.CSRF_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: HttpResponse) -> HttpResponse:
    """
    Take every cookie, stored thing and cached page of ours from the browser.

    `Clear-Site-Data` leaves cookies to the lines below: it would take those of the force's every other site along.
    """
    for name in (settings.VISIT_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        # By hand: a browser takes `__Host-` cookies, their removal too, only with Secure and Path=/.
        response.set_cookie(name, "", max_age=0, secure=settings.CSRF_COOKIE_SECURE, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response

"""Who asks, and is their session still good? Idle for 15 minutes or 12 hours old, it ends; disabled or changed, it ends at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from standfast.faces.screens.session_life import SEEN_KEY, STARTED_KEY, why_over
from standfast.faces.web.sign_in.factors import lacks_second_factor
from standfast.foundation.kernel import clock

NOTE_EVERY = timedelta(minutes=1)
NEW = timedelta(minutes=5)
# A page that refreshes itself says so (static/src/live.js): only what a person does keeps a session awake.
BACKGROUND = "Standfast-Background"

GetResponse = Callable[[HttpRequest], HttpResponse]


class Askers:
    """Finds who asks, once for each request, and ends sessions that are over."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set `asker`, or leave it None."""
        request.asker = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            now = clock.now()
            why = why_over(request.session, now=now)
            if why:
                logout(request)
                request.session_ended = why  # type: ignore[attr-defined]
            else:
                note_active(request, now=now)
                request.asker = request.user.as_actor()  # type: ignore[attr-defined]
                request.lacks_second_factor = lacks_second_factor(request, request.user)  # type: ignore[attr-defined]
        return self.get_response(request)


def start_session(request: HttpRequest, *, now: datetime) -> None:
    """Note when a session began."""
    request.session[STARTED_KEY] = request.session[SEEN_KEY] = now.timestamp()


def is_recent(request: HttpRequest, key: str, *, now: datetime) -> bool:
    """Say whether what the session notes under a key happened within the last five minutes."""
    return bool(now.timestamp() - request.session.get(key, 0) < NEW.total_seconds())


def note_active(request: HttpRequest, *, now: datetime) -> None:
    """Note that the person is active, unless the page asked by itself; a stream is opened by a page, never by a person."""
    quiet = now.timestamp() - request.session.get(SEEN_KEY, 0)
    by_itself = BACKGROUND in request.headers or settings.PROCESS == "live"
    if quiet > NOTE_EVERY.total_seconds() and not by_itself:
        request.session[SEEN_KEY] = now.timestamp()

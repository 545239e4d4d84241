"""What surrounds every staff page: the force, the person, their places, how they like to see it, and the server's time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from standfast.faces.screens.asking import asker
from standfast.faces.screens.assets import asset, is_built
from standfast.faces.screens.look import Density, Keys, Look, Theme, look_of
from standfast.faces.web.navigation import ShownPlace, places_for
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.roles import Role

HTMX = "built/htmx.js"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The frame of one page."""

    force_name: str
    crest: str
    demo: bool
    who: str
    find_places: Callable[[], Sequence[ShownPlace]]
    look: Look
    now: datetime
    nonce: str
    live_url: str
    htmx: str
    path: str
    themes = tuple(Theme)
    densities = tuple(Density)
    key_choices = tuple(Keys)

    @cached_property
    def places(self) -> Sequence[ShownPlace]:
        """Return the places in the bar. A part of a page has no bar, and nothing is counted for it."""
        return self.find_places()


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Return the frame for the templates. After a failure it asks nothing of the database."""
    now = clock.now()
    failed = getattr(request, "failed", False)
    person = asker(request)
    return {
        "frame": Frame(
            force_name=settings.FORCE_NAME,
            crest=settings.CREST,
            demo=settings.DEMO,
            who=described(person) if person else "",
            find_places=tuple if failed else lambda: [each for each in places_for(request, now=now) if each.in_bar],
            look=look_of(request),
            now=now,
            nonce=getattr(request, "nonce", ""),
            live_url=_stream_of(request),
            htmx=asset(HTMX) if is_built(HTMX) else "",
            path=request.get_full_path() if request.method == "GET" else "/",
        )
    }


def _stream_of(request: HttpRequest) -> str:
    """Return the address of the desk's stream as this browser reaches it, empty where there is none."""
    origin = settings.LIVE_URL.replace("{host}", request.get_host().rsplit(":", 1)[0])
    return f"{origin}/live/desk" if origin else ""


def described(person: Actor) -> str:
    """Return who a person is as the bar says it: name, roles, team."""
    roles = ", ".join(Role(role).label for role in sorted(person.roles)) or "No role"
    return " · ".join(part for part in (person.name, roles, f"Team {person.team}" if person.team else "") if part)

"""Where does a person begin, find their way, and say how the screens should look?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.screens.look import Density, Keys, Look, Theme, keep_look
from standfast.faces.web.dispatch.unit_pages import status_address
from standfast.faces.web.home import gallery
from standfast.faces.web.navigation import first_screen, places_for
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import Refusal

STATUS_WORDS = 2


def healthz(_: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


def home(request: HttpRequest) -> HttpResponse:
    """Send a person to their first screen, or say honestly that it is not there yet."""
    first = first_screen(request)
    if first:
        return redirect(first)
    return render(request, "home/later.html", {"places": places_for(request, now=clock.now())})


def find(request: HttpRequest) -> HttpResponse:
    """Go to the place whose name begins like the words, do what a command asks for, or say what could be asked for."""
    words = request.GET.get("words", "").strip()
    if words.startswith("/"):
        return _command(request, words)
    places = places_for(request, now=clock.now())
    fitting = [place for place in places if words and place.label.lower().startswith(words.lower())]
    if len(fitting) == 1:
        return redirect(fitting[0].href)
    shown = {"words": words, "places": fitting or places, "fits": bool(fitting), "problem": ""}
    return render(request, "home/find.html", shown)


def _command(request: HttpRequest, words: str) -> HttpResponse:
    """Go where a command leads. None changes anything by itself: what it would change is shown first, one press away."""
    name, *given = words.split(maxsplit=2)
    problem = "There is no such command."
    if name == "/new" and may_open(request, "contact:start"):
        return redirect(f"{reverse('desk:desk')}#new-contact")
    if name == "/s" and may_open(request, "dispatch:status"):
        found = status_address(*given, by=actor(request), now=clock.now()) if len(given) == STATUS_WORDS else ""
        if found:
            return redirect(found)
        problem = "Write /s, a unit on duty and its status: its number or the beginning of its name, such as /s ND52 6."
    shown = {"words": words, "places": places_for(request, now=clock.now()), "fits": False, "problem": problem}
    return render(request, "home/find.html", shown, status=422)


def look(request: HttpRequest) -> HttpResponse:
    """Keep theme, density and keys, and go back."""
    try:
        chosen = Look(
            theme=Theme(request.POST.get("theme", "")),
            density=Density(request.POST.get("density", "")),
            keys=Keys(request.POST.get("keys", "")),
        )
    except ValueError:
        raise Refusal("Choose one of the themes, rows and keys that are offered.") from None
    back = request.POST.get("back", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if safe else "/")
    keep_look(response, chosen)
    return response


def components(request: HttpRequest) -> HttpResponse:
    """Show every component in every state."""
    return render(request, "home/components.html", gallery.every_state(now=clock.now()))

"""Which contacts wait, in which order, and who takes the next?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open, wants_fragment
from standfast.faces.web.contact.acting import SAME_OPENING, note_opening
from standfast.faces.web.contact.forms import CHANNELS_TAKEN
from standfast.faces.web.desk.bands import bands, untold_band
from standfast.faces.web.desk.chosen import chosen
from standfast.faces.web.desk.pages import Asked
from standfast.faces.web.desk.pages import desk as desk_page
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import NotFound
from standfast.journey.contact import operations, queries


def desk(request: HttpRequest) -> HttpResponse:
    """Show the desk, or the parts of it that may have changed."""
    by, now = actor(request), clock.now()
    asked = Asked.read(request.GET)
    page = desk_page(asked, by=by, now=now)
    untold = untold_band(now=now)
    shown = {
        "page": page,
        "bands": [*bands(now=now), *([untold] if untold else [])],
        "channels": [(channel.value, channel.label) for channel in CHANNELS_TAKEN],
        "may": {name for name in ("contact:start", "contact:claim", "desk:next") if may_open(request, name)},
        "fragment": wants_fragment(request),
    }
    if wants_fragment(request):
        return render(request, "desk/_desk_fresh.html", shown)
    return render(request, "desk/desk.html", {**shown, "chosen": _chosen(page.chosen, asked, request)})


def pull_next(request: HttpRequest) -> HttpResponse:
    """Claim the contact that stands first and open it."""
    taken = operations.claim_next(by=actor(request), now=clock.now())
    return redirect("contact:contact", ref=taken.reference)


def _chosen(reference: str, asked: Asked, request: HttpRequest) -> object:
    if not reference:
        return None
    by, now = actor(request), clock.now()
    try:
        contact = queries.get_contact(reference=reference, by=by)
    except NotFound:
        return None
    if asked.chosen:
        note_opening(contact, same=SAME_OPENING, by=by, now=now)
    return chosen(contact, by=by, now=now)

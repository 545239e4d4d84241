"""Where does the contact of a reference stand? The part of the API that the staff process answers, to whoever is signed in there."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from standfast.faces.api.problems import Problem, answer
from standfast.faces.api.receiving import json_answer
from standfast.faces.screens.asking import actor
from standfast.foundation.intake import queries as intake
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.journey.contact import queries as contacts


def contact(request: HttpRequest, ref: str) -> HttpResponse:
    """Say where a contact is: `stored` until the worker has filed it, then `filed`."""
    try:
        state, channel, received_at, exact = _find(ref, by=actor(request))
    except NotFound:
        return answer(
            Problem(404, "not_found", "There is no such contact.", "a reference as XXXX-XXXX-XXXX-XX"), request
        )
    found = {"reference": exact, "received_at": received_at.isoformat(), "state": state, "channel": channel}
    return json_answer(found, status=200)


def refused(request: HttpRequest, refusal: NotAllowed) -> HttpResponse:
    """Answer a program that asked for what the roles of its person do not give."""
    return answer(Problem(403, "not_allowed", str(refusal), "a role that gives the permission"), request)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Answer a program whose person is not signed in."""
    return answer(Problem(401, "sign_in", "Nobody is signed in.", "the session of somebody signed in"), request)


def _find(reference: str, *, by: Actor) -> tuple[str, str, datetime, str]:
    try:
        found = contacts.get_contact(reference=reference, by=by)
    except NotFound:
        received, filed_at = intake.get_filing_state(reference=reference)
        if filed_at is not None:
            # There is one, out of this person's reach: that reads like none.
            raise
        return "stored", received.channel.value, received.received_at, received.reference
    return "filed", found.channel, found.received_at, found.reference

"""
How does one thing get done with a contact, and what is shown then?

Every act is a plain form: one operation, then the page again. Where a script sent it, the page comes back as the parts that may have
changed, and a refusal as its sentences alone, so that nothing typed elsewhere is touched. Without script a refusal shows the whole page
with what was typed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open, wants_fragment
from standfast.faces.web.contact.forms import Said
from standfast.faces.web.contact.pages import NOTHING_TYPED, ContactPage, Typed, contact_page
from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, NotFound, Refusal
from standfast.journey.contact import operations, queries
from standfast.journey.contact.events import ContactOpened
from standfast.journey.contact.queries import ContactRecord

# Whoever comes back to a page within this time has it open still; its parts refresh by themselves for a whole shift.
SAME_OPENING = timedelta(minutes=10)
SAME_SHIFT = timedelta(hours=12)
ACTS = (
    "claim", "fill", "link", "note", "answer", "limb", "flag", "confirm_flag", "dismiss_flag", "settle", "advice", "grade", "raise",
    "lower", "review", "hand_back", "take_over", "close", "reopen", "route", "choose_route", "told",
)  # fmt: skip
# Pages of other stages this page leads to, where they are open to the person.
OUTSIDE = ("referrals:refer", "referrals:threshold", "referrals:signpost", "incidents:incident")


def act(request: HttpRequest, ref: str, form: Said, operation: Callable[[Said], object]) -> HttpResponse:
    """Do one thing with a contact and show it again, or say why it was not done."""
    if form.is_valid():
        try:
            operation(form)
            return shown_again(request, ref)
        except (NotAllowed, NotFound):
            raise
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return refused(request, ref, form)


def shown_again(request: HttpRequest, ref: str, *, saved: str = "") -> HttpResponse:
    """Show the contact after something was done with it. `saved` is the part of typed facts that was just saved."""
    need = request.POST.get("need", "")
    if wants_fragment(request):
        return show(request, ref, need=need, typed=Typed(saved=saved))
    response = redirect("contact:contact", ref=ref)
    if need:
        query = QueryDict(mutable=True)
        query["need"] = need
        response["Location"] += f"?{query.urlencode()}"
    return response


def refused(request: HttpRequest, ref: str, form: Said) -> HttpResponse:
    """Say why something was not done; what was typed is kept."""
    problems = [str(message) for messages in form.errors.values() for message in messages]
    typed = Typed(form=form.name, values=typed_values(request), problems=problems)
    return show(request, ref, typed=typed, status=422)


def show(
    request: HttpRequest, ref: str, *, need: str = "", typed: Typed = NOTHING_TYPED, status: int = 200
) -> HttpResponse:
    """Render the page, the parts of it that change, or what was refused."""
    by, now = actor(request), clock.now()
    fragment = wants_fragment(request)
    if fragment and status != 200:
        return render(request, "contact/_refused.html", {"typed": typed}, status=status)
    contact = queries.get_contact(reference=ref, by=by)
    page = contact_page(contact, need=need or typed.values.get("need", ""), by=by, now=now)
    note_opening(contact, same=SAME_SHIFT if fragment else SAME_OPENING, by=by, now=now)
    template = "contact/_contact_parts.html" if fragment else "contact/contact.html"
    return render(request, template, shown(request, page, typed), status=status)


def shown(request: HttpRequest, page: ContactPage, typed: Typed) -> dict[str, object]:
    """Return what the templates are given: the page, what was refused, and which acts this person is offered."""
    allowed = {name for name in ACTS if may_open(request, f"contact:{name}")}
    outside = {name: may_open(request, name) for name in OUTSIDE}
    allowed |= {name for name in ("chat", "invite") if may_open(request, f"chats:{name}")}
    return {"page": page, "typed": typed, "may": allowed, "outside": outside, "fragment": wants_fragment(request)}


def note_opening(contact: ContactRecord, *, same: timedelta, by: Actor, now: datetime) -> None:
    """
    Record that somebody opened a contact, once for each opening, before anything of it is shown.

    The only thing a page that is merely looked at ever writes, and it writes it to the event log alone.
    """
    last = eventlog.last_time(kind=ContactOpened.kind, about=contact.reference, by_ref=by.ref)
    if last is None or now - last > same:
        operations.note_opened(reference=contact.reference, by=by, now=now)


def typed_values(request: HttpRequest) -> dict[str, str]:
    """Return what was sent, as it was typed."""
    return {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}

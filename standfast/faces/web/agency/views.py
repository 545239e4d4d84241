"""Which referrals were sent to my agency, and how do we answer them?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.agency.forms import CompleteForm, DeclineForm
from standfast.faces.web.agency.pages import OwnReferral, own_list
from standfast.faces.web.agency.pages import own_referral as find_own
from standfast.foundation.kernel import clock
from standfast.journey.triage import operations


def referrals(request: HttpRequest) -> HttpResponse:
    """List the referrals of one's own agency."""
    return render(request, "agency/referrals.html", {"page": own_list(by=actor(request), now=clock.now())})


def referral(request: HttpRequest, own_referral: str) -> HttpResponse:
    """Show one of them; opening it is itself an event."""
    by, now = actor(request), clock.now()
    row = _one(own_referral, request)
    operations.note_referral_opened(reference=row.reference, by=by, now=now)
    return render(request, "agency/referral.html", {"row": row})


def accept(request: HttpRequest, own_referral: str) -> HttpResponse:
    """Take one on."""
    row = _one(own_referral, request)
    operations.accept_referral(reference=row.reference, by=actor(request), now=clock.now())
    return redirect("agency:referral", own_referral=row.reference)


def decline(request: HttpRequest, own_referral: str) -> HttpResponse:
    """Decline one, or give it back, with a reason."""
    by, now = actor(request), clock.now()
    row, form = _one(own_referral, request), DeclineForm(sent(request))
    if done(form, lambda given: operations.decline_referral(reference=row.reference, by=by, now=now, **given)):
        return redirect("agency:referral", own_referral=row.reference)
    return render(request, "agency/decline.html", {"form": form, "row": row}, status=status_of(form))


def complete(request: HttpRequest, own_referral: str) -> HttpResponse:
    """Say what came of one."""
    by, now = actor(request), clock.now()
    row, form = _one(own_referral, request), CompleteForm(sent(request))
    if done(form, lambda given: operations.complete_referral(reference=row.reference, by=by, now=now, **given)):
        return redirect("agency:referral", own_referral=row.reference)
    return render(request, "agency/complete.html", {"form": form, "row": row}, status=status_of(form))


def _one(reference: str, request: HttpRequest) -> OwnReferral:
    return find_own(reference, by=actor(request), now=clock.now())

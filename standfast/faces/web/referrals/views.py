"""Which referrals run, how does one stand, and how does the force take one back or note what was said on the phone?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.links import contact_address
from standfast.faces.web.referrals.forms import ByPhoneForm, Heard, ReasonForm
from standfast.faces.web.referrals.pages import ReferralFilter, referral_list, referral_page
from standfast.foundation.kernel import clock
from standfast.journey.triage import operations, queries

PARTS = ("all", "running", "overdue", "ended")


def referrals(request: HttpRequest) -> HttpResponse:
    """List referrals: those that run first."""
    show = request.GET.get("show", "all")
    where = ReferralFilter(
        show=show if show in PARTS else "all",
        partner=request.GET.get("partner", ""),
        need=request.GET.get("need", ""),
    )
    return render(
        request, "referrals/referrals.html", {"page": referral_list(where, by=actor(request), now=clock.now())}
    )


def referral(request: HttpRequest, referral: str) -> HttpResponse:
    """Show one referral; opening it is itself an event."""
    by, now = actor(request), clock.now()
    found = queries.get_referral(reference=referral, by=by)
    operations.note_referral_opened(reference=found.reference, by=by, now=now)
    shown = {
        "page": referral_page(found, now=now),
        "contact_href": contact_address(request, found.journey),
        "may_change": may_open(request, "referrals:withdraw"),
    }
    return render(request, "referrals/referral.html", shown)


def withdraw(request: HttpRequest, referral: str) -> HttpResponse:
    """Take a referral back, with a reason."""
    by, now = actor(request), clock.now()
    found = queries.get_referral(reference=referral, by=by)
    form = ReasonForm(sent(request))
    if done(form, lambda given: operations.withdraw_referral(reference=found.reference, by=by, now=now, **given)):
        return redirect("referrals:referral", referral=found.reference)
    shown = {"form": form, "page": referral_page(found, now=now)}
    return render(request, "referrals/withdraw.html", shown, status=status_of(form))


def by_phone(request: HttpRequest, referral: str) -> HttpResponse:
    """Note what an agency said on the phone."""
    by, now = actor(request), clock.now()
    found = queries.get_referral(reference=referral, by=by)
    page = referral_page(found, now=now)
    heard = [Heard.ACCEPTS, Heard.DECLINES] if page.can_accept else [Heard.COMPLETED, Heard.DECLINES]
    form = ByPhoneForm(sent(request), heard=heard)

    def note(given: dict[str, Any]) -> None:
        said = {"reference": found.reference, "spoken_to": given["spoken_to"]}
        if given["heard"] == Heard.ACCEPTS:
            operations.accept_by_phone(**said, by=by, now=now)
        elif given["heard"] == Heard.DECLINES:
            operations.decline_by_phone(**said, reason=given["words"], by=by, now=now)
        else:
            operations.complete_by_phone(**said, result=given["words"], by=by, now=now)

    if done(form, note):
        return redirect("referrals:referral", referral=found.reference)
    return render(request, "referrals/by_phone.html", {"form": form, "page": page}, status=status_of(form))

"""How does an officer test whether a matter is for the police, pass it to an agency, or show the caller the way to one?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.links import contact_address
from standfast.faces.web.referrals.forms import ReferForm, ThresholdForm, ToldForm
from standfast.faces.web.referrals.send_pages import refer_page, threshold_page
from standfast.foundation.kernel import clock
from standfast.journey.contact import queries as contacts
from standfast.journey.triage import operations


def threshold(request: HttpRequest, contact: str) -> HttpResponse:
    """Ask the five questions, and write down which facts each answer rests on."""
    by, now = actor(request), clock.now()
    found = contacts.get_contact(reference=contact, by=by)
    form = ThresholdForm(sent(request))

    def test(_: dict[str, Any]) -> None:
        operations.record_threshold_test(contact_reference=found.reference, answers=form.answers(), by=by, now=now)

    if done(form, test):
        return redirect("referrals:threshold", contact=found.reference)
    shown = {
        "form": form,
        "page": threshold_page(found, now=now),
        "contact_href": contact_address(request, found.reference),
    }
    return render(request, "referrals/threshold.html", shown, status=status_of(form))


def refer(request: HttpRequest, contact: str) -> HttpResponse:
    """Pass a contact to an agency. The preview shows exactly what the agency would see, and sends nothing."""
    by, now = actor(request), clock.now()
    page = refer_page(contact, need=request.GET.get("need", ""), by=by, now=now)
    form = ReferForm(sent(request), partners=page.choosable)
    back = contact_address(request, page.contact)
    wants_preview = request.method == "POST" and "preview" in request.POST

    def send(_: dict[str, Any]) -> None:
        operations.send_referral(contact_reference=page.contact, new=form.new_referral(), by=by, now=now)

    if not wants_preview and done(form, send):
        return redirect(back or reverse("referrals:referrals"))
    shown = {"form": form, "page": page, "contact_href": back, "preview": wants_preview}
    status = 200 if wants_preview and form.is_valid() else status_of(form)
    return render(request, "referrals/refer.html", shown, status=status)


def signpost(request: HttpRequest, contact: str) -> HttpResponse:
    """Tell the caller how to reach an agency themselves; the contact ends."""
    by, now = actor(request), clock.now()
    page = refer_page(contact, need="", by=by, now=now)
    agency = page.agency(request.GET.get("agency", ""))
    form = ToldForm(sent(request))

    def tell(_: dict[str, Any]) -> None:
        operations.signpost_caller(
            contact_reference=page.contact, partner=agency.code, told=form.promise(), by=by, now=now
        )

    back = contact_address(request, page.contact)
    if done(form, tell):
        return redirect(back or reverse("referrals:referrals"))
    shown = {"form": form, "page": page, "agency": agency, "contact_href": back}
    return render(request, "referrals/signpost.html", shown, status=status_of(form))

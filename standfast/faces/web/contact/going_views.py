"""How is it decided where a contact goes?"""

from typing import cast

from django.http import HttpRequest, HttpResponse

from standfast.faces.screens.asking import actor
from standfast.faces.web.contact import forms
from standfast.faces.web.contact.acting import act
from standfast.foundation.kernel import clock
from standfast.journey.triage import operations
from standfast.journey.triage.operations import RoutePlan


def route(request: HttpRequest, ref: str) -> HttpResponse:
    """Send a contact the way the rule proposes."""
    return act(
        request,
        ref,
        forms.RouteForm(request.POST),
        lambda form: operations.confirm_route(
            contact_reference=ref, plan=_plan(form), by=actor(request), now=clock.now()
        ),
    )


def choose_route(request: HttpRequest, ref: str) -> HttpResponse:
    """Send a contact another way, with a reason."""
    return act(
        request,
        ref,
        forms.ChooseRouteForm(request.POST),
        lambda form: operations.choose_route(
            contact_reference=ref,
            route=form.cleaned_data["route"],
            reason=form.cleaned_data["reason"],
            plan=_plan(form),
            by=actor(request),
            now=clock.now(),
        ),
    )


def told(request: HttpRequest, ref: str) -> HttpResponse:
    """Record that the desk spoke to the caller; the contact ends."""
    return act(
        request,
        ref,
        forms.ToldForm(request.POST),
        lambda form: operations.record_contact_back(
            contact_reference=ref, told=cast(forms.ToldForm, form).promise(), by=actor(request), now=clock.now()
        ),
    )


def _plan(form: forms.Said) -> RoutePlan:
    given = cast(forms.RouteForm, form)
    promise = given.promise()
    said = promise if any((promise.what, promise.by_whom, promise.when)) else None
    return RoutePlan(matter=given.matter(), told=said, slot=given.slot())

"""How are questions answered, THRIVE written, vulnerability confirmed, advice recorded and a grade set?"""

from django.http import HttpRequest, HttpResponse

from standfast.faces.screens.asking import actor
from standfast.faces.web.contact import forms
from standfast.faces.web.contact.acting import act
from standfast.foundation.kernel import clock
from standfast.journey.assessment import operations


def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Record the answer to a question."""
    return act(
        request,
        ref,
        forms.AnswerForm(request.POST),
        lambda form: operations.answer_question(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def limb(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the rationale of a limb."""
    return act(
        request,
        ref,
        forms.LimbForm(request.POST),
        lambda form: operations.write_limb(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def flag(request: HttpRequest, ref: str) -> HttpResponse:
    """Record a vulnerability somebody saw."""
    return act(
        request,
        ref,
        forms.StrandForm(request.POST),
        lambda form: operations.flag_strand(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def confirm_flag(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm a suggested vulnerability."""
    return act(
        request,
        ref,
        forms.StrandForm(request.POST),
        lambda form: operations.confirm_flag(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def dismiss_flag(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that a suggested vulnerability is none, and why."""
    return act(
        request,
        ref,
        forms.DismissForm(request.POST),
        lambda form: operations.dismiss_flag(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def settle(request: HttpRequest, ref: str) -> HttpResponse:
    """Say whether a vulnerability in doubt stands, and why."""

    def said(form: forms.Said) -> object:
        given = form.cleaned_data
        settled = operations.uphold_strand if given["verdict"] == "yes" else operations.drop_strand
        return settled(contradiction=given["doubt"], because=given["because"], by=actor(request), now=clock.now())

    return act(request, ref, forms.SettleForm(request.POST), said)


def advice(request: HttpRequest, ref: str) -> HttpResponse:
    """Record that advice was read out."""
    return act(
        request,
        ref,
        forms.AdviceForm(request.POST),
        lambda form: operations.give_advice(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def grade(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirm the grade the rule gives now."""
    return act(
        request,
        ref,
        forms.ConfirmForm(request.POST),
        lambda _: operations.confirm_grade(reference=ref, by=actor(request), now=clock.now()),
    )


def raise_grade(request: HttpRequest, ref: str) -> HttpResponse:
    """Set a more urgent grade than the rule's, with a reason."""
    return act(
        request,
        ref,
        forms.RaiseForm(request.POST),
        lambda form: operations.raise_grade(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def lower_grade(request: HttpRequest, ref: str) -> HttpResponse:
    """Set a less urgent grade, with a reason."""
    return act(
        request,
        ref,
        forms.LowerForm(request.POST),
        lambda form: operations.lower_grade(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def review(request: HttpRequest, ref: str) -> HttpResponse:
    """Record a review of the risk while a contact waits."""
    return act(
        request,
        ref,
        forms.ReviewForm(request.POST),
        lambda form: operations.review_risk(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )

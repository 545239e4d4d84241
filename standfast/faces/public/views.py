"""
What do the pages of the online report do?

Each answer is kept before the next page is shown. Nothing typed is thrown away: a page that cannot go on shows the words again.
"""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from standfast.faces.public import chat_views, crowding, gate, pages, report, visits
from standfast.faces.public.drafts import Ended, Receipt
from standfast.faces.public.edge import plain_page
from standfast.faces.public.forms import Page
from standfast.faces.public.steps import CHECK, FIRST, STEPS, Step, advice_for, first_open, may_open, path_of
from standfast.faces.public.visits import Standing, Visit
from standfast.foundation.intake.operations.journal import JournalUnwritable
from standfast.foundation.intake.operations.store import Unacceptable
from standfast.foundation.intake.rules.words import Unreadable
from standfast.foundation.kernel import clock

CROWDED = (
    "Very much is being sent from your network. Your words are kept on this page: press the button again in {wait} seconds. "
    "If it cannot wait, ring 101, or 999 if someone is in danger."
)
NOWHERE = (
    "We could not keep your form just now, so nothing has been sent. Your words are still on this page: press “Send” again in a "
    "minute. If it cannot wait, ring 101, or 999 if someone is in danger."
)
UNPROVEN = (
    "This page was open for a long time, or your browser does not keep cookies. Your words are still on this page: press “Continue” "
    "again. If that does not help, ring 101, or 999 if someone is in danger."
)


def question(request: HttpRequest, step: str) -> HttpResponse:
    """Ask one question, or take its answer."""
    page, now = _step(step), clock.now()
    visit = visits.find_visit(request, now=now)
    if request.method == "POST":
        return _answer(request, page, visit, now=now)
    return _turned_away(request, visit, step) or _ask(request, page, visit)


def advice(request: HttpRequest, step: str) -> HttpResponse:
    """Show the advice that follows an answer, or go on from it."""
    _step(step)
    visit = visits.find_visit(request, now=clock.now())
    if away := _turned_away(request, visit, step):
        return away
    if request.method == "POST" or not advice_for(step, visit.draft.answers):
        return _go(request, visit, _after(request, visit, step))
    return _advise(request, visit, step)


def check(request: HttpRequest) -> HttpResponse:
    """Show every answer, or send them."""
    now = clock.now()
    visit = visits.find_visit(request, now=now)
    if away := _turned_away(request, visit, CHECK):
        return away
    if request.method == "POST":
        return _send(request, visit, now=now)
    return _check(request, visit)


def sent(request: HttpRequest) -> HttpResponse:
    """Show the receipt, as long as the visit lasts."""
    visit = visits.find_visit(request, now=clock.now())
    if visit.draft.receipt is None:
        return redirect("front") if visit.standing is Standing.OPEN else _closed(request)
    return render(request, "public/sent.html", {"page": pages.sent_page(visit.draft.receipt)})


def unproven(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the framework's signature
    """Refuse what did not demonstrably come from our own page; if the browser says it did, show the words again."""
    match = request.resolver_match
    if match and match.view_name in {"talk_start", "talk"} and request.headers.get("Sec-Fetch-Site") == "same-origin":
        return chat_views.unproven(request, UNPROVEN)
    step = STEPS.get(match.kwargs.get("step", "")) if match and match.view_name == "question" else None
    if step is None or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return plain_page(request, 403)
    visit = visits.find_visit(request, now=clock.now())
    return _over(request, visit) or _ask(
        request, step, visit, form=step.form(request.POST), notice=UNPROVEN, status=403
    )


def _step(name: str) -> Step:
    if name not in STEPS:
        raise Http404
    return STEPS[name]


def _turned_away(request: HttpRequest, visit: Visit, name: str) -> HttpResponse | None:
    """Answer a request that cannot have the page it asks for; None lets it pass."""
    if over := _over(request, visit):
        return over
    if name == FIRST or (visit.standing is Standing.OPEN and may_open(name, visit.draft.answers)):
        return None
    if visit.standing is Standing.OPEN:
        return redirect(pages.address_of(first_open(visit.draft.answers)))
    return _closed(request) if visit.standing is Standing.NEW else render(request, "public/away.html", status=503)


def _over(request: HttpRequest, visit: Visit) -> HttpResponse | None:
    """Answer whoever has sent the report, or has left; None if neither."""
    if visit.draft.receipt:
        return redirect("sent")
    return _closed(request) if visit.standing is Standing.ENDED else None


def _closed(request: HttpRequest) -> HttpResponse:
    return visits.forget(render(request, "public/closed.html", status=410))


def _ask(
    request: HttpRequest, step: Step, visit: Visit, *, form: Page | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    change = pages.CHANGE in request.GET
    page = pages.QuestionPage(
        step=step,
        form=form or step.form(initial=dict(visit.draft.answers)),
        action=pages.address_of(step.name, change=change),
        back=pages.back_address(step.name, visit.draft, change=change) if visit.is_kept else "",
        carried=visit.carried(),
        notice=notice,
    )
    return render(request, "public/question.html", {"page": page}, status=status)


def _answer(request: HttpRequest, step: Step, visit: Visit, *, now: datetime) -> HttpResponse:
    if over := _over(request, visit):
        return over
    form = step.form(request.POST)
    if wait := crowding.seconds_to_wait(request):
        return _later(_ask(request, step, visit, form=form, notice=CROWDED.format(wait=wait), status=429), wait)
    if not form.is_valid():
        return _ask(request, step, visit, form=form, status=422)
    try:
        visit.keep(visit.draft.answered(form.cleaned_data, now=now), now=now)
    except Ended:
        return _closed(request)
    if advice_for(step.name, visit.draft.answers):
        return visits.remember(_go_to_advice(request, visit, step.name), visit)
    return visits.remember(_go(request, visit, _after(request, visit, step.name)), visit)


def _later(response: HttpResponse, wait: int) -> HttpResponse:
    response.headers["Retry-After"] = str(wait)
    return response


def _after(request: HttpRequest, visit: Visit, name: str) -> str:
    """Return the page after one: the last one again if the visitor came from there, else the first that is not answered."""
    names = list(STEPS)
    standing = visit.draft.answers
    if pages.CHANGE in request.GET:
        return CHECK if may_open(CHECK, standing) else first_open(standing)
    later = [each for each in names[names.index(name) + 1 :] if _is_asked(each, visit)]
    target = later[0] if later else CHECK
    return target if may_open(target, standing) else first_open(standing)


def _is_asked(name: str, visit: Visit) -> bool:
    return name in {step.name for step in path_of(visit.draft.answers)}


def _go(request: HttpRequest, visit: Visit, target: str) -> HttpResponse:
    """Send the browser to a page; while the database is away show it at once, because only this answer knows what was typed."""
    if visit.is_kept:
        return redirect(pages.address_of(target))
    return _check(request, visit) if target == CHECK else _ask(request, STEPS[target], visit)


def _go_to_advice(request: HttpRequest, visit: Visit, name: str) -> HttpResponse:
    if visit.is_kept:
        return redirect(reverse("advice", kwargs={"step": name}) + pages.suffix(request))
    return _advise(request, visit, name)


def _advise(request: HttpRequest, visit: Visit, name: str) -> HttpResponse:
    suffix = pages.suffix(request)
    page = pages.AdvicePage(
        kind=advice_for(name, visit.draft.answers),
        action=reverse("advice", kwargs={"step": name}) + suffix,
        back=pages.address_of(name) + suffix if visit.is_kept else "",
        carried=visit.carried(),
    )
    return render(request, "public/advice.html", {"page": page})


def _check(request: HttpRequest, visit: Visit, *, notice: str = "", status: int = 200) -> HttpResponse:
    page = pages.CheckPage(
        rows=pages.rows_of(visit.draft, may_change=visit.is_kept),
        back=pages.back_address(CHECK, visit.draft, change=False) if visit.is_kept else "",
        carried=visit.carried(),
        notice=notice,
    )
    return render(request, "public/check.html", {"page": page}, status=status)


def _send(request: HttpRequest, visit: Visit, *, now: datetime) -> HttpResponse:
    if wait := crowding.seconds_to_wait(request):
        return _later(_check(request, visit, notice=CROWDED.format(wait=wait), status=429), wait)
    intake = gate.intake()
    try:
        stored = intake.accept_contact(report.arrival_of(visit.draft, intake=intake, now=now))
    except (JournalUnwritable, Unacceptable, Unreadable):
        return _check(request, visit, notice=NOWHERE, status=503)
    receipt = Receipt(
        reference=stored.reference,
        received_at=stored.received_at.isoformat(),
        journalled=stored.outcome == "journalled",
    )
    try:
        visit.keep(visit.draft.sent(receipt, now=now), now=now)
    except Ended:
        # Left in the same moment: the report is stored, and nothing more is shown to whoever looks now.
        return _closed(request)
    if visit.is_kept:
        return redirect("sent")
    return render(request, "public/sent.html", {"page": pages.sent_page(receipt)})

"""How are two incidents linked, merged and parted, and one split? Always looked at first: what will change is said before it does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.incidents import joined
from standfast.faces.web.incidents.forms import MergeForm, PairForm, PartForm, SplitForm
from standfast.foundation.kernel import clock, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.operations import Linking, Merging, Splitting


def merge(request: HttpRequest, incident: str) -> HttpResponse:
    """Show which incidents are perhaps the same; or two side by side and what would change; or make them one."""
    by, now = actor(request), clock.now()
    mine = queries.get_incident(reference=incident, by=by)
    typed = _typed(request)
    theirs = _other(typed, by=by)
    if theirs is None or theirs.pk == mine.pk:
        return _choose(request, mine, typed, found=theirs is not None)
    form = MergeForm(sent(request))

    def make_one(given: dict[str, Any]) -> None:
        merging = Merging(incident=mine.reference, other=theirs.reference, reason=given["reason"], seen=given["seen"])
        operations.merge_incidents(merging=merging, by=by, now=now)

    preview = queries.preview_merge(reference=mine.reference, other=theirs.reference, by=by)
    page = joined.merge_page(preview, now=now)
    if done(form, make_one):
        return redirect("incidents:incident", incident=page.kept)
    shown = {"form": form, "page": page, "mine": mine.reference, "other": theirs.reference}
    return render(request, "incidents/merge.html", shown, status=status_of(form))


def link(request: HttpRequest, incident: str) -> HttpResponse:
    """Link two incidents, with a reason; nothing else of them changes."""
    by, now = actor(request), clock.now()

    def keep(pair: Linking) -> None:
        operations.link_incidents(linking=pair, by=by, now=now)

    return _pair(request, incident, "incidents/link.html", keep)


def unlink(request: HttpRequest, incident: str) -> HttpResponse:
    """Undo the link of two incidents, with a reason."""
    by, now = actor(request), clock.now()

    def keep(pair: Linking) -> None:
        operations.unlink_incidents(linking=pair, by=by, now=now)

    return _pair(request, incident, "incidents/unlink.html", keep)


def part(request: HttpRequest, incident: str) -> HttpResponse:
    """Part an incident from the one it was merged into, with a reason."""
    by, now = actor(request), clock.now()
    found = queries.get_incident(reference=incident, by=by)
    form = PartForm(sent(request))

    def make_two(given: dict[str, Any]) -> None:
        operations.part_incident(reference=found.reference, reason=given["reason"], by=by, now=now)

    if done(form, make_two):
        return redirect("incidents:incident", incident=found.reference)
    shown = {"form": form, "reference": found.reference, "part": joined.joined_part(found, offers=(), by=by, now=now)}
    return render(request, "incidents/part.html", shown, status=status_of(form))


def split(request: HttpRequest, incident: str) -> HttpResponse:
    """Split a second matter from an incident."""
    by, now = actor(request), clock.now()
    found = queries.get_incident(reference=incident, by=by)
    form = SplitForm(sent(request))
    made: list[str] = []

    def make_two(given: dict[str, Any]) -> None:
        splitting = Splitting(incident=found.reference, kind=given["kind"], reason=given["reason"])
        made.append(operations.split_incident(splitting=splitting, by=by, now=now).reference)

    if done(form, make_two):
        return redirect("incidents:incident", incident=made[0])
    shown = {"form": form, "reference": found.reference, "part": joined.joined_part(found, offers=(), by=by, now=now)}
    return render(request, "incidents/split.html", shown, status=status_of(form))


def _pair(request: HttpRequest, incident: str, template: str, keep: Any) -> HttpResponse:
    by = actor(request)
    mine = queries.get_incident(reference=incident, by=by)
    typed = _typed(request)
    theirs = _other(typed, by=by)
    if theirs is None or theirs.pk == mine.pk:
        return _choose(request, mine, typed, found=theirs is not None)
    form = PairForm(sent(request))
    pair = Linking(incident=mine.reference, other=theirs.reference, reason=request.POST.get("reason", ""))
    if done(form, lambda given: keep(pair)):  # noqa: ARG005 - the pair holds what was given
        return redirect("incidents:incident", incident=mine.reference)
    shown = {"form": form, "mine": mine.reference, "other": theirs.reference}
    return render(request, template, shown, status=status_of(form))


def _choose(request: HttpRequest, mine: Any, typed: str, *, found: bool) -> HttpResponse:
    by, now = actor(request), clock.now()
    problem = ""
    if typed or request.method == "POST":
        problem = "That is this incident itself." if found else "There is no incident with this reference."
    shown = {
        "reference": mine.reference,
        "likely": joined.likely_rows(queries.likely_same(mine, by=by, now=now), by=by),
        "typed": typed,
        "problem": problem,
    }
    return render(request, "incidents/alike.html", shown, status=422 if problem else 200)


def _typed(request: HttpRequest) -> str:
    return (request.POST.get("other") or request.GET.get("other", "")).strip()


def _other(typed: str, *, by: Actor) -> Any:
    if not refs.is_reference(typed):
        return None
    try:
        return queries.get_incident(reference=typed, by=by)
    except NotFound:
        return None

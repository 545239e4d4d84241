"""Are two records one person? Compared side by side, decided with a reason, and taken back the same way."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.persons import pages
from standfast.faces.web.persons.forms import MergeForm, ReasonForm
from standfast.foundation.kernel import clock, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.parties import operations, queries
from standfast.foundation.parties.queries import PersonSheet


def merge(request: HttpRequest, person: str) -> HttpResponse:
    """Show who is like this person; or two records side by side; or make them one."""
    by, now = actor(request), clock.now()
    mine = queries.get_person_sheet(reference=person, by=by, now=now)
    typed = request.GET.get("other", "").strip()
    theirs = _other(typed, by=by)
    if theirs is None or theirs.reference == mine.reference:
        problem = _problem(typed, found=theirs is not None)
        shown = {"page": {"name": mine.full_name, "reference": mine.reference}, "alike": pages.alike(mine, now=now)}
        return render(
            request, "persons/alike.html", {**shown, "typed": typed, "problem": problem}, status=422 if problem else 200
        )
    return _decide(request, mine, theirs)


def undo(request: HttpRequest, merge: str) -> HttpResponse:
    """Part two records again, with a reason."""
    by, now = actor(request), clock.now()
    found = queries.get_merge_shown(reference=merge, by=by)
    form = ReasonForm(sent(request))
    if done(form, lambda given: operations.undo_merge(merge_ref=found.reference, by=by, now=now, **given)):
        return redirect("persons:person", person=found.kept_ref)
    return render(request, "persons/undo.html", {"form": form, "page": found}, status=status_of(form))


def _decide(request: HttpRequest, mine: PersonSheet, theirs: PersonSheet) -> HttpResponse:
    by, now = actor(request), clock.now()
    both = {mine.reference: theirs.reference, theirs.reference: mine.reference}
    records = [(each.reference, f"{each.full_name}, {each.reference}") for each in (mine, theirs)]
    form = MergeForm(sent(request), records=records, initial={"keep": mine.reference})

    def make_one(given: dict[str, str]) -> None:
        keep = given["keep"]
        operations.merge_persons(keep=keep, merge=both[keep], reason=given["reason"], by=by, now=now)

    if done(form, make_one):
        return redirect("persons:person", person=form.cleaned_data["keep"])
    shown = {"form": form, "mine": mine, "theirs": theirs, "lines": pages.compared(mine, theirs, now=now)}
    return render(request, "persons/merge.html", shown, status=status_of(form))


def _other(typed: str, *, by: Actor) -> PersonSheet | None:
    if not typed:
        return None
    reference = refs.normalise(typed) if refs.is_reference(typed) else typed
    try:
        return queries.get_person_sheet(reference=reference, by=by, now=clock.now())
    except NotFound:
        return None


def _problem(typed: str, *, found: bool) -> str:
    if not typed:
        return ""
    return "That is this record itself." if found else "There is no record with this reference."

"""Who is on record, what of, and how is it put right?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.web.acting import done, sent, status_of
from standfast.faces.web.persons import pages
from standfast.faces.web.persons.forms import CorrectForm, SearchForm
from standfast.faces.web.persons.likeness import match_of
from standfast.foundation.kernel import clock
from standfast.foundation.parties import operations, queries


def search(request: HttpRequest) -> HttpResponse:
    """Look somebody up; that it was done, and by what, is written down. Sent as a form, so that no name stands in an address."""
    by, now = actor(request), clock.now()
    form = SearchForm(sent(request))
    found = None
    if form.is_valid():
        looked = operations.consult_persons(facts=form.facts(), by=by, now=now)
        found = [
            match_of(each, now=now, href=reverse("persons:person", args=[each.reference])) for each in looked.candidates
        ]
    shown = {"form": form, "found": found, "cut_short": bool(found) and looked.cut_short}
    return render(request, "persons/search.html", shown, status=422 if form.errors else 200)


def person(request: HttpRequest, person: str) -> HttpResponse:
    """Show one person; opening it is itself an event."""
    by, now = actor(request), clock.now()
    sheet = queries.get_person_sheet(reference=person, by=by, now=now)
    operations.note_person_opened(reference=sheet.reference, by=by, now=now)
    page = pages.person_page(
        sheet,
        may_correct=may_open(request, "persons:correct"),
        may_merge=may_open(request, "persons:merge"),
        may_read_contacts=may_open(request, "contact:contact"),
        now=now,
    )
    return render(request, "persons/person.html", {"page": page})


def correct(request: HttpRequest, person: str) -> HttpResponse:
    """Put a person's name, birth date or sex right, with a reason."""
    by, now = actor(request), clock.now()
    sheet = queries.get_person_sheet(reference=person, by=by, now=now)
    stands = {
        "given_names": sheet.given_names,
        "family_name": sheet.family_name,
        "known_as": sheet.known_as,
        "born_on": f"{sheet.born_on:%d/%m/%Y}" if sheet.born_on else "",
        "sex": sheet.sex or "",
        "version": sheet.version,
    }
    form = CorrectForm(sent(request), initial=stands)
    if done(
        form,
        lambda given: operations.correct_person(
            person_ref=sheet.reference, facts=form.corrected(), reason=given["reason"], by=by, now=now
        ),
    ):
        return redirect("persons:person", person=sheet.reference)
    shown = {"form": form, "name": sheet.full_name, "reference": sheet.reference}
    return render(request, "persons/correct.html", shown, status=status_of(form))

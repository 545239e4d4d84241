"""How is a contact taken, opened, filled in, handed over and ended?"""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from standfast.faces.screens.asking import actor, may_open
from standfast.faces.web.contact import forms, knowing
from standfast.faces.web.contact.acting import act, refused, show, shown_again, typed_values
from standfast.faces.web.contact.pages import Typed, mark_of
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.parties.queries import LookUpFacts
from standfast.journey.contact import operations, queries
from standfast.journey.contact.operations import EditedMeanwhile, NewContact
from standfast.journey.contact.queries import ContactRecord

STALE = 0
POINT = {"lat", "lon"}
LABELS = {"words": "What is happening", "kind": "In a few words", "place_text": "Place", "caller_name": "Name"}


def start(request: HttpRequest) -> HttpResponse:
    """Record a contact at once, the moment it is picked up; it is filled in afterwards."""
    form = forms.StartForm(request.POST)
    if not form.is_valid():
        raise Refusal("Say by which way they are getting in touch: choose a channel on the desk.")
    now = clock.now()
    new = NewContact(channel=form.cleaned_data["channel"], received_at=now)
    taken = operations.record_contact(new=new, by=actor(request), now=now)
    return redirect("contact:contact", ref=taken.reference)


def contact(request: HttpRequest, ref: str) -> HttpResponse:
    """Show a contact."""
    return show(request, ref, need=request.GET.get("need", ""))


def fill(request: HttpRequest, ref: str) -> HttpResponse:
    """Save what was typed, field by field; what a colleague changed meanwhile is shown beside it, and nothing is overwritten."""
    form = forms.FillForm(request.POST)
    if not form.is_valid():
        return refused(request, ref, form)
    by, values = actor(request), form.values()
    stored = queries.get_contact(reference=ref, by=by)
    if "join" in request.POST and "words" in values:
        values["words"] = f"{stored.words}\n{values['words']}"
    version = stored.version if _was_read(request, stored, values) else STALE
    try:
        operations.fill_in_contact(reference=ref, values=values, version=version, by=by, now=clock.now())
    except EditedMeanwhile as stale:
        return _both_versions(request, ref, stale)
    return shown_again(request, ref, saved=form.cleaned_data["part"])


def look_up(request: HttpRequest, ref: str) -> HttpResponse:
    """Show who may be meant by what is typed so far. Nothing is saved."""
    form = forms.FillForm(request.POST)
    form.is_valid()  # half a birth date is no reason to find nobody: what cannot be read yet is left out
    typed = form.cleaned_data
    linked = queries.get_contact(reference=ref, by=actor(request)).person
    facts = LookUpFacts(
        name=typed.get("caller_name", ""),
        phone=typed.get("caller_phone", ""),
        born_on=typed.get("caller_born_on"),
        address_text=typed.get("place_text", "") or request.POST.get("place_known", ""),
    )
    found = knowing.who(facts, linked=linked.reference if linked else "", now=clock.now())
    shown = {"who": found, "ref": ref, "may_link": may_open(request, "contact:link")}
    return render(request, "contact/_who.html", shown)


def places(request: HttpRequest, ref: str) -> HttpResponse:
    """Show the places that begin like what is typed so far."""
    typed = request.POST.get("place_text", "")
    return render(request, "contact/_places.html", {"suggestions": knowing.suggestions(typed), "ref": ref})


def link(request: HttpRequest, ref: str) -> HttpResponse:
    """Link a contact to a person of the register, or unlink it."""
    return act(
        request,
        ref,
        forms.LinkForm(request.POST),
        lambda form: operations.link_person(
            reference=ref,
            person_reference=form.cleaned_data["person"],
            level=form.cleaned_data["level"] or "unlinked",
            by=actor(request),
            now=clock.now(),
        ),
    )


def note(request: HttpRequest, ref: str) -> HttpResponse:
    """Add a line to the log."""
    return act(
        request,
        ref,
        forms.NoteForm(request.POST),
        lambda form: operations.add_note(
            reference=ref, text=form.cleaned_data["text"], by=actor(request), now=clock.now()
        ),
    )


def claim(request: HttpRequest, ref: str) -> HttpResponse:
    """Make a waiting contact one's own and open it."""
    return act(
        request,
        ref,
        forms.ClaimForm(request.POST),
        lambda _: operations.claim_contact(reference=ref, by=actor(request), now=clock.now()),
    )


def take_over(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a contact over from a colleague, with a reason."""
    return act(
        request,
        ref,
        forms.TakeOverForm(request.POST),
        lambda form: operations.take_over(
            reference=ref, reason=form.cleaned_data["reason"], by=actor(request), now=clock.now()
        ),
    )


def hand_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Give a contact back to the queue with a summary."""
    return act(
        request,
        ref,
        forms.HandBackForm(request.POST),
        lambda form: operations.hand_back(
            reference=ref, summary=form.cleaned_data["summary"], by=actor(request), now=clock.now()
        ),
    )


def close(request: HttpRequest, ref: str) -> HttpResponse:
    """Close a contact with its ending and a reason."""
    return act(
        request,
        ref,
        forms.CloseForm(request.POST),
        lambda form: operations.end_contact(reference=ref, by=actor(request), now=clock.now(), **form.cleaned_data),
    )


def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Open a closed contact again."""
    return act(
        request,
        ref,
        forms.ReopenForm(request.POST),
        lambda form: operations.reopen_contact(
            reference=ref, reason=form.cleaned_data["reason"], by=actor(request), now=clock.now()
        ),
    )


def _was_read(request: HttpRequest, stored: ContactRecord, values: Mapping[str, object]) -> bool:
    """Say whether each fact still stands as this person read it, or they decided over what a colleague saved since."""
    decided = request.POST.get("over") or request.POST.get("join")
    if decided:
        return decided == _mark_of_all(stored, values)
    return all(
        request.POST.get(f"was_{name}") == mark_of(getattr(stored, name)) for name in values if name not in POINT
    )


def _mark_of_all(stored: ContactRecord, names: Iterable[str]) -> str:
    return mark_of([mark_of(getattr(stored, name)) for name in sorted(set(names) - POINT)])


def _both_versions(request: HttpRequest, ref: str, stale: EditedMeanwhile) -> HttpResponse:
    form = forms.FillForm(request.POST)
    form.is_valid()
    stored = queries.get_contact(reference=ref, by=actor(request))
    typed = Typed(
        form=form.name,
        values={**typed_values(request), "over": _mark_of_all(stored, form.values())},
        problems=[str(stale)],
        theirs=[
            (LABELS.get(name, name.replace("_", " ").capitalize()), str(value or "(nothing)"))
            for name, value in stale.theirs.items()
            if name not in POINT
        ],
    )
    return show(request, ref, typed=typed, status=409)

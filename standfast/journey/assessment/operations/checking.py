"""Who has been in touch before, who is it, and what is known of the address? Made for every contact, left to nobody to remember."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.rows import insert_rows
from standfast.foundation.parties import queries as parties
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries
from standfast.journey.assessment.events import ChecksMade
from standfast.journey.assessment.models import Assessment, Check, CheckKind
from standfast.journey.contact import queries as contact_queries
from standfast.journey.contact.models import Contact

COUNTED_DAYS = (7, 30, 365)


@transaction.atomic
def make_checks(*, reference: str, by: Actor, now: datetime) -> Assessment:
    """Make the look-ups of a contact and record each with what was searched and how much was found."""
    assessment = queries.lock_assessment(reference)
    contact = assessment.contact
    counts = contact_queries.counts_from_phone(
        phone=contact.caller_phone, before=contact.first_contact_at, days=COUNTED_DAYS
    )
    make_first_checks(assessment=assessment, counts=counts, by=by, now=now)
    return assessment


def make_first_checks(*, assessment: Assessment, counts: Mapping[int, int], by: Actor, now: datetime) -> None:
    """Make the look-ups of a contact whose assessment the caller has locked and whose earlier contacts by number are counted."""
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    contact = assessment.contact
    results = [_repeat_caller(contact, counts), *_register(contact, now=now)]
    checks = [
        Check(
            assessment=assessment,
            kind=kind,
            searched=searched[:200],
            found=found,
            result=result,
            by_ref=by.ref,
            at=now,
        )
        for kind, searched, found, result in results
    ]
    insert_rows(checks)
    told = ", ".join(f"{kind.label.lower()}: {found}" for kind, _, found, _ in results)
    record(ChecksMade(about=contact.reference, found=told), by=by, at=now, journey=contact.reference)


Result = tuple[CheckKind, str, int, dict[str, object]]


def _repeat_caller(contact: Contact, counts: Mapping[int, int]) -> Result:
    searched = "contacts by number, 7, 30 and 365 days" if contact.caller_phone else "no number to search by"
    return (
        CheckKind.REPEAT_CALLER,
        searched,
        counts[max(COUNTED_DAYS)],
        {"contacts_in_days": {str(days): counts[days] for days in COUNTED_DAYS}},
    )


def _register(contact: Contact, *, now: datetime) -> list[Result]:
    facts = parties.LookUpFacts(
        name=contact.caller_name,
        phone=contact.caller_phone,
        born_on=contact.caller_born_on,
        address_text=contact.place_text,
    )
    found = parties.recognise(facts, now=now)
    people = [
        {"person": each.reference, "level": each.level, "score": round(each.score, 3)} for each in found.candidates
    ]
    by_what = ", ".join(found.searched) or "nothing to search by"
    return [
        (CheckKind.PERSON, by_what, len(people), {"candidates": people}),
        (
            CheckKind.ADDRESS,
            contact.place_text or "no address to search by",
            *_at_address(found.place),
        ),
    ]


def _at_address(place: parties.PlaceFound | None) -> tuple[int, dict[str, object]]:
    if place is None:
        return 0, {}
    found = {
        "address": place.reference,
        "residents": len(place.residents),
        "children": len(place.children),
        "markers": len(place.markers),
    }
    return 1, found

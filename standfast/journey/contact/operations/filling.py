"""How does a contact get filled in while somebody talks? Nothing typed is lost, and nothing newer is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import rows
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound, Stale
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.parties import queries as parties
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact import queries
from standfast.journey.contact.events import (
    ContactFilledIn,
    ContactOpened,
    NoteAdded,
    PersonLinked,
    RiskChanged,
)
from standfast.journey.contact.models import Contact, Note
from standfast.journey.contact.operations import clocks
from standfast.journey.contact.operations.recording import dialled, locate
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState

_ADD_WORDS = """
UPDATE contact_contact SET words = CASE words WHEN '' THEN %s ELSE words || chr(10) || %s END, touched_at = %s
WHERE reference = %s RETURNING {columns}
"""
FIELDS = frozenset(
    {
        "words",
        "kind",
        "caller_name",
        "caller_phone",
        "caller_relation",
        "caller_born_on",
        "safe_to_call",
        "place_text",
        "lat",
        "lon",
    }
)


class EditedMeanwhile(Stale):
    """Somebody else saved the contact since it was read; `theirs` holds their values of the fields in question."""

    def __init__(self, sentence: str, theirs: dict[str, Any]) -> None:
        super().__init__(sentence)
        self.theirs = theirs


@transaction.atomic
def fill_in_contact(*, reference: str, values: Mapping[str, Any], version: int, by: Actor, now: datetime) -> Contact:
    """
    Save facts of a contact that was read at `version`. Fields that nobody else changed are no conflict.

    :raises EditedMeanwhile: if a field was changed by somebody else since: their values are handed over to choose from
    """
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_RECORD, contact)
    if "caller_phone" in values:
        values = {**values, "caller_phone": dialled(values["caller_phone"])}
    changed = {name: value for name, value in values.items() if name in FIELDS and getattr(contact, name) != value}
    if not changed:
        return contact
    if version != contact.version:
        theirs = {name: getattr(contact, name) for name in changed}
        raise EditedMeanwhile(
            "A colleague saved this contact since you opened it. Your words are kept below.",
            theirs,
        )
    for name, value in changed.items():
        setattr(contact, name, value)
    if changed.keys() & {"lat", "lon"}:
        locate(contact)
    contact.version += 1
    contact.touched_at = now
    contact.save()
    filled = ContactFilledIn(about=reference, fields=", ".join(sorted(changed)))
    record(filled, by=by, at=now, journey=reference)
    contact.refresh_from_db()
    return contact


@dataclass(frozen=True, kw_only=True)
class RiskRead:
    """A risk with what speaks for it: `attention` from 0 to 1, and reasons that name rules and checks, never quote words."""

    risk: Risk
    attention: float
    reasons: list[str]


def set_first_risk(*, contact: Contact, found: RiskRead, by: Actor, now: datetime) -> None:
    """Set the risk of a contact that is just being recorded, locked by the caller: no duty runs yet that the risk could restart."""
    require(by, Permission.ASSESSMENT_RECORD, contact)
    _hold_risk(contact, found, by=by, now=now)


# No savepoint of its own: it is part of the filing of a chat.
@transaction.atomic(savepoint=False)
def add_words(*, reference: str, words: str, by: Actor, now: datetime) -> Contact:
    """
    Add what a visitor wrote to the words of a contact. Nobody else writes there, so whoever fills in the rest is not disturbed.

    What was written is an event of its own already, and reading it for risk is the caller's: a chat has many lines.
    """
    found = rows.rows_of(Contact, _ADD_WORDS, [words, words, now, reference])
    if not found:
        raise NotFound("There is no such contact.")
    require(by, Permission.CONTACT_FILE, found[0])
    return found[0]


@transaction.atomic
def set_risk(
    *,
    reference: str,
    risk: Risk,
    attention: float,
    reasons: list[str],
    by: Actor,
    now: datetime,
) -> Contact:
    """
    Set the risk of a contact with its reasons, from 0 to 1 how much attention the words ask for, and restart a waiting duty.

    Called by the assessment, which decides the risk; the reasons name rules and checks, never quote words.
    """
    contact = queries.lock_contact(reference)
    require(by, Permission.ASSESSMENT_RECORD, contact)
    found = RiskRead(risk=risk, attention=attention, reasons=reasons)
    if not _hold_risk(contact, found, by=by, now=now):
        return contact
    if contact.state == ContactState.WAITING and has_waiting_duty(contact):
        clocks.restart_waiting(contact, because=f"risk changed to {risk}", by=by, now=now)
    return contact


def _hold_risk(contact: Contact, found: RiskRead, *, by: Actor, now: datetime) -> bool:
    """Save the risk and say whether it is another than before."""
    before = contact.risk
    contact.risk, contact.attention, contact.risk_reasons = found.risk, found.attention, found.reasons
    rows.save_fields(contact, "risk", "attention", "risk_reasons")
    if before == found.risk:
        return False
    because = "; ".join(found.reasons)
    changed = RiskChanged(about=contact.reference, before=before, after=found.risk, because=because)
    record(changed, by=by, at=now, journey=contact.reference)
    return True


def has_waiting_duty(contact: Contact) -> bool:
    """Say whether a duty already runs: while a contact is first recorded none does yet."""
    return bool(obligations.running_for([contact.reference]))


@transaction.atomic
def link_person(*, reference: str, person_reference: str, level: str, by: Actor, now: datetime) -> Contact:
    """Link a contact to a person of the register, with the level of the match; an empty reference unlinks."""
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_RECORD, contact)
    contact.person = parties.get_person(person_reference) if person_reference else None
    contact.version += 1
    contact.touched_at = now
    contact.save()
    record(
        PersonLinked(about=reference, person=person_reference, level=level),
        by=by,
        at=now,
        journey=reference,
    )
    return contact


@transaction.atomic
def add_note(*, reference: str, text: str, by: Actor, now: datetime) -> Contact:
    """Add a line to a contact's log."""
    contact = queries.lock_contact(reference)
    require(by, Permission.CONTACT_RECORD, contact)
    write_note(contact, text=text, by=by, now=now)
    contact.touched_at = now
    contact.save(update_fields=["touched_at"])
    return contact


@transaction.atomic
def note_opened(*, reference: str, by: Actor, now: datetime) -> None:
    """Record that somebody opened a contact: a consultation."""
    contact = queries.get_contact(reference=reference, by=by)
    record(ContactOpened(about=contact.reference), by=by, at=now, journey=contact.reference)


def write_note(contact: Contact, *, text: str, by: Actor, now: datetime) -> None:
    """Write a line into the log of a contact the caller has locked."""
    Note.objects.create(contact=contact, text=text.strip(), by_ref=by.ref, by_name=by.name, at=now)
    record(NoteAdded(about=contact.reference), by=by, at=now, journey=contact.reference)

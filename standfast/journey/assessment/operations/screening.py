"""
What do the words of a contact show, before anybody has asked?

Follows from a contact being recorded or its words changing, so it may not refuse: a detector that fails leaves a contact with the rules
alone, and says so. It adds attention and never removes any: a flag, a floor or a risk once raised is lowered by people only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.db import transaction

from standfast.foundation.eventlog.operations import record, recorded_together
from standfast.foundation.kernel import days, rows
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import WORKER, require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment.events import StrandFlagged, WordsScreened
from standfast.journey.assessment.models import RAN, Assessment, Flag
from standfast.journey.assessment.operations.checking import COUNTED_DAYS, make_checks, make_first_checks
from standfast.journey.assessment.operations.reading import Suggestion, read_words
from standfast.journey.assessment.operations.reconsidering import reconsider
from standfast.journey.assessment.rules.contact_risk import (
    RiskFacts,
    decide_contact_risk,
)
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact import queries as contact_queries
from standfast.journey.contact.events import ContactFilledIn, ContactRecorded
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk, higher_risk

REPEAT_DAYS = 90
_log = structlog.get_logger(__name__)


# No savepoint of its own: it follows from the recording, whose transaction it shares.
@transaction.atomic(savepoint=False)
def screen_words(recorded: ContactRecorded, *, by: Actor, now: datetime) -> None:  # noqa: ARG001 - told who acted
    """Open the assessment of a contact just recorded: read its words, make the look-ups, set its risk."""
    contact = contact_queries.lock_contact(recorded.about)
    counts = contact_queries.counts_from_phone(
        phone=contact.caller_phone, before=contact.first_contact_at, days=[*COUNTED_DAYS, REPEAT_DAYS]
    )
    assessment = Assessment(contact=contact, repeat_contacts=counts[REPEAT_DAYS])
    found = _screen(contact, assessment, {}, now=now)
    contact_operations.set_first_risk(contact=contact, found=found, by=WORKER, now=now)
    with _looking_up(contact.reference):
        make_first_checks(assessment=assessment, counts=counts, by=WORKER, now=now)


@transaction.atomic
def screen_again(filled: ContactFilledIn, *, by: Actor, now: datetime) -> None:
    """Read the words again when they changed, and make the look-ups again when the caller or the place did."""
    changed = set(filled.fields.split(", "))
    contact = contact_queries.lock_contact(filled.about)
    assessment = Assessment.objects.select_for_update().get(contact=contact)
    if changed & {"caller_phone"}:
        assessment.repeat_contacts = _repeat_contacts(contact)
        assessment.save(update_fields=["repeat_contacts"])
    if changed & {"words", "kind", "caller_phone"}:
        _screen_again(contact, assessment, now=now)
        reconsider(assessment, by=by, now=now)
    if changed & {"caller_name", "caller_phone", "caller_born_on", "place_text"}:
        with _looking_up(contact.reference):
            make_checks(reference=contact.reference, by=by, now=now)


@transaction.atomic
def screen_added_words(*, reference: str, by: Actor, now: datetime) -> None:
    """Read the words of a contact again because a chat added to them, and look again at the grade they call for."""
    require(by, Permission.ASSESSMENT_RECORD)
    contact = contact_queries.lock_contact(reference)
    assessment = Assessment.objects.select_for_update().get(contact=contact)
    _screen_again(contact, assessment, now=now)
    reconsider(assessment, by=by, now=now)


class StillUnread(Refusal):
    """The detector failed again; what stood before still stands."""


@transaction.atomic
def read_unread(*, reference: str, by: Actor, now: datetime) -> None:
    """
    Read the words of a contact that the detector did not read when they came, and look again at the grade they call for.

    :raises StillUnread: if it fails again
    """
    require(by, Permission.ASSESSMENT_RECORD)
    contact = contact_queries.lock_contact(reference)
    assessment = Assessment.objects.select_for_update().get(contact=contact)
    if assessment.detector == RAN:
        return
    _screen_again(contact, assessment, now=now)
    if assessment.detector != RAN:
        raise StillUnread("The machine that reads the words failed again.")
    reconsider(assessment, by=by, now=now)


def _repeat_contacts(contact: Contact) -> int:
    found = contact_queries.counts_from_phone(
        phone=contact.caller_phone, before=contact.first_contact_at, days=[REPEAT_DAYS]
    )
    return found[REPEAT_DAYS]


@contextmanager
def _looking_up(reference: str) -> Iterator[None]:
    # A look-up that fails must not keep a contact from being filed: the missing check is then plain to see on the page.
    try:
        with transaction.atomic(), recorded_together():
            yield
    except Exception:  # noqa: BLE001 - whatever it is, the contact comes first
        _log.exception("look-ups failed", contact=reference)


def _screen_again(contact: Contact, assessment: Assessment, *, now: datetime) -> None:
    standing = {flag.strand: flag for flag in assessment.flags.all()}
    found = _screen(contact, assessment, standing, now=now)
    contact_operations.set_risk(
        reference=contact.reference,
        risk=found.risk,
        attention=found.attention,
        reasons=found.reasons,
        by=WORKER,
        now=now,
    )


def _screen(
    contact: Contact, assessment: Assessment, standing: dict[str, Flag], *, now: datetime
) -> contact_operations.RiskRead:
    """Read the words, save what they show, and return the risk they and the facts call for, never one below what stands."""
    found = read_words(f"{contact.kind}. {contact.words}" if contact.kind else contact.words)
    assessment.floor = higher_risk(Risk(assessment.floor), found.floor)
    assessment.floors = sorted({*assessment.floors, *found.floors})
    assessment.cues = sorted({*assessment.cues, *found.cues})
    assessment.attention = max(assessment.attention, found.attention)
    assessment.detector = found.detector
    if assessment._state.adding:
        rows.insert_row(assessment)
    else:
        assessment.save()
    _suggest(assessment, found.flags, standing, now=now)
    decision = decide_contact_risk(_risk_facts(contact, assessment), on=days.london_day(now))
    screened = WordsScreened(
        about=contact.reference,
        risk=decision.outcome,
        row=decision.row,
        table=decision.table,
        strands=", ".join(strand for strand, _, _ in found.flags) or "none",
        detector=found.detector,
    )
    record(screened, by=WORKER, at=now, journey=contact.reference)
    return contact_operations.RiskRead(
        risk=higher_risk(Risk(contact.risk), decision.outcome),
        attention=assessment.attention,
        reasons=[f"{decision.because} ({decision.row})", *assessment.floors],
    )


def _risk_facts(contact: Contact, assessment: Assessment) -> RiskFacts:
    return RiskFacts(
        channel=Channel(contact.channel),
        words_floor=Risk(assessment.floor),
        attention=assessment.attention,
        source_priority=contact.source_priority or 0,
        repeat_contacts=assessment.repeat_contacts,
        no_words=not contact.words.strip(),
    )


def _suggest(assessment: Assessment, flags: list[Suggestion], standing: dict[str, Flag], *, now: datetime) -> None:
    reference = assessment.contact.reference
    new = [each for each in flags if each[0] not in standing]
    # One that somebody flags at this very moment stands as they flagged it.
    rows.insert_rows_that_are_new(
        [
            Flag(assessment=assessment, strand=strand, score=score, because=because, source="detector", at=now)
            for strand, score, because in new
        ]
    )
    for strand, _, _ in new:
        flagged = StrandFlagged(about=reference, strand=strand, source="detector")
        record(flagged, by=WORKER, at=now, journey=reference)
    for strand, score, because in flags:
        flag = standing.get(strand)
        if flag and flag.score is not None and score > flag.score:
            flag.score, flag.because = score, because
            flag.save(update_fields=["score", "because"])

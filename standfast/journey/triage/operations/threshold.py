"""How is it recorded that somebody asked whether a matter is for the police?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact import queries as contacts
from standfast.journey.triage import access  # noqa: F401 - registers the reach
from standfast.journey.triage.events import ThresholdTested
from standfast.journey.triage.models import ThresholdTest
from standfast.journey.triage.operations.checks import check_in_hand
from standfast.journey.triage.rules.police_threshold import ASKED, QUESTIONS, ThresholdFacts, decide_police_threshold


class NothingReliedOn(Refusal):
    """An answer of yes or no without the facts it rests on."""


@dataclass(frozen=True, kw_only=True)
class ThresholdAnswers:
    """The answers to the five questions, and for each yes or no the facts relied on, by question."""

    facts: ThresholdFacts
    relied_on: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def record_threshold_test(
    *, contact_reference: str, answers: ThresholdAnswers, by: Actor, now: datetime
) -> ThresholdTest:
    """
    Record a Right Care, Right Person test with the facts relied on. An earlier one stays on record; the newest stands.

    :raises NotInHand: if nobody has the contact in hand
    :raises NothingReliedOn: if an answer of yes or no does not say what it rests on
    """
    contact = contacts.lock_contact(contact_reference)
    require(by, Permission.TRIAGE_ROUTE, contact)
    check_in_hand(contact)
    given = asdict(answers.facts)
    relied_on = {name: answers.relied_on.get(name, "").strip() for name in QUESTIONS}
    bare = [name for name in QUESTIONS if given[name] != Answer.NOT_KNOWN and not relied_on[name]]
    if bare:
        raise NothingReliedOn(f"Say which facts this answer rests on: {ASKED[bare[0]]}")
    decision = decide_police_threshold(answers.facts, on=days.london_day(now))
    test = ThresholdTest(
        contact=contact,
        **given,
        relied_on=relied_on,
        outcome=decision.outcome,
        because=decision.because,
        row=decision.row,
        table=decision.table,
        by_ref=by.ref,
        by_name=by.name,
        at=now,
    )
    test.save(force_insert=True)
    tested = ThresholdTested(
        about=contact_reference,
        outcome=decision.outcome,
        because=decision.because,
        row=decision.row,
        table=decision.table,
    )
    record(tested, by=by, at=now, journey=contact_reference)
    return test

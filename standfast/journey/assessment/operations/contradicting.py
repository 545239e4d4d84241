"""What happens when somebody further on says that a vulnerability is none? An alert, never a silent change."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries
from standfast.journey.assessment.events import ContradictionSettled, StrandContradicted
from standfast.journey.assessment.models import Contradiction, Flag, FlagState
from standfast.journey.assessment.operations.reconsidering import reconsider
from standfast.journey.assessment.rules.strand import Strand


class NothingSaid(Refusal):
    """A contradiction, or its settlement, without words."""


class AlreadySettled(Refusal):
    """Somebody settled it before."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Somebody holds that a vulnerability is none: which, at which stage (`incident`), on which record, and what they found."""

    strand: Strand
    stage: str
    record: str
    found: str


@transaction.atomic
def contradict_strand(*, reference: str, doubt: Doubt, by: Actor, now: datetime) -> Contradiction:
    """
    Raise an alert that a vulnerability carried from a contact is said to be none. It stays wherever it was carried until a supervisor
    settles the alert; a second doubt about the same is the same alert.

    :raises NothingSaid: if it is not said what was found
    """
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    if not doubt.found.strip():
        raise NothingSaid(f"Say what was found about “{doubt.strand.label}”, and how.")
    standing = Contradiction.objects.filter(assessment=assessment, strand=doubt.strand, settled_at=None).first()
    if standing:
        return standing
    raised = Contradiction.objects.create(
        reference=refs.new_reference(),
        assessment=assessment,
        strand=doubt.strand,
        stage=doubt.stage,
        record=doubt.record,
        found=doubt.found.strip()[:400],
        by_ref=by.ref,
        by_name=by.name,
        at=now,
    )
    # The duty is the alert's own, not the contact's: a contact that closes stops its duties, and this one must go on.
    about = {"subject": raised.reference, "journey": reference}
    obligations.start_obligation(kind=Duty.SETTLE_CONTRADICTION, case="any", starts_at=now, by=by, now=now, **about)
    record(
        StrandContradicted(about=reference, strand=doubt.strand, stage=doubt.stage), by=by, at=now, journey=reference
    )
    return raised


@transaction.atomic
def uphold_strand(*, contradiction: str, because: str, by: Actor, now: datetime) -> Contradiction:
    """
    Settle an alert: the vulnerability stands, and why. A flag dismissed meanwhile is confirmed again.

    :raises NothingSaid: if no reason is given
    :raises AlreadySettled: if it was settled before
    """
    settled = _settle(contradiction, because, by=by, now=now)
    settled.stands = True
    settled.save()
    _decide(settled, FlagState.CONFIRMED, reason="", by=by)
    reconsider(settled.assessment, by=by, now=now)
    return _told(settled, "it stands", by=by, now=now)


@transaction.atomic
def drop_strand(*, contradiction: str, because: str, by: Actor, now: datetime) -> Contradiction:
    """
    Settle an alert: the vulnerability does not apply, and why. What was carried stays on record wherever it is, with this beside it.

    :raises NothingSaid: if no reason is given
    :raises AlreadySettled: if it was settled before
    """
    settled = _settle(contradiction, because, by=by, now=now)
    settled.stands = False
    settled.save()
    _decide(settled, FlagState.DISMISSED, reason=settled.settled_because, by=by)
    return _told(settled, "it does not apply", by=by, now=now)


def _settle(reference: str, because: str, *, by: Actor, now: datetime) -> Contradiction:
    found = queries.lock_contradiction(reference)
    require(by, Permission.ASSESSMENT_SETTLE, found.assessment)
    if found.settled_at is not None:
        raise AlreadySettled("Somebody settled this already.")
    if not because.strip():
        raise NothingSaid("Say why: who was asked, and what they said.")
    found.settled_at, found.settled_by, found.settled_because = now, by.name, because.strip()[:400]
    return found


def _decide(settled: Contradiction, state: FlagState, *, reason: str, by: Actor) -> None:
    Flag.objects.filter(assessment=settled.assessment, strand=settled.strand).exclude(state=state).update(
        state=state, reason=reason, decided_by=by.ref
    )


def _told(settled: Contradiction, verdict: str, *, by: Actor, now: datetime) -> Contradiction:
    reference = settled.assessment.contact.reference
    obligations.meet_obligation(kind=Duty.SETTLE_CONTRADICTION, subject=settled.reference, at=now, by=by, now=now)
    happened = ContradictionSettled(
        about=reference, strand=settled.strand, verdict=verdict, because=settled.settled_because
    )
    record(happened, by=by, at=now, journey=reference)
    return settled

"""How does a vulnerability seen later, or doubted, reach the referral of a contact?"""

from datetime import datetime

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.events import StrandConfirmed, StrandDismissed, StrandFlagged
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.triage import queries
from standfast.journey.triage.events import VulnerabilityCarried
from standfast.journey.triage.models import Referral


def carry_strand(happening: StrandFlagged | StrandConfirmed, *, by: Actor, now: datetime) -> None:
    """Carry a vulnerability seen after a referral was sent into the referral, while it runs."""
    referral = _running(happening.about)
    if referral is None or happening.strand in referral.strands:
        return
    referral.strands = sorted({*referral.strands, happening.strand})
    referral.save(update_fields=["strands"])
    carried = VulnerabilityCarried(about=referral.reference, strand=happening.strand)
    record(carried, by=by, at=now, journey=referral.journey)


def doubt_dismissed(happening: StrandDismissed, *, by: Actor, now: datetime) -> None:
    """Raise an alert when a vulnerability is dismissed that a running referral was sent with."""
    referral = _running(happening.about)
    if referral is None or happening.strand not in referral.strands:
        return
    doubt = assessment.Doubt(
        strand=Strand(happening.strand), stage="referral", record=referral.reference, found=happening.reason
    )
    assessment.contradict_strand(reference=happening.about, doubt=doubt, by=by, now=now)


def _running(contact_reference: str) -> Referral | None:
    found = queries.find_running_referral(contact_reference=contact_reference)
    return queries.lock_referral(found.reference) if found else None

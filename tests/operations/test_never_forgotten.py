"""
A vulnerability recognised once is one fact, carried to every stage; whoever drops it at a hand-over is found out, and whoever doubts it
raises an alert and changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from standfast import flow
from standfast.cli import invariants
from standfast.foundation.eventlog import operations as eventlog
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed
from standfast.foundation.obligations import queries as obligations
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.events import StrandContradicted, StrandFlagged
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.incidents import operations as incidents
from standfast.journey.incidents.operations import opening
from standfast.journey.triage import operations as triage
from standfast.journey.triage.operations import referring
from tests.builders import claimed_contact, staff
from tests.incidents.steps import opened_incident
from tests.triage.steps import new_referral, routed_to_partner, sent_referral

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
HURT = "My husband strangled me last night and took my phone"
STRAND = Strand.CARER_STRAIN
KEPT = next(check for check in invariants.CHECKS if check.name == "vulnerability-kept")


def incident_of_flagged(by: Actor) -> Any:
    """Return an incident whose contact a person flagged before it was routed."""
    return opened_incident(by=by, now=NOW, words=HURT)


def referral_of_flagged(by: Actor) -> Any:
    """Return a referral whose contact a person flagged before it was sent."""
    contact = routed_to_partner(by=by, now=NOW)
    assessment.flag_strand(reference=contact.reference, strand=STRAND, by=by, now=NOW)
    return triage.send_referral(contact_reference=contact.reference, new=new_referral(), by=by, now=NOW)


STAGES: dict[str, Callable[[Actor], Any]] = {
    "incidents_incident": incident_of_flagged,
    "triage_referral": referral_of_flagged,
}


def test_every_stage_that_carries_has_its_hand_over_tried() -> None:
    assert set(STAGES) == set(invariants.CARRIES)
    assert len(flow.CARRY) == len(flow.DOUBT) == len(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_what_was_seen_before_the_hand_over_is_carried(stage: str) -> None:
    record = STAGES[stage](staff())
    assert set(record.strands) == assessments.strands_of(reference=record.journey) != set()
    assert invariants.find_breaches(KEPT) == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_hand_over_that_drops_it_is_found_out(stage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = opening.assessment.handed_on
    monkeypatch.setattr(opening.assessment, "handed_on", lambda **given: replace(whole(**given), strands=frozenset()))
    monkeypatch.setattr(referring.assessment, "strands_of", lambda **_: frozenset())
    record = STAGES[stage](staff())
    assert record.reference in invariants.find_breaches(KEPT)


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_seen_after_the_hand_over_is_carried_too(stage: str) -> None:
    by = staff()
    record = STAGES[stage](by)
    assessment.flag_strand(reference=record.journey, strand=Strand.HOMELESSNESS, by=by, now=LATER)
    record.refresh_from_db()
    assert Strand.HOMELESSNESS in record.strands
    assert invariants.find_breaches(KEPT) == []


@pytest.fixture
def forgetful_flow() -> Iterator[None]:
    """A flow in which nothing follows from a vulnerability being flagged."""
    eventlog.wire({**flow.REACTIONS, StrandFlagged: []})
    yield
    eventlog.wire(flow.REACTIONS)


@pytest.mark.usefixtures("forgetful_flow")
@pytest.mark.parametrize("stage", STAGES)
def test_a_flow_that_forgets_a_stage_is_found_out(stage: str) -> None:
    by = staff()
    record = STAGES[stage](by)
    assessment.flag_strand(reference=record.journey, strand=Strand.HOMELESSNESS, by=by, now=LATER)
    assert record.reference in invariants.find_breaches(KEPT)


@pytest.mark.parametrize("stage", STAGES)
def test_dismissing_it_later_raises_an_alert_and_changes_nothing_there(stage: str) -> None:
    by = staff()
    record = STAGES[stage](by)
    before = list(record.strands)
    strand = Strand(before[0])
    assessment.dismiss_flag(reference=record.journey, strand=strand, reason="They laughed about it", by=by, now=LATER)
    record.refresh_from_db()
    assert record.strands == before
    (alert,) = assessments.contradictions_of(reference=record.journey)
    assert (alert.strand, alert.found, alert.stands) == (strand, "They laughed about it", None)
    assert Entry.objects.filter(kind=StrandContradicted.kind, about=record.journey).count() == 1
    (duty,) = obligations.running_for([alert.reference])[alert.reference]
    assert duty.kind == "settle_contradiction"


def test_officers_who_find_otherwise_raise_an_alert() -> None:
    incident, ben = incident_of_flagged(staff()), staff("ben")
    strand = Strand(incident.strands[0])
    incidents.doubt_vulnerability(
        reference=incident.reference, strand=strand, found="Spoken to alone: it was a film", by=ben, now=LATER
    )
    (alert,) = assessments.contradictions_of(reference=incident.journey)
    assert (alert.stage, alert.record, alert.by_name) == ("incident", incident.reference, ben.name)
    assert strand in assessments.strands_of(reference=incident.journey)


def test_nobody_doubts_what_was_never_carried() -> None:
    incident = incident_of_flagged(staff())
    with pytest.raises(incidents.NotCarried):
        incidents.doubt_vulnerability(
            reference=incident.reference, strand=Strand.RADICALISATION, found="x", by=staff("ben"), now=LATER
        )


def test_only_a_supervisor_settles_and_says_why() -> None:
    by, sana = staff(), staff("sana")
    incident = incident_of_flagged(by)
    strand = Strand(incident.strands[0])
    assessment.dismiss_flag(reference=incident.journey, strand=strand, reason="Seems calm", by=by, now=LATER)
    (alert,) = assessments.contradictions_of(reference=incident.journey)
    with pytest.raises(NotAllowed):
        assessment.uphold_strand(contradiction=alert.reference, because="She was not alone", by=by, now=LATER)
    with pytest.raises(assessment.NothingSaid):
        assessment.uphold_strand(contradiction=alert.reference, because=" ", by=sana, now=LATER)
    assessment.uphold_strand(contradiction=alert.reference, because="She was not alone", by=sana, now=LATER)
    assert strand in assessments.strands_of(reference=incident.journey)
    assert alert.reference not in obligations.running_for([alert.reference])
    with pytest.raises(assessment.AlreadySettled):
        assessment.drop_strand(contradiction=alert.reference, because="No", by=sana, now=LATER)


def test_what_a_supervisor_drops_stays_on_the_later_record() -> None:
    sana = staff("sana")
    referral = referral_of_flagged(staff())
    doubt = assessment.Doubt(strand=STRAND, stage="referral", record=referral.reference, found="They cope well")
    alert = assessment.contradict_strand(reference=referral.journey, doubt=doubt, by=sana, now=LATER)
    assessment.drop_strand(contradiction=alert.reference, because="Confirmed by their doctor", by=sana, now=LATER)
    assert STRAND not in assessments.strands_of(reference=referral.journey)
    referral.refresh_from_db()
    assert STRAND in referral.strands


def test_the_agency_sees_no_vulnerability_it_was_not_sent() -> None:
    referral = sent_referral(by=staff(), now=NOW)
    assert "strands" not in referral.fields
    assert "strands" not in referral.shared


def test_a_contact_nobody_took_over_is_dismissed_without_alert() -> None:
    by = staff()
    contact = claimed_contact(by=by, now=NOW, words=HURT)
    strand = Strand(next(iter(assessments.strands_of(reference=contact.reference))))
    assessment.dismiss_flag(reference=contact.reference, strand=strand, reason="A play", by=by, now=NOW)
    assert assessments.contradictions_of(reference=contact.reference) == []
    assert assessments.handed_on(reference=contact.reference).answer_to("weapon") == Answer.NOT_KNOWN

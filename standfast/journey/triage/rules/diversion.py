"""May a matter leave the police at all? Asked before any route: what is closed here, no person can choose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.choices import Answer, Choice
from standfast.foundation.kernel.tables import DatedTable, Decision, DecisionTable
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.triage.rules.need import Need


class Diversion(Choice):
    """How far a matter may go, least far first."""

    DEPLOY_ONLY = "deploy_only", "Only officers"
    POLICE_ONLY = "police_only", "Only the police"
    OPEN = "open", "Another agency may take it"


class Threshold(Choice):
    """What is known of the police threshold: the test's answer, or that nobody made the test."""

    KEEPS = "keeps", "The police keep it"
    NOT_POLICE = "not_police", "Not for the police"
    NOT_TESTED = "not_tested", "Not tested"


@dataclass(frozen=True, kw_only=True)
class DiversionFacts:
    """
    What diversion depends on.

    `protected` is whether a strand that is never diverted was seen and not dismissed, `unconfirmed` whether a strand waits for a
    person's decision, `fraud_call` whether a fraud is a call for service: in progress, suspect known nearby, suspect arrested.
    """

    grade: ResponseGrade
    risk: Risk
    protected: bool
    unconfirmed: bool
    child_mentioned: bool
    weapon: Answer
    threshold: Threshold
    need: Need
    fraud_call: Answer


@dataclass(frozen=True, kw_only=True)
class NeverDivertRow:
    """One strand that never leaves the police."""

    id: str
    strand: Strand
    because: str


TABLE = DecisionTable.beside(__file__, facts=DiversionFacts, outcomes=Diversion)
NEVER_DIVERT = DatedTable.beside(__file__, "never_divert", row=NeverDivertRow)


def decide_diversion(facts: DiversionFacts, *, on: date) -> Decision[Diversion]:
    """Return how far the policy in force on that London day lets the matter go, and why."""
    return TABLE.decide(facts, on=on)


def is_protected(strands: Iterable[str], *, on: date) -> bool:
    """Say whether one of the strands never leaves the police."""
    protected = {row.strand.value for row in NEVER_DIVERT.on(on).rows}
    return not protected.isdisjoint(strands)

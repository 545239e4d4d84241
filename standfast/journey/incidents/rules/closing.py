"""With which code may an incident be closed, by whom, and who must agree? The codes are a dated table."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from standfast.foundation.kernel.tables import DatedTable
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk, risk_rank

CHILD = frozenset({Strand.CHILD_ABUSE, Strand.CHILD_SEXUAL_EXPLOITATION})


@dataclass(frozen=True, kw_only=True)
class ClosingCode:
    """One code: whether the incident must have been attended (yes), must not have been (no), or either."""

    id: str
    code: str
    label: str
    attended: Literal["yes", "no", "any"] = "any"


TABLE = DatedTable.beside(__file__, "closing_code", row=ClosingCode)


@dataclass(frozen=True, kw_only=True)
class ClosingFacts:
    """What decides whether a second person must agree to close an incident; `channels` by which it and what was merged into it came."""

    risk: Risk
    channels: frozenset[Channel]
    strands: frozenset[str]
    child_mentioned: bool


def closing_codes(on: date) -> dict[str, ClosingCode]:
    """Return the codes in force on a London day."""
    return {row.code: row for row in TABLE.on(on).rows}


def why_second_person(facts: ClosingFacts) -> str:
    """Return why a second person must agree, or nothing if one is enough."""
    if risk_rank(facts.risk) <= risk_rank(Risk.MEDIUM):
        return f"the risk is {facts.risk.label.lower()}"
    if Channel.CALL_999 in facts.channels:
        return "it came by 999"
    if Strand.DOMESTIC_ABUSE in facts.strands:
        return "it is about domestic abuse"
    if facts.child_mentioned or not CHILD.isdisjoint(facts.strands):
        return "a child is mentioned"
    return "somebody is missing" if Strand.MISSING_PERSON in facts.strands else ""

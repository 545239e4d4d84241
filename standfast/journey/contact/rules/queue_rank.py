"""Which contact is taken first? Most danger first, then the longest wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.journey.contact.rules.risk import Risk, risk_rank


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """What the ranking looks at: `attention` is the detector's score from 0 to 1, which orders within a risk, never across."""

    reference: str
    risk: Risk
    attention: float
    first_contact_at: datetime


def rank_contacts(contacts: Sequence[Ranked]) -> list[Ranked]:
    """
    Return the contacts in the order in which they should be taken.

    Risk decides; within a risk the longest wait goes first, so nobody of equal risk is overtaken by a machine's score; the score only
    separates contacts that arrived in the same second.
    """
    return sorted(
        contacts,
        key=lambda each: (
            risk_rank(each.risk),
            each.first_contact_at.replace(microsecond=0),
            -each.attention,
            each.reference,
        ),
    )

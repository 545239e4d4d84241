"""How dangerous does a contact look from what it brought with it? It orders the desk until a person has assessed it."""

from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.tables import Decision, DecisionTable
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk


@dataclass(frozen=True, kw_only=True)
class RiskFacts:
    """
    What the desk knows before anybody has asked.

    `words_floor` is the lowest risk the words allow, `attention` the detector's score from 0 to 1, `source_priority` the priority
    the source gave (1 is its highest, 0 none), `repeat_contacts` how often the same number got in touch in the 90 days before.
    """

    channel: Channel
    words_floor: Risk
    attention: float
    source_priority: int
    repeat_contacts: int
    no_words: bool


TABLE = DecisionTable.beside(__file__, facts=RiskFacts, outcomes=Risk)


def decide_contact_risk(facts: RiskFacts, *, on: date) -> Decision[Risk]:
    """Return the risk the policy in force on that London day gives a contact nobody has assessed, and why."""
    return TABLE.decide(facts, on=on)

"""Is a person on record certainly, probably or only possibly the one we were told about?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import Decision, DecisionTable
from standfast.foundation.parties.rules.likeness import Agreement, Evidence, Field

# Before anything is compared, the chance that somebody who gets in touch is on record at all.
KNOWN_BEFORE = 0.5
# Whoever is at least a twentieth as likely as another stands beside that one as a rival.
RIVAL_WITHIN = math.log(20)
FEWEST_PERSONS = 10_000


class MatchLevel(Choice):
    """How sure the look-up is. Certain never means merged: only a person merges."""

    CERTAIN = "certain", "Certain"
    PROBABLE = "probable", "Probable"
    POSSIBLE = "possible", "Possible"
    UNLIKELY = "unlikely", "Unlikely"


class NameMatch(Choice):
    """How both names together agree."""

    SAME = "same", "Same name"
    NEAR = "near", "Nearly the same name"
    PART = "part", "Only part of the name was told"
    DIFFERS = "differs", "A name differs"
    NOT_TOLD = "not_told", "No name was told"


@dataclass(frozen=True, kw_only=True)
class MatchFacts:
    """What the level of one candidate rests on; `rivals` counts others about as likely, `probability` is from 0 to 1."""

    probability: float
    name: NameMatch
    born: Agreement
    phone: Agreement
    place: Agreement
    rivals: int


TABLE = DecisionTable.beside(__file__, facts=MatchFacts, outcomes=MatchLevel)


def decide_match_level(facts: MatchFacts, *, on: date) -> Decision[MatchLevel]:
    """Return how sure the policy in force on that day is, and why."""
    return TABLE.decide(facts, on=on)


def probabilities(weights: Sequence[float], *, persons: int) -> list[float]:
    """
    Return for each candidate the probability that it is the person, given that at most one is.

    `persons` is how many are on record. Candidates share what certainty there is: two alike have at most one half each.
    """
    prior = math.log(KNOWN_BEFORE / max(persons, FEWEST_PERSONS))
    nobody = math.log(1 - KNOWN_BEFORE)
    highest = max((prior + weight for weight in weights), default=nobody)
    highest = max(highest, nobody)
    shares = [math.exp(prior + weight - highest) for weight in weights]
    whole = sum(shares) + math.exp(nobody - highest)
    return [share / whole for share in shares]


def count_rivals(weights: Sequence[float]) -> list[int]:
    """Return for each candidate how many others are about as likely, or likelier."""
    return [sum(other > weight - RIVAL_WITHIN for other in weights) - 1 for weight in weights]


def match_facts(evidence: Sequence[Evidence], *, probability: float, rivals: int) -> MatchFacts:
    """Return the facts on which the level of a candidate is decided."""
    agreement = {each.field: each.agreement for each in evidence}
    return MatchFacts(
        probability=probability,
        name=_name_match({each.field: each for each in evidence}),
        born=agreement[Field.BORN],
        phone=agreement[Field.PHONE],
        place=agreement[Field.PLACE],
        rivals=rivals,
    )


def _name_match(evidence: dict[Field, Evidence]) -> NameMatch:
    both = [evidence[Field.GIVEN].agreement, evidence[Field.FAMILY].agreement]
    if Agreement.DIFFERS in both:
        return NameMatch.DIFFERS
    if both.count(Agreement.NOT_KNOWN) == len(both):
        return NameMatch.NOT_TOLD
    if Agreement.NOT_KNOWN in both:
        return NameMatch.PART
    return NameMatch.NEAR if Agreement.NEAR in both else NameMatch.SAME

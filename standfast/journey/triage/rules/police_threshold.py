"""Must the police respond, or is another service the right one? Right Care, Right Person, asked at the point of report."""

from dataclasses import dataclass, fields
from datetime import date

from standfast.foundation.kernel.choices import Answer, Choice
from standfast.foundation.kernel.tables import Decision, DecisionTable, Explanation


class PoliceRole(Choice):
    """What the threshold test says. Police always keep the discretion to attend."""

    KEEPS = "keeps", "The police keep it"
    NOT_POLICE = "not_police", "Not for the police"


@dataclass(frozen=True, kw_only=True)
class ThresholdFacts:
    """The five questions of the test. A question nobody could answer is `not_known`, and keeps the matter with the police."""

    crime: Answer
    danger_to_life: Answer
    serious_harm: Answer
    police_assumed: Answer
    statutory_duty: Answer


QUESTIONS = tuple(field.name for field in fields(ThresholdFacts))
ASKED = {
    "crime": "Has a crime happened, or is one happening, that needs to be investigated?",
    "danger_to_life": "Is there a real and immediate risk to somebody's life?",
    "serious_harm": "Is there a real and immediate risk of serious harm or inhuman treatment?",
    "police_assumed": "Have the police taken this on already, or did they create the danger?",
    "statutory_duty": "Is there a duty in law, such as a missing person, section 135 or 136, or a breach of the peace?",
}
TABLE = DecisionTable.beside(__file__, facts=ThresholdFacts, outcomes=PoliceRole)


def decide_police_threshold(facts: ThresholdFacts, *, on: date) -> Decision[PoliceRole]:
    """Return whether the policy in force on that London day keeps the matter with the police, and why."""
    return TABLE.decide(facts, on=on)


def explain_police_threshold(facts: ThresholdFacts, *, on: date) -> Explanation[PoliceRole]:
    """Return the decision with the answers that would change it."""
    return TABLE.explain(facts, on=on)

"""Is a place town or country? It decides which attendance time holds."""

from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import Decision, DecisionTable


class Settlement(Choice):
    """The two classes that have an attendance time of their own."""

    URBAN = "urban", "Urban"
    RURAL = "rural", "Rural"


class StatedSettlement(Choice):
    """What the area a place lies in says of itself."""

    URBAN = "urban", "Urban"
    RURAL = "rural", "Rural"
    NOT_KNOWN = "not_known", "Not known"


@dataclass(frozen=True, kw_only=True)
class SettlementFacts:
    """What is known of the place: the class of the smallest area that holds it."""

    stated: StatedSettlement


TABLE = DecisionTable.beside(__file__, facts=SettlementFacts, outcomes=Settlement)


def decide_settlement(facts: SettlementFacts, *, on: date) -> Decision[Settlement]:
    """Return whether a place counts as town or country under the edition in force on a London day, and why."""
    return TABLE.decide(facts, on=on)

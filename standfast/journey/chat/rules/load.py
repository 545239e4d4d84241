"""How much does a chat weigh on its operator, and may an operator take one more?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.tables import DatedTable
from standfast.journey.chat.rules.risk_mark import is_marked

CAPACITY = "capacity"


@dataclass(frozen=True, kw_only=True)
class LoadRow:
    """The load points of a chat of one risk, or with the risk `capacity` what an operator carries at most."""

    id: str
    risk: str
    points: int
    because: str


TABLE = DatedTable.beside(__file__, "load_points", row=LoadRow)


def load_points(risk: str, *, on: date) -> int:
    """Return the load points of a chat of this risk under the edition of a London day. A sleeping chat weighs what it weighs."""
    return next(row.points for row in TABLE.on(on).rows if row.risk == risk)


def capacity(*, on: date) -> int:
    """Return how many load points an operator carries unless they say otherwise."""
    return next(row.points for row in TABLE.on(on).rows if row.risk == CAPACITY)


def load_of(risks: Iterable[str], *, on: date) -> int:
    """Return the load points of these chats together."""
    return sum(load_points(risk, on=on) for risk in risks)


def may_take(risk: str, *, carried: int, points: int, on: date) -> bool:
    """Say whether somebody who carries so many of so many points may take a chat. One marked by risk is refused to nobody."""
    return is_marked(risk) or carried + load_points(risk, on=on) <= points

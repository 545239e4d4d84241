"""From how many on may a share be told, and from which change on has a measure drifted? A dated table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import DatedTable


class Measure(Choice):
    """What a limit is about: four measures of the prompts, and how few of a group of people are not shown."""

    PROMPTED = "prompted", "Contacts with a prompt"
    CONFIRMED = "confirmed", "Prompts confirmed, of those decided"
    ALONE = "alone", "Found by people alone, of all that stands"
    UNREAD = "unread", "Contacts whose words were not read"
    GROUP = "group", "Groups of people"


@dataclass(frozen=True, kw_only=True)
class MeasureLimit:
    """
    One limit.

    `fewest` is how many are needed before anything is said, `change` the least difference of two shares (0 to 1) that counts, and
    `deviations` how many standard deviations it must lie from no difference at all.
    """

    id: str
    measure: Measure
    fewest: int
    change: float
    deviations: float
    because: str


class NoLimit(LookupError):
    """The table has no limit for a measure: a fault in the policy."""


TABLE = DatedTable.beside(__file__, "measure_limit", row=MeasureLimit)


def measure_limits(*, on: date) -> Mapping[Measure, MeasureLimit]:
    """
    Return the limit of every measure in the edition in force on a London day.

    :raises NoLimit: if the edition has none for a measure
    """
    edition = TABLE.on(on)
    found = {row.measure: row for row in edition.rows}
    if missing := [each for each in Measure if each not in found]:
        raise NoLimit(f"{edition} has no limit for {', '.join(missing)}.")
    return found

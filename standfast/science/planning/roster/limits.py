"""Which limits does a roster keep where a force says nothing else? A dated table, each with its source."""

from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import DatedTable, Edition


class Limit(Choice):
    """What is limited. The value is the field under [limits] that sets it."""

    REST_HOURS = "rest_hours", "Hours between the end of a duty and the start of the next, at least"
    AVERAGE_WEEK_HOURS = "average_week_hours", "Hours of the average week over the roster, at most"
    DUTIES_IN_A_ROW = "duties_in_a_row", "Days worked in a row, at most"
    FEWEST_DUTIES_IN_A_ROW = "fewest_duties_in_a_row", "Days worked in a row, at least"
    NIGHTS_IN_A_ROW = "nights_in_a_row", "Nights in a row, at most"
    REST_DAYS_TOGETHER = "rest_days_together", "Rest days together, at least"
    FORWARD_ROTATION = "forward_rotation", "From day to day duties start no earlier (1) or they may (0)"
    CONTRACT_HOURS_WITHIN = "contract_hours_within", "Hours a roster may lie above or below the contract"
    NIGHT_FROM_HOUR = "night_from_hour", "The hour at which night begins"
    NIGHT_TO_HOUR = "night_to_hour", "The hour at which night ends"
    NIGHT_HOURS = "night_hours", "Hours of a duty in the night that make it a night duty, at least"


class Origin(Choice):
    """Whether a limit is somebody's or ours for want of one."""

    SOURCED = "sourced", "From the named source"
    SUGGESTED = "suggested", "Suggested default"


@dataclass(frozen=True, kw_only=True)
class RosterLimit:
    """One limit, and where it comes from."""

    id: str
    limit: Limit
    value: float
    origin: Origin
    source: str


TABLE = DatedTable.beside(__file__, "roster_limit", row=RosterLimit)


def edition_for(day: date) -> Edition[RosterLimit]:
    """Return the edition in force on a day; a roster of the past, replayed to learn from it, takes the first there is."""
    first = TABLE.editions.all[0]
    return TABLE.on(max(day, first.effective_from))


def limits_on(day: date) -> dict[Limit, float]:
    """Return the limits a roster that begins on a day keeps."""
    return {row.limit: row.value for row in edition_for(day).rows}

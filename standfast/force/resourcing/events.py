"""What can happen to a plan for units?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class RosterPublished(Happening):
    """A roster of units was published."""

    kind = "resourcing.roster.published"
    sentence = "Roster of units published from {file}, from {starts_at} until {ends_at}"
    retention = Retention.SIX_YEARS

    file: str
    starts_at: str
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class ForecastPublished(Happening):
    """A forecast of demand for units was published."""

    kind = "resourcing.forecast.published"
    sentence = "Forecast of demand published from {file}, from {starts_at} until {ends_at}"
    retention = Retention.SIX_YEARS

    file: str
    starts_at: str
    ends_at: str

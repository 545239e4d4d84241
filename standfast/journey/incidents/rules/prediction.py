"""Will a unit arrive in time? From its travel time with the model's stated error: a chance, and a word for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import erf, sqrt

from standfast.foundation.kernel.choices import Choice

INSIDE_FROM, LATE_UNDER = 0.8, 0.3
# The model's error is the half-width of the middle four fifths: so many standard deviations of a normal distribution.
DEVIATIONS_OF_FOUR_FIFTHS = 1.2816
LEAST_SPREAD_SECONDS = 30.0


class Outlook(Choice):
    """How an arrival stands against its limit before it has happened."""

    INSIDE = "inside", "inside"
    TIGHT = "tight", "tight"
    LATE = "late", "will be late"


@dataclass(frozen=True, slots=True)
class Prediction:
    """When a unit should be there, the chance (0 to 1) that it is in time, and the word for it."""

    at: datetime
    chance: float
    outlook: Outlook


def predict_arrival(*, starts_at: datetime, seconds: float, error_share: float, due_at: datetime) -> Prediction:
    """Return when a journey that starts at an instant should end, and the chance that this is before the limit."""
    at = starts_at + timedelta(seconds=seconds)
    spread = max(seconds * error_share / DEVIATIONS_OF_FOUR_FIFTHS, LEAST_SPREAD_SECONDS)
    slack = (due_at - at).total_seconds()
    chance = 0.5 * (1 + erf(slack / spread / sqrt(2)))
    return Prediction(at, chance, _outlook(chance))


def _outlook(chance: float) -> Outlook:
    if chance >= INSIDE_FROM:
        return Outlook.INSIDE
    return Outlook.TIGHT if chance >= LATE_UNDER else Outlook.LATE

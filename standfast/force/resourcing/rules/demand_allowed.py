"""
When was more asked of units than the forecast in force allowed for? Which quantile a plan allows for is a dated table.

A single hour above its quantile is no error of the forecast: one in ten is meant to be above the ninth decile. Demand is therefore
counted over the last hours together, as many as the table says, and held against what the forecast allowed for in the same hours; a
wave of incidents so stays unforeseen for as long as its units are still busy with it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from standfast.force.resourcing.rules.roster_gap import Stretch, joined
from standfast.foundation.kernel.tables import DatedTable


@dataclass(frozen=True, kw_only=True)
class AllowedRow:
    """What a plan allows for: the demand of the last `over_minutes` up to a `quantile` of the forecast, from 0 to 1."""

    id: str
    quantile: float
    over_minutes: int
    because: str


TABLE = DatedTable.beside(__file__, "demand_allowed", row=AllowedRow)


@dataclass(frozen=True, slots=True)
class Allowed:
    """How many incidents the forecast in force allowed for in a half-open stretch of time."""

    starts_at: datetime
    ends_at: datetime
    most: float


def allowance(on: date) -> AllowedRow:
    """Return what a plan allows for on a London day: the first row of the edition in force."""
    return TABLE.on(on).rows[0]


def quantile_of(quantiles: Mapping[float, float], level: float) -> float | None:
    """Return a quantile of a forecast, between two given ones in proportion; None if it lies outside those given."""
    if level in quantiles:
        return quantiles[level]
    for low, high in pairwise(sorted(quantiles)):
        if low < level < high:
            share = (level - low) / (high - low)
            return quantiles[low] * (1 - share) + quantiles[high] * share
    return None


def unforeseen(*, allowed: Sequence[Allowed], opened: Sequence[datetime], over: timedelta) -> list[Stretch]:
    """
    Return the stretches in which demand was above what was allowed for, in order, those that touch as one.

    `allowed` are in order and do not overlap, `opened` in order of time. For each of them the incidents opened from `over` before its
    end are counted, no fewer than its own; what was opened while no forecast is known is not counted.
    """
    places = [bisect_left(opened, each.starts_at) for each in allowed]
    beyond = [bisect_left(opened, each.ends_at) for each in allowed]
    found: list[Stretch] = []
    first = 0
    for number, each in enumerate(allowed):
        since = min(each.starts_at, each.ends_at - over)
        while allowed[first].ends_at <= since:
            first += 1
        count, most = 0, 0.0
        for place in range(first, number + 1):
            part = allowed[place]
            inside = (part.ends_at - max(part.starts_at, since)) / (part.ends_at - part.starts_at)
            most += part.most * inside
            count += beyond[place] - (places[place] if inside >= 1 else bisect_left(opened, since))
        if count > most:
            found.append((each.starts_at, each.ends_at))
    return joined(found)

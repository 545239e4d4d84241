"""
What was planned for the units of the demonstration? A made-up roster and a made-up forecast, published the day before.

So that the page about attendance has something to tell of each: the roster has the relief on duty half an hour before it came, from then
on it is filled, and more is asked of it than the forecast allowed for.
"""

from datetime import datetime, timedelta
from random import Random

from standfast.demo.day import DEFAULT_SEED
from standfast.force.resourcing import operations
from standfast.force.resourcing.operations import ForecastInterval, NewForecast, NewRoster, RosterStretch
from standfast.foundation.kernel.actor import Actor

ROSTER_FILE, FORECAST_FILE = "demo-roster.csv", "demo-forecast.csv"
DAYS = 7
RELIEF_LATE = timedelta(minutes=30)
HOUR = timedelta(hours=1)
EXPECTED_AN_HOUR = 0.5


def publish_plans(*, units: int, relief_at: datetime, by: Actor, seed: int = DEFAULT_SEED) -> None:
    """Publish what was planned, a day before `relief_at`, when the units did come on duty; `units` are the response units."""
    published_at, begins = relief_at - timedelta(days=1), relief_at - RELIEF_LATE
    whole = RosterStretch(starts_at=begins, ends_at=relief_at + timedelta(days=DAYS), units=units)
    operations.publish_roster(new=NewRoster(file=ROSTER_FILE, stretches=[whole]), by=by, now=published_at)
    rng = Random(f"forecast:{seed}")
    forecast = NewForecast(
        file=FORECAST_FILE, intervals=[_hour(begins + hour * HOUR, rng) for hour in range(DAYS * 24)]
    )
    operations.publish_forecast(new=forecast, by=by, now=published_at)


def _hour(begins: datetime, rng: Random) -> ForecastInterval:
    mean = EXPECTED_AN_HOUR * rng.uniform(0.8, 1.2)
    quantiles = {0.1: 0.0, 0.5: 0.0, 0.9: 1.0}
    return ForecastInterval(starts_at=begins, ends_at=begins + HOUR, mean=round(mean, 4), quantiles=quantiles)

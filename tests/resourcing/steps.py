"""How is a roster or a forecast published? By the operations people use."""

from datetime import datetime, timedelta
from typing import Any

from standfast.force.resourcing import operations
from standfast.force.resourcing.operations import ForecastInterval, NewForecast, NewRoster, RosterStretch
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.roles import Role

PAOLO = Actor(ref="staff:paolo", name="Paolo Planner", roles=frozenset({Role.PLANNER.value}))
HOUR = timedelta(hours=1)


def published_roster(units: int, *, begins: datetime, ends: datetime, now: datetime) -> Any:
    """Publish a roster that has so many units on duty all the time."""
    new = NewRoster(file="coverage.csv", stretches=[RosterStretch(starts_at=begins, ends_at=ends, units=units)])
    return operations.publish_roster(new=new, by=PAOLO, now=now)


def published_forecast(most: float, *, begins: datetime, hours: int, now: datetime, mean: float | None = None) -> Any:
    """Publish an hourly forecast whose ninth decile is always so much."""
    intervals = [
        ForecastInterval(
            starts_at=begins + hour * HOUR,
            ends_at=begins + (hour + 1) * HOUR,
            mean=most / 2 if mean is None else mean,
            quantiles={0.1: 0.0, 0.9: most},
        )
        for hour in range(hours)
    ]
    return operations.publish_forecast(new=NewForecast(file="forecast.csv", intervals=intervals), by=PAOLO, now=now)

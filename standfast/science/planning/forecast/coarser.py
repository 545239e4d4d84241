"""What do hours make of a day, and days of a month? Sums of the very same forecast, with bands of their own."""

from dataclasses import dataclass

import numpy as np

from standfast.science.planning.forecast.choosing import Choice
from standfast.science.planning.series.forecasts import DECIMALS, SeriesForecast
from standfast.science.planning.series.history import WALL_CLOCK, Series
from standfast.science.planning.series.interval import DAY, Interval
from standfast.science.planning.series.problems import BadSeries


@dataclass(frozen=True, eq=False)
class Finer:
    """A forecast to be summed, the series it continues, and how its sums scatter."""

    forecast: SeriesForecast
    series: Series
    choice: Choice


def summed(finer: Finer, interval: Interval) -> SeriesForecast:
    """
    Return the forecast by a longer interval; the first and the last period hold only what the horizon covers of them.

    :raises BadSeries: if the interval is not longer
    """
    series, forecast = finer.series, finer.forecast
    if interval.length <= series.interval.length or interval.is_within_day:
        raise BadSeries(f"Counts by {series.interval.name} make no {interval.name}; 1d, 1w or 1mo was expected.")
    walls = series.coming(len(forecast.mean)).walls
    periods, where = np.unique(interval.floor(walls), return_inverse=True)
    mean = np.bincount(where, weights=np.round(forecast.mean, DECIMALS)).astype(np.float64)
    starts = np.maximum(periods, walls[0].astype("datetime64[D]").astype("datetime64[s]"))
    spread = finer.choice.days if interval.length == DAY else finer.choice.stretch
    written = tuple(WALL_CLOCK.written(starts, interval))
    return SeriesForecast(forecast.name, starts, written, mean, spread.quantiles(mean, sorted(forecast.quantiles)))

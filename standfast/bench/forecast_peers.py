"""What would a planner pick instead? Six ways from PyPI with their usual settings and quantiles, their own or from their errors."""

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from standfast.science.planning.series.history import Numbers, Series
from standfast.science.planning.series.interval import DAY

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
WEEKS_OF_ERRORS = 8
SMALL = 0.5


@dataclass(frozen=True, eq=False)
class Told:
    """What a peer expects: the mean, and a row of quantiles for each of LEVELS."""

    mean: Numbers
    quantiles: Numbers


def seasonal_naive(series: Series, ahead: int) -> Told:
    """The same slot of last week."""
    season, y = series.interval.per_week, filled(series)
    return _with_errors(_repeat(y[-season:], ahead), y[season:], y[:-season], series)


def eight_week_mean(series: Series, ahead: int) -> Told:
    """The mean of the same slot in the last eight weeks."""
    season = series.interval.per_week
    weeks = series.counts[-8 * season :].reshape(8, season)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean = np.nan_to_num(np.nanmean(weeks, axis=0))
    return _with_errors(_repeat(mean, ahead), weeks.ravel(), np.tile(mean, 8), series)


def theta(series: Series, ahead: int) -> Told:
    """The package statsforecast's theta with a weekly season; of hours the last 26 weeks."""
    from statsforecast.models import Theta

    season = series.interval.per_week
    y = filled(series)[-26 * season :] if season > 7 else filled(series)
    found = Theta(season_length=season).forecast(y, ahead, fitted=True)
    return _with_errors(found["mean"], y, found["fitted"], series)


def mstl(series: Series, ahead: int) -> Told:
    """The package statsforecast's MSTL with exponential smoothing of the trend, on the last 26 weeks."""
    from statsforecast.models import MSTL, AutoETS

    season = series.interval.per_week
    lengths = [season // 7, season] if season > 7 else [season]
    y = filled(series)[-26 * season :]
    model = MSTL(season_length=lengths, trend_forecaster=AutoETS(model="ZZN"))
    found = model.forecast(y, ahead, fitted=True)
    return _with_errors(found["mean"], y, found["fitted"], series)


def lightgbm(series: Series, ahead: int) -> Told:
    """LightGBM with a Poisson loss on calendar, level and the mean of the same slot four to eleven weeks before."""
    import lightgbm as library

    number, season = len(series), series.interval.per_week
    counts = np.r_[series.counts, np.full(ahead, np.nan)]
    features = _features(counts, np.r_[series.walls, series.coming(ahead).walls], season)
    known = np.isfinite(series.counts) & np.isfinite(features[:number, 0])
    least = 50 if season > 7 else 20
    model = library.LGBMRegressor(
        objective="poisson",
        n_estimators=200,
        learning_rate=0.05,
        min_child_samples=least,
        n_jobs=1,
        verbose=-1,
        random_state=1,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(features[:number][known], series.counts[known])
        mean, fitted = (np.asarray(model.predict(rows), dtype=float) for rows in (features[number:], features[:number]))
    return _with_errors(mean, series.counts, fitted, series)


def prophet(series: Series, ahead: int) -> Told:
    """Prophet with yearly and weekly seasons, of hours a daily one too, and its own intervals."""
    import pandas as pd

    logging.getLogger("cmdstanpy").setLevel(logging.CRITICAL)
    logging.getLogger("prophet").setLevel(logging.CRITICAL)
    from prophet import Prophet

    past = pd.DataFrame({"ds": series.walls.astype("datetime64[ns]"), "y": series.counts}).dropna()
    daily = series.interval.seconds < DAY
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = Prophet(
            yearly_seasonality=True, weekly_seasonality=True, daily_seasonality=daily, uncertainty_samples=200
        )
        model.fit(past)
        coming = pd.DataFrame({"ds": series.coming(ahead).walls.astype("datetime64[ns]")})
        mean = model.predict(coming)["yhat"].to_numpy()
        samples = model.predictive_samples(coming)["yhat"]
    return Told(mean, np.quantile(samples, LEVELS, axis=1))


PEERS: dict[str, Callable[[Series, int], Told]] = {
    "LightGBM": lightgbm,
    "Prophet": prophet,
    "theta": theta,
    "MSTL": mstl,
    "8-week mean": eight_week_mean,
    "seasonal naive": seasonal_naive,
}


def filled(series: Series) -> Numbers:
    """Return the counts with gaps filled between their neighbours."""
    known = np.flatnonzero(np.isfinite(series.counts))
    return np.interp(np.arange(len(series)), known, series.counts[known])


def _repeat(week: Numbers, ahead: int) -> Numbers:
    return np.asarray(np.tile(week, -(-ahead // len(week)))[:ahead])


def _with_errors(mean: Numbers, actual: Numbers, fitted: Numbers, series: Series) -> Told:
    # The errors of the last weeks, relative to the root of what was expected, are those to come.
    root = np.sqrt(np.maximum(fitted, SMALL))
    errors = ((actual - fitted) / root)[-WEEKS_OF_ERRORS * max(series.interval.per_week, 7) :]
    bounds = np.quantile(errors[np.isfinite(errors)], LEVELS)
    spread = bounds[:, None] * np.sqrt(np.maximum(mean, SMALL))
    return Told(np.asarray(mean), np.maximum(mean + spread, 0.0))


def _features(counts: Numbers, walls: Any, season: int) -> Numbers:
    def back(steps: int) -> Numbers:
        return np.asarray(np.r_[np.full(min(steps, len(counts)), np.nan), counts[: max(0, len(counts) - steps)]])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        same = np.nanmean(np.stack([back(week * season) for week in range(4, 12)]), axis=0)
    known = np.isfinite(counts)
    sums, numbers = np.cumsum(np.where(known, counts, 0.0)), np.cumsum(known)
    window = 8 * season
    level = (sums - np.r_[np.zeros(window), sums[:-window]]) / np.maximum(
        numbers - np.r_[np.zeros(window), numbers[:-window]], 1
    )
    level = np.r_[np.full(4 * season, np.nan), level[: -4 * season]]
    seconds = walls.astype("datetime64[s]").astype(np.int64)
    hour, weekday = seconds % DAY // 3600, (seconds // DAY + 3) % 7
    days = walls.astype("datetime64[D]")
    in_year = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int)
    in_month = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
    month = days.astype("datetime64[M]").astype(int) % 12
    return np.asarray(np.column_stack([same, level, hour, weekday, month, in_year, in_month, weekday * 24 + hour]))

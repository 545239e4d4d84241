"""How are counts by the week or the month carried forward, where a year is the season and a month has its own length?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from standfast.science.planning.forecast.calendar import Days
from standfast.science.planning.series.history import Numbers, Series
from standfast.science.planning.series.interval import DAY

RECENT = {12: 6, 52: 13}
WEEKS_A_YEAR = 52


@dataclass(frozen=True, eq=False)
class CoarsePast:
    """Counts a day, period by period, so that February is no dip; a gap is no number."""

    days: Days
    counts: Numbers
    lengths: Numbers
    ahead: int
    season: int

    def upto(self, number: int, *, ahead: int) -> "CoarsePast":
        """Return what was known after so many periods."""
        return replace(self, days=self.days[:number], counts=self.counts[:number], ahead=ahead)

    @property
    def a_day(self) -> Numbers:
        """The past in counts a day, gaps filled from the periods around them."""
        values = self.counts[:, 0] / self.lengths[: len(self.counts)]
        known = np.flatnonzero(np.isfinite(values))
        if not known.size:
            return np.zeros(len(values))
        return np.interp(np.arange(len(values)), known, values[known])

    def whole(self, a_day: Numbers) -> Numbers:
        """Return counts a day of the periods ahead as counts."""
        begin = len(self.counts)
        return np.maximum(a_day * self.lengths[begin : begin + self.ahead], 0.0)[:, None]


@dataclass(frozen=True)
class CoarseModel:
    """One way to carry weeks or months forward; there is nothing it learns beforehand."""

    name: str
    told: str
    days: int
    expected: Callable[[CoarsePast], Numbers]
    trust: float = 1.0

    def fit(self, past: CoarsePast) -> "CoarseModel":
        """Return the model as it is."""
        return self

    def expect(self, past: CoarsePast) -> Numbers:
        """Return the mean of every period ahead."""
        return past.whole(self.expected(past))


def coarse_past(series: Series, *, ahead: int) -> CoarsePast:
    """Return the past of a series by the week or the month."""
    edges = series.interval.after(series.first, len(series) + ahead + 1).astype(np.int64) // DAY
    season = max(1, 12 // series.interval.months) if series.interval.months else WEEKS_A_YEAR
    lengths = np.diff(edges).astype(float)
    return CoarsePast(edges[: len(series)], series.counts[:, None], lengths, ahead, season)


def level(past: CoarsePast) -> Numbers:
    """The mean of the last months or weeks."""
    return np.full(past.ahead, past.a_day[-RECENT.get(past.season, 4) :].mean())


def last_year(past: CoarsePast) -> Numbers:
    """The same period of last year, moved by how the last half year compares with the one a year before."""
    values, half = past.a_day, max(1, past.season // 2)
    if len(values) < past.season + half:
        return level(past)
    grown = values[-half:].mean() / max(values[-half - past.season : len(values) - past.season].mean(), 1e-9)
    seasons = -(-past.ahead // past.season)
    return np.tile(values[-past.season :], seasons)[: past.ahead] * grown


def theta(past: CoarsePast) -> Numbers:
    """The theta method, with a season where two years are known; from statsforecast."""
    return _statsforecast("Theta", past)


def smoothing(past: CoarsePast) -> Numbers:
    """Exponential smoothing, its form chosen by information criterion; from statsforecast."""
    return _statsforecast("AutoETS", past)


def _statsforecast(name: str, past: CoarsePast) -> Numbers:
    from statsforecast import models

    season = past.season if len(past.counts) >= 2 * past.season + 1 and past.season <= 12 else 1
    if not np.ptp(past.a_day):
        return level(past)
    found: Any = getattr(models, name)(season_length=season)
    with np.errstate(all="ignore"):
        return np.asarray(found.forecast(past.a_day, past.ahead)["mean"])


COARSE_MODELS = {
    each.name: each
    for each in (
        CoarseModel("level", "the level of the last months", 1, level),
        CoarseModel("theta", "the theta method", 8, theta),
        CoarseModel("smoothing", "exponential smoothing", 8, smoothing),
        CoarseModel("last_year", "last year, moved by recent growth", 8, last_year),
    )
}

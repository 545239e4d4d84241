"""Which ways are there to carry a past forward? Each has one face: fit to a past, then expect what follows it or a later one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from standfast.science.planning.forecast import boosting
from standfast.science.planning.forecast.calendar import Days
from standfast.science.planning.forecast.past import LONG_YEAR, Past
from standfast.science.planning.series.history import Numbers

YEAR_OF_WEEKS = 53
WEEK = 7
TWO_YEARS = 730
"""Of a single year nobody can tell a season of many waves from what just happened."""


class Fitted(Protocol):
    """A model that has learnt what it learns once."""

    def expect(self, past: Past) -> Numbers:
        """Return the mean of every slot of the days ahead, never below nought."""


@dataclass(frozen=True)
class Plain:
    """A model with nothing to learn beforehand: each past is fitted as it is asked."""

    expected: Callable[[Past], Numbers]

    def expect(self, past: Past) -> Numbers:
        """Return the mean of every slot of the days ahead."""
        return np.maximum(self.expected(past), 0.0)


@dataclass(frozen=True)
class Model:
    """One way to forecast: what it is called, what it is for, how many days it needs, how far it is trusted unseen, how it is fitted."""

    name: str
    told: str
    days: int
    trust: float
    fit: Callable[[Past], Fitted]
    within_day_only: bool = False


def plain(expected: Callable[[Past], Numbers]) -> Callable[[Past], Fitted]:
    """Return how a model is fitted that has nothing to learn beforehand."""
    return lambda _: Plain(expected)


def regression(past: Past) -> Numbers:
    """Weekday, two waves a year, trend and occasions, the week's shape within the day."""
    return past.by_slot(past.regression.forecast)


def seasonal(past: Past) -> Numbers:
    """The regression with eight waves a year."""
    return past.by_slot(past.regress(LONG_YEAR).forecast)


def theta(past: Past) -> Numbers:
    """Half the trend of the last year, the rest smoothed exponentially, weekdays taken out; from statsforecast."""
    from statsforecast.models import Theta

    totals = filled(past.calm_totals[-YEAR_OF_WEEKS * WEEK :])
    with np.errstate(all="ignore"):
        found = Theta(season_length=WEEK).forecast(totals, past.ahead)["mean"] if np.ptp(totals) else totals[-1:]
    return past.by_slot(np.maximum(found, 0.0) * past.occasions[len(past.days) :])


def slots_of_weeks(weeks: int) -> Callable[[Past], Numbers]:
    """Return the model that expects of each slot of the week its mean over the last so many weeks."""

    def expected(past: Past) -> Numbers:
        recent = past.calm[-weeks * WEEK :]
        mean = mean_by_weekday(recent, past.days[-len(recent) :] % WEEK)
        ahead = past.all_days[len(past.days) :]
        return mean[ahead % WEEK] * past.occasions[len(past.days) :, None]

    return expected


def days_of_weeks(weeks: int) -> Callable[[Past], Numbers]:
    """Return the model that expects of each weekday its mean total over the last so many weeks."""

    def expected(past: Past) -> Numbers:
        recent = past.calm_totals[-weeks * WEEK :]
        mean = mean_by_weekday(recent[:, None], past.days[-len(recent) :] % WEEK)[:, 0]
        ahead = past.all_days[len(past.days) :]
        return past.by_slot(mean[ahead % WEEK] * past.occasions[len(past.days) :])

    return expected


def mean_by_weekday(counts: Numbers, weekday: Days) -> Numbers:
    """Return the mean of each slot by weekday; of a weekday never counted, the mean of the others."""
    known = np.isfinite(counts)
    sums, numbers = np.zeros((WEEK, counts.shape[1])), np.zeros((WEEK, counts.shape[1]))
    np.add.at(sums, weekday, np.where(known, counts, 0.0))
    np.add.at(numbers, weekday, known)
    usual = sums.sum(axis=0) / np.maximum(numbers.sum(axis=0), 1)
    return np.where(numbers > 0, sums / np.maximum(numbers, 1), usual)


def filled(values: Numbers) -> Numbers:
    """Return values with gaps filled by the same weekday before, or else the mean."""
    whole = values.copy()
    for place in np.flatnonzero(~np.isfinite(whole)):
        whole[place] = whole[place - WEEK] if place >= WEEK else np.nan
    known = np.isfinite(whole)
    return np.where(known, whole, whole[known].mean() if known.any() else 0.0)


MODELS = {
    each.name: each
    for each in (
        Model("regression", "weekday, season, trend and occasions", 14, 2.0, plain(regression)),
        Model("seasonal", "the same with a season of eight waves", TWO_YEARS, 3.0, plain(seasonal)),
        Model("theta", "the theta method on the last year", 28, 0.5, plain(theta)),
        Model("mean8", "the mean of the last 8 weeks", 14, 0.25, plain(slots_of_weeks(8))),
        Model("mean26", "the mean of the last 26 weeks", 120, 0.25, plain(days_of_weeks(26))),
        Model("boosted_days", "gradient boosting of days", 120, 2.0, boosting.fit_days),
        Model("boosted_hours", "gradient boosting of hours", 120, 2.0, boosting.fit_slots, within_day_only=True),
    )
}
CHEAP = ("regression", "seasonal", "mean8", "mean26")

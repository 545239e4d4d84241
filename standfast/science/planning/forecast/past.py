"""What is known at the moment a forecast is made: days by slots of the day, how a week runs, and what each whole day held?"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.forecast.calendar import Calendar, Days
from standfast.science.planning.forecast.regression import Regression, fit_regression
from standfast.science.planning.series.history import Numbers, Series
from standfast.science.planning.series.interval import DAY

ENOUGH_OF_A_DAY = 0.5
SHORT_YEAR, LONG_YEAR = 2, 8
"""Waves a year in the regression that is slow to learn a season, and in the one that is quick."""
LONG_MEMORY = 26.0
"""Weeks after which a week counts half in how a week runs."""
WEEKS_FOR_NOISE = 52
SURELY_CLOSED = 10.0
"""How many counts a slot of the week would have had on average for none at all to mean that it is closed."""
LEAST_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Past:
    """Whole days of one series up to an origin, a column a slot of the day; a gap is no number."""

    days: Days
    counts: Numbers
    ahead: int
    calendar: Calendar
    breaks: tuple[int, ...] = ()

    @property
    def slots(self) -> int:
        """How many slots a day has."""
        return self.counts.shape[1]

    @property
    def all_days(self) -> Days:
        """The past days and those ahead."""
        return int(self.days[0]) + np.arange(len(self.days) + self.ahead)

    def upto(self, number: int, *, ahead: int) -> "Past":
        """Return what was known after so many days."""
        return replace(self, days=self.days[:number], counts=self.counts[:number], ahead=ahead)

    @cached_property
    def week(self) -> Numbers:
        """How a week runs, from Thursday (1 January 1970 was one): the expected share of a usual slot, by day and slot."""
        return week_profile(self.days, self.counts)

    @cached_property
    def day_weights(self) -> Numbers:
        """What part of its day each slot makes up, for every day past and ahead."""
        if self.slots == 1 and self.counts.size and np.nanmin(self.counts, initial=np.inf) > 0:
            # No weekday is closed: each day's one slot is all of it.
            return np.ones((len(self.all_days), 1))
        profile = self.week[self.all_days % 7]
        return profile / np.maximum(profile.sum(axis=1, keepdims=True), 1e-12)

    @cached_property
    def totals(self) -> Numbers:
        """Each day's total: made whole where some of its slots are missing, no number where most are."""
        weights = self.day_weights[: len(self.days)]
        known = np.isfinite(self.counts)
        seen = (weights * known).sum(axis=1)
        sums = np.where(known, self.counts, 0.0).sum(axis=1)
        return np.where(seen > ENOUGH_OF_A_DAY, sums / np.maximum(seen, 1e-12), np.nan)

    @cached_property
    def regression(self) -> Regression:
        """Week, season, trend, occasions and breaks of the totals."""
        return self.regress(SHORT_YEAR)

    def regress(self, waves: int) -> Regression:
        """Return the regression with so many waves a year."""
        effects = self.calendar.effects(self.all_days, past=len(self.days))
        return fit_regression(self.totals, self.all_days, waves=waves, effects=effects, breaks=self.breaks)

    @cached_property
    def occasions(self) -> Numbers:
        """By what factor the occasions of each day, past and ahead, move it."""
        return self.regression.factor("holiday") * self.regression.factor("event")

    @cached_property
    def calm(self) -> Numbers:
        """The counts as they would have been on ordinary days at today's side of every break."""
        return self.counts / self._unrest[:, None]

    @cached_property
    def calm_totals(self) -> Numbers:
        """The totals as they would have been on ordinary days at today's side of every break."""
        return self.totals / self._unrest

    @property
    def _unrest(self) -> Numbers:
        past = len(self.days)
        return np.maximum(self.occasions[:past] * self.regression.factor("break")[:past], 1e-3)

    def by_slot(self, totals: Numbers) -> Numbers:
        """Return totals of the days ahead shared out over their slots."""
        return totals[:, None] * self.day_weights[len(self.days) :]


def past_of(series: Series, *, ahead: int, calendar: Calendar) -> Past:
    """Return the whole days of a series on the clock on the wall; a day that is only begun is left out."""
    days, counts = by_day(series)
    whole = np.isfinite(counts)
    first = 0 if series.interval.seconds == DAY or whole[0, 0] else 1
    last = len(days) - (len(days) > 1 and not _is_over(series))
    return Past(days[first:last], counts[first:last], ahead, calendar)


def by_day(series: Series) -> tuple[Days, Numbers]:
    """Return days and what each slot of them held; a slot the wall clock shows twice holds the mean of both."""
    day, slot = places_of(series)
    number, width = int(day[-1] - day[0]) + 1, series.interval.per_day
    place = (day - day[0]) * width + slot
    known = np.isfinite(series.counts)
    sums = np.bincount(place[known], weights=series.counts[known], minlength=number * width)
    times = np.bincount(place[known], minlength=number * width)
    counts = np.where(times > 0, sums / np.maximum(times, 1), np.nan)
    return day[0] + np.arange(number), counts.reshape(number, width)


def places_of(series: Series) -> tuple[Days, NDArray[np.int64]]:
    """Return the day and the slot of the day of every interval, by the clock on the wall."""
    walls = series.walls.astype("datetime64[s]").astype(np.int64)
    return walls // DAY, walls % DAY // series.interval.length


def _is_over(series: Series) -> bool:
    day, _ = places_of(series)
    following, _ = places_of(series.coming(1))
    return bool(following[0] > day[-1])


def week_profile(days: Days, counts: Numbers) -> Numbers:
    """
    Return the mean of each slot of the week relative to the level around it, noise taken out.

    What differs less than chance would between slots is smoothed away: each wave of the week keeps the part of its power that
    exceeds the noise's (a Wiener filter).
    """
    width = counts.shape[1]
    offset = int(days[0] % 7)
    weeks = -(-(len(days) + offset) // 7)
    padded = np.full((weeks * 7, width), np.nan)
    padded[offset : offset + len(days)] = counts
    relative = padded.reshape(weeks, 7 * width) / _level(padded).reshape(weeks, 7 * width)
    known = np.isfinite(relative)
    weights = 0.5 ** (np.arange(weeks)[::-1, None] / LONG_MEMORY) * known
    whole = weights.sum(axis=0)
    mean = (weights * np.where(known, relative, 0.0)).sum(axis=0) / np.maximum(whole, 1e-12)
    counted = whole > 0
    if not counted.any():
        return np.ones((7, width))
    filled = np.where(counted, mean, _like_other_days(mean, counted, width))
    spread = _variance(relative[-WEEKS_FOR_NOISE:]) * (weights**2).sum(axis=0) / np.maximum(whole, 1e-12) ** 2
    usual = np.nanmean(spread) if np.isfinite(spread).any() else 1.0 / max(1, weeks)
    smooth = _without_noise(filled, np.where(np.isfinite(spread), spread, usual))
    least = 0.0 if np.nansum(counts) / (7 * width) > SURELY_CLOSED else smooth
    return np.where(filled > 0, np.maximum(smooth, LEAST_SHARE * filled), np.maximum(least, 0.0)).reshape(7, width)


def _level(padded: Numbers) -> Numbers:
    """Return the mean of the four weeks around each slot's week."""
    weeks = padded.reshape(len(padded) // 7, -1)
    known = np.isfinite(weeks)
    sums, numbers = np.where(known, weeks, 0.0).sum(axis=1), known.sum(axis=1)
    around = np.ones(5)
    part = np.convolve(numbers, around, mode="same") if len(weeks) > 5 else np.full(len(weeks), numbers.sum())
    means = np.convolve(sums, around, mode="same") if len(weeks) > 5 else np.full(len(weeks), sums.sum())
    level = means / np.maximum(part, 1)
    return np.repeat(np.where(level > 0, level, np.nan), weeks.shape[1])


def _like_other_days(mean: Numbers, counted: NDArray[np.bool_], width: int) -> Numbers:
    """Return for slots of the week never counted what the same slot holds on other days; nought if no day has it."""
    week, known = mean.reshape(7, width), counted.reshape(7, width)
    usual = np.where(known, week, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.tile(usual, 7)


def _variance(relative: Numbers) -> Numbers:
    known = np.isfinite(relative)
    number = known.sum(axis=0)
    mean = np.where(known, relative, 0.0).sum(axis=0) / np.maximum(number, 1)
    squares = (np.where(known, relative - mean, 0.0) ** 2).sum(axis=0)
    return np.where(number > 1, squares / np.maximum(number - 1, 1), np.nan)


def _without_noise(mean: Numbers, spread: Numbers) -> Numbers:
    waves = np.fft.rfft(mean)
    power, noise = np.abs(waves) ** 2, spread.mean() * len(mean)
    kept = np.maximum(0.0, 1 - noise / np.maximum(power, 1e-12))
    kept[0] = 1.0
    return np.fft.irfft(waves * kept, len(mean))

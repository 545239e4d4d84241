"""What do calendar and recent levels tell of a count? Boosted trees (LightGBM, Poisson), learnt once, asked later."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.forecast.past import Past
from standfast.science.planning.series.history import Numbers

WEEK, YEAR = 7, 365.2425
SAME_SLOT_WEEKS = 8
LEVELS = (7, 28, 56, 182)
DAY_ROUNDS, SLOT_ROUNDS = 80, 200
MOST_ROWS = 45_000
HOURS = 24
PLAIN = {
    "objective": "poisson",
    "num_threads": 1,
    "verbose": -1,
    "seed": 1,
    "deterministic": True,
    "learning_rate": 0.05,
}
FOR_DAYS = PLAIN | {"num_leaves": 16, "min_data_in_leaf": 60, "lambda_l2": 5.0}
LEADS_A_DAY = 3
"""From how many distances each day is seen when it is learnt from."""
FOR_SLOTS = PLAIN | {"num_leaves": 31, "min_data_in_leaf": 50}


@dataclass(frozen=True)
class Boosted:
    """Trees that have learnt from one past, asked about another with the features of that one's own end."""

    trees: Any
    within_day: bool

    def expect(self, past: Past) -> Numbers:
        """Return the mean of every slot of the days ahead."""
        return _expect_slots(self.trees, past) if self.within_day else _expect_days(self.trees, past)


def fit_days(past: Past) -> Boosted:
    """Learn how a day's total departs from the mean of its weekday, at every distance up to the horizon."""
    import lightgbm

    totals = past.calm_totals
    target = np.tile(np.arange(len(totals)), LEADS_A_DAY)
    lead = np.random.default_rng(1).integers(1, past.ahead + 1, len(target))
    seen = (target - lead >= SAME_SLOT_WEEKS * WEEK) & np.isfinite(totals[target])
    rows, lead = target[seen], lead[seen]
    features, usual = _day_features(past, rows, lead)
    data = lightgbm.Dataset(features, totals[rows], init_score=np.log(usual), params={"verbose": -1})
    return Boosted(lightgbm.train(FOR_DAYS, data, DAY_ROUNDS), within_day=False)


def fit_slots(past: Past) -> Boosted:
    """Learn every hour of the week's count from the mean of the same hour in earlier weeks, the level and the calendar."""
    import lightgbm

    hours = _hours(past.calm)
    days = np.arange(len(hours))[-MOST_ROWS // hours.shape[1] :]
    features = _slot_features(past, hours, days)
    known = np.isfinite(hours[days]).ravel() & np.isfinite(features[:, 0])
    data = lightgbm.Dataset(features[known], hours[days].ravel()[known], params={"verbose": -1})
    return Boosted(lightgbm.train(FOR_SLOTS, data, SLOT_ROUNDS), within_day=True)


def _expect_days(trees: Any, past: Past) -> Numbers:
    lead = np.arange(1, past.ahead + 1)
    features, usual = _day_features(past, len(past.days) - 1 + lead, lead)
    totals = np.exp(trees.predict(features, raw_score=True)) * usual
    return past.by_slot(totals * past.occasions[len(past.days) :])


def _expect_slots(trees: Any, past: Past) -> Numbers:
    hours = _hours(past.calm)
    ahead = len(past.days) + np.arange(past.ahead)
    found = trees.predict(_slot_features(past, hours, ahead)).reshape(past.ahead, hours.shape[1])
    found = found * past.occasions[len(past.days) :, None]
    weights = past.day_weights[len(past.days) :]
    if hours.shape[1] == past.slots:
        return found
    within = weights.reshape(past.ahead, hours.shape[1], -1)
    return (found[:, :, None] * within / np.maximum(within.sum(axis=2, keepdims=True), 1e-12)).reshape(weights.shape)


def _hours(counts: Numbers) -> Numbers:
    days, slots = counts.shape
    return counts if slots <= HOURS else counts.reshape(days, HOURS, -1).sum(axis=2)


def _day_features(past: Past, target: NDArray[Any], lead: NDArray[Any]) -> tuple[Numbers, Numbers]:
    """Return features of totals seen from so many days before, and the mean of the weekday that is departed from."""
    totals = past.calm_totals
    known = np.isfinite(totals)
    sums = np.r_[0.0, np.cumsum(np.where(known, totals, 0.0))]
    numbers = np.r_[0.0, np.cumsum(known)]
    end = target - lead + 1

    def level(days: int) -> Numbers:
        begin = np.maximum(end - days, 0)
        return (sums[end] - sums[begin]) / np.maximum(numbers[end] - numbers[begin], 1)

    levels = [level(days) for days in LEVELS]
    usual = np.maximum(_same_weekday(totals, target, lead, otherwise=levels[2]), 0.1)
    day = past.all_days[target]
    relative = [np.log((each + 0.5) / (levels[2] + 0.5)) for each in (levels[0], levels[1], levels[3], usual)]
    return np.column_stack([day % WEEK, day % YEAR, lead, *relative]), usual


def _same_weekday(totals: Numbers, target: NDArray[Any], lead: NDArray[Any], *, otherwise: Numbers) -> Numbers:
    places = target[:, None] - WEEK * (-(-lead[:, None] // WEEK) + np.arange(SAME_SLOT_WEEKS))
    values = np.where(places >= 0, totals[np.maximum(places, 0)], np.nan)
    known = np.isfinite(values)
    number = known.sum(axis=1)
    return np.where(number > 0, np.where(known, values, 0.0).sum(axis=1) / np.maximum(number, 1), otherwise)


def _slot_features(past: Past, hours: Numbers, targets: NDArray[Any]) -> Numbers:
    """Return features of every slot of the target days that are known a whole horizon before."""
    back = -(-past.ahead // WEEK)
    width = hours.shape[1]
    padded = np.vstack([hours, np.full((max(0, int(targets[-1]) + 1 - len(hours)), width), np.nan)])
    places = targets[:, None] - WEEK * (back + np.arange(SAME_SLOT_WEEKS))
    values = np.where((places >= 0)[:, :, None], padded[np.maximum(places, 0)], np.nan)
    known = np.isfinite(values)
    number = known.sum(axis=1)
    same = np.where(number > 0, np.where(known, values, 0.0).sum(axis=1) / np.maximum(number, 1), np.nan)
    level = _level_before(padded, targets - WEEK * back)
    day = past.all_days[targets]
    calendar = [np.repeat(each, width) for each in (level, day % WEEK, day % YEAR)]
    slot = np.tile(np.arange(width), len(targets))
    return np.column_stack([same.ravel(), *calendar, slot, calendar[1] * width + slot])


def _level_before(padded: Numbers, end: NDArray[Any]) -> Numbers:
    known = np.isfinite(padded)
    sums = np.r_[0.0, np.cumsum(np.where(known, padded, 0.0).sum(axis=1))]
    numbers = np.r_[0.0, np.cumsum(known.sum(axis=1))]
    end = np.clip(end + 1, 0, len(padded))
    begin = np.maximum(end - SAME_SLOT_WEEKS * WEEK, 0)
    number = numbers[end] - numbers[begin]
    return np.where(number > 0, (sums[end] - sums[begin]) / np.maximum(number, 1), np.nan)

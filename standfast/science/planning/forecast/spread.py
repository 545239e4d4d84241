"""How far from the mean may a count fall? Negative-binomial quantiles, put right by what the back-test saw; they never cross."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from standfast.science.planning.series.history import Numbers

KNOTS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
SCATTERS = np.array([1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 6.0, 9.0, 14.0, 25.0])
SWINGS = np.array([0.0, 0.0005, 0.001, 0.002, 0.004, 0.007, 0.012, 0.02, 0.035, 0.06, 0.1, 0.2, 0.4, 0.8])
MOST_FOR_A_FIT = 3000
FAR = 16.0
PRIOR_COUNTS = 120.0
"""How many counts of the back-test a series needs before its own shape is believed half."""
LEAST_MEAN = 1e-6
LARGE = 400.0
MEDIAN = 0.5
GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Spread:
    """
    How counts scatter about their mean: variance = scatter × mean + swing × mean².

    `bent` says for the normal scores of KNOTS where the back-test's counts really lay; without it nothing is put right.
    """

    scatter: float = 1.3
    swing: float = 0.01
    bent: tuple[float, ...] = ()

    def variance(self, mean: Numbers) -> Numbers:
        """Return the variance of a count of this mean; never less than that of pure chance."""
        return np.maximum(self.scatter * mean + self.swing * mean**2, mean * 1.001)

    def quantiles(self, mean: Numbers, levels: Iterable[float]) -> dict[float, Numbers]:
        """Return the quantiles at each level; the median of a count is a whole number, as far as its neighbours let it."""
        found = {level: self._quantile(mean, level) for level in levels}
        if MEDIAN in found:
            lower = [bound for level, bound in found.items() if level < MEDIAN] or [np.zeros_like(mean)]
            upper = [bound for level, bound in found.items() if level > MEDIAN] or [np.full_like(mean, np.inf)]
            found[MEDIAN] = np.clip(np.round(found[MEDIAN]), np.max(lower, axis=0), np.min(upper, axis=0))
        return found

    def place_of(self, counts: Numbers, mean: Numbers) -> Numbers:
        """Return the normal score at which each count lies under this spread, before it is put right."""
        size, chance = self._shape(mean)
        y = np.maximum(counts, 0.0)
        above = special.betainc(size, y + 1, chance)
        below = np.where(y > 0, special.betainc(size, np.maximum(y, 1e-9), chance), 0.0)
        # A count fills a stretch of the scale; golden steps spread such counts evenly over it, the same way each time.
        inside = below + (above - below) * (np.arange(1, y.size + 1) * GOLDEN % 1.0)
        return special.ndtri(np.clip(inside, 1e-4, 1 - 1e-4))

    def _quantile(self, mean: Numbers, level: float) -> Numbers:
        share = float(special.ndtr(bend(self.bent, float(special.ndtri(level)))))
        mu = np.maximum(mean, LEAST_MEAN)
        size, chance = self._shape(mu)
        # Half a count on: between whole counts the bounds then cover on average what they promise.
        nothing = chance ** np.minimum(size, 1e7)
        small = special.nbdtrik(np.full_like(mu, share), np.minimum(size, 1e7), chance) + 0.5
        small = np.where(share < nothing, share / np.maximum(nothing, 1e-300) - 0.5, small)
        variance = self.variance(mu)
        large = special.gammaincinv(mu**2 / variance, share) * variance / mu
        return np.maximum(np.where((mu > LARGE) | ~np.isfinite(small), large, small), 0.0)

    def _shape(self, mean: Numbers) -> tuple[Numbers, Numbers]:
        mu = np.maximum(mean, LEAST_MEAN)
        variance = self.variance(mu)
        return mu**2 / np.maximum(variance - mu, mu * 1e-3), np.minimum(mu / variance, 1 - 1e-3)


def bend(bent: Sequence[float], score: float) -> float:
    """Return where a normal score really lies: linear between the knots and, at their slope, beyond them."""
    if not bent:
        return score
    knots = special.ndtri(np.array(KNOTS))
    if score < knots[0]:
        return bent[0] + (score - knots[0]) * max(0.2, (bent[1] - bent[0]) / (knots[1] - knots[0]))
    if score > knots[-1]:
        return bent[-1] + (score - knots[-1]) * max(0.2, (bent[-1] - bent[-2]) / (knots[-1] - knots[-2]))
    return float(np.interp(score, knots, bent))


def fit_spread(actual: Numbers, mean: Numbers) -> Spread:
    """Return the scatter and swing under which what came is likeliest (a normal likelihood with far counts drawn in)."""
    known = np.isfinite(actual)
    y, mu = actual[known], np.maximum(mean[known], 0.05)
    if not y.size:
        return Spread()
    if y.size > MOST_FOR_A_FIT:
        chosen = np.linspace(0, y.size - 1, MOST_FOR_A_FIT).astype(int)
        y, mu = y[chosen], mu[chosen]
    variance = SCATTERS[:, None, None] * mu + SWINGS[None, :, None] * mu**2
    unlikely = (np.log(variance) + np.minimum((y - mu) ** 2 / variance, FAR)).mean(axis=2)
    row, column = np.unravel_index(int(np.argmin(unlikely)), unlikely.shape)
    return Spread(float(SCATTERS[row]), float(SWINGS[column]))


def scores_at_knots(scores: Numbers) -> Numbers:
    """
    Return the normal scores that the knots' shares of the counts did not exceed, seen from their middle.

    That the middle lay elsewhere is the luck of the few months asked about: there the level erred one way.
    """
    return np.quantile(scores, KNOTS) - np.quantile(scores, MEDIAN)


def put_right(spread: Spread, scores: Numbers, *, usual: Sequence[float] = ()) -> Spread:
    """Return the spread bent to what the back-test saw of this series, as far as it saw enough; else to what is usual."""
    plain = np.array(usual) if usual else special.ndtri(np.array(KNOTS))
    if not scores.size:
        return Spread(spread.scatter, spread.swing, tuple(float(each) for each in plain))
    trust = scores.size / (scores.size + PRIOR_COUNTS)
    bent = np.maximum.accumulate(trust * scores_at_knots(scores) + (1 - trust) * plain)
    return Spread(spread.scatter, spread.swing, tuple(float(each) for each in bent))

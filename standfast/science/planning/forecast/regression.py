"""How do weekday, season, trend and occasions make a day's count? A Poisson regression whose small effects are held back."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from standfast.science.planning.forecast.calendar import Days, Effects
from standfast.science.planning.series.history import Numbers

YEAR = 365.2425
HALF_YEAR = 182.6
DAYS_FOR_A_SEASON = 400
MEMORY = 550.0
"""Days after which a day counts half in weekday, season and trend."""
LEVEL_MEMORY = 14.0
"""Days after which a day counts half in the recent level."""
LEVEL_PRIOR = 300.0
"""How many counts the recent level needs to be believed half: of 300, chance alone moves one in three by 6 % or more."""
LEVEL_LASTS = 0.99
"""How much of a departure from the season is left after each day."""
OUTLIER = 4.0
HELD_BACK = {"level": 0.0, "week": 10.0, "season": 20.0, "trend": 300.0, "holiday": 30.0, "event": 10.0, "break": 0.1}
"""How many counts a day, more than chance, half an effect needs to be believed."""
STEPS, AGAIN = 4, 2
KEPT = 32


@dataclass(frozen=True, eq=False)
class Regression:
    """What a regression found: the log of each part for every day, past and ahead, and the recent departure from it."""

    parts: dict[str, Numbers]
    effects: dict[str, float]
    past: int
    departure: float

    @property
    def fitted(self) -> Numbers:
        """The expected count of every day, past and ahead, before the recent departure."""
        return np.exp(np.clip(sum(self.parts.values()), -20, 25))

    @property
    def forecast(self) -> Numbers:
        """The expected count of the days ahead: the recent departure fades."""
        lead = np.arange(1, len(self.fitted) - self.past + 1)
        return self.fitted[self.past :] * (1 + (self.departure - 1) * LEVEL_LASTS**lead)

    def factor(self, part: str) -> Numbers:
        """Return by what factor a part moves each day, past and ahead."""
        return np.exp(np.clip(self.parts[part], -3, 3))


@dataclass(frozen=True, eq=False)
class _Known:
    """What does not change while the coefficients are sought: columns, how much each day counts, what is held back."""

    design: Numbers
    weights: Numbers
    held: Numbers


def fit_regression(
    totals: Numbers, days: Days, *, waves: int, effects: Effects, breaks: Sequence[int] = ()
) -> Regression:
    """Fit a regression to the totals of the first days; the days after them are those ahead."""
    past = len(totals)
    inside = tuple(each for each in breaks if days[0] < each <= days[past - 1])
    design, kinds = _design(int(days[0]), len(days), waves=_waves(past, waves), effects=(effects, past), breaks=inside)
    age = np.arange(past)[::-1]
    counted = np.isfinite(totals)
    weights = 0.5 ** (age / MEMORY) * counted
    held = np.array([HELD_BACK[kind] for kind in kinds])
    held[np.array(kinds) == "season"] *= _squares(_waves(past, waves))
    y = np.where(counted, totals, 0.0)
    start = np.log(max(np.average(y, weights=weights), 1e-3)) if counted.any() else np.log(1e-3)
    known = _Known(design[:past], weights, held)
    beta = _solve(known, y, start=np.r_[start, np.zeros(len(kinds) - 1)], steps=STEPS)
    tame = _without_outliers(y, np.exp(np.clip(design[:past] @ beta, -20, 25)), counted)
    if not np.array_equal(tame, y):
        y, beta = tame, _solve(known, tame, start=beta, steps=AGAIN)
    parts = {kind: np.zeros(len(days)) for kind in HELD_BACK}
    for place, kind in enumerate(kinds):
        parts[kind] = parts[kind] + design[:, place] * beta[place]
    found = Regression(parts, dict(zip(effects.names, _tail(beta, kinds), strict=True)), past, 1.0)
    return Regression(parts, found.effects, past, _departure(y, found.fitted[:past], age, counted))


@lru_cache(KEPT)
def _design(
    first: int, number: int, *, waves: int, effects: tuple[Effects, int], breaks: tuple[int, ...]
) -> tuple[Numbers, tuple[str, ...]]:
    # The same for all series of the same days: built once, and read only.
    (occasions, past), days = effects, first + np.arange(number)
    columns, kinds = [np.ones((number, 1)), (days[:, None] % 7 == np.arange(7)).astype(float)], ["level", *["week"] * 7]
    if waves:
        angle = 2 * np.pi * (days[:, None] % YEAR) / YEAR * np.arange(1, waves + 1)
        columns += [np.sin(angle), np.cos(angle)]
        kinds += ["season"] * (2 * waves)
    knots = np.arange(int(past / HALF_YEAR))
    if len(knots):
        since = np.minimum(np.arange(number), past - 1) / HALF_YEAR
        # Counted back from today, so that the level is today's level.
        bent = np.maximum(since[:, None] - knots, 0)
        columns.append(bent - bent[past - 1])
        kinds += ["trend"] * len(knots)
    columns += [(days < each).astype(float)[:, None] for each in breaks]
    kinds += ["break"] * len(breaks)
    columns.append(occasions.matrix)
    kinds += ["event" if each else "holiday" for each in occasions.local]
    design = np.concatenate(columns, axis=1)
    design.flags.writeable = False
    return design, tuple(kinds)


def _waves(past: int, waves: int) -> int:
    return waves if past >= DAYS_FOR_A_SEASON else 0


def _squares(waves: int) -> Numbers:
    return np.tile(np.arange(1, waves + 1) ** 2.0, 2)


def _solve(known: _Known, y: Numbers, *, start: Numbers, steps: int) -> Numbers:
    """Return the coefficients by reweighted least squares; effects are held back more where counts scatter more."""
    design, weights, beta = known.design, known.weights, start
    for _ in range(steps):
        line = np.clip(design @ beta, -20, 25)
        mu = np.exp(line)
        scatter = max(1.0, float(weights @ ((y - mu) ** 2 / mu)) / max(float(weights.sum()), 1e-9))
        work = weights * mu
        gram = (design * work[:, None]).T @ design
        gram[np.diag_indices_from(gram)] += known.held * scatter + 1e-9
        step = np.linalg.solve(gram, design.T @ (work * (line + (y - mu) / mu))) - beta
        beta = beta + np.clip(step, -2, 2)
    return beta


def _without_outliers(y: Numbers, mu: Numbers, counted: Numbers) -> Numbers:
    root = np.sqrt(mu)
    if not counted.any():
        return y
    scale = OUTLIER * max(1.0, 1.4826 * float(np.median(np.abs((y - mu) / root)[counted.astype(bool)])))
    return np.maximum(np.clip(y, mu - scale * root, mu + scale * root), 0.0)


def _departure(y: Numbers, mu: Numbers, age: Days, counted: Numbers) -> float:
    weights = 0.5 ** (age / LEVEL_MEMORY) * counted
    return float((weights @ y + LEVEL_PRIOR) / (weights @ mu + LEVEL_PRIOR))


def _tail(beta: Numbers, kinds: Sequence[str]) -> list[float]:
    return [float(each) for each, kind in zip(beta, kinds, strict=True) if kind in {"holiday", "event"}]

"""Which models does a series get, how are they blended, and why?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from standfast.science.planning.forecast.backtest import (
    Askable,
    Known,
    Trial,
    counted_in,
    errors_of,
    origins_of,
    try_models,
)
from standfast.science.planning.forecast.spread import Spread, fit_spread, put_right
from standfast.science.planning.series.history import Numbers

USUAL_SWING = 0.02**2
"""How far, as a squared share, the level of a month is usually off, before a series has shown its own."""
NEAR_THE_BEST = 1.25
"""How much worse than the best a model may have been and still be heard; averaging pays more than choosing."""
LEAST_SHARE = 0.02
"""A model that would be heard less than this is not asked: it moves nothing and costs its time."""
FARTHEST = 2.0
"""By what factor from the middle of all models one may be heard; one that runs away moves little."""


@dataclass(frozen=True)
class Choice:
    """The models of one series, how its counts scatter, their sums over a day and over weeks too, and what the back-test said."""

    models: tuple[str, ...]
    shares: tuple[float, ...] = ()
    spread: Spread = field(default_factory=Spread)
    days: Spread = field(default_factory=Spread)
    stretch: Spread = field(default_factory=Spread)
    errors: Mapping[str, float] = field(default_factory=dict)
    origins: int = 0
    ahead: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the choice as it is stored beside a forecast."""
        return {**asdict(self), "errors": {name: round(each, 4) for name, each in self.errors.items()}}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "Choice":
        """
        Return a stored choice.

        :raises KeyError, TypeError: if it is none
        """
        spread, days, stretch = (
            Spread(stored[each]["scatter"], stored[each]["swing"], tuple(stored[each]["bent"]))
            for each in ("spread", "days", "stretch")
        )
        models, errors = tuple(stored["models"]), dict(stored["errors"])
        # A choice stored by an earlier version hears each of its models as much as the next.
        shares = tuple(float(each) for each in stored.get("shares", [1.0] * len(models)))
        return cls(models, shares, spread, days, stretch, errors, stored["origins"], stored["ahead"])

    def reason(self, told: Mapping[str, str]) -> str:
        """Return why these models, in one sentence."""
        if not self.errors:
            return f"Too little history to compare models; used: {', '.join(told[name] for name in self.models)}."
        shares = sorted(zip(self.shares, self.models, strict=True), reverse=True)
        heard = ", ".join(f"{told[name]} ({share:.0%})" for share, name in shares)
        best = min(self.errors, key=lambda name: self.errors[name])
        worse = [name for name in self.errors if name not in self.models]
        left = f"; left out as clearly worse: {', '.join(told[name] for name in worse)}" if worse else ""
        return (
            f"At {self.origins} earlier origins the nearest was {told[best]}, {self.errors[best]:.3g} off on average; "
            f"they are averaged, the nearer the heavier: {heard}{left}."
        )


@dataclass(frozen=True, eq=False)
class Tried:
    """A choice with the normal scores of what came in the back-test, from which its spread is put right."""

    choice: Choice
    scores: Numbers


def choose(past: Known, models: Sequence[Askable], *, fallback: str) -> Tried:
    """Return the models of a series by back-test; with too little history the fallback."""
    origins, ahead = origins_of(past)
    trials = try_models(past, models, origins=origins, ahead=ahead)
    errors = {name: error for name, error in errors_of(trials).items() if np.isfinite(error)}
    if not errors:
        return Tried(Choice((fallback,), (1.0,)), np.empty(0))
    shares = _shares(errors, {each.name: each.trust for each in models}, counted=counted_in(trials))
    rows = np.concatenate([trial.actual for trial in trials])
    expected = np.concatenate([_blend_of(trial, shares) for trial in trials])
    spread = fit_spread(rows.ravel(), expected.ravel())
    days = put_right(*_scored(rows.sum(axis=1), expected.sum(axis=1)))
    stretch = _over_weeks(days, [(trial.actual, _blend_of(trial, shares)) for trial in trials])
    known = np.isfinite(rows)
    scores = spread.place_of(rows[known], expected[known])
    choice = Choice(tuple(shares), tuple(shares.values()), spread, days, stretch, errors, len(trials), ahead)
    return Tried(choice, scores)


def _scored(actual: Numbers, expected: Numbers) -> tuple[Spread, Numbers]:
    spread, known = fit_spread(actual, expected), np.isfinite(actual)
    return spread, spread.place_of(actual[known], expected[known])


def _over_weeks(days: Spread, trials: Sequence[tuple[Numbers, Numbers]]) -> Spread:
    # Days err together: what is left of the error of a whole stretch after the days' own scatter is a swing of the level.
    swings = [USUAL_SWING, USUAL_SWING]
    for actual, expected in trials:
        known = np.isfinite(actual)
        came, mean = float(actual[known].sum()), float(expected[known].sum())
        if mean > 0:
            swings.append(max(0.0, ((came - mean) ** 2 - days.scatter * mean) / mean**2))
    return Spread(days.scatter, float(np.mean(swings)))


def _shares(errors: Mapping[str, float], trust: Mapping[str, float], *, counted: int) -> dict[str, float]:
    """
    Return how much of the blend each model is: what it is trusted beforehand times how near it came.

    Errors are compared by a power that is the root of how many counts they are means of, for so does the luck in them shrink.
    """
    best = max(min(errors.values()), 1e-12)
    near = {name: error for name, error in errors.items() if error <= NEAR_THE_BEST * best}
    parts = {name: trust[name] * (best / max(error, best)) ** np.sqrt(counted) for name, error in near.items()}
    kept = {name: part for name, part in parts.items() if part >= LEAST_SHARE * sum(parts.values())}
    return {name: round(float(part / sum(kept.values())), 4) for name, part in kept.items()}


def blend(expected: Sequence[Numbers], shares: Sequence[float]) -> Numbers:
    """Return the average of what the models expect, by their shares; none is heard beyond twice or half the middle of them."""
    every = np.stack(expected)
    middle = np.median(every, axis=0)
    return np.average(np.clip(every, middle / FARTHEST, middle * FARTHEST), axis=0, weights=shares)


def _blend_of(trial: Trial, shares: Mapping[str, float]) -> Numbers:
    asked = [name for name in shares if name in trial.expected]
    if not asked:
        return blend(list(trial.expected.values()), [1.0] * len(trial.expected))
    return blend([trial.expected[name] for name in asked], [shares[name] for name in asked])

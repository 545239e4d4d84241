"""How well would each model have forecast this very series? Each is asked at earlier origins about what came next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from standfast.science.planning.forecast.calendar import Days
from standfast.science.planning.series.history import Numbers

MOST_ORIGINS = 6
LEAST_PAST = 14
RARE = 2.0
"""Below this mean the absolute error praises whoever expects nothing; there the squared error judges."""


class Known(Protocol):
    """What is known at an origin: rows of counts, of which more were to come."""

    days: Days
    counts: Numbers
    ahead: int

    def upto(self, number: int, *, ahead: int) -> Self:
        """Return what was known after so many rows."""


class Askable(Protocol):
    """A model as the back-test sees it."""

    name: str
    days: int
    trust: float
    fit: Any


@dataclass(frozen=True, eq=False)
class Trial:
    """What came after one origin, and what each model had expected."""

    actual: Numbers
    expected: Mapping[str, Numbers]


def origins_of(past: Known, *, most: int = MOST_ORIGINS, least: int = LEAST_PAST) -> tuple[list[int], int]:
    """Return after how many rows to ask, earliest first, and how many rows ahead: the horizon, or a quarter of the past."""
    number = len(past.days)
    ahead = max(1, min(past.ahead, number // 4))
    return [number - ahead * back for back in range(most, 0, -1) if number - ahead * back >= least], ahead


def try_models(past: Known, models: Sequence[Askable], *, origins: Sequence[int], ahead: int) -> list[Trial]:
    """Return what each model expected at each origin; what learns once has learnt at the first origin that is enough."""
    learnt: dict[str, Any] = {}
    trials = []
    for origin in origins:
        then = past.upto(origin, ahead=ahead)
        expected = {}
        anything = bool((then.counts > 0).any())
        for model in models:
            if origin < model.days or not anything:
                continue
            if model.name not in learnt:
                learnt[model.name] = model.fit(then)
            expected[model.name] = learnt[model.name].expect(then)
        trials.append(Trial(past.counts[origin : origin + ahead], expected))
    return trials


def errors_of(trials: Sequence[Trial]) -> dict[str, float]:
    """Return how far off each model was over the origins at which all of the last were asked: mean absolute, or root mean square."""
    names, asked = _compared(trials)
    actual = np.concatenate([trial.actual.ravel() for trial in asked]) if asked else np.empty(0)
    power = 2 if actual.size and np.nanmean(np.r_[0.0, actual]) < RARE else 1
    errors = {}
    for name in names:
        absolute = np.concatenate([np.abs(trial.expected[name] - trial.actual).ravel() for trial in asked])
        absolute = absolute[np.isfinite(absolute)]
        errors[name] = float((absolute**power).mean() ** (1 / power)) if absolute.size else float("nan")
    return errors


def counted_in(trials: Sequence[Trial]) -> int:
    """Return how many counts the errors are means of."""
    _, asked = _compared(trials)
    return sum(int(np.isfinite(trial.actual).sum()) for trial in asked)


def _compared(trials: Sequence[Trial]) -> tuple[list[str], list[Trial]]:
    names = list(trials[-1].expected) if trials else []
    return names, [trial for trial in trials if all(name in trial.expected for name in names)]

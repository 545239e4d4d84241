"""
Which few hundred weights let the signs and concepts of a text say most?

Logistic regression with a ridge, on log(1 + count) of each feature, one output at a time; then only the heaviest
features of each output are kept and fitted again. No word or run of letters has a weight of its own: a weight belongs
to a kind of words, a concept or a count of shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from standfast.science.detector.blend import MOST_WEIGHTS, OUTPUTS, Blend, sum_of
from standfast.science.detector.evidence import Reading
from standfast.science.detector.learning.shares import Labelled
from standfast.science.detector.learning.tasks import TASKS, Task, chosen
from standfast.science.detector.signs import Counts

KEPT = {"domestic_abuse": 70, "suicide_self_harm": 50, "distress": 70, "attention": 104}
"""Weights kept for each output; with the four biases they stay under the most there may be. Attention draws on most kinds of words."""
LEAST_SPREAD = 0.2
"""Below this spread a feature is too rare to be measured by: it is not stretched further."""
FEWEST_TEXTS = 25
Floats = NDArray[np.float64]


def tune(texts: Sequence[Labelled], readings: Sequence[Reading], *, edition: str) -> Blend:
    """Return the blend tuned on labelled texts as read."""
    counts = [sum_of(reading.lines) for reading in readings]
    names = features_of(counts)
    table = table_of(counts, names)
    # A concept that was found never lowers an answer; only kinds of words and counts of shape may.
    least = [0.0 if name.startswith("concept ") else None for name in names]
    weights: dict[str, list[float]] = {name: [0.0] * len(OUTPUTS) for name in names}
    bias = [0.0] * len(OUTPUTS)
    for task in TASKS:
        place = OUTPUTS.index(task.output)
        found, bias[place] = _fit(task, texts, table, least)
        for name, weight in zip(names, found, strict=True):
            weights[name][place] = float(weight)
    kept = {name: tuple(each) for name, each in weights.items() if any(each)}
    used = sum(weight != 0 for each in kept.values() for weight in each) + len(bias)
    if used > MOST_WEIGHTS:
        raise ValueError(f"{used} weights were tuned; at most {MOST_WEIGHTS} were expected.")
    return Blend(edition, tuple(bias), kept)


def features_of(counts: Sequence[Counts]) -> list[str]:
    """Return the features that enough texts have to be measured by."""
    seen: dict[str, int] = {}
    for each in counts:
        for name in each:
            seen[name] = seen.get(name, 0) + 1
    return sorted(name for name, number in seen.items() if " " in name and number >= FEWEST_TEXTS)


def table_of(counts: Sequence[Counts], names: Sequence[str]) -> Floats:
    """Return log(1 + count) of each feature, a row a text."""
    place = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(counts), len(names)))
    for row, each in enumerate(counts):
        for name, number in each.items():
            if name in place:
                table[row, place[name]] = number
    return np.log1p(table)


@dataclass(frozen=True)
class Sample:
    """What is learnt from: which texts are cases, how much each counts, and its starting level (a number from 0)."""

    cases: Floats
    sizes: Floats
    levels: NDArray[np.int64]


def _fit(task: Task, texts: Sequence[Labelled], table: Floats, least: Sequence[float | None]) -> tuple[Floats, float]:
    rows, cases, counts, levels = chosen(task, texts)
    sample = Sample(np.array(cases, float), np.array(counts), np.array(levels))
    part = table[rows]
    spread = np.maximum(part.std(axis=0), LEAST_SPREAD)
    scaled = part / spread
    first, _ = ridge_logistic(scaled, sample, least=least, ridge=task.ridge)
    kept = np.sort(np.argsort(-np.abs(first))[: KEPT[task.output]])
    fitted, _ = ridge_logistic(scaled[:, kept], sample, least=[least[index] for index in kept], ridge=task.ridge)
    # The ridge holds the weights in: a slope takes that back, so that a chance means what it says.
    slope, bias = ridge_logistic((scaled[:, kept] @ fitted)[:, None], sample, least=[None], ridge=0.0)
    found = np.zeros(table.shape[1])
    found[kept] = slope[0] * fitted / spread[kept]
    return found, bias + task.shift


def ridge_logistic(
    scaled: Floats, sample: Sample, *, least: Sequence[float | None], ridge: float
) -> tuple[Floats, float]:
    """Return the weights and the bias of the level all other sets start from, by weighted ridge logistic regression."""
    features = scaled.shape[1]
    level = np.eye(sample.levels.max() + 1)[sample.levels]
    whole = np.hstack([scaled, level])
    held = np.concatenate([np.full(features, ridge), np.zeros(level.shape[1])])
    cases, sizes = sample.cases, sample.sizes

    def loss(point: Floats) -> tuple[float, Floats]:
        value = whole @ point
        missed = sizes * (1 / (1 + np.exp(-np.clip(value, -60, 60))) - cases)
        cost = float((sizes * (np.logaddexp(0, value) - cases * value)).sum() + 0.5 * (held * point**2).sum())
        return cost, whole.T @ missed + held * point

    bounds = [(each, None) for each in least] + [(None, None)] * level.shape[1]
    found = minimize(
        loss, np.zeros(whole.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500}
    ).x
    return found[:features], float(found[features])

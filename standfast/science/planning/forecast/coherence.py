"""How do forecasts of areas, types and channels add up to those of the force? Each total is forecast too, then all are put in step."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from standfast.science.planning.series.history import TOTAL, History, Numbers, Series

LEAST_WEIGHT = 1e-6


@dataclass(frozen=True, eq=False)
class Tree:
    """The series at the bottom, the totals over them, and which of the former make up each of the latter."""

    bottom: tuple[Series, ...]
    totals: tuple[Series, ...]
    members: Numbers

    @property
    def series(self) -> tuple[Series, ...]:
        """Everything that is forecast, the bottom first."""
        return (*self.bottom, *self.totals)


def with_totals(history: History) -> Tree:
    """Return the series of a history with the total over every combination of its columns."""
    bottom = history.series
    named = [each.keys or (each.name,) for each in bottom]
    wide = range(len(named[0]))
    several = [place for place in wide if len({keys[place] for keys in named}) > 1]
    masks = [mask for mask in product((False, True), repeat=len(several)) if any(mask)]
    groups: dict[tuple[str, ...], list[int]] = {}
    for mask in masks:
        hidden = {place for place, hide in zip(several, mask, strict=True) if hide}
        for row, keys in enumerate(named):
            name = tuple(TOTAL if place in hidden else keys[place] for place in wide)
            groups.setdefault(name, []).append(row)
    totals = tuple(_sum(name, [bottom[row] for row in rows]) for name, rows in groups.items())
    members = np.zeros((len(totals), len(bottom)))
    for place, rows in enumerate(groups.values()):
        members[place, rows] = 1.0
    return Tree(bottom, totals, members)


def in_step(tree: Tree, means: Sequence[Numbers], *, decimals: int) -> list[Numbers]:
    """
    Return means that add up, changed as little as their size allows; the totals are the sums of the rounded bottom.

    Weighted least squares with the variance of a node as its mean, as counts have it (Hyndman and others, “structural scaling”).
    """
    given = np.stack(means)
    weights = 1.0 / np.maximum(given.mean(axis=1), LEAST_WEIGHT)
    whole = np.vstack([np.eye(len(tree.bottom)), tree.members])
    gram = (whole * weights[:, None]).T @ whole
    bottom = np.linalg.solve(gram, whole.T @ (weights[:, None] * given))
    bottom = np.round(np.maximum(bottom, 0.0), decimals)
    return [*bottom, *np.round(tree.members @ bottom, decimals)]


def _sum(name: tuple[str, ...], parts: Sequence[Series]) -> Series:
    first = min(each.first for each in parts)
    end = max(each.end for each in parts)
    number = int(parts[0].interval.between(first, np.array([end]))[0])
    counts = np.zeros(number)
    for each in parts:
        # Before a series began nothing of it came; a gap in one is a gap in the total.
        begin = int(each.interval.between(first, np.array([each.first]))[0])
        counts[begin : begin + len(each)] += each.counts
    return replace(parts[0], name="/".join(name), keys=name, first=first, counts=counts)

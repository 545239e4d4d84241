"""Where did the level of a series break, and which days were far outside all that is usual? Noticed and told, never hidden."""

from dataclasses import replace

import numpy as np

from standfast.science.planning.forecast.past import Past
from standfast.science.planning.series.history import Note, Numbers

AROUND = 28
"""Days on either side of a break: whole weeks, so that the week's shape falls out."""
LEAST_STEP = 0.25
DRIFT = 0.06
"""By how much, as a share, four weeks differ from the next four without a break: seasons and holidays."""
SURE = 5.0
FAR = 7.0
MOST_OUTLIERS = 12


def with_breaks(past: Past, declared: tuple[int, ...]) -> Past:
    """Return a past that knows its breaks: those declared, and those so large that neither chance nor season makes them."""
    known = tuple(day for day in declared if past.days[0] < day <= past.days[-1])
    found = [day for day in breaks_in(past) if all(abs(day - each) > AROUND for each in known)]
    return replace(past, breaks=tuple(sorted((*known, *found))))


def breaks_in(past: Past) -> list[int]:
    """Return the first day of each lasting change of level by a quarter or more."""
    totals, number = past.totals, len(past.days)
    if number < 3 * AROUND:
        return []
    known = np.isfinite(totals)
    sums, days = np.r_[0.0, np.cumsum(np.where(known, totals, 0.0))], np.r_[0, np.cumsum(known)]
    place = np.arange(AROUND, number - AROUND + 1)
    there = [days[place] - days[place - AROUND], days[place + AROUND] - days[place]]
    before, after = (
        (np.diff(sums[ends], axis=0)[0] + 0.5) / np.maximum(seen, 1)
        for ends, seen in ((np.stack([place - AROUND, place]), there[0]), (np.stack([place, place + AROUND]), there[1]))
    )
    step = np.log(after / before)
    scatter = _scatter(totals)
    doubt = np.sqrt(scatter / AROUND * (1 / before + 1 / after) + DRIFT**2)
    sure = (np.abs(step) > np.maximum(LEAST_STEP, SURE * doubt)) & (np.minimum(*there) >= AROUND // 2)
    return [int(past.days[0] + place[top]) for top in _tops(np.abs(step) * sure)]


def outliers_in(past: Past) -> list[tuple[int, float, float]]:
    """Return the days far outside what is usual, with what came and what was usual, the farthest first."""
    totals, fitted = past.totals, past.regression.fitted[: len(past.days)]
    distance = (totals - fitted) / np.sqrt(_scatter(totals) * np.maximum(fitted, 0.5) + (DRIFT * fitted) ** 2)
    far = np.flatnonzero(np.nan_to_num(np.abs(distance)) > FAR)
    farthest = far[np.argsort(-np.abs(distance[far]))][:MOST_OUTLIERS]
    return [(int(past.days[each]), float(totals[each]), float(fitted[each])) for each in farthest]


def notes_of(name: str, past: Past) -> list[Note]:
    """Return what a planner should know of a past: its breaks and its outliers."""
    notes = []
    for day in past.breaks:
        said = str(np.datetime64(day, "D"))
        change = float(
            past.regression.factor("break")[day - past.days[0]]
            / past.regression.factor("break")[day - 1 - past.days[0]]
        )
        sentence = (
            f"The level changed by {change - 1:+.0%} on {said}; what came before counts for its pattern, not its level."
        )
        notes.append(Note(name, "break", said, said, sentence))
    for day, came, usual in outliers_in(past):
        said = str(np.datetime64(day, "D"))
        sentence = f"{came:.4g} came where about {usual:.4g} is usual; it is kept, and moves the forecast little."
        notes.append(Note(name, "outlier", said, said, sentence))
    return notes


def _scatter(totals: Numbers) -> float:
    """Return the variance of a day relative to its mean, from differences a week apart, robustly."""
    apart = totals[7:] - totals[:-7]
    mean = np.nanmean(totals) if np.isfinite(totals).any() else 0.0
    known = apart[np.isfinite(apart)]
    if not known.size or mean <= 0:
        return 1.0
    return max(1.0, (1.4826 * float(np.median(np.abs(known)))) ** 2 / 2 / float(mean))


def _tops(height: Numbers) -> list[int]:
    """Return the places of the peaks, each the highest within four weeks of it."""
    tops: list[int] = []
    left = height.copy()
    while left.size and left.max() > 0:
        top = int(np.argmax(left))
        tops.append(top)
        left[max(0, top - AROUND) : top + AROUND + 1] = 0
    return sorted(tops)

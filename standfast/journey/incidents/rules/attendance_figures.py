"""
What do the attendances of a period come to? Median, ninth decile and share in target, with small numbers left out.

An incident whose limit has passed while nobody came counts as not in target: leaving it out would flatter whoever never went.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from standfast.journey.incidents.rules.why_late import NOTHING, Cause

FEWEST_SHOWN = 5
Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """
    One incident that was attended, or whose limit has passed without that.

    `took` is the time from the first contact to the first arrival, `own` the same from the force's own start (the grading); None while
    nobody came. `parts` add up to `took`, or to the time so far. `unrecorded` are causes that were not recorded for all of its wait and
    so may have too few of its minutes: no roster or no forecast was published for that time.
    """

    reference: str
    grade: str
    area: str
    hour: int
    domestic: bool
    vulnerable: bool
    took: timedelta | None
    own: timedelta | None
    in_target: bool
    parts: Mapping[Cause, timedelta]
    unrecorded: frozenset[Cause] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Figures:
    """
    What some attendances come to; `hidden` if there are too few to show, and then every figure is None.

    `mean_parts` are the mean of each cause over those attended: means, because means add up.
    """

    count: int
    hidden: bool
    median: timedelta | None = None
    ninth_decile: timedelta | None = None
    own_median: timedelta | None = None
    in_target: float | None = None
    never_attended: int = 0
    mean_parts: Mapping[Cause, timedelta] | None = None


def figures_of(rows: Sequence[Attendance]) -> Figures:
    """Return the figures of some attendances; fewer than five are counted as none to show."""
    if len(rows) < FEWEST_SHOWN:
        return Figures(count=len(rows), hidden=True)
    came = sorted(row.took for row in rows if row.took is not None)
    own = sorted(row.own for row in rows if row.own is not None)
    return Figures(
        count=len(rows),
        hidden=False,
        median=quantile(came, 0.5),
        ninth_decile=quantile(came, 0.9),
        own_median=quantile(own, 0.5),
        in_target=sum(row.in_target for row in rows) / len(rows),
        never_attended=len(rows) - len(came),
        mean_parts={cause: _mean([row.parts.get(cause, NOTHING) for row in rows]) for cause in Cause},
    )


def figures_by(rows: Sequence[Attendance], key: Callable[[Attendance], Key]) -> dict[Key, Figures]:
    """
    Return the figures of each group of attendances, in order of the key.

    If just one group is too small to be shown, the next smallest is hidden with it: else it could be worked out from the whole.
    """
    groups: dict[Key, list[Attendance]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    found = {name: figures_of(groups[name]) for name in sorted(groups, key=str)}
    hidden = [name for name, each in found.items() if each.hidden]
    shown = [name for name, each in found.items() if not each.hidden]
    if len(hidden) == 1 and shown:
        least = min(shown, key=lambda name: found[name].count)
        found[least] = Figures(count=found[least].count, hidden=True)
    return found


def quantile(ordered: Sequence[timedelta], share: float) -> timedelta | None:
    """Return the value below which a share of ordered times lies, between two of them in proportion; None of no time."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _mean(times: Sequence[timedelta]) -> timedelta:
    return sum(times, NOTHING) / len(times)

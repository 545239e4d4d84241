"""When were fewer units on duty than the roster in force had?"""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

Stretch = tuple[datetime, datetime]
"""A half-open stretch of time: its start and its end."""


def roster_gaps(*, rostered: Iterable[tuple[Stretch, int]], on_duty: Iterable[Stretch]) -> list[Stretch]:
    """
    Return the stretches in which fewer units were on duty than were rostered, in order, those that touch as one.

    `rostered` are stretches that do not overlap, each with its number of units; `on_duty` are the turns of duty, one a unit. Where no
    roster is known there is no gap.
    """
    changes: list[tuple[datetime, int, int]] = []
    for (begins, ends), units in rostered:
        changes += [(begins, units, 0), (ends, -units, 0)]
    for begins, ends in on_duty:
        if begins < ends:
            changes += [(begins, 0, 1), (ends, 0, -1)]
    changes.sort(key=lambda change: change[0])
    wanted = there = 0
    found: list[Stretch] = []
    for (at, more_wanted, more_there), (until, _, _) in pairwise(changes):
        wanted, there = wanted + more_wanted, there + more_there
        if at < until and there < wanted:
            found.append((at, until))
    return joined(found)


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order of time with those that touch or overlap as one."""
    found: list[Stretch] = []
    for begins, ends in stretches:
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found

"""
Which of several publications counts at an instant? The newest that was published by then and says something of it.

What was published later than an instant never counts for it: what is said of last month does not change because somebody publishes
today. A publication therefore holds from when it was published, and what it says of the time before is kept and has no effect.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Generic, TypeVar

SaidT = TypeVar("SaidT")


@dataclass(frozen=True, slots=True)
class Stated(Generic[SaidT]):
    """What one publication says of a half-open stretch of time; `number` grows with each publication."""

    starts_at: datetime
    ends_at: datetime
    published_at: datetime
    number: int
    said: SaidT

    @property
    def holds_from(self) -> datetime:
        """From when it counts: its start, or its publication if that came later."""
        return max(self.starts_at, self.published_at)


@dataclass(frozen=True, slots=True)
class Piece(Generic[SaidT]):
    """A half-open stretch for which one statement counts; it may be a part of the statement's own stretch."""

    starts_at: datetime
    ends_at: datetime
    of: Stated[SaidT]


def in_force(stated: Iterable[Stated[SaidT]]) -> list[Piece[SaidT]]:
    """Return what counts when: pieces in order that do not overlap, with gaps where nobody had published anything."""
    rows = sorted((row for row in stated if row.holds_from < row.ends_at), key=lambda row: row.holds_from)
    cuts = sorted({cut for row in rows for cut in (row.holds_from, row.ends_at)})
    open_rows: list[tuple[float, int, int]] = []
    found: list[Piece[SaidT]] = []
    following = 0
    for begins, ends in pairwise(cuts):
        while following < len(rows) and rows[following].holds_from <= begins:
            row = rows[following]
            heapq.heappush(open_rows, (-row.published_at.timestamp(), -row.number, following))
            following += 1
        while open_rows and rows[open_rows[0][2]].ends_at <= begins:
            heapq.heappop(open_rows)
        if not open_rows:
            continue
        newest = rows[open_rows[0][2]]
        if found and found[-1].of is newest and found[-1].ends_at == begins:
            found[-1] = Piece(found[-1].starts_at, ends, newest)
        else:
            found.append(Piece(begins, ends, newest))
    return found

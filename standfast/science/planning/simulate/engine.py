"""What happens next? The general event engine, on which any model runs: a moment, who acts then, on what."""

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush, merge
from itertools import count, repeat
from typing import Any

Act = Callable[[Any], None]
Entry = tuple[float, int, int, Act, Any]
NEVER = float("inf")


class Engine:
    """
    Acts in order of time; at one moment in order of `rank`, then in the order they were planned.

    A model plans acts with `at`, a whole row of them known beforehand with `foresee`, and reads the time of the act now running
    from `now`.
    """

    __slots__ = ("_agenda", "_known", "_next", "_planned", "now")

    def __init__(self) -> None:
        self.now = 0.0
        self._planned = 0
        self._agenda: list[Entry] = []
        self._known: Iterator[Entry] = iter(())
        self._next: Entry | None = None

    def at(self, moment: float, rank: int, act: Act, on: Any) -> None:
        """Plan an act; the past is now."""
        self._planned = planned = self._planned + 1
        heappush(self._agenda, (moment if moment > self.now else self.now, rank, planned, act, on))  # noqa: FURB136 - quicker

    def foresee(self, moments: Sequence[float], rank: int, act: Act) -> None:
        """Plan an act at each of many moments, which are in order, on their numbers: none takes a place in the agenda."""
        row: Iterator[Entry] = zip(moments, repeat(rank), count(self._planned + 1), repeat(act), count(), strict=False)
        self._planned += len(moments)
        rest = self._known if self._next is None else merge([self._next], self._known)
        self._known = merge(rest, row) if self._next is not None else row
        self._next = next(self._known, None)

    def run(self, until: float = NEVER) -> None:
        """Act until nothing is planned any more, or the next act would be later than that."""
        agenda = self._agenda
        while True:
            coming = self._next
            if coming is not None and (not agenda or coming < agenda[0]):
                if coming[0] > until:
                    return
                self._next = next(self._known, None)
            elif agenda and agenda[0][0] <= until:
                coming = heappop(agenda)
            else:
                return
            self.now, _, _, act, on = coming
            act(on)

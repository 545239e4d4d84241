"""How long may a search go on, how much work has it done, and can the same answer be had again?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic

WORK_A_ROUND = 0.02
"""Work charged for solving the linear program once; a cheapest line is charged by its size, CP-SAT by its own count."""


class End(StrEnum):
    """What ended a search."""

    PROOF = "proof"
    WORK = "work"
    SECONDS = "seconds"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How a search stands: its best cost so far (None before the first roster) and the bound nobody can beat."""

    seconds: float
    work: float
    cost: int | None
    bound: float


@dataclass(kw_only=True)
class Budget:
    """
    The limits of one search. Work is counted, not timed: it ends a search at the same place on every machine.

    `stopping` are the searches to interrupt when somebody asks to stop.
    """

    seconds: float | None = None
    work: float | None = None
    seed: int = 1
    tell: Callable[[Progress], None] | None = None
    used: float = 0.0
    asked_to_stop: bool = False
    began: float = field(default_factory=monotonic)
    stopping: list[Callable[[], None]] = field(default_factory=list)
    ended_early: End | None = None
    whole: "Budget | None" = None
    """What this is a part of, if it is one."""

    def part(self, work: float) -> "Budget":
        """Return a budget for a search beside others: work of its own, the same time, and stopped when this one is."""
        return Budget(
            seconds=self.seconds, work=work, seed=self.seed, began=self.began, stopping=self.stopping, whole=self
        )

    def spend(self, work: float) -> None:
        """Count work."""
        self.used += work

    def seconds_left(self) -> float:
        """Return how many seconds are left; endless where only work is limited."""
        return 1e6 if self.seconds is None else self.seconds - (monotonic() - self.began)

    def work_left(self) -> float:
        """Return how much work is left; endless where only seconds are limited."""
        return 1e6 if self.work is None else self.work - self.used

    def is_over(self) -> bool:
        """Tell whether the search must end now, and remember why."""
        if self.asked_to_stop or (self.whole is not None and self.whole.asked_to_stop):
            self.ended_early = End.STOPPED
        elif self.seconds_left() <= 0:
            self.ended_early = End.SECONDS
        elif self.work_left() <= 0:
            self.ended_early = self.ended_early or End.WORK
        return self.ended_early is not None

    def report(self, *, cost: int | None, bound: float) -> None:
        """Tell whoever watches how the search stands."""
        if self.tell is not None:
            self.tell(Progress(seconds=monotonic() - self.began, work=self.used, cost=cost, bound=bound))

    def stop(self) -> None:
        """End the search as soon as may be, with the best found so far."""
        self.asked_to_stop = True
        for interrupt in list(self.stopping):
            interrupt()

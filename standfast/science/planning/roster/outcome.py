"""What did a search for a roster come to?"""

from dataclasses import dataclass

import numpy as np

from standfast.science.planning.roster.effort import End
from standfast.science.planning.roster.problem import Cells


@dataclass(frozen=True, kw_only=True, eq=False)
class Outcome:
    """The best roster found (None if none was) with its cost, the bound no roster can beat, and what ended the search."""

    cells: Cells | None
    cost: int | None
    bound: float
    end: End
    missing: int = 0
    work: float = 0.0

    @property
    def is_best(self) -> bool:
        """Tell whether the roster is proven to be the cheapest."""
        return self.cost is not None and self.bound >= self.cost

    @property
    def is_repeatable(self) -> bool:
        """Tell whether the same seed gives the same roster again: not if seconds or somebody ended the search."""
        return self.end in {End.PROOF, End.WORK}

    @property
    def gap(self) -> float | None:
        """Return how far the cost may be from the cheapest, as a share of the cost; None where no bound is known."""
        if self.cost is None or self.bound == -np.inf:
            return None
        return max(0.0, self.cost - self.bound) / max(1, abs(self.cost))


class NoLine(Exception):
    """Some officers' own rules leave them no line at all."""

    def __init__(self, officers: list[int]) -> None:
        super().__init__(officers)
        self.officers = officers

"""How large is a share, how sure is it, and do two of them differ by more than chance?"""

from dataclasses import dataclass
from math import inf, sqrt

CONFIDENT = 1.96
"""Standard deviations of an interval that holds the true share 95 times in 100."""


@dataclass(frozen=True, kw_only=True)
class CountedShare:
    """So many of so many."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The share from 0 to 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def rest(self) -> int:
        """How many of the whole are not of the part."""
        return self.whole - self.part


def interval_of(counted: CountedShare, *, deviations: float = CONFIDENT) -> tuple[float, float]:
    """Return the least and the most the true share may be by Wilson's formula, which also holds for few and for none."""
    if not counted.whole:
        return 0.0, 1.0
    size, share, square = counted.whole, counted.part / counted.whole, deviations**2
    middle = (share + square / (2 * size)) / (1 + square / size)
    reach = deviations * sqrt(share * (1 - share) / size + square / (4 * size**2)) / (1 + square / size)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def deviations_between(one: CountedShare, other: CountedShare) -> float:
    """Return how many standard deviations two shares lie apart if both were samples of one; 0 if either is of nothing."""
    if one.share is None or other.share is None or one.share == other.share:
        return 0.0
    pooled = (one.part + other.part) / (one.whole + other.whole)
    spread = sqrt(pooled * (1 - pooled) * (1 / one.whole + 1 / other.whole))
    return abs(one.share - other.share) / spread if spread else inf

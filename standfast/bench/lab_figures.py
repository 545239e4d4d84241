"""How do two ways of sending units compare on the same calls? Share in target and ninth decile, with an interval over days."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

# Two-sided 95 % of Student's t for 5, 10, 20, 27, 60 and many degrees of freedom; the next smaller number is used, which is wider.
_T = ((60, 2.001), (27, 2.052), (20, 2.086), (10, 2.228), (5, 2.571), (2, 4.303), (1, 12.706))

Waits = Sequence[tuple[int, float]]


@dataclass(frozen=True, kw_only=True)
class Way:
    """What one way of sending comes to: share in target, median and ninth decile in minutes."""

    in_target: float
    median: float
    ninth_decile: float


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Two ways on the same calls: how far the second is ahead in target, and the 95 % interval of that."""

    calls: int
    nearest: Way
    ours: Way
    ahead: float
    low: float
    high: float


def compare(nearest: Waits, ours: Waits, *, target: float) -> Compared:
    """
    Return both ways and the difference of their shares in target; waits are (day, seconds) of the same calls.

    The interval is the jackknife's over whole days: calls of one day hang together, those of different days nearly not.
    """
    gained: dict[int, int] = defaultdict(int)
    number: dict[int, int] = defaultdict(int)
    for (day, before), (_, after) in zip(nearest, ours, strict=True):
        gained[day] += (after <= target) - (before <= target)
        number[day] += 1
    whole, calls = sum(gained.values()), sum(number.values())
    ahead = whole / calls
    without = [(whole - gained[day]) / (calls - number[day]) for day in number if calls > number[day]]
    days = len(without)
    middle = sum(without) / max(1, days)
    error = sqrt(sum((each - middle) ** 2 for each in without) * (days - 1) / days) if days > 1 else float("inf")
    half = next((t for least, t in _T if days - 1 >= least), float("inf")) * error
    return Compared(
        calls=calls,
        nearest=_way(nearest, target),
        ours=_way(ours, target),
        ahead=ahead,
        low=ahead - half,
        high=ahead + half,
    )


def _way(waits: Waits, target: float) -> Way:
    ordered = sorted(took / 60 for _, took in waits)
    return Way(
        in_target=sum(took <= target / 60 for took in ordered) / len(ordered),
        median=ordered[len(ordered) // 2],
        ninth_decile=ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))],
    )

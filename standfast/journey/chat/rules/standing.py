"""What may honestly be said of the chat desk to somebody who thinks of writing? Nothing about other visitors or about staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

FEWEST_WAITS = 5
SHARE_WITHIN = 0.8


@dataclass(frozen=True, kw_only=True)
class DeskFacts:
    """
    How the desk stands: whether the hours say open, how many take chats, load points free, chats waiting.

    `recent_waits` are the waits until the first answer of the last hour, in seconds.
    """

    is_open: bool
    opens_at: datetime | None
    taking: int
    points_free: int
    waiting: int
    recent_waits: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the page says: `state` is open, busy, full or closed; minutes are a range that held for most of the last hour, or none."""

    state: str
    opens_at: datetime | None = None
    minutes_from: int | None = None
    minutes_to: int | None = None


def decide_standing(facts: DeskFacts, *, most_waiting: int) -> Standing:
    """Return what is said. With nobody there it is closed, whatever the hours say; with too many waiting it is full."""
    if not facts.is_open or not facts.taking:
        return Standing(state="closed", opens_at=facts.opens_at)
    if facts.waiting >= most_waiting:
        return Standing(state="full")
    low, high = _range(facts.recent_waits)
    return Standing(state="open" if facts.points_free > 0 else "busy", minutes_from=low, minutes_to=high)


def _range(waits: Sequence[float]) -> tuple[int | None, int | None]:
    if len(waits) < FEWEST_WAITS:
        return None, None
    ordered = sorted(waits)
    high = ordered[min(len(ordered) - 1, int(SHARE_WITHIN * len(ordered)))]
    low = ordered[len(ordered) // 5]
    return int(low // 60), int(high // 60) + 1

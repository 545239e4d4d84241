"""Has a source sent more than its rate allows? A token bucket that holds one minute's worth, at least ten."""

from dataclasses import dataclass, field

SMALLEST_BURST = 10


@dataclass
class Allowance:
    """The bucket of one source in one process. With several intake processes a source has as many times its rate at most."""

    rate_per_minute: float
    left: float = field(init=False)
    counted_at: float = 0.0

    def __post_init__(self) -> None:
        """Begin full."""
        self.left = self._most

    @property
    def _most(self) -> float:
        return max(self.rate_per_minute, SMALLEST_BURST)

    def seconds_to_wait(self, *, at: float) -> float:
        """Take one from the bucket and return 0, or return after how many seconds there will be one. `at` is in seconds, monotonic."""
        per_second = self.rate_per_minute / 60
        self.left = min(self._most, self.left + max(0.0, at - self.counted_at) * per_second)
        self.counted_at = max(at, self.counted_at)
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / per_second

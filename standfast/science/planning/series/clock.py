"""On which clock are the times of a file: a wall clock without a zone, or instants seen from a zone?"""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from standfast.science.planning.series.interval import Interval, Times
from standfast.science.planning.series.problems import BadSeries

DEFAULT_ZONE = "Europe/London"


@dataclass(frozen=True)
class Clock:
    """
    How the moments of a history are kept and shown.

    Without a zone they are wall-clock times and every day has 24 hours. With one they are kept in UTC: the days the clocks
    change have 23 or 25 hours, and each is shown with its offset.
    """

    zone: str = ""

    def wall(self, times: Times) -> Times:
        """Return what the clock on the wall shows at these moments."""
        if not self.zone:
            return times
        local = _index(times).tz_localize("UTC").tz_convert(self.zone).tz_localize(None)
        return local.to_numpy().astype("datetime64[s]")

    def from_wall(self, times: Times) -> Times:
        """Return the moments of wall-clock times: the earlier of two, and the next that exists for one that does not."""
        if not self.zone:
            return times
        ambiguous = np.ones(len(times), dtype=bool)
        placed = _index(times).tz_localize(self.zone, ambiguous=ambiguous, nonexistent="shift_forward")
        return placed.tz_convert("UTC").tz_localize(None).to_numpy().astype("datetime64[s]")

    def written(self, times: Times, interval: Interval) -> list[str]:
        """Return the moments as a result file shows them."""
        if not interval.is_within_day:
            return [str(each) for each in times.astype("datetime64[D]")]
        if not self.zone:
            return [str(each).replace("T", " ") for each in times.astype("datetime64[m]")]
        local = _index(times).tz_localize("UTC").tz_convert(self.zone)
        return [each.isoformat(timespec="minutes") for each in local]


def read_zone(name: str) -> Clock:
    """
    Return the clock of a named zone; no name, no zone.

    :raises BadSeries: if there is no such zone
    """
    if name:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadSeries(f"There is no time zone “{name[:40]}”; one such as Europe/London was expected.") from None
    return Clock(zone=name)


def _index(times: Times) -> Any:
    import pandas as pd

    return pd.DatetimeIndex(times)

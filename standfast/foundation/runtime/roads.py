"""
How long is the drive by road, where the force runs a routing engine?

OSRM or Valhalla is asked over HTTP for many starts and one end at once. A dispatcher must never wait for it: an engine that is slow, away
or answers nonsense is left alone for a while, and the distance model stands in. What was answered is remembered for a minute, so that
nothing is asked while a unit is locked.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import cos, hypot, isfinite, radians
from threading import Lock
from typing import Any

import httpx
import structlog

PATIENCE_SECONDS = 0.5
LEFT_ALONE_SECONDS = 15.0
REMEMBERED_SECONDS = 60.0
MOST_STARTS = 40
"""An engine takes so many places in one question at least, as it comes; the nearest by straight line are asked for."""
MOST_REFUSALS = 16
"""Enough to find two places of forty that an engine refuses; more are refused where it is the end that it cannot reach."""
MOST_REMEMBERED = 20_000
LONGEST_SECONDS = 12 * 3600.0
FARTHEST_OFF_ROAD_KM = 2.0
"""An engine begins and ends at the nearest road, however far that is: farther, its time is of another journey."""
KM_PER_DEGREE = 111.195
Point = tuple[float, float]
"""Latitude and longitude in degrees."""
_log = structlog.get_logger(__name__)


class WrongAnswer(ValueError):
    """The engine answered something that is no table of times."""


class RoadEngine:
    """One routing engine at an address, `osrm` or `valhalla`, and what it answered of late."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind, self.url = kind, url.rstrip("/")
        self._client = httpx.Client(timeout=PATIENCE_SECONDS)
        self._answers: dict[tuple[Point, Point], tuple[float, float | None]] = {}
        self._left_alone_until = 0.0
        self._lock = Lock()

    def seconds(self, starts: Sequence[Point], end: Point, *, ask: bool) -> list[float | None]:
        """
        Return the seconds from each start to the end, None where none is known.

        Without `ask` only what was answered within the last minute is told. Nothing is raised: no answer is no answer.
        """
        known = self._remembered(starts, end)
        missing = [start for start in dict.fromkeys(starts) if start not in known][:MOST_STARTS]
        if ask and missing and time.monotonic() >= self._left_alone_until:
            known |= self._asked(missing, end)
        return [known.get(start) for start in starts]

    def _remembered(self, starts: Sequence[Point], end: Point) -> dict[Point, float | None]:
        oldest = time.monotonic() - REMEMBERED_SECONDS
        with self._lock:
            found = {start: self._answers.get((start, end)) for start in starts}
        return {start: answer[1] for start, answer in found.items() if answer is not None and answer[0] >= oldest}

    def _asked(self, starts: Sequence[Point], end: Point) -> Mapping[Point, float | None]:
        try:
            found = self._answered(starts, end)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, IndexError) as fault:
            self._left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
            _log.warning("routing engine gives no times", engine=self.kind, fault=type(fault).__name__)
            return {}
        now = time.monotonic()
        with self._lock:
            if len(self._answers) > MOST_REMEMBERED:
                self._answers.clear()
            self._answers |= {(start, end): (now, seconds) for start, seconds in found.items()}
        return found

    def _answered(self, starts: Sequence[Point], end: Point) -> dict[Point, float | None]:
        """
        Return what the engine says of each start.

        It refuses a whole question for one place that it cannot reach: then both halves are asked, until that place alone goes without.
        Those still to be asked when patience ends go without, too.
        """
        found: dict[Point, float | None] = dict.fromkeys(starts)
        questions, refused = [starts], 0
        until = time.monotonic() + PATIENCE_SECONDS
        while questions and refused < MOST_REFUSALS and time.monotonic() < until:
            some = questions.pop(0)
            try:
                found |= zip(some, _ASK[self.kind](self._client, self.url, some, end), strict=True)
            except httpx.HTTPStatusError as refusal:
                if refusal.response.status_code != httpx.codes.BAD_REQUEST:
                    raise
                refused += 1
                half = len(some) // 2
                questions += [some[:half], some[half:]] if half else []
        if refused:
            _log.warning("routing engine refuses places", engine=self.kind, refusals=refused)
        return found


def _ask_osrm(client: httpx.Client, url: str, starts: Sequence[Point], end: Point) -> list[float | None]:
    """Ask OSRM's table service: durations in seconds, null where there is no way, and metres to the road where each place was put."""
    places = ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in (end, *starts))
    sources = ";".join(str(number) for number in range(1, len(starts) + 1))
    asked = {"sources": sources, "destinations": "0", "annotations": "duration", "generate_hints": "false"}
    answer = client.get(f"{url}/table/v1/driving/{places}", params=asked).raise_for_status().json()
    (put_end,) = answer["destinations"]
    off_road = [max(put["distance"], put_end["distance"]) / 1000 for put in answer["sources"]]
    return _times([row[0] for row in answer["durations"]], off_road, len(starts))


def _ask_valhalla(client: httpx.Client, url: str, starts: Sequence[Point], end: Point) -> list[float | None]:
    """Ask Valhalla's matrix service: times in seconds, null where there is no way, and from and to where on a road."""
    asked = {
        "sources": [{"lat": lat, "lon": lon} for lat, lon in starts],
        "targets": [{"lat": end[0], "lon": end[1]}],
        "costing": "auto",
    }
    answer = client.post(f"{url}/sources_to_targets", json=asked).raise_for_status().json()
    ways = [row[0] for row in answer["sources_to_targets"]]
    off_road = [_off_road_km(way, start, end) for way, start in zip(ways, starts, strict=True)]
    return _times([way["time"] for way in ways], off_road, len(starts))


def _off_road_km(way: Mapping[str, Any], start: Point, end: Point) -> float:
    """Return how far the one of two places that is farther from its road is from it; older engines do not say where they put them."""
    put_start = (way.get("begin_lat", start[0]), way.get("begin_lon", start[1]))
    put_end = (way.get("end_lat", end[0]), way.get("end_lon", end[1]))
    return max(_km(start, put_start), _km(end, put_end))


def _km(here: Point, there: Point) -> float:
    east = (there[1] - here[1]) * cos(radians(here[0]))
    return KM_PER_DEGREE * hypot(there[0] - here[0], east)


def _times(given: Sequence[Any], off_road: Sequence[float], expected: int) -> list[float | None]:
    if not len(given) == len(off_road) == expected:
        raise WrongAnswer(f"{expected} times were expected, {len(given)} came.")
    return [
        None if each is None or km > FARTHEST_OFF_ROAD_KM else _time(each)
        for each, km in zip(given, off_road, strict=True)
    ]


def _time(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise WrongAnswer("A time is no number.")
    if not isfinite(given) or not 0 <= given <= LONGEST_SECONDS:
        raise WrongAnswer("A time is negative or longer than half a day.")
    return float(given)


_ASK: Mapping[str, Callable[[httpx.Client, str, Sequence[Point], Point], list[float | None]]] = {
    "osrm": _ask_osrm,
    "valhalla": _ask_valhalla,
}
ENGINES = frozenset(_ASK)


@lru_cache
def engine_at(address: str) -> RoadEngine | None:
    """Return the engine at an address such as `osrm:http://127.0.0.1:5000`, the same one for each caller; None where there is none."""
    kind, _, url = address.partition(":")
    return RoadEngine(kind, url) if address else None

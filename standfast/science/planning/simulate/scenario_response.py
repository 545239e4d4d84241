"""What does a scenario file say of units that attend, and what would each change in it alter?"""

import heapq
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from standfast.science.planning.simulate.centre import BadScenario
from standfast.science.planning.simulate.measures import Figures, Window
from standfast.science.planning.simulate.response import (
    Place,
    ResponseCall,
    ResponseOutcome,
    ResponseUnit,
    nearest_free,
    simulate_response,
)
from standfast.science.planning.simulate.scenario_centre import Change
from standfast.science.planning.simulate.times import HOUR, Span, read_clock
from standfast.science.planning.simulate.toml_fields import Fields

DAY = 86400.0


@dataclass(frozen=True, kw_only=True)
class IncidentKind:
    """A grade of incident: how many come an hour in each area, how soon it is to be attended, how long it takes."""

    name: str
    rank: int
    target: float
    scene: float
    variation: float
    units: int
    areas: Mapping[str, float]
    by_hour: list[float] | float = 1.0


@dataclass(frozen=True, kw_only=True)
class Station:
    """Units of one area, on duty every day between two times."""

    name: str
    area: str
    units: int
    begins: float = 0.0
    ends: float = DAY


@dataclass(frozen=True)
class ResponsePart:
    """The response of a scenario file: roads between areas (seconds), stations, and what happens."""

    roads: Mapping[frozenset[str], float] = field(default_factory=dict)
    stations: tuple[Station, ...] = ()
    incidents: tuple[IncidentKind, ...] = ()


class RoadTravel:
    """Travel over a few areas and the roads between them, each journey by the quickest way; within an area `inside` seconds."""

    def __init__(self, roads: Mapping[frozenset[str], float], *, speed: float = 1.0, inside: float = 240.0) -> None:
        self._ways: dict[str, list[tuple[str, float]]] = {}
        for ends, seconds in roads.items():
            one, other = sorted(ends)
            self._ways.setdefault(one, []).append((other, seconds / speed))
            self._ways.setdefault(other, []).append((one, seconds / speed))
        self._inside = inside / speed
        self._known: dict[Place, dict[str, float]] = {}

    def __call__(self, origin: Place, destination: Place, at: float) -> float:
        """Return the seconds a journey takes, infinite where every way is closed."""
        if origin == destination:
            return self._inside
        if origin not in self._known:
            self._known[origin] = self._from(str(origin))
        return self._known[origin].get(str(destination), math.inf)

    def _from(self, origin: str) -> dict[str, float]:
        found: dict[str, float] = {}
        agenda = [(0.0, origin)]
        while agenda:
            seconds, area = heapq.heappop(agenda)
            if area in found:
                continue
            found[area] = seconds
            for other, more in self._ways.get(area, []):
                if other not in found:
                    heapq.heappush(agenda, (seconds + more, other))
        return found


def read_response(fields: Fields) -> ResponsePart:
    """
    Read roads, stations and incidents.

    :raises BadScenario: at what cannot be used
    """
    roads = dict(_road(each) for each in fields.tables("road"))
    stations = tuple(_station(each) for each in fields.tables("station"))
    incidents = tuple(_incident(each) for each in fields.tables("incident"))
    return ResponsePart(roads, stations, incidents)


def check_response(part: ResponsePart) -> None:
    """
    Refuse incidents nobody could ever attend.

    :raises BadScenario: if there is no station, or no way to an area
    """
    if part.incidents and not any(station.units for station in part.stations):
        raise BadScenario("There are incidents and no station has a unit; a [[station]] with units was expected.")
    travel = RoadTravel(part.roads)
    for kind in part.incidents:
        for area in kind.areas:
            if not any(travel(station.area, area, 0.0) < math.inf for station in part.stations):
                raise BadScenario(
                    f"No station has a way to {area}, where {kind.name} happens; a [[road]] was expected."
                )


def run_response(part: ResponsePart, change: Change, *, span: Span, window: Window, key: tuple[int, int]) -> Figures:
    """Return the figures of one replication of what a change makes of the response."""
    roads = {ends: seconds for ends, seconds in part.roads.items() if ends not in change.closed}
    travel = RoadTravel(roads, speed=change.speed)
    calls = [call for kind in part.incidents for call in _calls(kind, change, span, key)]
    units = [unit for station in part.stations for unit in _units(station, change, span)]
    outcome = simulate_response(calls, units, nearest_free, travel, key[0])
    return _measure(part, outcome, window)


def _calls(kind: IncidentKind, change: Change, span: Span, key: tuple[int, int]) -> list[ResponseCall]:
    """Draw the incidents of a kind, area by area, from chance of their own: a change adds or leaves out, and alters no other."""
    calls = []
    hours = span.hours
    pattern = span.by_hour(kind.by_hour)
    factor = np.where(change.when.holds(hours, span), change.demand.get(kind.name, 1.0), 1.0)
    for area, per_hour in kind.areas.items():
        for layer in range(math.ceil(factor.max(initial=0.0))):
            words = [*key, zlib.crc32(f"{kind.name} in {area}".encode()), layer]
            chance = np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))
            counts = chance.poisson(per_hour * pattern)
            hour = np.repeat(np.arange(len(hours)), counts)
            at = hours[hour] + HOUR * chance.random(len(hour))
            mark, drawn = chance.random(len(hour)), chance.standard_normal(len(hour))
            deviation = math.sqrt(math.log1p(kind.variation**2))
            scene = kind.scene * change.handling.get(kind.name, 1.0) * np.exp(deviation * drawn - deviation**2 / 2)
            for place in np.flatnonzero(mark < factor[hour] - layer).tolist():
                ref = f"{kind.name} {area} {layer}.{place}"
                calls.append(
                    ResponseCall(
                        ref=ref,
                        at=float(at[place]),
                        place=area,
                        rank=kind.rank,
                        scene_seconds=float(scene[place]),
                        units_wanted=kind.units,
                    )
                )
    return calls


def _units(station: Station, change: Change, span: Span) -> list[ResponseUnit]:
    number = max(0, station.units + round(change.people.get(station.name, 0.0)))
    if station.ends - station.begins >= DAY:
        duties: tuple[tuple[float, float], ...] = ((0.0, math.inf),)
    else:
        first = -(span.start.hour * HOUR + span.start.minute * 60.0)
        length = (station.ends - station.begins) % DAY
        begins = np.arange(first - DAY, span.seconds + DAY, DAY) + station.begins
        duties = tuple((max(0.0, each), each + length) for each in begins.tolist() if each + length > 0)
    return [ResponseUnit(ref=f"{station.name} {each + 1}", home=station.area, duties=duties) for each in range(number)]


def _measure(part: ResponsePart, outcome: ResponseOutcome, window: Window) -> Figures:
    figures: Figures = {}
    counted = [each for each in outcome.calls if window.begin <= each.about.at < window.end]
    for kind in part.incidents:
        mine = [each for each in counted if each.about.ref.startswith(f"{kind.name} ") and each.about.rank == kind.rank]
        waits = np.array([each.arrived_at - each.about.at for each in mine], dtype=np.float64)
        came = waits[np.isfinite(waits)]
        marks = np.quantile(came, [0.5, 0.9]) if len(came) else np.full(2, np.nan)
        name = kind.name
        figures[f"{name}.incidents"] = len(mine)
        figures[f"{name}.attended_in_time"] = float((came <= kind.target).sum() / len(mine)) if mine else math.nan
        figures[f"{name}.never_attended"] = float((len(mine) - len(came)) / len(mine)) if mine else math.nan
        figures[f"{name}.response_minutes"] = float(came.mean() / 60) if len(came) else math.nan
        figures[f"{name}.response_minutes_p50"], figures[f"{name}.response_minutes_p90"] = (marks / 60).tolist()
    return figures


def _road(fields: Fields) -> tuple[frozenset[str], float]:
    ends = frozenset((fields.text("from"), fields.text("to")))
    if len(ends) < 2:
        raise fields.wrong("to", "another area than the road comes from")
    found = ends, fields.number("minutes", least=0.01) * 60.0
    fields.all_read()
    return found


def _station(fields: Fields) -> Station:
    area = fields.text("area")
    name = fields.text("name", area)
    begins, ends = 0.0, DAY
    if fields.has("on_duty"):
        given = fields.text("on_duty")
        try:
            begins, ends = (read_clock(each) for each in given.split("-"))
        except ValueError:
            raise fields.wrong("on_duty", "two times such as 07:00-17:00") from None
    found = Station(name=name, area=area, units=fields.whole("units"), begins=begins, ends=ends)
    fields.all_read()
    return found


def _incident(fields: Fields) -> IncidentKind:
    found = IncidentKind(
        name=fields.text("name"),
        rank=fields.whole("rank", 0),
        target=fields.number("target_minutes") * 60.0,
        scene=fields.number("scene_minutes", least=0.01) * 60.0,
        variation=fields.number("variation", 1.0),
        units=fields.whole("units", 1, least=1),
        areas=fields.amounts("per_hour"),
        by_hour=fields.row("by_hour") if fields.has("by_hour") else 1.0,
    )
    fields.all_read()
    return found

"""Which roads does a made-up place have? Written as OpenStreetMap's binary files are, which every routing engine reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from standfast.foundation.runtime.roads import Point
from tests.dispatch.steps import HERE

KM_PER_DEGREE = 111.195
Place = tuple[float, float]
"""Kilometres east and north of where incidents happen."""


@dataclass(frozen=True, kw_only=True)
class Road:
    """A road from place to place, as its signs say."""

    name: str
    places: Sequence[Place]
    highway: str = "residential"
    limit_kph: int = 40
    one_way: bool = False

    @property
    def tags(self) -> dict[str, str]:
        """Return what OpenStreetMap would say of it."""
        found = {"name": self.name, "highway": self.highway, "maxspeed": str(self.limit_kph)}
        return found | ({"oneway": "yes"} if self.one_way else {})


# The river runs from west to east half a kilometre north of the incident; nobody reaches the eyot by car.
ROADS = [
    Road(name="Sowbrook Lane", places=[(0, 0), (0, -1), (0, -2), (0, -3)]),
    Road(name="Ferry Road", places=[(0, 0), (2, 0), (4, 0), (6, 0)], highway="primary", limit_kph=60),
    Road(name="Long Bridge", places=[(6, 0), (6, 1)], highway="primary", limit_kph=60),
    Road(name="North Bank", places=[(6, 1), (4, 1), (2, 1), (0, 1)], highway="primary", limit_kph=60),
    Road(name="Mint Street", places=[(-1, 0), (0, 0)], one_way=True),
    Road(name="Back Lane", places=[(0, -1), (-1, -1), (-1, 0)]),
    Road(name="Eyot Road", places=[(-8, 5), (-8, 6), (-7, 6), (-7, 5), (-8, 5)]),
]


def at(east_km: float, north_km: float) -> Point:
    """Return the latitude and longitude of a place."""
    east = east_km / KM_PER_DEGREE / cos(radians(HERE["lat"]))
    return HERE["lat"] + north_km / KM_PER_DEGREE, HERE["lon"] + east


def network() -> bytes:
    """Return the roads as one file: a heading, and one block of the words used, the nodes and the ways."""
    numbers = {place: number for number, place in enumerate(dict.fromkeys(_places()), start=1)}
    words = ["", *sorted({word for road in ROADS for tag in road.tags.items() for word in tag})]
    nodes = b"".join(_field(1, _node(number, place)) for place, number in numbers.items())
    ways = b"".join(
        _field(3, _way(number, road, [numbers[place] for place in road.places], words))
        for number, road in enumerate(ROADS, start=1)
    )
    table = b"".join(_field(1, word.encode()) for word in words)
    block = _field(1, table) + _field(2, nodes) + _field(2, ways)
    return _blob("OSMHeader", _field(4, b"OsmSchema-V0.6")) + _blob("OSMData", block)


def _places() -> Iterable[Place]:
    return (place for road in ROADS for place in road.places)


def _node(number: int, place: Place) -> bytes:
    lat, lon = (_signed(round(degrees * 1e7)) for degrees in at(*place))
    return _field(1, _signed(number)) + _field(8, lat) + _field(9, lon)


def _way(number: int, road: Road, nodes: Sequence[int], words: Sequence[str]) -> bytes:
    keys, values = (
        b"".join(_varint(words.index(word)) for word in side) for side in zip(*road.tags.items(), strict=True)
    )
    steps = [there - here for here, there in zip([0, *nodes], nodes, strict=False)]
    return (
        _field(1, number) + _field(2, keys) + _field(3, values) + _field(8, b"".join(map(_varint, map(_signed, steps))))
    )


def _blob(kind: str, content: bytes) -> bytes:
    blob = _field(1, content)
    heading = _field(1, kind.encode()) + _field(3, len(blob))
    return len(heading).to_bytes(4, "big") + heading + blob


def _field(number: int, value: int | bytes) -> bytes:
    """Protocol buffers: a number stands by itself, bytes after their length."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _signed(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    return bytes([number & 127 | 128]) + _varint(number >> 7) if number > 127 else bytes([number])

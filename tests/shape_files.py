"""What is a small map of shapes made of? A PMTiles archive of vector tiles made here by hand, with layers of the Protomaps basemap."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import asinh, pi, radians, tan
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType

from tests.map_files import Place, column_and_row, write_map

EXTENT = 4096
POINT, LINE, AREA = 1, 2, 3
LAKE = (52.863, -2.1)
"""Latitude and longitude of the middle of a lake; what is asked of a drawn map is asked here."""
WEST, EAST, SOUTH, NORTH = -2.9, -1.2, 52.3, 53.4
Spot = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One thing on the map: its layer, its form, its corners in degrees of latitude and longitude, and what is said of it."""

    layer: str
    form: int
    spots: Sequence[Spot]
    says: Mapping[str, str] = field(default_factory=dict)
    from_zoom: int = 0


def shape_tile(shapes: Sequence[Shape], place: Place) -> bytes:
    """Return the vector tile of shapes at a zoom, column and row, in the format's version 2."""
    layers = dict.fromkeys(shape.layer for shape in shapes)
    return b"".join(_told(3, _layer(name, [each for each in shapes if each.layer == name], place)) for name in layers)


def county_of_shapes(path: Path, **header: Any) -> Path:
    """Write a map of the county where the tests' incidents happen: land, a lake, a wood, a town, roads and their names."""
    tiles = {}
    for zoom in range(6, 13):
        left, bottom = column_and_row(SOUTH, WEST, zoom)
        right, top = column_and_row(NORTH, EAST, zoom)
        for place in ((zoom, column, row) for column in range(left, right + 1) for row in range(top, bottom + 1)):
            here = [each for each in COUNTY if each.from_zoom <= zoom and _reaches(each, place)]
            tiles[place] = gzip.compress(shape_tile(here, place), mtime=0)
    layers = [{"id": name, "fields": {}} for name in dict.fromkeys(each.layer for each in COUNTY)]
    told = {"attribution": "© <a href='https://maps.example'>Knotshire Survey</a>", "vector_layers": layers}
    given = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, **header}
    return write_map(path, tiles, told=told, **given)


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])


def _told(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _layer(name: str, shapes: Sequence[Shape], place: Place) -> bytes:
    keys = list(dict.fromkeys(key for each in shapes for key in each.says))
    values = list(dict.fromkeys(value for each in shapes for value in each.says.values()))
    made = _told(1, name.encode())
    for each in shapes:
        tags = b"".join(_varint(keys.index(key)) + _varint(values.index(value)) for key, value in each.says.items())
        drawn = b"".join(map(_varint, _commands(each, place)))
        made += _told(2, _told(2, tags) + _number(3, each.form) + _told(4, drawn))
    made += b"".join(_told(3, key.encode()) for key in keys)
    made += b"".join(_told(4, _told(1, value.encode())) for value in values)
    return made + _number(5, EXTENT) + _number(15, 2)


def _commands(shape: Shape, place: Place) -> Iterator[int]:
    at = (0, 0)
    for number, spot in enumerate(shape.spots):
        to = _within(spot, place)
        if number < 2:
            yield 1 << 3 | 1 if number == 0 else (len(shape.spots) - 1) << 3 | 2
        for step in (to[0] - at[0], to[1] - at[1]):
            yield step << 1 if step >= 0 else (-step << 1) - 1
        at = to
    if shape.form == AREA:
        yield 1 << 3 | 7


def _within(spot: Spot, place: Place) -> tuple[int, int]:
    zoom, column, row = place
    across = (spot[1] + 180) / 360 * (1 << zoom) - column
    down = (1 - asinh(tan(radians(spot[0]))) / pi) / 2 * (1 << zoom) - row
    return round(across * EXTENT), round(down * EXTENT)


def _reaches(shape: Shape, place: Place) -> bool:
    spots = [_within(spot, place) for spot in shape.spots]
    return all(min(each) < EXTENT * 1.1 and max(each) > -EXTENT * 0.1 for each in zip(*spots, strict=True))


def _around(lat: float, lon: float, high: float, wide: float) -> list[Spot]:
    # Half as high and wide each way, its corners cut.
    ring = [(-1, -0.5), (-0.5, -1), (0.5, -1), (1, -0.5), (1, 0.5), (0.5, 1), (-0.5, 1), (-1, 0.5)]
    return [(lat + high * up, lon + wide * right) for up, right in ring]


def _county() -> Iterator[Shape]:
    whole = [(SOUTH, WEST), (NORTH, WEST), (NORTH, EAST), (SOUTH, EAST)]
    yield Shape(layer="earth", form=AREA, spots=whole, says={"kind": "earth"})
    yield Shape(layer="landuse", form=AREA, spots=_around(52.79, -2.25, 0.05, 0.07), says={"kind": "wood"})
    yield Shape(layer="landuse", form=AREA, spots=_around(52.8, -2.08, 0.03, 0.05), says={"kind": "residential"})
    yield Shape(layer="water", form=AREA, spots=_around(*LAKE, 0.02, 0.035), says={"kind": "lake"})
    yield Shape(layer="water", form=POINT, spots=[LAKE], says={"kind": "lake", "name": "Sowbrook Mere"}, from_zoom=9)
    river = [LAKE, (52.83, -2.16), (52.79, -2.13), (52.74, -2.2), (52.6, -2.25), (52.3, -2.3)]
    yield Shape(layer="water", form=LINE, spots=river, says={"kind": "river", "name": "Sow"}, from_zoom=7)
    highway = [(52.3, -2.0), (52.7, -2.15), (52.85, -2.2), (53.1, -2.25), (53.4, -2.4)]
    yield Shape(layer="roads", form=LINE, spots=highway, says={"kind": "highway", "name": "M61"})
    major = [(52.7, -2.9), (52.78, -2.3), (52.8, -2.1), (52.82, -1.9), (53.0, -1.2)]
    yield Shape(layer="roads", form=LINE, spots=major, says={"kind": "major_road", "name": "Salter Road"})
    rail = [(52.3, -1.7), (52.77, -2.05), (52.83, -2.12), (53.4, -2.1)]
    yield Shape(layer="roads", form=LINE, spots=rail, says={"kind": "rail"}, from_zoom=7)
    for number in range(12):
        lane = [(52.775 + 0.004 * number, -2.13), (52.776 + 0.004 * number, -2.03)]
        said = {"kind": "minor_road", "name": f"Lane {number + 1}"}
        yield Shape(layer="roads", form=LINE, spots=lane, says=said, from_zoom=10)
    for number in range(14):
        lane = [(52.775, -2.13 + 0.007 * number), (52.82, -2.128 + 0.007 * number)]
        yield Shape(layer="roads", form=LINE, spots=lane, says={"kind": "minor_road"}, from_zoom=10)
    for number in range(60):
        house = _around(52.7778 + 0.004 * (number // 6), -2.1278 + 0.0012 * (number % 6), 0.0003, 0.0004)
        yield Shape(layer="buildings", form=AREA, spots=house, from_zoom=12)
    for name, kind, spot in (("Stonebury", "city", (52.8, -2.08)), ("Hexley", "town", (52.95, -1.9))):
        yield Shape(
            layer="places", form=POINT, spots=[spot], says={"kind": "locality", "kind_detail": kind, "name": name}
        )
    yield Shape(
        layer="pois", form=POINT, spots=[(52.796, -2.11)], says={"kind": "hospital", "name": "St Anne’s Hospital"}
    )


COUNTY = list(_county())

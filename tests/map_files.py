"""What is a small map of the force's own made of? A PMTiles archive written by the format's own library, of pictures made here."""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

Place = tuple[int, int, int]
"""Zoom, column and row of a tile."""
CREDIT = 'Made up &amp; drawn by <a href="https://maps.example">Knotshire&nbsp;Survey</a>, <b>2026</b>'
CREDIT_IN_WORDS = "Made up & drawn by Knotshire Survey, 2026"
SIDE = 256
_GROUNDS = ((226, 232, 214), (240, 236, 224), (214, 226, 236))


def picture(number: int = 0) -> bytes:
    """Return a PNG of pale ground with a darker road across it, its edges drawn; another for each number."""
    ground, road, edge = bytes(_GROUNDS[number % 3]), b"\xff\xd8\x8a", b"\x9a\xa4\xa8"
    rows = []
    for y in range(SIDE):
        cells = [road if 120 <= y < 136 or 60 <= x < 70 else ground for x in range(SIDE)]
        cells[0] = edge
        rows.append(b"\x00" + (edge * SIDE if y == 0 else b"".join(cells)))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def write_map(path: Path, tiles: Mapping[Place, bytes], *, told: Any = None, **header: Any) -> Path:
    """Write an archive of PNG pictures, or of what `header` says, with its metadata; return where it is."""
    with path.open("wb") as file:
        writer = Writer(file)
        for place, data in sorted(tiles.items(), key=lambda each: zxy_to_tileid(*each[0])):
            writer.write_tile(zxy_to_tileid(*place), data)
        given = {"tile_type": TileType.PNG, "tile_compression": Compression.NONE, **header}
        writer.finalize(given, {"attribution": CREDIT} if told is None else told)
    return path


def column_and_row(lat: float, lon: float, zoom: int) -> tuple[int, int]:
    """Return the tile that a place lies in, in degrees, by the projection of web maps."""
    from math import asinh, pi, radians, tan

    size = 1 << zoom
    return int((lon + 180) / 360 * size), int((1 - asinh(tan(radians(lat))) / pi) / 2 * size)


def county_map(path: Path) -> Path:
    """Write a map of the county where the tests' incidents happen, and of what lies around it, at the zooms a board begins with."""
    tiles: dict[Place, bytes] = {}
    for zoom in range(7, 13):
        left, bottom = column_and_row(52.3, -2.9, zoom)
        right, top = column_and_row(53.4, -1.2, zoom)
        for column in range(left, right + 1):
            for row in range(top, bottom + 1):
                tiles[zoom, column, row] = picture(column + row)
    return write_map(path, tiles)

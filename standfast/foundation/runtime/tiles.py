"""
What does the force's own map look like, where it has it as a file? One PMTiles archive of pictures or of shapes, read piece by piece.

The server reads it, so that no other host learns where the force looks. A file that is put in its place is taken up without a restart.
"""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Collection
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from standfast.foundation.runtime.problems import RuntimeProblem

VARIABLE = "STANDFAST_MAP_TILES"
SUFFIX = ".pmtiles"
BASEMAP = ("earth", "roads")
"""Layers of the Protomaps basemap that other maps of shapes call otherwise: without either nothing of it would be drawn."""
EXPECTED = (
    "a PMTiles archive (version 3) of PNG, JPEG, WebP or AVIF pictures, or of vector tiles (MVT) as the Protomaps basemap has them, "
    "was expected"
)
PICTURES = {
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
    TileType.AVIF: "image/avif",
}
SHAPES = "application/vnd.mapbox-vector-tile"
KINDS = {**PICTURES, TileType.MVT: SHAPES}
HEADER_BYTES = 127
DEEPEST_ZOOM = 24
MOST_BYTES = 16_000_000
"""No directory and no tile of a sound archive is nearly as large."""
MOST_DIRECTORIES = 4
"""So many lie above a tile at the most, as the format has it."""
KEPT_DIRECTORIES = 32
MOST_CREDIT = 200
_DAMAGE = (OSError, EOFError, ValueError, IndexError, zlib.error, MagicNumberNotFound, SpecVersionUnsupported)


class BadTiles(RuntimeProblem):
    """The map's file is missing, damaged, or not what can be drawn."""


class TileFile:
    """
    One archive: its tiles' media type and whether they are packed by gzip, its least and most zoom, whose map it is in words, and a
    version that changes with the file.

    :raises BadTiles: if it cannot be read or drawn: what, where, and what was expected
    """

    def __init__(self, path: Path, version: str) -> None:
        self.path, self.version = path, version
        header = self._header()
        self.kind = self._kind(header)
        self.is_packed = header["tile_compression"] is Compression.GZIP
        self.least_zoom, self.most_zoom = header["min_zoom"], header["max_zoom"]
        self._root = (header["root_offset"], header["root_length"])
        self._leaves, self._tiles = header["leaf_directory_offset"], header["tile_data_offset"]
        self._directory = lru_cache(maxsize=KEPT_DIRECTORIES)(self._read_directory)
        try:
            self._directory(*self._root)
            told = self._metadata(header)
        except _DAMAGE:
            raise self._bad("is damaged") from None
        self.credit = in_words(str(told.get("attribution", "")))
        if self.has_shapes and not _may_have(told, BASEMAP):
            raise self._bad(f"has no layer called {' or '.join(BASEMAP)}")

    @property
    def has_shapes(self) -> bool:
        """Say whether the browser draws it from shapes, rather than showing pictures."""
        return self.kind == SHAPES

    def find(self, zoom: int, column: int, row: int) -> bytes | None:
        """
        Return the tile at a zoom, column and row, packed as it lies, or None where the archive has none or there is no such place.

        :raises BadTiles: if the archive is damaged there
        """
        if not self.least_zoom <= zoom <= self.most_zoom or not (0 <= column < 1 << zoom and 0 <= row < 1 << zoom):
            return None
        try:
            return self._find(zxy_to_tileid(zoom, column, row))
        except _DAMAGE:
            raise self._bad(f"is damaged at {zoom}/{column}/{row}") from None

    def _find(self, number: int) -> bytes | None:
        place = self._root
        for _ in range(MOST_DIRECTORIES):
            entry = find_tile(self._directory(*place), number)
            if entry is None:
                return None
            if entry.run_length:
                return self._bytes(self._tiles + entry.offset, entry.length)
            place = (self._leaves + entry.offset, entry.length)
        raise ValueError(number)

    def _read_directory(self, offset: int, length: int) -> list[Entry]:
        return deserialize_directory(self._bytes(offset, length))

    def _bytes(self, offset: int, length: int) -> bytes:
        if length > MOST_BYTES:
            raise ValueError(length)
        with self.path.open("rb") as file:
            file.seek(offset)
            found = file.read(length)
        if len(found) < length:
            raise EOFError(offset)
        return found

    def _header(self) -> HeaderDict:
        try:
            return deserialize_header(self._bytes(0, HEADER_BYTES))
        except OSError as error:
            raise self._bad(f"cannot be read ({error.strerror})") from None
        except _DAMAGE:
            raise self._bad("is none") from None

    def _kind(self, header: HeaderDict) -> str:
        kind = KINDS.get(header["tile_type"])
        if kind is None:
            raise self._bad(f"holds {header['tile_type'].name} tiles")
        packed = {Compression.NONE, Compression.GZIP} if kind == SHAPES else {Compression.NONE}
        if header["tile_compression"] not in packed or header["internal_compression"] is not Compression.GZIP:
            raise self._bad("is compressed in another way than such tiles are")
        if not header["min_zoom"] <= header["max_zoom"] <= DEEPEST_ZOOM:
            raise self._bad(f"has zooms {header['min_zoom']} to {header['max_zoom']}")
        end = header["tile_data_offset"] + header["tile_data_length"]
        if self.path.stat().st_size < end:
            raise self._bad(f"is cut short at {self.path.stat().st_size:,} of {end:,} bytes")
        return kind

    def _metadata(self, header: HeaderDict) -> dict[str, Any]:
        told: Any = json.loads(
            gzip.decompress(self._bytes(header["metadata_offset"], header["metadata_length"])) or b"{}"
        )
        return told if isinstance(told, dict) else {}

    def _bad(self, what: str) -> BadTiles:
        return BadTiles(f"{VARIABLE}: the map {self.path} {what}; {EXPECTED}.")


def in_words(html: str) -> str:
    """Return the words of an attribution, which is usually written as HTML, without its marks and on one line."""
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", html)).split())[:MOST_CREDIT]


def _may_have(told: dict[str, Any], layers: Collection[str]) -> bool:
    # A file that does not say which layers it has may have any.
    named = told.get("vector_layers")
    found = [each.get("id") for each in named if isinstance(each, dict)] if isinstance(named, list) else []
    return not found or any(each in layers for each in found)


def names_file(setting: str) -> bool:
    """Say whether the setting of the map names a file of ours rather than an address."""
    return setting.endswith(SUFFIX)


def tile_file(setting: str) -> TileFile | None:
    """
    Return the archive that the setting of the map names, or None if it names none.

    :raises BadTiles: if it names one that cannot be read or drawn
    """
    if not names_file(setting):
        return None
    path = Path(setting)
    try:
        standing = path.stat()
    except OSError as error:
        raise BadTiles(f"{VARIABLE}: the map {path} cannot be read ({error.strerror}); {EXPECTED}.") from None
    standing_as = f"{standing.st_ino}:{standing.st_size}:{standing.st_mtime_ns}"
    return _opened(path, hashlib.sha256(standing_as.encode()).hexdigest()[:12])


def tile_warnings(setting: str) -> list[str]:
    """Return what is wrong with the map's file: the map is then drawn without it, as nobody's work hangs on it."""
    try:
        tile_file(setting)
    except BadTiles as problem:
        return [str(problem)]
    return []


@lru_cache(maxsize=2)
def _opened(path: Path, version: str) -> TileFile:
    return TileFile(path, version)

"""Which pictures does a map file give, and what is said of one that cannot be drawn?"""

import gzip
import os
from pathlib import Path

import pytest
from pmtiles.tile import Compression, TileType

from standfast.config.environment import BadEnvironment, read_environment
from standfast.foundation.runtime.tiles import BadTiles, in_words, tile_file, tile_warnings
from tests.map_files import CREDIT_IN_WORDS, column_and_row, picture, write_map
from tests.shape_files import LAKE, county_of_shapes

TILES = {(zoom, column, 0): picture(column) for zoom in (3, 4) for column in range(3)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_map(tmp_path / "county.pmtiles", TILES)


def test_each_picture_is_where_it_was_put_and_nowhere_else(path: Path) -> None:
    own = tile_file(str(path))
    for place, wanted in TILES.items():
        assert own.find(*place) == wanted
    assert (own.kind, own.least_zoom, own.most_zoom, own.credit) == ("image/png", 3, 4, CREDIT_IN_WORDS)
    outside = [
        (3, 7, 7),
        (2, 0, 0),
        (5, 0, 0),
        (3, 8, 0),
        (3, 0, 8),
        (3, -1, 0),
        (-1, 0, 0),
        (10**9, 0, 0),
        (4, 10**99, 0),
    ]
    assert [own.find(*place) for place in outside] == [None] * len(outside)


def test_a_map_of_many_tiles_is_read_through_its_leaves(tmp_path: Path) -> None:
    # Each of another length, so that no two entries are told as one and the root has no room for all.
    tiles = {(7, n % 128, n // 128): b"%d" % n * (1 + n % 7) for n in range(128 * 128)}
    own = tile_file(str(write_map(tmp_path / "large.pmtiles", tiles)))
    for n in (0, 1, 77, 8000, 128 * 128 - 1):
        assert own.find(7, n % 128, n // 128) == b"%d" % n * (1 + n % 7)


def test_a_file_put_in_its_place_is_taken_up_under_another_version(path: Path) -> None:
    before = tile_file(str(path))
    assert tile_file(str(path)) is before
    write_map(path.with_suffix(".new"), {(3, 0, 0): picture(2)}).rename(path)
    after = tile_file(str(path))
    assert after.version != before.version
    assert (after.find(3, 0, 0), after.find(3, 1, 0)) == (picture(2), None)


def test_no_setting_and_an_address_are_no_file() -> None:
    assert tile_file("") is None
    assert tile_file("https://maps.example/{z}/{x}/{y}.png") is None


def test_what_cannot_be_drawn_is_said_in_one_sentence(tmp_path: Path, path: Path) -> None:
    sound = path.read_bytes()
    bad = {
        "missing": (None, "cannot be read (No such file or directory)"),
        "folder": (Path.mkdir, "cannot be read (Is a directory)"),
        "empty": (b"", "is none"),
        "words": (b"{}" * 200, "is none"),
        "not_utf8": (b"\xff" * 200, "is none"),
        "older": (sound[:7] + b"\x02" + sound[8:], "is none"),
        "no_type": (sound[:99] + b"\x63" + sound[100:], "is none"),
        "neither": (sound[:99] + bytes([TileType.UNKNOWN.value]) + sound[100:], "holds UNKNOWN tiles"),
        "packed": (sound[:98] + bytes([Compression.GZIP.value]) + sound[99:], "is compressed"),
        "deep": (sound[:101] + b"\x63" + sound[102:], "has zooms 3 to 99"),
        "short": (sound[:-40], "is cut short at"),
        "directory": (sound[:127] + b"\x00" * 20 + sound[147:], "is damaged"),
        "endless": (sound[:16] + b"\xff" * 8 + sound[24:], "is damaged"),
    }
    for name, (content, said) in bad.items():
        file = tmp_path / f"{name}.pmtiles"
        if isinstance(content, bytes):
            file.write_bytes(content)
        elif content:
            content(file)
        with pytest.raises(BadTiles, match=r"pictures, or of vector tiles .* was expected") as told:
            tile_file(str(file))
        words = str(told.value)
        assert words.startswith(f"STANDFAST_MAP_TILES: the map {file} {said}"), name
        assert tile_warnings(str(file)) == [words]
        assert "\n" not in words
    assert tile_warnings(str(path)) == []


def test_shapes_are_given_as_they_are_packed(tmp_path: Path) -> None:
    own = tile_file(str(county_of_shapes(tmp_path / "shapes.pmtiles")))
    place = (8, *column_and_row(*LAKE, 8))
    assert (own.kind, own.has_shapes, own.is_packed) == ("application/vnd.mapbox-vector-tile", True, True)
    assert (own.least_zoom, own.most_zoom, own.credit) == (6, 12, "© Knotshire Survey")
    assert b"Salter Road" in gzip.decompress(own.find(*place))
    bare = write_map(tmp_path / "bare.pmtiles", {(3, 0, 0): b"\x1a\x00"}, tile_type=TileType.MVT)
    assert (tile_file(str(bare)).has_shapes, tile_file(str(bare)).is_packed) == (True, False)


def test_pictures_are_no_shapes(path: Path) -> None:
    assert (tile_file(str(path)).has_shapes, tile_file(str(path)).is_packed) == (False, False)


def test_shapes_of_another_making_than_can_be_drawn_are_said(tmp_path: Path) -> None:
    def named(layers: object) -> str:
        told = {"vector_layers": layers}
        return str(write_map(tmp_path / "other.pmtiles", TILES, told=told, tile_type=TileType.MVT))

    for layers in ([{"id": "transportation"}, {"id": "water"}], [{"id": ["roads"]}]):
        with pytest.raises(BadTiles, match=r"has no layer called earth or roads; .* as the Protomaps basemap has them"):
            tile_file(named(layers))
    for readable in ([{"id": "water"}, {"id": "roads"}], [], "roads", None, [7]):
        assert tile_file(named(readable)).has_shapes
    packed = write_map(tmp_path / "zstd.pmtiles", TILES, tile_type=TileType.MVT, tile_compression=Compression.ZSTD)
    with pytest.raises(BadTiles, match="is compressed in another way"):
        tile_file(str(packed))


@pytest.mark.parametrize("told", [[], "words", {"attribution": None}, {"attribution": ["x"]}, {}])
def test_metadata_of_any_shape_gives_words_or_none(tmp_path: Path, told: object) -> None:
    own = tile_file(str(write_map(tmp_path / "map.pmtiles", TILES, told=told)))
    assert isinstance(own.credit, str)


def test_damage_found_later_is_said_where_it_is(path: Path) -> None:
    own = tile_file(str(path))
    held = path.stat()
    path.write_bytes(path.read_bytes()[:300])
    os.utime(path, ns=(held.st_atime_ns, held.st_mtime_ns))
    with pytest.raises(BadTiles, match="is damaged at 4/2/0"):
        own.find(4, 2, 0)


def test_an_attribution_is_read_as_words() -> None:
    assert in_words("© <a href='javascript:alert(1)'>A&amp;B</a>\n <script>x</script>") == "© A&B x"
    assert len(in_words("long " * 500)) == 200


@pytest.mark.parametrize(
    "setting", ["map.pmtiles", "../map.pmtiles", "/srv/map.mbtiles", "/srv/map", "file:///srv/map.pmtiles"]
)
def test_a_setting_that_names_no_whole_path_of_a_map_stops_the_boot_with_what_was_expected(setting: str) -> None:
    with pytest.raises(BadEnvironment, match=r"STANDFAST_MAP_TILES is wrong: .* the whole path of a PMTiles file"):
        read_environment({"STANDFAST_MAP_TILES": setting})
    assert read_environment({"STANDFAST_MAP_TILES": "/srv/map.pmtiles"}).map_tiles == "/srv/map.pmtiles"

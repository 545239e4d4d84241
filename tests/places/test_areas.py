"""A point finds its area, a name its place, and an import is taken in whole or not at all."""

import gzip
import json
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from standfast.demo.gazetteer import cell_at, districts, places, streets
from standfast.demo.load_places import load_knotshire
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.errors import NotAllowed
from standfast.foundation.places import operations, queries
from standfast.foundation.places.models import Area, AreaCell, AreaKind, GazetteerEntry, PlaceKind
from standfast.foundation.places.rules.boundary import is_inside, read_boundary
from standfast.foundation.places.rules.boundary_file import BoundaryFileWrong
from tests.builders import staff

pytestmark = pytest.mark.django_db


def write_areas(path: Path, *codes: str, west: float = -2.0, **properties: object) -> Path:
    features = []
    for number, code in enumerate(codes):
        left, right = west + 0.01 * number, west + 0.01 * (number + 1)
        ring = [[left, 52.8], [right, 52.8], [right, 52.81], [left, 52.81], [left, 52.8]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"code": code, **properties}, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def code_at(*, lat: float, lon: float, kind: AreaKind | None = None) -> str:
    area = queries.area_of_point(lat=lat, lon=lon, kind=kind)
    return area.code if area else ""


def test_an_imported_area_is_found_by_a_point_in_it(tmp_path: Path, now: datetime) -> None:
    path = write_areas(tmp_path / "beats.geojson", "B1", "B2", urban_rural="rural")
    counts = operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)
    assert (counts.areas, counts.added, counts.replaced) == (2, 2, 0)
    assert counts.cells == AreaCell.objects.count()
    assert str(counts) == f"2 areas: 2 new, 0 replaced; {counts.cells} look-up hexagons."
    assert [code_at(lat=52.805, lon=lon) for lon in (-1.995, -1.985, -1.975)] == ["B1", "B2", ""]


def test_an_import_again_replaces_and_keeps_the_record(tmp_path: Path, now: datetime) -> None:
    path = write_areas(tmp_path / "beats.geojson", "B1")
    operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)
    before = Area.objects.get(code="B1")
    write_areas(path, "B1", "B2", west=-2.3)
    counts = operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)
    assert (counts.added, counts.replaced) == (1, 1)
    assert Area.objects.get(code="B1").pk == before.pk
    assert not code_at(lat=52.805, lon=-1.995)
    told = Entry.objects.filter(kind="places.boundaries.imported").values_list("about", flat=True)
    assert list(told) == ["beats.geojson", "beats.geojson"]


def test_nothing_of_a_broken_file_is_taken(tmp_path: Path, now: datetime) -> None:
    path = write_areas(tmp_path / "beats.geojson", "B1", "B1")
    with pytest.raises(BoundaryFileWrong, match=r"^beats\.geojson: feature 2: a code of its own"):
        operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)
    assert not Area.objects.exists()


def test_a_code_of_another_kind_is_refused(tmp_path: Path, now: datetime) -> None:
    path = write_areas(tmp_path / "beats.geojson", "B1")
    operations.import_boundaries(path=path, kind=AreaKind.DISTRICT, by=staff("adam"), now=now)
    with pytest.raises(BoundaryFileWrong, match="feature 1: B1 was expected to be new"):
        operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.geojson", None, "readable file"),
        ("a.geojson.gz", b"not gzip at all", "readable file"),
        ("a.geojson.gz", gzip.compress(b"{}" * 500, mtime=0)[:-12], "cut short"),
        ("a.geojson", b"\xff\xfe\xfa", "UTF-8"),
    ],
)
def test_an_unreadable_file_is_told(
    tmp_path: Path, now: datetime, name: str, content: bytes | None, expected: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BoundaryFileWrong, match=rf"^{name}: .*{expected}"):
        operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)


@pytest.mark.parametrize("person", ["asha", "zed"])
def test_only_an_administrator_imports(tmp_path: Path, now: datetime, person: str) -> None:
    path = write_areas(tmp_path / "beats.geojson", "B1")
    with pytest.raises(NotAllowed):
        operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff(person), now=now)
    with pytest.raises(NotAllowed):
        operations.load_gazetteer(name="x", areas=[], places=[], by=staff(person), now=now)


def test_the_smallest_area_that_holds_a_point_wins(tmp_path: Path, now: datetime) -> None:
    load_knotshire(by=staff("adam"), now=now)
    cell = cell_at(52.805, -1.995)
    assert code_at(lat=52.805, lon=-1.995) == cell.code
    path = write_areas(tmp_path / "beats.geojson", "B1")
    operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)
    assert code_at(lat=52.805, lon=-1.995) == "B1"
    assert code_at(lat=52.805, lon=-1.995, kind=AreaKind.DISTRICT) == cell.district


def test_knotshire_loads_and_loads_again(now: datetime) -> None:
    for _ in range(2):
        load_knotshire(by=staff("adam"), now=now)
        assert GazetteerEntry.objects.count() == len(places()) + len(streets())
    assert [area.code for area in queries.list_areas(kind=AreaKind.DISTRICT)] == [d.code for d in districts()]
    assert not GazetteerEntry.objects.filter(area=None).exists()


def test_town_and_country_are_told_apart_and_not_known_counts_as_town(now: datetime) -> None:
    load_knotshire(by=staff("adam"), now=now)
    on = now.date()
    by_name = {place.name: place for place in places()}
    town, moor = by_name["Potterby"], by_name["Flashmoor"]
    assert queries.urban_or_rural(lat=town.lat, lon=town.lon, on=on).outcome == "urban"
    rural = queries.urban_or_rural(lat=moor.lat, lon=moor.lon, on=on)
    assert (rural.outcome, rural.row) == ("rural", "TC2")
    for lat, lon in [(None, None), (40.2, -75.5), (999.0, 0.0)]:
        unknown = queries.urban_or_rural(lat=lat, lon=lon, on=on)
        assert (unknown.outcome, unknown.row) == ("urban", "TC9")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("potter", "Potterby"),
        ("knotford", "Knotford"),
        ("HIGH STREET, leekm", "High Street, Leekmoor"),
        ("leekmoor high", "High Street, Leekmoor"),
        ("perrins", "Perrin's Orchard"),
        ("station rd utt", "Station Road, Utterby"),
        ("hospital", "Royal Potterby Hospital"),
    ],
)
def test_a_place_is_offered_while_somebody_types(now: datetime, typed: str, first: str) -> None:
    load_knotshire(by=staff("adam"), now=now)
    found = queries.find_places(text=typed, limit=5)
    assert first in [place.full_name for place in found[:2]]
    assert len(found) <= 5


def test_a_town_is_offered_before_its_streets(now: datetime) -> None:
    load_knotshire(by=staff("adam"), now=now)
    found = queries.find_places(text="leekmoor")
    assert found[0].kind == PlaceKind.TOWN
    assert {place.kind for place in found[1:]} == {PlaceKind.STREET}


@pytest.mark.parametrize("typed", ["", "  ", "&|!:*()", "zzzzzz", "'; --", "a" * 5000])
def test_text_that_is_no_place_finds_none(now: datetime, typed: str) -> None:
    load_knotshire(by=staff("adam"), now=now)
    assert queries.find_places(text=typed) == []


def test_finding_a_point_or_a_place_takes_one_query(
    now: datetime, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    load_knotshire(by=staff("adam"), now=now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.find_places(text="high")
    with django_assert_num_queries(1):  # type: ignore[operator]
        queries.area_of_point(lat=52.805, lon=-1.995)


@pytest.mark.live_data
@pytest.mark.parametrize("name", ["lsoa", "msoa", "ward", "lad_derived", "force_derived"])
def test_every_point_of_a_real_force_falls_in_its_area(shared_data: Path, now: datetime, name: str) -> None:
    path = shared_data / "uk_staffordshire_geo" / f"{name}.geojson.gz"
    counts = operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)
    assert counts.areas == Area.objects.count() > 0
    rng, tried = Random(name), 0
    for area in rng.sample(list(Area.objects.order_by("code")), k=min(60, counts.areas)):
        boundary = read_boundary(area.boundary)
        lons, lats = zip(*boundary.polygons[0][0], strict=True)
        for _ in range(6):
            lat, lon = rng.uniform(min(lats), max(lats)), rng.uniform(min(lons), max(lons))
            if is_inside(boundary, lat=lat, lon=lon):
                tried += 1
                assert code_at(lat=lat, lon=lon) == area.code
    assert tried


def test_an_area_goes_by_its_name_and_one_nobody_knows_by_its_code(tmp_path: Path, now: datetime) -> None:
    path = write_areas(tmp_path / "beats.geojson", "B1", name="Canal side")
    operations.import_boundaries(path=path, kind=AreaKind.BOUNDARY, by=staff("adam"), now=now)
    assert [queries.area_name(code) for code in ("B1", "B9", "")] == ["Canal side", "B9", ""]

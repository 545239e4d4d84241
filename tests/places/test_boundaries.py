"""A boundary encloses exactly its ground, and a broken file is told in one sentence."""

import json
from random import Random

import h3  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.foundation.places.rules.boundary import (
    LOOK_UP_RESOLUTION,
    BoundaryUnclear,
    centre,
    covering_cells,
    is_inside,
    read_boundary,
    size_km2,
)
from standfast.foundation.places.rules.boundary_file import BoundaryFileWrong, read_boundary_file


def square(*, west: float = -2.0, south: float = 52.8, side: float = 0.1) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[list[float]]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(code: str, geometry: object, **more: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"code": code, "name": f"Area {code}", **more}, "geometry": geometry}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def test_a_hole_is_outside() -> None:
    boundary = read_boundary(polygon(square(), square(west=-1.96, south=52.84, side=0.02)))
    assert is_inside(boundary, lat=52.81, lon=-1.99)
    assert not is_inside(boundary, lat=52.85, lon=-1.95)
    assert not is_inside(boundary, lat=52.91, lon=-1.95)


def test_size_of_a_square_at_this_latitude() -> None:
    # 0.1 degrees: 11.12 km north to south, 11.12 km x cos(52.85 degrees) = 6.72 km west to east
    boundary = read_boundary(polygon(square()))
    assert size_km2(boundary) == pytest.approx(74.7, rel=0.01)
    assert list(centre(boundary)) == pytest.approx([52.85, -1.95])


def test_a_hole_is_taken_off_the_size() -> None:
    whole = size_km2(read_boundary(polygon(square())))
    holed = size_km2(read_boundary(polygon(square(), square(west=-1.96, south=52.84, side=0.05))))
    assert holed == pytest.approx(whole * 0.75, rel=0.001)


@given(share=st.floats(0, 1), lat=st.floats(52.71, 52.99), lon=st.floats(-2.19, -1.81))
def test_a_point_lies_in_exactly_one_of_two_areas_that_share_an_edge(share: float, lat: float, lon: float) -> None:
    bend = [-2.0 + 0.15 * (share - 0.5), 52.85]
    left = read_boundary(polygon([[-2.2, 52.7], [-2.0, 52.7], bend, [-2.0, 53.0], [-2.2, 53.0], [-2.2, 52.7]]))
    right = read_boundary(polygon([[-1.8, 52.7], [-1.8, 53.0], [-2.0, 53.0], bend, [-2.0, 52.7], [-1.8, 52.7]]))
    assert is_inside(left, lat=lat, lon=lon) != is_inside(right, lat=lat, lon=lon)


@given(seed=st.integers(0, 10_000))
def test_the_hexagons_of_a_boundary_hold_every_point_of_it(seed: int) -> None:
    rng = Random(seed)
    west, south, side = rng.uniform(-2.4, -1.7), rng.uniform(52.5, 53.1), rng.choice([0.0005, 0.01, 0.08])
    boundary = read_boundary(polygon(square(west=west, south=south, side=side)))
    cells = covering_cells(boundary)
    for _ in range(50):
        lat, lon = south + rng.random() * side, west + rng.random() * side
        if is_inside(boundary, lat=lat, lon=lon):
            assert h3.latlng_to_cell(lat, lon, LOOK_UP_RESOLUTION) in cells


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (None, "Polygon or MultiPolygon"),
        ({"type": "Point", "coordinates": [-2, 52]}, "Point was found"),
        ({"type": "Polygon", "coordinates": []}, "at least one polygon|at least one ring"),
        (polygon([[0, 0], [1, 1]]), "at least four points"),
        (polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), "ends where it begins"),
        (polygon([[394000, 345000]] * 5), "degrees"),
        (polygon([[float("nan"), 52.0]] * 5), "degrees"),
        ({"type": "Polygon", "coordinates": [[["-2", "52"]] * 5]}, "two numbers"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "at least one ring"),
    ],
)
def test_what_encloses_nothing_is_refused(geometry: object, expected: str) -> None:
    with pytest.raises(BoundaryUnclear, match=expected):
        read_boundary(geometry)


def test_codes_names_and_parents_are_found_as_the_statistics_office_writes_them() -> None:
    properties = {"LSOA11CD": "E01014210", "LSOA11NM": "Somewhere 012A", "LAD_CD": "E06000021", "LAD_NM": "Somewhere"}
    rows = read_boundary_file(collection({"properties": properties, "geometry": polygon(square())}))
    assert (rows[0].code, rows[0].name, rows[0].parent_code) == ("E01014210", "Somewhere 012A", "E06000021")


def test_population_and_class_are_taken_where_given() -> None:
    (row,) = read_boundary_file(collection(feature("A", polygon(square()), population=1400, urban_rural="Rural")))
    assert (row.population, row.urban_rural) == (1400, "rural")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", r"line 1, column 2: JSON was expected"),
        ("[]", "FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "at least one feature"),
        (collection(feature("A", polygon(square())), feature("A", polygon(square()))), "feature 2: a code of its own"),
        (collection(feature("A", polygon(square())), feature("B", None)), "feature 2: a Polygon"),
        (collection({"properties": {}, "geometry": polygon(square())}), "feature 1: a property code or name"),
        (collection(feature("A" * 41, polygon(square()))), "at most 40 characters"),
        (collection(feature("A", polygon(square()), population=-1)), "whole number"),
        (collection(feature("A", polygon(square()), urban_rural="suburban")), "urban or rural"),
        (collection(feature("A", polygon([[-2.0, 52.0]] * 5))), "encloses some ground"),
        (collection("A"), "feature 1: a feature was expected"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(text: str, expected: str) -> None:
    with pytest.raises(BoundaryFileWrong, match=expected) as wrong:
        read_boundary_file(text)
    assert str(wrong.value).endswith(".")
    assert "\n" not in str(wrong.value)

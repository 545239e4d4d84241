"""
Where does the demo force lie? Knotshire: districts, places and streets made up in the rough shape of Staffordshire.

The files under `knotshire/` were written by hand; no licensed boundary is used. Hexagons are generated: each belongs to the nearest
place, and through it to a district.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import cos, hypot, pi, radians, sin, sqrt
from pathlib import Path

import h3  # type: ignore[import-untyped]

FOLDER = Path(__file__).parent / "knotshire"
FORCE_NAME = "Knotshire Police (demonstration)"
AREA_RESOLUTION = 7  # hexagons of about 5 km²: large enough to count demand in, small enough to say where
LOOK_UP_RESOLUTION = 8
REACH_KM = 5.0  # ground further than this from every place is outside the force
TOWN_KM_PER_ROOT_PERSON = 0.0105  # a town of 70,000 reaches about 2.8 km from its middle
STREET_SPREAD_KM = 0.9
KM_PER_DEGREE = 111.195
GOLDEN_ANGLE = pi * (3 - sqrt(5))


@dataclass(frozen=True, kw_only=True)
class DemoDistrict:
    """One of the nine districts."""

    code: str
    name: str
    postcode_area: str
    population: int


@dataclass(frozen=True, kw_only=True)
class DemoPlace:
    """A city, town, village, estate or landmark; population to the nearest thousand."""

    name: str
    kind: str
    district: str
    lat: float
    lon: float
    population: int
    urban_rural: str


@dataclass(frozen=True, kw_only=True)
class DemoStreet:
    """A street of a place, with a made-up postcode in an area that does not exist."""

    name: str
    place: DemoPlace
    lat: float
    lon: float
    postcode: str


@dataclass(frozen=True, kw_only=True)
class DemoCell:
    """A hexagon of the force: its code, its district, the place it is nearest to, and the look-up hexagons in it."""

    code: str
    district: str
    near: str
    urban_rural: str
    lat: float
    lon: float
    size_km2: float
    look_up: tuple[str, ...]


@cache
def districts() -> tuple[DemoDistrict, ...]:
    """Return the nine districts by code."""
    return tuple(
        DemoDistrict(**{**row, "population": int(row["population"])})  # type: ignore[arg-type]
        for row in _rows("districts.csv")
    )


@cache
def places() -> tuple[DemoPlace, ...]:
    """Return every place, in file order."""
    return tuple(
        DemoPlace(
            name=row["name"],
            kind=row["kind"],
            district=row["district"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            population=int(row["population"]),
            urban_rural=row["urban_rural"],
        )
        for row in _rows("places.csv")
    )


@cache
def streets() -> tuple[DemoStreet, ...]:
    """Return every street, set around the middle of its place like the seeds of a sunflower."""
    by_name = {place.name: place for place in places()}
    area_of = {district.code: district.postcode_area for district in districts()}
    sectors = {place.name: number for number, place in enumerate(places())}
    laid: dict[str, int] = {}
    found = []
    for row in _rows("streets.csv"):
        place = by_name[row["place"]]
        step = laid[place.name] = laid.get(place.name, 0) + 1
        away, angle = STREET_SPREAD_KM * sqrt(step / 8), step * GOLDEN_ANGLE
        sector = sectors[place.name]
        found.append(
            DemoStreet(
                name=row["name"],
                place=place,
                lat=round(place.lat + away * sin(angle) / KM_PER_DEGREE, 5),
                lon=round(place.lon + away * cos(angle) / (KM_PER_DEGREE * cos(radians(place.lat))), 5),
                postcode=f"{area_of[place.district]} {sector % 9 + 1}{_letters(sector, step)}",
            )
        )
    return tuple(found)


@cache
def cells() -> tuple[DemoCell, ...]:
    """Return the hexagons of the force by code. Depends on nothing but the files and the resolutions above."""
    within: dict[str, list[str]] = {}
    for look_up in _hexagons_around(places()):
        within.setdefault(h3.cell_to_parent(look_up, AREA_RESOLUTION), []).append(look_up)
    return tuple(_cell(code, tuple(sorted(members))) for code, members in sorted(within.items()))


@cache
def cell_by_look_up() -> dict[str, DemoCell]:
    """Return the force's hexagon for each look-up hexagon."""
    return {look_up: cell for cell in cells() for look_up in cell.look_up}


def cell_at(lat: float, lon: float) -> DemoCell:
    """
    Return the hexagon of the force that holds a point.

    :raises KeyError: if the point lies outside the force
    """
    return cell_by_look_up()[h3.latlng_to_cell(lat, lon, LOOK_UP_RESOLUTION)]


def km_between(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the distance in kilometres on a flat map, right to a few metres across a county."""
    middle = radians((lat_a + lat_b) / 2)
    return hypot(lat_a - lat_b, (lon_a - lon_b) * cos(middle)) * KM_PER_DEGREE


def _cell(code: str, look_up: tuple[str, ...]) -> DemoCell:
    lat, lon = h3.cell_to_latlng(code)
    near = min(_settlements(), key=lambda place: km_between(lat, lon, place.lat, place.lon))
    in_town = any(
        km_between(lat, lon, place.lat, place.lon) <= TOWN_KM_PER_ROOT_PERSON * sqrt(place.population) + 0.5
        for place in places()
        if place.urban_rural == "urban"
    )
    return DemoCell(
        code=code,
        district=near.district,
        near=near.name,
        urban_rural="urban" if in_town else "rural",
        lat=round(lat, 5),
        lon=round(lon, 5),
        size_km2=round(sum(h3.cell_area(cell, unit="km^2") for cell in look_up), 3),
        look_up=look_up,
    )


def _settlements() -> tuple[DemoPlace, ...]:
    return tuple(place for place in places() if place.kind != "landmark")


def _hexagons_around(centres: Iterable[DemoPlace]) -> set[str]:
    # Whole parents, so that the hexagons of an area are always the same seven.
    rings = round(REACH_KM / (2 * h3.average_hexagon_edge_length(AREA_RESOLUTION, unit="km") * 0.866))
    parents: set[str] = set()
    for place in centres:
        parents.update(h3.grid_disk(h3.latlng_to_cell(place.lat, place.lon, AREA_RESOLUTION), rings))
    return {child for parent in parents for child in h3.cell_to_children(parent, LOOK_UP_RESOLUTION)}


def _letters(sector: int, step: int) -> str:
    # The letters British postcodes use after the digit.
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return letters[(sector * 7 + step * 3) % 20] + letters[(sector * 3 + step) % 20]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

"""
Which ground does a boundary enclose? Polygons in degrees (WGS 84), as GeoJSON writes them.

A point on the line between two areas that share it belongs to exactly one of them: an edge counts for the side above it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians
from typing import Any

import h3  # type: ignore[import-untyped]

from standfast.foundation.kernel.errors import Refusal

Ring = tuple[tuple[float, float], ...]
KM_PER_DEGREE = 111.195
LOOK_UP_RESOLUTION = 8  # hexagons of about 0.74 km²: the grain of the point-in-area look-up


class BoundaryUnclear(Refusal):
    """A geometry that encloses no ground we can tell. The text says what was expected."""


@dataclass(frozen=True)
class Boundary:
    """One or more polygons; each is an outer ring and its holes; points are (longitude, latitude)."""

    polygons: tuple[tuple[Ring, ...], ...]

    def geometry(self) -> dict[str, Any]:
        """Return the boundary as a GeoJSON MultiPolygon."""
        return {
            "type": "MultiPolygon",
            "coordinates": [[list(map(list, ring)) for ring in p] for p in self.polygons],
        }


def read_boundary(geometry: object) -> Boundary:
    """
    Read a GeoJSON Polygon or MultiPolygon.

    :raises BoundaryUnclear: if it is something else, a ring is not closed, or coordinates are no degrees
    """
    if not isinstance(geometry, dict) or geometry.get("type") not in {
        "Polygon",
        "MultiPolygon",
    }:
        found = geometry.get("type") if isinstance(geometry, dict) else None
        raise BoundaryUnclear(f"a Polygon or MultiPolygon was expected, {found or 'no geometry'} was found")
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise BoundaryUnclear("at least one polygon was expected")
    return Boundary(tuple(_polygon(polygon) for polygon in polygons))


def outer_rings(boundary: Boundary, *, most_points: int) -> list[list[tuple[float, float]]]:
    """Return the outer rings for drawing, as points (latitude, longitude), each thinned evenly to so many points at the most."""
    rings = []
    for outer, *_ in boundary.polygons:
        step = max(1, -(-len(outer) // most_points))
        rings.append([(lat, lon) for lon, lat in outer[::step]])
    return rings


def is_inside(boundary: Boundary, *, lat: float, lon: float) -> bool:
    """Say whether a point lies in the boundary and in none of its holes."""
    return any(sum(_crossings(ring, lat=lat, lon=lon) for ring in polygon) % 2 for polygon in boundary.polygons)


def covering_cells(boundary: Boundary, *, resolution: int = LOOK_UP_RESOLUTION) -> frozenset[str]:
    """Return hexagons that together hold every point of the boundary; some also hold ground outside it."""
    cells: set[str] = set()
    for outer, *_ in boundary.polygons:
        shape = h3.LatLngPoly([(lat, lon) for lon, lat in outer])
        cells.update(h3.h3shape_to_cells_experimental(shape, resolution, "bbox_overlap"))
        # Boxes are reckoned on a flat map and hexagons on a round earth: the corners' own cells make sure of thin slivers.
        for lon, lat in outer:
            cells.add(h3.latlng_to_cell(lat, lon, resolution))
    return frozenset(cells)


def size_km2(boundary: Boundary) -> float:
    """Return the ground enclosed, in square kilometres, holes taken off; right to within 1 % for an area of a county's size."""
    return sum(
        abs(_flat_area(outer)) - sum(abs(_flat_area(hole)) for hole in holes) for outer, *holes in boundary.polygons
    )


def centre(boundary: Boundary) -> tuple[float, float]:
    """Return the middle of the box around the largest polygon, as (latitude, longitude)."""
    largest = max(
        (polygon[0] for polygon in boundary.polygons),
        key=lambda ring: abs(_flat_area(ring)),
    )
    lons, lats = [lon for lon, _ in largest], [lat for _, lat in largest]
    return (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2


def _polygon(rings: object) -> tuple[Ring, ...]:
    if not isinstance(rings, list) or not rings:
        raise BoundaryUnclear("a polygon of at least one ring was expected")
    return tuple(_ring(ring) for ring in rings)


def _ring(points: object) -> Ring:
    if not isinstance(points, list) or len(points) < 4:
        raise BoundaryUnclear("a ring of at least four points was expected")
    ring = tuple(_point(point) for point in points)
    if ring[0] != ring[-1]:
        raise BoundaryUnclear("a ring that ends where it begins was expected")
    return ring


def _point(point: object) -> tuple[float, float]:
    if not isinstance(point, list) or len(point) < 2:
        raise BoundaryUnclear("points of longitude and latitude were expected")
    lon, lat = point[:2]
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in (lon, lat)):
        raise BoundaryUnclear("points of two numbers were expected")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BoundaryUnclear(
            f"degrees of longitude and latitude (WGS 84) were expected, {lon}, {lat} was found; convert the file first"
        )
    return float(lon), float(lat)


def _crossings(ring: Ring, *, lat: float, lon: float) -> int:
    return sum(
        1
        for (lon_a, lat_a), (lon_b, lat_b) in _edges(ring)
        if (lat_a > lat) != (lat_b > lat) and lon < _lon_at(lat, lon_a, lat_a, lon_b, lat_b)
    )


def _lon_at(lat: float, lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    # Always reckoned from the lower end, so that two areas sharing the edge get the same number to the last bit.
    if lat_a > lat_b:
        lon_a, lat_a, lon_b, lat_b = lon_b, lat_b, lon_a, lat_a
    return lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)


def _flat_area(ring: Ring) -> float:
    middle = radians(sum(lat for _, lat in ring) / len(ring))
    twice = sum(lon_a * lat_b - lon_b * lat_a for (lon_a, lat_a), (lon_b, lat_b) in _edges(ring))
    return twice / 2 * KM_PER_DEGREE * KM_PER_DEGREE * cos(middle)


def _edges(ring: Ring) -> Iterable[tuple[tuple[float, float], tuple[float, float]]]:
    return pairwise(ring)

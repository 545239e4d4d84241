"""In which area does a point lie, is it town or country, and which place does somebody mean?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import h3  # type: ignore[import-untyped]
from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Q, Value, When

from standfast.foundation.kernel.rows import rows_of
from standfast.foundation.kernel.tables import Decision
from standfast.foundation.places.models import Area, AreaKind, GazetteerEntry, PlaceKind
from standfast.foundation.places.rules.boundary import (
    LOOK_UP_RESOLUTION,
    is_inside,
    outer_rings,
    read_boundary,
)
from standfast.foundation.places.rules.place_names import folded, prefix_query
from standfast.foundation.places.rules.settlement import (
    Settlement,
    SettlementFacts,
    StatedSettlement,
    decide_settlement,
)

NAMED_ON_MAP = (PlaceKind.CITY, PlaceKind.TOWN, PlaceKind.VILLAGE)
MOST_NAMES = 200
MOST_BOUNDARIES = 400
MOST_POINTS = 120
"""How much of the ground is drawn, so that a map stays readable and small; look-ups use all of it."""
# For every contact that is filed and every position of a unit.
_AREAS_OF_CELL = """
SELECT {columns} FROM places_area WHERE id IN (SELECT area_id FROM places_areacell WHERE cell = %s) AND (%s = '' OR kind = %s)
ORDER BY size_km2, code
"""


@dataclass(frozen=True, kw_only=True)
class PlaceFound:
    """A place offered while somebody types."""

    name: str
    within: str
    kind: PlaceKind
    lat: float
    lon: float
    area_code: str
    urban_rural: str

    @property
    def full_name(self) -> str:
        """The name with the town a street lies in."""
        return f"{self.name}, {self.within}" if self.within else self.name


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The force's ground: hexagons and whether each is town, imported boundaries by name, places worth a name."""

    cells: Sequence[tuple[Sequence[tuple[float, float]], bool]]
    boundaries: Sequence[tuple[str, Sequence[Sequence[tuple[float, float]]]]]
    places: Sequence[PlaceFound]


def area_of_point(*, lat: float, lon: float, kind: AreaKind | None = None) -> Area | None:
    """Return the smallest area (of a kind, if given) that holds the point, or None if the force has none there."""
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    cell = h3.latlng_to_cell(lat, lon, LOOK_UP_RESOLUTION)
    for area in rows_of(Area, _AREAS_OF_CELL, [cell, kind or "", kind or ""]):
        if area.boundary is None or is_inside(read_boundary(area.boundary), lat=lat, lon=lon):
            return area
    return None


def area_name(code: str) -> str:
    """Return what people call an area; one that is not known (any more) goes by its code."""
    return (Area.objects.filter(code=code).values_list("name", flat=True).first() if code else "") or code


def urban_or_rural(*, lat: float | None, lon: float | None, on: date) -> Decision[Settlement]:
    """Return whether a point counts as town or country under the policy of a London day; no point counts as not known."""
    area = area_of_point(lat=lat, lon=lon) if lat is not None and lon is not None else None
    stated = area.urban_rural if area else ""
    return decide_settlement(SettlementFacts(stated=StatedSettlement(stated or "not_known")), on=on)


def find_places(*, text: str, limit: int = 10) -> list[PlaceFound]:
    """
    Return places whose name, or town, has a word beginning with each typed word.

    The whole name comes first, then names that begin with the text, then towns before estates before streets, larger ones first.
    """
    query = prefix_query(text)
    if not query:
        return []
    plain = folded(text)
    closeness = Case(
        When(folded=plain, then=Value(0)),
        When(folded__startswith=plain, then=Value(1)),
        default=Value(2),
    )
    rank = Case(*(When(kind=kind, then=Value(place)) for place, kind in enumerate(PlaceKind)))
    entries = (
        GazetteerEntry.objects.filter(Q(words=SearchQuery(query, search_type="raw", config="simple")))
        .select_related("area")
        .order_by(closeness, rank, "-population", "name", "within")[:limit]
    )
    return [_found(entry) for entry in entries]


def ground() -> Ground:
    """Return the force's ground, to be drawn: rings are points (latitude, longitude) in degrees, long ones drawn coarser."""
    cells = Area.objects.filter(kind=AreaKind.CELL).order_by("code").values_list("code", "urban_rural")
    areas = Area.objects.filter(kind=AreaKind.BOUNDARY, boundary__isnull=False).order_by("-size_km2", "code")
    named = GazetteerEntry.objects.filter(kind__in=NAMED_ON_MAP).order_by("-population", "name")[:MOST_NAMES]
    return Ground(
        cells=[
            (h3.cell_to_boundary(code), urban_rural == Settlement.URBAN)
            for code, urban_rural in cells
            if h3.is_valid_cell(code)
        ],
        boundaries=[
            (area.name, outer_rings(read_boundary(area.boundary), most_points=MOST_POINTS))
            for area in areas[:MOST_BOUNDARIES]
        ],
        places=[_found(entry) for entry in named.select_related("area")],
    )


def has_areas() -> bool:
    """Say whether the force's ground is known at all."""
    return Area.objects.exists()


def list_areas(*, kind: AreaKind) -> list[Area]:
    """Return the areas of a kind by code, without their boundaries."""
    return list(Area.objects.filter(kind=kind).defer("boundary").order_by("code"))


def _found(entry: GazetteerEntry) -> PlaceFound:
    return PlaceFound(
        name=entry.name,
        within=entry.within,
        kind=PlaceKind(entry.kind),
        lat=entry.lat,
        lon=entry.lon,
        area_code=entry.area.code if entry.area else "",
        urban_rural=entry.urban_rural,
    )

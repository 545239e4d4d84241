"""How do areas and named places get into the database? From a force's boundary file, or from a gazetteer as a whole."""

import gzip
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.foundation.places.events import BoundariesImported, GazetteerLoaded
from standfast.foundation.places.models import (
    Area,
    AreaCell,
    AreaKind,
    GazetteerEntry,
    PlaceKind,
)
from standfast.foundation.places.queries import area_of_point
from standfast.foundation.places.rules.boundary import centre, covering_cells
from standfast.foundation.places.rules.boundary_file import (
    BoundaryFileWrong,
    BoundaryRow,
    read_boundary_file,
)
from standfast.foundation.places.rules.place_names import folded

CELLS_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True)
class ImportCounts:
    """What an import brought: areas in the file, how many of them new and how many replaced, and look-up hexagons written."""

    areas: int
    added: int
    replaced: int
    cells: int

    def __str__(self) -> str:
        return f"{self.areas:,} areas: {self.added:,} new, {self.replaced:,} replaced; {self.cells:,} look-up hexagons."


@dataclass(frozen=True, kw_only=True)
class AreaInput:
    """An area of a gazetteer; `cells` are the look-up hexagons it consists of."""

    code: str
    name: str
    kind: AreaKind
    lat: float
    lon: float
    size_km2: float
    parent_code: str = ""
    urban_rural: str = ""
    population: int | None = None
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlaceInput:
    """A named place of a gazetteer."""

    name: str
    kind: PlaceKind
    lat: float
    lon: float
    within: str = ""
    area_code: str = ""
    population: int = 0
    urban_rural: str = ""


def import_boundaries(*, path: Path, kind: AreaKind, by: Actor, now: datetime) -> ImportCounts:
    """
    Take in every boundary of a GeoJSON file (.geojson, .json, either with .gz), or none of them.

    An area whose code is known already gets the new boundary in place of the old and keeps its records.

    :raises BoundaryFileWrong: naming the file, the feature and what was expected
    """
    require(by, Permission.PLACE_IMPORT)
    rows = _rows_of(path)
    # Before the transaction: a force's whole outline takes seconds, and the server ends one that idles as long.
    cells = [covering_cells(row.boundary) for row in rows]
    with transaction.atomic():
        counts = _take_in(rows, cells, path=path, kind=kind)
        imported = BoundariesImported(
            about=path.name,
            area_kind=kind,
            areas=counts.areas,
            added=counts.added,
            replaced=counts.replaced,
        )
        record(imported, by=by, at=now)
    return counts


def _take_in(
    rows: Sequence[BoundaryRow], cells: Sequence[frozenset[str]], *, path: Path, kind: AreaKind
) -> ImportCounts:
    standing = {area.code: area for area in Area.objects.select_for_update().filter(code__in=[r.code for r in rows])}
    for number, row in enumerate(rows, start=1):
        other = standing.get(row.code)
        if other and other.kind != kind:
            raise BoundaryFileWrong(
                f"{path.name}: feature {number}: {row.code} was expected to be new or of kind {kind}, "
                f"but a {other.kind} has this code."
            )
    areas = [_area(row, kind=kind, source=path.name, standing=standing.get(row.code)) for row in rows]
    return ImportCounts(
        areas=len(rows),
        added=len(rows) - len(standing),
        replaced=len(standing),
        cells=_replace_cells(zip(areas, cells, strict=True)),
    )


@transaction.atomic
def load_gazetteer(
    *,
    name: str,
    areas: Sequence[AreaInput],
    places: Sequence[PlaceInput],
    by: Actor,
    now: datetime,
) -> None:
    """
    Put a gazetteer in the place of the one before: its areas replace those of the same code, its places replace all places.

    A place without an area code gets the smallest area that holds it.
    """
    require(by, Permission.PLACE_IMPORT)
    Area.objects.bulk_create(
        [_gazetteer_area(area, source=name) for area in areas],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=_AREA_FIELDS,
    )
    stored = Area.objects.in_bulk([area.code for area in areas], field_name="code")
    _replace_cells((stored[area.code], area.cells) for area in areas)
    GazetteerEntry.objects.all().delete()
    GazetteerEntry.objects.bulk_create([_entry(place, stored) for place in places])
    record(GazetteerLoaded(about=name, areas=len(areas), places=len(places)), by=by, at=now)


_AREA_FIELDS = [
    "name",
    "kind",
    "parent_code",
    "urban_rural",
    "population",
    "centre_lat",
    "centre_lon",
    "size_km2",
    "boundary",
    "source",
]


def _rows_of(path: Path) -> tuple[BoundaryRow, ...]:
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        return read_boundary_file(content.decode("utf-8-sig"))
    except OSError as error:
        # gzip says with an OSError, too, that a file is no gzip file.
        raise BoundaryFileWrong(f"{path.name}: a readable file was expected; {error.strerror or error}.") from None
    except (EOFError, zlib.error):
        raise BoundaryFileWrong(f"{path.name}: a whole gzip file was expected, this one is cut short.") from None
    except UnicodeDecodeError:
        raise BoundaryFileWrong(f"{path.name}: UTF-8 text was expected.") from None
    except BoundaryFileWrong as error:
        raise BoundaryFileWrong(f"{path.name}: {error}") from None


def _area(row: BoundaryRow, *, kind: AreaKind, source: str, standing: Area | None) -> Area:
    area = standing or Area(code=row.code)
    area.name, area.kind, area.source = row.name, kind, source
    area.parent_code, area.urban_rural, area.population = (
        row.parent_code,
        row.urban_rural,
        row.population,
    )
    area.centre_lat, area.centre_lon = centre(row.boundary)
    area.size_km2, area.boundary = row.size_km2, row.boundary.geometry()
    area.save()
    return area


def _gazetteer_area(area: AreaInput, *, source: str) -> Area:
    return Area(
        code=area.code,
        name=area.name,
        kind=area.kind,
        parent_code=area.parent_code,
        urban_rural=area.urban_rural,
        population=area.population,
        centre_lat=area.lat,
        centre_lon=area.lon,
        size_km2=area.size_km2,
        source=source,
    )


def _entry(place: PlaceInput, areas: dict[str, Area]) -> GazetteerEntry:
    area = areas.get(place.area_code) if place.area_code else area_of_point(lat=place.lat, lon=place.lon)
    return GazetteerEntry(
        name=place.name,
        within=place.within,
        folded=folded(f"{place.name} {place.within}"),
        kind=place.kind,
        area=area,
        lat=place.lat,
        lon=place.lon,
        population=place.population,
        urban_rural=place.urban_rural or (area.urban_rural if area else ""),
    )


def _replace_cells(cells_of: Iterable[tuple[Area, Iterable[str]]]) -> int:
    rows = [AreaCell(cell=cell, area=area) for area, cells in cells_of for cell in sorted(cells)]
    AreaCell.objects.filter(area_id__in={row.area_id for row in rows}).delete()
    AreaCell.objects.bulk_create(rows, batch_size=CELLS_AT_ONCE)
    return len(rows)

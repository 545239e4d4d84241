"""How does Knotshire get into a database? Its districts, hexagons, places and streets as one gazetteer, by the ordinary operation."""

from datetime import datetime
from statistics import fmean

from standfast.demo.gazetteer import FORCE_NAME, DemoCell, DemoDistrict, cell_at, cells, districts, places, streets
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.places.models import AreaKind, PlaceKind
from standfast.foundation.places.operations import AreaInput, PlaceInput, load_gazetteer


def load_knotshire(*, by: Actor, now: datetime) -> None:
    """Put the demo force's areas and places in the database, in place of what was there."""
    by_district = {district.code: [c for c in cells() if c.district == district.code] for district in districts()}
    areas = [_district(district, by_district[district.code]) for district in districts()]
    areas += [_cell(cell) for cell in cells()]
    load_gazetteer(name=FORCE_NAME, areas=areas, places=_places(), by=by, now=now)


def _district(district: DemoDistrict, members: list[DemoCell]) -> AreaInput:
    return AreaInput(
        code=district.code,
        name=district.name,
        kind=AreaKind.DISTRICT,
        lat=round(fmean(cell.lat for cell in members), 5),
        lon=round(fmean(cell.lon for cell in members), 5),
        size_km2=sum(cell.size_km2 for cell in members),
        population=district.population,
        cells=tuple(look_up for cell in members for look_up in cell.look_up),
    )


def _cell(cell: DemoCell) -> AreaInput:
    return AreaInput(
        code=cell.code,
        name=f"Near {cell.near}",
        kind=AreaKind.CELL,
        lat=cell.lat,
        lon=cell.lon,
        size_km2=cell.size_km2,
        parent_code=cell.district,
        urban_rural=cell.urban_rural,
        cells=cell.look_up,
    )


def _places() -> list[PlaceInput]:
    named = [
        PlaceInput(
            name=place.name,
            kind=PlaceKind(place.kind),
            lat=place.lat,
            lon=place.lon,
            population=place.population,
            area_code=cell_at(place.lat, place.lon).code,
            urban_rural=place.urban_rural,
        )
        for place in places()
    ]
    return named + [
        PlaceInput(
            name=street.name,
            kind=PlaceKind.STREET,
            lat=street.lat,
            lon=street.lon,
            within=street.place.name,
            area_code=cell_at(street.lat, street.lon).code,
            urban_rural=street.place.urban_rural,
        )
        for street in streets()
    ]

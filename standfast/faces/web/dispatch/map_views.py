"""Where are the open incidents and the units, and on what ground? As small JSON for the map, which shows nothing the lists do not."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from standfast.faces.screens.asking import actor
from standfast.faces.screens.assets import asset, is_built
from standfast.faces.web.dispatch import mapped
from standfast.foundation.kernel import clock


@dataclass(frozen=True, kw_only=True)
class MapParts:
    """What the map is drawn with: Leaflet (empty where it is not built) and its style sheet, the force's tiles and their credit."""

    leaflet: str
    sheet: str
    tiles: str
    credit: str


def map_parts() -> MapParts:
    """Return what the map is drawn with here."""
    has = is_built("built/leaflet.js") and is_built("built/leaflet.css")
    return MapParts(
        leaflet=asset("built/leaflet.js") if has else "",
        sheet=asset("built/leaflet.css") if has else "",
        tiles=settings.MAP_TILES,
        credit=settings.MAP_CREDIT,
    )


def shown(request: HttpRequest) -> JsonResponse:
    """Answer what the map marks now: incidents most danger first, units on duty."""
    return JsonResponse(mapped.marks(by=actor(request), now=clock.now()))


def ground(request: HttpRequest) -> JsonResponse:
    """Answer the force's ground: hexagons, imported boundaries, and the names of places."""
    return JsonResponse(mapped.ground(by=actor(request)))

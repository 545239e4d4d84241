"""Where are the open incidents and the units, on what ground, and on whose map? The map shows nothing the lists do not."""

from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from standfast.faces.screens.asking import actor
from standfast.faces.screens.assets import asset, is_built
from standfast.faces.web.dispatch import mapped
from standfast.foundation.kernel import clock
from standfast.foundation.runtime.tiles import BadTiles, TileFile, names_file, tile_file

MOST_ZOOM = 19
KEPT_SECONDS = 24 * 3600
"""A browser of ours may keep a tile so long; a new file has new addresses."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class MapParts:
    """
    What the map is drawn with: Leaflet (empty where it is not built) and its style sheet; the force's tiles, the zooms they have, and
    whose they are; what draws tiles of shapes, empty for pictures; and whether a map of the force's own is named that cannot be read.
    """

    leaflet: str
    sheet: str
    tiles: str = ""
    least_zoom: int = 0
    most_zoom: int = MOST_ZOOM
    credit: str = ""
    shapes: str = ""
    painter: str = ""
    unreadable: bool = False


def map_parts() -> MapParts:
    """Return what the map is drawn with here."""
    has = is_built("built/leaflet.js") and is_built("built/leaflet.css")
    parts = MapParts(leaflet=asset("built/leaflet.js") if has else "", sheet=asset("built/leaflet.css") if has else "")
    if not names_file(settings.MAP_TILES):
        return replace(parts, tiles=settings.MAP_TILES, credit=settings.MAP_CREDIT)
    own = _own_tiles()
    if own is None:
        return replace(parts, unreadable=True)
    return replace(
        parts,
        shapes=asset("src/map-shapes.js") if has and own.has_shapes else "",
        painter=asset("built/protomaps-leaflet.js") if has and own.has_shapes else "",
        tiles=f"{reverse('dispatch:map')}/tiles/{{z}}/{{x}}/{{y}}?v={own.version}",
        least_zoom=own.least_zoom,
        most_zoom=own.most_zoom,
        credit=settings.MAP_CREDIT or own.credit,
    )


def shown(request: HttpRequest) -> JsonResponse:
    """Answer what the map marks now: incidents most danger first, units on duty."""
    return _small(mapped.marks(by=actor(request), now=clock.now()))


def ground(request: HttpRequest) -> JsonResponse:
    """Answer the force's ground: hexagons, imported boundaries, and the names of places."""
    return _small(mapped.ground(by=actor(request)))


def tile(request: HttpRequest, zoom: int, column: int, row: int) -> HttpResponse:
    """Answer a piece of the force's own map, as it is packed in its file, or that there is none there."""
    own = _own_tiles()
    try:
        piece = mapped.tile(own, zoom=zoom, column=column, row=row, by=actor(request)) if own else None
    except BadTiles as problem:
        _log.warning("the map has no piece", fault=str(problem))
        piece = None
    if own is None or piece is None:
        return HttpResponse(status=204)
    answer = HttpResponse(piece, content_type=own.kind)
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}, immutable"
    if own.is_packed:
        # Only browsers ask, and every browser unpacks it.
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def _own_tiles() -> TileFile | None:
    # What is wrong with the file was said at boot, and `standfast doctor` says it; the map says that it is drawn without it.
    try:
        return tile_file(settings.MAP_TILES)
    except BadTiles:
        return None


def _small(values: dict[str, Any]) -> JsonResponse:
    return JsonResponse(values, json_dumps_params={"separators": (",", ":")})

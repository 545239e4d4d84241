"""What does the dispatchers' map mark? Incidents and units that have a place, and the ground under them, as plain values for JSON."""

from datetime import datetime
from typing import Any

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.foundation.places import queries as places
from standfast.foundation.runtime.tiles import TileFile
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.unit_status import status_codes

MOST_MARKED = 400
"""The most incidents marked: beyond, marks hide each other. The map says how many are not."""
DECIMALS = 4
"""About ten metres."""
OLD_MINUTES = 5
RISKS = list(Risk)


def marks(*, by: Actor, now: datetime) -> dict[str, Any]:
    """
    Return the incidents and units to mark, each a row: what there are many of is said once and then numbered.

    An incident is reference, latitude, longitude, number of its risk, number of its kind, and place in words; a unit is callsign,
    latitude, longitude, status code, and the minutes its position is old, 0 while it is fresh. Degrees have four decimals. `unplaced`
    counts open incidents that cannot be marked, `more` those beyond the most marked.
    """
    found = queries.board_incidents(by=by, only_without_unit=False, limit=MOST_MARKED)
    units = [each for each in queries.board_units(by=by) if each.lat is not None and each.lon is not None]
    codes = status_codes(days.london_day(now))
    placed = [each for each in found.listed if each.lat is not None and each.lon is not None]
    kinds = {kind: number for number, kind in enumerate(dict.fromkeys(each.kind for each in placed))}
    return {
        "risks": [[risk.value, risk.label] for risk in RISKS],
        "kinds": [kind or "kind not noted" for kind in kinds],
        "states": {code: [codes[code].group.value, codes[code].label] for code in {each.state for each in units}},
        "incidents": [
            [each.reference, *_at(each), RISKS.index(Risk(each.risk)), kinds[each.kind], each.place_text]
            for each in placed
        ],
        "units": [[each.callsign, *_at(each), each.state, _age(each, now=now)] for each in units],
        "unplaced": len(found.listed) - len(placed),
        "more": max(0, found.open - len(found.listed)),
    }


def ground(*, by: Actor) -> dict[str, Any]:
    """Return the ground: hexagons as rings of degrees, town or country; imported boundaries; names of towns and villages."""
    require(by, Permission.UNIT_READ)
    found = places.ground()
    return {
        "cells": [{"ring": _rounded(ring), "urban": urban} for ring, urban in found.cells],
        "boundaries": [{"name": name, "rings": [_rounded(ring) for ring in rings]} for name, rings in found.boundaries],
        "places": [
            {"name": each.name, "at": [round(each.lat, DECIMALS), round(each.lon, DECIMALS)], "kind": each.kind}
            for each in found.places
        ],
    }


def tile(own: TileFile, *, zoom: int, column: int, row: int, by: Actor) -> bytes | None:
    """
    Return a piece of the force's own map, as it is packed in its file, or None where it has none.

    :raises BadTiles: if the file is damaged there
    """
    require(by, Permission.UNIT_READ)
    return own.find(zoom, column, row)


def _at(each: Any) -> tuple[float, float]:
    return round(each.lat, DECIMALS), round(each.lon, DECIMALS)


def _rounded(ring: Any) -> list[list[float]]:
    return [[round(lat, DECIMALS), round(lon, DECIMALS)] for lat, lon in ring]


def _age(unit: Any, *, now: datetime) -> int:
    minutes = int((now - unit.position_at).total_seconds() // 60) if unit.position_at else 0
    return minutes if minutes >= OLD_MINUTES else 0

"""What does the dispatchers' map mark? Incidents and units that have a place, and the ground under them, as plain values for JSON."""

from datetime import datetime
from typing import Any

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.foundation.places import queries as places
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.unit_status import status_codes

MOST_MARKED = 400
"""The most incidents marked: beyond, marks hide each other. The map says how many are not."""
DECIMALS = 4
"""About ten metres."""
OLD_MINUTES = 5


def marks(*, by: Actor, now: datetime) -> dict[str, Any]:
    """
    Return the incidents and units to mark, each with its place in degrees and what is said of it.

    `unplaced` counts open incidents that cannot be marked, `more` those beyond the most marked.
    """
    found = queries.board_incidents(by=by, only_without_unit=False, limit=MOST_MARKED)
    counts = queries.board_counts(by=by)
    codes = status_codes(days.london_day(now))
    marked = [
        {
            "reference": each.reference,
            "short": each.reference[:4],
            "at": [round(each.lat, DECIMALS), round(each.lon, DECIMALS)],
            "risk": each.risk,
            "says": _said(each),
        }
        for each in found
        if each.lat is not None and each.lon is not None
    ]
    units = [
        {
            "callsign": each.unit.callsign,
            "at": [round(each.unit.lat, DECIMALS), round(each.unit.lon, DECIMALS)],
            "group": codes[each.unit.state].group.value,
            "says": f"{each.unit.callsign}, {codes[each.unit.state].label}{_age(each.unit, now=now)}",
        }
        for each in queries.board_units(by=by)
        if each.unit.lat is not None and each.unit.lon is not None
    ]
    return {
        "incidents": marked,
        "units": units,
        "unplaced": len(found) - len(marked),
        "more": max(0, counts.open - len(found)),
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


def _said(incident: Any) -> str:
    what, where = incident.kind or "kind not noted", incident.place_text or "place not known"
    return f"{Risk(incident.risk).label}, {incident.reference[:4]}, {what}, {where}"


def _rounded(ring: Any) -> list[list[float]]:
    return [[round(lat, DECIMALS), round(lon, DECIMALS)] for lat, lon in ring]


def _age(unit: Any, *, now: datetime) -> str:
    minutes = int((now - unit.position_at).total_seconds() // 60) if unit.position_at else 0
    return f", position {minutes} min old" if minutes >= OLD_MINUTES else ""

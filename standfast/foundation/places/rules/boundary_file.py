"""Which areas does a GeoJSON file of boundaries describe? Pure: text in, areas out, or one sentence about the first thing wrong."""

import json
import re
from dataclasses import dataclass
from typing import Any

from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.places.rules.boundary import (
    Boundary,
    BoundaryUnclear,
    read_boundary,
    size_km2,
)
from standfast.foundation.places.rules.place_names import folded

_CODE = re.compile(r"(code|id|.*cd)$", re.IGNORECASE)
_NAME = re.compile(r"(name|.*nm)$", re.IGNORECASE)
_LONGEST = {"code": 40, "name": 200}


class BoundaryFileWrong(Refusal):
    """A file that is no set of boundaries; says the feature (from 1) and what was expected. Nothing of it was taken."""


@dataclass(frozen=True, kw_only=True)
class BoundaryRow:
    """One area as the file gives it."""

    code: str
    name: str
    parent_code: str
    urban_rural: str
    population: int | None
    boundary: Boundary
    size_km2: float


def read_boundary_file(text: str) -> tuple[BoundaryRow, ...]:
    """
    Read a GeoJSON FeatureCollection of polygons.

    The code of an area is its property `code` or `id`, else the first whose name ends in CD (as the Office for National Statistics
    writes them), else made from the name; likewise `name` or one ending in NM. A further property ending in CD, or `parent`, is the parent.

    :raises BoundaryFileWrong: at the first feature that is wrong
    """
    try:
        collection = json.loads(text)
    except json.JSONDecodeError as error:
        raise BoundaryFileWrong(f"line {error.lineno}, column {error.colno}: JSON was expected; {error.msg}.") from None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or not features:
        raise BoundaryFileWrong("a FeatureCollection with at least one feature was expected.")
    rows: list[BoundaryRow] = []
    seen: dict[str, int] = {}
    for number, feature in enumerate(features, start=1):
        try:
            row = _row(feature)
        except BoundaryUnclear as error:
            raise BoundaryFileWrong(f"feature {number}: {error}.") from None
        if (earlier := seen.setdefault(row.code, number)) != number:
            raise BoundaryFileWrong(
                f"feature {number}: a code of its own was expected, {row.code} is also feature {earlier}."
            )
        rows.append(row)
    return tuple(rows)


def _row(feature: object) -> BoundaryRow:
    if not isinstance(feature, dict):
        raise BoundaryUnclear("a feature was expected")
    boundary = read_boundary(feature.get("geometry"))
    size = size_km2(boundary)
    if size <= 0:
        raise BoundaryUnclear("a polygon that encloses some ground was expected")
    properties = feature.get("properties")
    texts = _texts(properties if isinstance(properties, dict) else {})
    codes = [value for key, value in texts.items() if _CODE.fullmatch(key)]
    name = texts.get("name") or next((value for key, value in texts.items() if _NAME.fullmatch(key)), "")
    code = texts.get("code") or next(iter(codes), "") or _code_from(name)
    if not code:
        raise BoundaryUnclear("a property code or name (or one ending in CD or NM) was expected")
    for label, value in (("code", code), ("name", name)):
        if len(value) > _LONGEST[label]:
            raise BoundaryUnclear(f"a {label} of at most {_LONGEST[label]} characters was expected")
    return BoundaryRow(
        code=code,
        name=name or code,
        parent_code=texts.get("parent") or next((value for value in reversed(codes) if value != code), "")[:40],
        urban_rural=_settlement(texts),
        population=_population(properties),
        boundary=boundary,
        size_km2=size,
    )


def _code_from(name: str) -> str:
    return "-".join(folded(name).split())[: _LONGEST["code"]].rstrip("-")


def _texts(properties: dict[str, Any]) -> dict[str, str]:
    return {key: str(value).strip() for key, value in properties.items() if isinstance(value, str | int) and value}


def _settlement(texts: dict[str, str]) -> str:
    given = texts.get("urban_rural", "").lower()
    if given not in {"", "urban", "rural"}:
        raise BoundaryUnclear(f"urban_rural was expected to be urban or rural, {given[:20]} was found")
    return given


def _population(properties: object) -> int | None:
    given = properties.get("population") if isinstance(properties, dict) else None
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or given < 0:
        raise BoundaryUnclear("population was expected to be a whole number, 0 or more")
    return given

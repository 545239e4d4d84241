"""What can happen to areas and named places?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class BoundariesImported(Happening):
    """A file of boundaries was taken in as a whole."""

    kind = "places.boundaries.imported"
    sentence = "Imported {areas} boundaries ({added} new, {replaced} replaced) of kind “{area_kind}” from {about}"
    retention = Retention.SIX_YEARS

    about: str
    area_kind: str
    areas: int
    added: int
    replaced: int


@dataclass(frozen=True, kw_only=True)
class GazetteerLoaded(Happening):
    """A gazetteer took the place of the one before."""

    kind = "places.gazetteer.loaded"
    sentence = "Loaded the gazetteer {about}: {areas} areas, {places} places"
    retention = Retention.SIX_YEARS

    about: str
    areas: int
    places: int

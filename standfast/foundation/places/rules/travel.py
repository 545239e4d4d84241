"""
How long does a unit take from here to there? By a distance model fitted to attendance records, with its error stated.

The form is Kolesar and Walker's (Measuring the travel characteristics of New York City's fire companies, 1974): a vehicle speeds up
over the first kilometres, so time grows with the square root of distance; further away it cruises, so time grows with distance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import cos, exp, isfinite, log, radians, sqrt
from statistics import median

from standfast.foundation.kernel.tables import DatedTable

Point = tuple[float | None, float | None]
"""Latitude and longitude in degrees, each None where nobody knows it."""
KM_PER_DEGREE = 111.195
LEAST_KM = 0.05
FEWEST_JOURNEYS = 30
HELD_OUT_EVERY = 5
_BREAKS_KM = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 14.0, 20.0)


@dataclass(frozen=True, kw_only=True)
class TravelRow:
    """
    One model: `setting` is urban, rural or any; seconds are `scale_seconds` times the shape of the straight-line distance.

    `error_share` is the half-width of the middle four fifths of journeys, as a share of the predicted time.
    """

    id: str
    setting: str
    scale_seconds: float
    break_km: float
    error_share: float
    journeys: int
    because: str


@dataclass(frozen=True, kw_only=True)
class Journey:
    """One real journey: straight-line kilometres and seconds taken."""

    km: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A fitted model and how it did on journeys it had not seen: the middle error and the one nine in ten stay under, as shares."""

    scale_seconds: float
    break_km: float
    error_share: float
    journeys: int
    median_error: float
    error_of_nine_in_ten: float


class TooFewJourneys(ValueError):
    """Not enough usable journeys to fit a model."""


TABLE = DatedTable.beside(__file__, "travel_model", row=TravelRow)


def straight_km(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Return the straight-line kilometres between two points, on a flat map: right to a few metres across a county."""
    squeeze = cos(radians((lat_a + lat_b) / 2))
    north, east = lat_a - lat_b, (lon_a - lon_b) * squeeze
    return sqrt(north * north + east * east) * KM_PER_DEGREE


def km_between(here: Point, there: Point) -> float | None:
    """Return the straight-line kilometres between two points, or None where one of them is not known."""
    (lat_a, lon_a), (lat_b, lon_b) = here, there
    if lat_a is None or lon_a is None or lat_b is None or lon_b is None:
        return None
    return straight_km(lat_a, lon_a, lat_b, lon_b)


def travel_model(setting: str, *, on: date) -> tuple[Callable[[float], float], float, str]:
    """Return the model for town or country on a London day: seconds by kilometres, its error as a share, and the row it stands in."""
    edition = TABLE.on(on)
    return _model(edition.rows, setting, str(edition))


@lru_cache(maxsize=64)
def _model(rows: tuple[TravelRow, ...], setting: str, edition: str) -> tuple[Callable[[float], float], float, str]:
    by_setting = {row.setting: row for row in rows}
    row = by_setting.get(setting) or by_setting["any"]
    scale, breaks = row.scale_seconds, row.break_km
    root = sqrt(breaks)

    def seconds(km: float) -> float:
        if km <= breaks:
            return scale * sqrt(max(LEAST_KM, km))
        return scale * (root + (km - breaks) / (2 * root))

    return seconds, row.error_share, f"row {row.id}, {edition}"


def shape(km: float, break_km: float) -> float:
    """Return the time of a journey in units of the scale: a square root up to the break, a tangent line after it."""
    km = max(km, LEAST_KM)
    root = sqrt(break_km)
    return sqrt(km) if km <= break_km else root + (km - break_km) / (2 * root)


def fit_travel(journeys: Sequence[Journey]) -> Fit:
    """
    Fit the model to journeys, by the median of ratios, and measure it on every fifth, which it does not see.

    :raises TooFewJourneys: if fewer than thirty are usable (further than 50 m, longer than 20 s, up to four hours)
    """
    usable = [each for each in journeys if _is_usable(each)]
    if len(usable) < FEWEST_JOURNEYS:
        raise TooFewJourneys(f"At least {FEWEST_JOURNEYS} usable journeys were expected, {len(usable)} were found.")
    held_out = usable[::HELD_OUT_EVERY]
    seen = [each for number, each in enumerate(usable) if number % HELD_OUT_EVERY]
    _, break_km = min((_misfit(seen, each), each) for each in _BREAKS_KM)
    errors = _errors(held_out, _scale(seen, break_km), break_km)
    scale = _scale(usable, break_km)
    return Fit(
        scale_seconds=scale,
        break_km=break_km,
        error_share=_share(sorted(_errors(usable, scale, break_km)), 0.8),
        journeys=len(usable),
        median_error=median(errors),
        error_of_nine_in_ten=_share(sorted(errors), 0.9),
    )


def _is_usable(each: Journey) -> bool:
    return isfinite(each.km) and isfinite(each.seconds) and each.km >= LEAST_KM and 20 <= each.seconds <= 4 * 3600


def _scale(journeys: Sequence[Journey], break_km: float) -> float:
    return exp(median(log(each.seconds / shape(each.km, break_km)) for each in journeys))


def _misfit(journeys: Sequence[Journey], break_km: float) -> float:
    logs = [log(each.seconds / shape(each.km, break_km)) for each in journeys]
    middle = median(logs)
    return sum(abs(each - middle) for each in logs)


def _errors(journeys: Sequence[Journey], scale: float, break_km: float) -> list[float]:
    predicted = [scale * shape(each.km, break_km) for each in journeys]
    return [abs(each.seconds - said) / said for each, said in zip(journeys, predicted, strict=True)]


def _share(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

"""What is to be expected of an attendance: when a unit arrives, how much time is left to send one, or that none can be in time?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import cos, radians
from typing import Any

from standfast.faces.screens.times import short_moment, span
from standfast.foundation.kernel import days
from standfast.foundation.places.rules.travel import straight_km, travel_model
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.queries import UnitOnDuty
from standfast.journey.incidents.rules.prediction import Outlook, predict_arrival
from standfast.journey.incidents.rules.unit_rank import may_be_sent
from standfast.journey.incidents.rules.unit_status import Availability, status_codes
from standfast.journey.incidents.states import IncidentState

THERE_KM = 0.2
"""A unit this near has no journey before it."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a unit that could perhaps be sent is, and the grade of the incident it is on, if it is on one."""

    callsign: str
    lat: float
    lon: float
    availability: Availability
    on_grade: str


@dataclass(frozen=True)
class Standing:
    """Who was sent where, by the incident's key, and who could be sent: free, or only to some."""

    sent: Mapping[int, Sequence[UnitOnDuty]]
    free: Sequence[Spot]
    others: Sequence[Spot]

    def sent_to(self, incident: Any) -> Sequence[UnitOnDuty]:
        """Return the units sent to an incident, in order of sending."""
        return self.sent.get(incident.pk, ())


def standing_units(units: Iterable[UnitOnDuty], *, on: date) -> Standing:
    """Return how the units on duty stand, from what was asked of the database once for the whole board."""
    codes = status_codes(on)
    sent: dict[int, list[UnitOnDuty]] = {}
    spots = []
    for unit in units:
        if unit.incident_id is not None:
            sent.setdefault(unit.incident_id, []).append(unit)
        if unit.lat is not None and unit.lon is not None:
            can = codes[unit.state].availability
            spots.append(Spot(unit.callsign, unit.lat, unit.lon, can, unit.grade or ""))
    for several in sent.values():
        several.sort(key=lambda unit: (unit.assigned_at, unit.pk))
    return Standing(
        sent=sent,
        free=[spot for spot in spots if spot.availability is Availability.FREE],
        others=[spot for spot in spots if spot.availability not in {Availability.FREE, Availability.NO}],
    )


def what_to_expect(incident: Any, standing: Standing, *, now: datetime) -> tuple[str, bool]:
    """Return what is to be expected of an attendance, in words, and whether it will be late."""
    sent = standing.sent_to(incident)
    if incident.attended_at is not None:
        return IncidentState(incident.state).label, False
    if incident.due_at is None or incident.lat is None:
        place = ", place not on the map" if incident.lat is None else ""
        return ("on the way" if sent else "no unit") + place, False
    if not sent:
        return _without_unit(incident, standing, now=now)
    seconds, error, starts = _journey(incident, sent[0], now=now)
    said = predict_arrival(starts_at=starts, seconds=seconds, error_share=error, due_at=incident.due_at)
    return f"arrive {short_moment(said.at, now=now)}, {said.outlook.label}", said.outlook is Outlook.LATE


def _without_unit(incident: Any, standing: Standing, *, now: datetime) -> tuple[str, bool]:
    """Skills and crews are not asked about here: who could go, and why not the others, is the panel's to say."""
    seconds_of, error, _ = travel_model(incident.urban_rural or "urban", on=days.london_day(now))
    free = _nearest(incident, standing.free)
    seconds = None if free is None else seconds_of(_km(incident, free))
    if incident.due_at <= now:
        return "no unit free" if seconds is None else f"nearest free {round(seconds / 60)} min", True
    left = (incident.due_at - now).total_seconds()
    if seconds is not None and seconds <= left:
        said = predict_arrival(starts_at=now, seconds=seconds, error_share=error, due_at=incident.due_at)
        return f"no unit, {span(int(left - seconds))} slack", said.outlook is Outlook.LATE
    grade = ResponseGrade(incident.grade)
    fitting = [each for each in standing.others if may_be_sent(each.availability, grade=grade, on_grade=each.on_grade)]
    other = _nearest(incident, fitting)
    near = other is not None and seconds_of(_km(incident, other)) <= left
    words = "no unit free" if free is None else "no free unit can be in time"
    return f"{words}, {other.callsign} near enough" if other and near else words, free is not None


def _nearest(incident: Any, spots: Sequence[Spot]) -> Spot | None:
    lat, lon, squeeze = incident.lat, incident.lon, cos(radians(incident.lat))
    return min(spots, key=lambda spot: (spot.lat - lat) ** 2 + ((spot.lon - lon) * squeeze) ** 2, default=None)


def _km(incident: Any, spot: Spot) -> float:
    return straight_km(spot.lat, spot.lon, incident.lat, incident.lon)


def _journey(incident: Any, first: UnitOnDuty, *, now: datetime) -> tuple[float, float, datetime]:
    seconds_of, error, _ = travel_model(incident.urban_rural or "urban", on=days.london_day(now))
    sent_at = first.assigned_at or now
    if (
        first.lat is not None
        and first.lon is not None
        and first.position_at is not None
        and first.position_at > sent_at
    ):
        km = straight_km(first.lat, first.lon, incident.lat, incident.lon)
        return seconds_of(km), error, max(first.position_at, now) if km > THERE_KM else now
    planned = timedelta(seconds=first.travel_seconds or 0)
    return max(0.0, (sent_at + planned - now).total_seconds()), error, now

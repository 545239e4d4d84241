"""What does the dispatchers' board show? Incidents by danger and time left beside units by state, each usable alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians
from typing import Any

from standfast.faces.screens.times import ClockState, Countdown, count_down, met, short_moment, span
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.places.rules.travel import straight_km, travel_model
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.prediction import Outlook, predict_arrival
from standfast.journey.incidents.rules.unit_status import StatusCode, UnitGroup, status_codes
from standfast.journey.incidents.states import IncidentState

MOST_INCIDENTS = 40
MOST_IN_GROUP = 10
NUMBERS = {grade: number for number, grade in enumerate(ResponseGrade, start=1)}
GROUPS = (UnitGroup.FREE, UnitGroup.GOING, UnitGroup.AT_SCENE, UnitGroup.BUSY)
ICONS = {UnitGroup.FREE: "i-dot", UnitGroup.GOING: "i-arrow", UnitGroup.AT_SCENE: "i-scene", UnitGroup.BUSY: "i-paused"}
NO_CLOCK = Countdown(state=ClockState.PAUSED, figure="None", word="no clock runs")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """
    What is asked of the board: which incident is chosen, whether only those without a unit, which group of units in full, and whether
    the lists, the map or both are shown.
    """

    chosen: str = ""
    waiting: bool = False
    group: str = ""
    view: str = ""

    def query(self, **other: object) -> str:
        """Return the address of the same board with something else asked."""
        asked: dict[str, object] = {"incident": self.chosen, "show": "waiting" if self.waiting else ""}
        asked |= {"units": self.group, "view": self.view, **other}
        parts = [f"{name}={value}" for name, value in asked.items() if value]
        return "?" + "&".join(parts) if parts else "?"


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """One open incident: what, where, who is on it, its clock, and what is to be expected."""

    reference: str
    short: str
    risk: str
    risk_label: str
    grade: ResponseGrade
    number: int
    what: str
    where: str
    units: str
    clock: Countdown
    expected: str
    will_miss: bool
    alarm: bool
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class UnitTile:
    """One unit: how it stands, since when, with whom, on what, until when, and how old its position is."""

    callsign: str
    icon: str
    group: str
    state: str
    since: str
    crew: str
    job: str
    job_reference: str
    until: str
    position: str
    note: str


@dataclass(frozen=True, kw_only=True)
class UnitsOfGroup:
    """The units of one group, and how many more there are than shown."""

    code: str
    label: str
    count: int
    tiles: Sequence[UnitTile]
    more: int


@dataclass(frozen=True, kw_only=True)
class IncidentsPart:
    """The incidents' side of the board at one instant."""

    asked: Asked
    rows: Sequence[IncidentRow]
    open: int
    without_unit: int


@dataclass(frozen=True, kw_only=True)
class UnitsPart:
    """The units' side of the board at one instant."""

    asked: Asked
    on_duty: int
    free: int
    groups: Sequence[UnitsOfGroup]
    alarms: Sequence[str]
    messages: Sequence[tuple[str, str]]
    questions: Sequence[tuple[int, str, str]]


@dataclass(frozen=True, kw_only=True)
class Board(IncidentsPart, UnitsPart):
    """The whole board at one instant."""


@dataclass(frozen=True, slots=True)
class _Spot:
    callsign: str
    lat: float
    lon: float


def board(asked: Asked, *, by: Actor, now: datetime) -> Board:
    """Return the whole board under what is asked of it."""
    incidents, units = incidents_part(asked, by=by, now=now), units_part(asked, by=by, now=now)
    both: dict[str, Any] = {**vars(incidents), **vars(units)}
    return Board(**both)


def incidents_part(asked: Asked, *, by: Actor, now: datetime) -> IncidentsPart:
    """Return the incidents' side alone, as a refresh of it needs."""
    counts = queries.board_counts(by=by)
    return IncidentsPart(
        asked=asked, rows=_rows(asked=asked, by=by, now=now), open=counts.open, without_unit=counts.without_unit
    )


def units_part(asked: Asked, *, by: Actor, now: datetime) -> UnitsPart:
    """Return the units' side alone, as a refresh of it needs."""
    codes = status_codes(days.london_day(now))
    units = queries.board_units(by=by)
    groups = _groups(units, codes, asked=asked, now=now)
    return UnitsPart(
        asked=asked,
        on_duty=len(units),
        free=groups[0].count,
        groups=groups,
        alarms=[each.unit.callsign for each in units if each.unit.alarm_at],
        messages=[
            (each.unit.callsign, f"{codes[each.unit.message].label}, {short_moment(each.unit.message_at, now=now)}")
            for each in units
            if each.unit.message is not None and each.unit.message_at is not None
        ],
        questions=[
            (row.pk, row.callsign, f"{_label(codes, row.code)} at {short_moment(row.at, now=now)}: {row.because}")
            for row in queries.reports_to_ask_about(by=by)
        ],
    )


def _rows(*, asked: Asked, by: Actor, now: datetime) -> list[IncidentRow]:
    codes = status_codes(days.london_day(now))
    units = queries.list_units(by=by)
    found = queries.board_incidents(by=by, only_without_unit=asked.waiting, limit=MOST_INCIDENTS)
    sent = queries.attended_deployments(incidents=[each.pk for each in found])
    spots = [
        _Spot(unit.callsign, unit.lat, unit.lon)
        for unit in units
        if codes[unit.state].group == UnitGroup.FREE and unit.lat is not None and unit.lon is not None
    ]
    places = {unit.pk: unit for unit in units}
    return [_row(each, sent.get(each.pk, ()), spots, places, asked=asked, now=now) for each in found]


def _row(
    incident: Any,
    sent: Sequence[Any],
    spots: Sequence[_Spot],
    places: Mapping[int, Any],
    *,
    asked: Asked,
    now: datetime,
) -> IncidentRow:
    grade = ResponseGrade(incident.grade)
    expected, will_miss = _expected(incident, sent, spots, places, now=now)
    return IncidentRow(
        reference=incident.reference,
        short=incident.reference[:4],
        risk=incident.risk,
        risk_label=Risk(incident.risk).label,
        grade=grade,
        number=NUMBERS[grade],
        what=incident.kind or "Kind not noted",
        where=incident.place_text or "Place not known",
        units=", ".join(each.callsign for each in sent),
        clock=clock_of(incident, now=now),
        expected=expected,
        will_miss=will_miss,
        alarm=incident.alarm_at is not None,
        chosen=incident.reference == asked.chosen,
    )


def clock_of(incident: Any, *, now: datetime) -> Countdown:
    """Return the headline clock of an incident on the board: running, or met when it was attended."""
    if incident.attended_at is not None:
        due = incident.due_at or incident.attended_at
        return met(due, met_at=incident.attended_at, starts_at=incident.first_contact_at)
    if incident.due_at is None:
        return NO_CLOCK
    warn_at = incident.first_contact_at + (incident.due_at - incident.first_contact_at) * 0.75
    return count_down(incident.due_at, now=now, warn_at=warn_at)


def _expected(
    incident: Any, sent: Sequence[Any], spots: Sequence[_Spot], places: Mapping[int, Any], *, now: datetime
) -> tuple[str, bool]:
    """Return what is to be expected of an attendance, in words, and whether it will be late."""
    if incident.attended_at is not None:
        return IncidentState(incident.state).label, False
    if incident.due_at is None or incident.lat is None:
        return ("no unit" if not sent else "on the way") + ("" if incident.lat else ", place not on the map"), False
    seconds, error, starts = _journey(incident, sent, spots, places, now=now)
    if seconds is None:
        return "no unit free", incident.due_at < now
    said = predict_arrival(starts_at=starts, seconds=seconds, error_share=error, due_at=incident.due_at)
    if sent:
        return f"arrive {short_moment(said.at, now=now)}, {said.outlook.label}", said.outlook == Outlook.LATE
    slack = int((incident.due_at - said.at).total_seconds())
    return (
        f"no unit, {span(slack)} slack" if slack >= 0 else "no unit, none can be in time",
        said.outlook == Outlook.LATE,
    )


def _journey(
    incident: Any, sent: Sequence[Any], spots: Sequence[_Spot], places: Mapping[int, Any], *, now: datetime
) -> tuple[float | None, float, datetime]:
    seconds_of, error, _ = travel_model(incident.urban_rural or "urban", on=days.london_day(now))
    if sent:
        unit = places.get(sent[0].unit_id)
        if unit is not None and unit.position_at is not None and unit.position_at > sent[0].assigned_at:
            km = straight_km(unit.lat, unit.lon, incident.lat, incident.lon)
            return seconds_of(km), error, max(unit.position_at, now) if km > 0.2 else now
        planned = float(sent[0].travel_seconds or 0)
        left = max(0.0, planned - (now - sent[0].assigned_at).total_seconds())
        return left, error, now
    if not spots:
        return None, error, now
    lat, lon, squeeze = incident.lat, incident.lon, cos(radians(incident.lat))
    nearest = min(spots, key=lambda spot: (spot.lat - lat) ** 2 + ((spot.lon - lon) * squeeze) ** 2)
    return seconds_of(straight_km(nearest.lat, nearest.lon, lat, lon)), error, now


def _groups(
    units: Sequence[queries.BoardUnit], codes: Mapping[int, StatusCode], *, asked: Asked, now: datetime
) -> list[UnitsOfGroup]:
    by_group: dict[UnitGroup, list[queries.BoardUnit]] = {group: [] for group in GROUPS}
    for each in units:
        by_group[codes[each.unit.state].group].append(each)
    found = []
    for group, members in by_group.items():
        shown = members if asked.group == group else members[:MOST_IN_GROUP]
        found.append(
            UnitsOfGroup(
                code=group.value,
                label=group.label,
                count=len(members),
                tiles=[tile(each, codes, now=now) for each in shown],
                more=len(members) - len(shown),
            )
        )
    return found


def tile(each: queries.BoardUnit, codes: Mapping[int, StatusCode], *, now: datetime) -> UnitTile:
    """Return a unit as shown."""
    unit, code = each.unit, codes[each.unit.state]
    age = int((now - unit.position_at).total_seconds() // 60) if unit.position_at else None
    return UnitTile(
        callsign=unit.callsign,
        icon=ICONS[code.group],
        group=code.group.value,
        state=code.label,
        since=_for(unit.state_at, now=now),
        crew=", ".join(name.split()[-1] for name in each.crew) + (" · single" if len(each.crew) == 1 else ""),
        job=each.deployment.incident.reference[:4] if each.deployment else "",
        job_reference=each.deployment.incident.reference if each.deployment else "",
        until=f"to {short_moment(unit.on_duty_until, now=now)}" if unit.on_duty_until else "",
        position="position not known" if age is None else (f"position {age} min old" if age >= 5 else ""),
        note="calls for assistance"
        if unit.alarm_at
        else (codes[unit.message].label if unit.message is not None else ""),
    )


def _for(instant: datetime | None, *, now: datetime) -> str:
    if instant is None:
        return ""
    minutes = max(0, int((now - instant).total_seconds() // 60))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"


def _label(codes: Mapping[int, StatusCode], code: int | None) -> str:
    if code is None:
        return "A position"
    return f"“{codes[code].label}”" if code in codes else f"Code {code}"

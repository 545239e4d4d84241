"""What does the dispatchers' board show? Incidents by danger and time left beside units by state, each usable alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standfast.faces.screens.times import ClockState, Countdown, count_down, met, short_moment
from standfast.faces.web.dispatch.expecting import Standing, standing_units, what_to_expect
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.unit_status import StatusCode, UnitGroup, states_after, status_codes

MOST_INCIDENTS = 40
MOST_IN_GROUP = 10
NUMBERS = {grade: number for number, grade in enumerate(ResponseGrade, start=1)}
GROUPS = (UnitGroup.FREE, UnitGroup.GOING, UnitGroup.AT_SCENE, UnitGroup.BUSY)
ICONS = {UnitGroup.FREE: "i-dot", UnitGroup.GOING: "i-arrow", UnitGroup.AT_SCENE: "i-scene", UnitGroup.BUSY: "i-paused"}
ONE_KEY = range(1, 10)
"""Codes that one key types. Emergency, which is 0, is never a slip of the finger away."""
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
    next: str


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


def board(asked: Asked, *, by: Actor, now: datetime) -> Board:
    """Return the whole board under what is asked of it."""
    on_duty = queries.board_units(by=by)
    incidents, units = _incidents(asked, on_duty, by=by, now=now), _units(asked, on_duty, by=by, now=now)
    both: dict[str, Any] = {**vars(incidents), **vars(units)}
    return Board(**both)


def incidents_part(asked: Asked, *, by: Actor, now: datetime) -> IncidentsPart:
    """Return the incidents' side alone, as a refresh of it needs."""
    return _incidents(asked, queries.board_units(by=by), by=by, now=now)


def units_part(asked: Asked, *, by: Actor, now: datetime) -> UnitsPart:
    """Return the units' side alone, as a refresh of it needs."""
    return _units(asked, queries.board_units(by=by), by=by, now=now)


def _incidents(asked: Asked, units: Sequence[queries.UnitOnDuty], *, by: Actor, now: datetime) -> IncidentsPart:
    found = queries.board_incidents(by=by, only_without_unit=asked.waiting, limit=MOST_INCIDENTS)
    standing = standing_units(units, on=days.london_day(now))
    return IncidentsPart(
        asked=asked,
        rows=[_row(each, standing, asked=asked, now=now) for each in found.listed],
        open=found.open,
        without_unit=found.without_unit,
    )


def _units(asked: Asked, units: Sequence[queries.UnitOnDuty], *, by: Actor, now: datetime) -> UnitsPart:
    codes = status_codes(days.london_day(now))
    groups = _groups(units, codes, asked=asked, now=now)
    return UnitsPart(
        asked=asked,
        on_duty=len(units),
        free=groups[0].count,
        groups=groups,
        alarms=[unit.callsign for unit in units if unit.alarm_at],
        messages=[
            (unit.callsign, f"{codes[unit.message].label}, {short_moment(unit.message_at, now=now)}")
            for unit in units
            if unit.message is not None and unit.message_at is not None
        ],
        questions=[
            (row.pk, row.callsign, f"{_label(codes, row.code)} at {short_moment(row.at, now=now)}: {row.because}")
            for row in queries.reports_to_ask_about(by=by)
        ],
    )


def _row(incident: Any, standing: Standing, *, asked: Asked, now: datetime) -> IncidentRow:
    grade = ResponseGrade(incident.grade)
    expected, will_miss = what_to_expect(incident, standing, now=now)
    return IncidentRow(
        reference=incident.reference,
        short=incident.reference[:4],
        risk=incident.risk,
        risk_label=Risk(incident.risk).label,
        grade=grade,
        number=NUMBERS[grade],
        what=incident.kind or "Kind not noted",
        where=incident.place_text or "Place not known",
        units=", ".join(each.callsign for each in standing.sent_to(incident)),
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


def _groups(
    units: Sequence[queries.UnitOnDuty], codes: Mapping[int, StatusCode], *, asked: Asked, now: datetime
) -> list[UnitsOfGroup]:
    by_group: dict[UnitGroup, list[queries.UnitOnDuty]] = {group: [] for group in GROUPS}
    for unit in units:
        by_group[codes[unit.state].group].append(unit)
    shown = {group: members if asked.group == group else members[:MOST_IN_GROUP] for group, members in by_group.items()}
    crews = queries.crew_names(unit.pk for some in shown.values() for unit in some)
    return [
        UnitsOfGroup(
            code=group.value,
            label=group.label,
            count=len(members),
            tiles=[tile(unit, crews[unit.pk], codes, now=now) for unit in shown[group]],
            more=len(members) - len(shown[group]),
        )
        for group, members in by_group.items()
    ]


def tile(unit: queries.UnitOnDuty, crew: Sequence[str], codes: Mapping[int, StatusCode], *, now: datetime) -> UnitTile:
    """Return a unit as shown."""
    code = codes[unit.state]
    following = states_after(unit.state, deployed=unit.incident is not None, codes=codes)
    age = int((now - unit.position_at).total_seconds() // 60) if unit.position_at else None
    return UnitTile(
        callsign=unit.callsign,
        icon=ICONS[code.group],
        group=code.group.value,
        state=code.label,
        since=_for(unit.state_at, now=now),
        crew=", ".join(name.split()[-1] for name in crew) + (" · single" if len(crew) == 1 else ""),
        job=(unit.incident or "")[:4],
        job_reference=unit.incident or "",
        until=f"to {short_moment(unit.on_duty_until, now=now)}" if unit.on_duty_until else "",
        position="position not known" if age is None else (f"position {age} min old" if age >= 5 else ""),
        note="calls for assistance"
        if unit.alarm_at
        else (codes[unit.message].label if unit.message is not None else ""),
        next=" ".join(str(each) for each in following if each != unit.state and each in ONE_KEY),
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

"""
What becomes of what a unit reports: its state, its position, a message, an alarm?

Reports come out of order, twice, and late. All are kept; the newest event time is the unit's state and no state goes back; times that
belong to a deployment are stamped on it whenever they come; what cannot be so is asked about.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from standfast.foundation.eventlog.operations import record, recorded_together
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.rows import find_row, find_rows, insert_row, rows_of, save_fields, save_row
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.foundation.places import queries as places
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import UnitInDanger, UnitReported
from standfast.journey.incidents.models import Deployment, Incident, StatusReport, Unit
from standfast.journey.incidents.operations.duty import end_duty
from standfast.journey.incidents.operations.moving import end_deployment, note_arrival
from standfast.journey.incidents.rules.unit_status import (
    AT_SCENE,
    EN_ROUTE,
    OFF_DUTY,
    Judged,
    ReportFacts,
    UnitGroup,
    Verdict,
    judge_report,
    status_codes,
)
from standfast.journey.incidents.states import DeploymentEnd

OLDEST_POSITION = timedelta(hours=2)
_OF_A_MOMENT = """
SELECT {columns} FROM incidents_deployment
WHERE unit_id = %s AND assigned_at <= %s AND (ended_at IS NULL OR ended_at >= %s) ORDER BY assigned_at DESC LIMIT 1
"""
_ASKED_SINCE = """
SELECT {columns} FROM incidents_statusreport
WHERE unit_id = %s AND verdict = %s AND settled_at IS NULL AND code IS NOT NULL AND at >= %s ORDER BY at, id
"""
STAMPED = {EN_ROUTE: "en_route_at", AT_SCENE: "at_scene_at"}


class NoUnit(Refusal):
    """This person crews no unit."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a unit sent: a status code or none, a position or none, and the event's own time."""

    callsign: str
    code: int | None
    at: datetime
    source: str
    device: str = ""
    lat: float | None = None
    lon: float | None = None


@transaction.atomic(savepoint=False)
@recorded_together()
def file_report(*, report: Report, by: Actor, now: datetime) -> StatusReport:
    """File one report of a unit, in whatever order reports come; filed again, it changes nothing."""
    require(by, Permission.UNIT_REPORT)
    unit = find_row(Unit, callsign=queries.callsign_of(report.callsign)[:12], lock=True)
    return _file(report, unit, by=by, now=now)


def _file(report: Report, unit: Unit | None, *, by: Actor, now: datetime) -> StatusReport:
    callsign = queries.callsign_of(report.callsign)[:12]
    standing = find_row(StatusReport, callsign=callsign, source=report.source, code=report.code, at=report.at)
    if standing is not None:
        return standing
    row = StatusReport(
        unit=unit,
        callsign=callsign,
        code=report.code,
        at=report.at,
        received_at=now,
        source=report.source,
        device=report.device,
        lat=report.lat,
        lon=report.lon,
    )
    judged = _judged(row, now=now)
    row.verdict, row.because = judged.verdict, judged.because
    insert_row(row)
    said = UnitReported(
        about=callsign,
        status=_label(report.code, now=now),
        at=report.at.isoformat(timespec="seconds"),
        verdict=judged.verdict.label.lower(),
    )
    record(said, by=by, at=now)
    if unit is not None:
        _take(unit, row, by=by, now=now)
    return row


@transaction.atomic
def press_status(*, code: int, by: Actor, now: datetime) -> StatusReport:
    """
    Report the status of one's own unit, as its crew.

    :raises NoUnit: if this person crews no unit now
    :raises Refusal: if it cannot be so: nothing is kept, because the person is there to be told
    """
    unit = queries.find_unit_of(person_ref=by.ref)
    if unit is None:
        raise NoUnit("You crew no unit at the moment: ask the control room to book you on.")
    report = Report(callsign=unit.callsign, code=code, at=now, source=by.ref, device=unit.device)
    filed = file_report(report=report, by=by, now=now)
    if filed.verdict == Verdict.ASKED:
        raise Refusal(f"{filed.because}.")
    return filed


@transaction.atomic
@recorded_together()
def note_status(*, callsign: str, code: int, by: Actor, now: datetime) -> StatusReport:
    """
    Note the status a unit gave by voice, as its dispatcher: a report like any other, in the name of who heard it.

    :raises NotFound: if there is no such unit
    :raises Refusal: if it cannot be so: nothing is kept, because the unit can be asked
    """
    unit = queries.lock_unit(callsign)
    require(by, Permission.INCIDENT_ASSIGN, unit)
    report = Report(callsign=unit.callsign, code=code, at=now, source=f"voice:{by.ref}"[:120])
    filed = _file(report, unit, by=by, now=now)
    if filed.verdict == Verdict.ASKED:
        raise Refusal(f"{filed.because}.")
    return filed


def _judged(row: StatusReport, *, now: datetime) -> Judged:
    unit = row.unit
    if unit is None:
        return Judged(verdict=Verdict.ASKED, because="No unit has this callsign")
    if unit.device and row.device and row.device != unit.device:
        return Judged(verdict=Verdict.ASKED, because="Two terminals report under this callsign")
    facts = ReportFacts(
        code=row.code,
        at=row.at,
        state=unit.state,
        state_at=unit.state_at,
        deployed=_deployment_at(unit, row.at) is not None,
        received_at=now,
    )
    return judge_report(facts, on=days.london_day(now))


def _take(unit: Unit, row: StatusReport, *, by: Actor, now: datetime) -> None:
    if row.verdict == Verdict.ASKED and row.because.startswith("Two"):
        return
    _note_position(unit, row, now=now)
    if row.verdict == Verdict.MESSAGE:
        unit.message, unit.message_at = row.code, row.at
    elif row.verdict == Verdict.ALARM:
        _raise_alarm(unit, row, by=by, now=now)
    elif row.verdict in {Verdict.LATE, Verdict.APPLIED}:
        _stamp(unit, row, by=by, now=now)
    if row.verdict == Verdict.APPLIED:
        _apply(unit, row, by=by, now=now)
        _ask_again(unit, by=by, now=now)
    unit.version += 1
    save_row(unit)


def _apply(unit: Unit, row: StatusReport, *, by: Actor, now: datetime) -> None:
    code = status_codes(days.london_day(now))[row.code or 0]
    if row.code == OFF_DUTY:
        end_duty(unit, at=row.at, by=by, now=now)
        return
    unit.state, unit.state_at = code.code, row.at
    if not unit.device and row.device:
        unit.device = row.device
    if code.group == UnitGroup.FREE:
        standing = _locked_deployment(queries.active_deployment(unit))
        if standing is not None:
            end_deployment(standing, how=DeploymentEnd.CLEARED, because="", at=row.at, by=by, now=now)


def _ask_again(unit: Unit, *, by: Actor, now: datetime) -> None:
    """Judge again what was asked about since the state that has come now: its missing step may just have arrived."""
    for row in rows_of(StatusReport, _ASKED_SINCE, [unit.pk, Verdict.ASKED, unit.state_at]):
        row.unit = unit
        judged = _judged(row, now=max(now, row.received_at))
        if judged.verdict != Verdict.APPLIED:
            continue
        row.verdict, row.because = judged.verdict, "its missing step came later"
        save_fields(row, "verdict", "because")
        _stamp(unit, row, by=by, now=now)
        _apply(unit, row, by=by, now=now)


def _stamp(unit: Unit, row: StatusReport, *, by: Actor, now: datetime) -> None:
    """Stamp the crew's own time on the deployment it belongs to, whenever it comes; the earliest of a kind stands."""
    field = STAMPED.get(row.code or 0)
    deployment = _locked_deployment(_deployment_at(unit, row.at)) if field else None
    if field is None or deployment is None:
        return
    standing = getattr(deployment, field)
    if standing is not None and standing <= row.at:
        return
    setattr(deployment, field, row.at)
    save_fields(deployment, field)
    if field == "at_scene_at":
        note_arrival(deployment, at=row.at, by=by, now=now)


def _deployment_at(unit: Unit, at: datetime) -> Deployment | None:
    found = rows_of(Deployment, _OF_A_MOMENT, [unit.pk, at, at])
    return found[0] if found else None


def _locked_deployment(found: Deployment | None) -> Deployment | None:
    if found is not None:
        (found.incident,) = find_rows(Incident, id=found.incident_id, lock=True)
    return found


def _note_position(unit: Unit, row: StatusReport, *, now: datetime) -> None:
    """Take the unit's position if it is newer than the one known, not hours old, and in the force's ground."""
    if row.lat is None or row.lon is None or row.at > now or now - row.at > OLDEST_POSITION:
        return
    if unit.position_at is not None and row.at <= unit.position_at:
        return
    area = places.area_of_point(lat=row.lat, lon=row.lon)
    if area is None and places.has_areas():
        row.verdict = Verdict.ASKED if row.code is None else row.verdict
        row.because = "Its position lies outside the force's ground; kept, not used"
        row.save(update_fields=["verdict", "because"])
        return
    unit.lat, unit.lon, unit.position_at = row.lat, row.lon, row.at
    unit.area_code = (area.parent_code or area.code) if area else ""


def _raise_alarm(unit: Unit, row: StatusReport, *, by: Actor, now: datetime) -> None:
    unit.alarm_at = min(row.at, now)
    obligations.start_obligation(
        kind=Duty.UNIT_ALARM,
        case="any",
        subject=f"unit:{unit.callsign}",
        journey="",
        starts_at=now,
        by=by,
        now=now,
    )
    record(UnitInDanger(about=unit.callsign), by=by, at=now)


def _label(code: int | None, *, now: datetime) -> str:
    if code is None:
        return "position"
    known = status_codes(days.london_day(now)).get(code)
    return f"{code} {known.label.lower()}" if known else str(code)

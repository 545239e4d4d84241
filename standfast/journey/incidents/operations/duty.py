"""How does a unit begin and end a turn of duty, and how is what it asks taken up?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import UnitAnswered, UnitBookedOff, UnitBookedOn
from standfast.journey.incidents.models import CrewMember, StatusReport, Unit, UnitKind
from standfast.journey.incidents.operations.deploying import ReasonMissing, taken
from standfast.journey.incidents.rules.unit_status import OFF_DUTY, ON_DUTY

LONGEST_DUTY = timedelta(hours=16)
MOST_CREW = 8


class CallsignUnclear(Refusal):
    """A callsign that cannot be one."""


class DutyUnclear(Refusal):
    """A turn of duty that cannot be: no crew, no end, or an end too far away."""


class AlreadyOnDuty(Refusal):
    """The unit or one of its crew is on duty already."""


class StillDeployed(Refusal):
    """The unit is still on an incident."""


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A unit's turn of duty: its crew as (reference, name), until when; where it starts, where that is known."""

    callsign: str
    kind: UnitKind
    crew: Sequence[tuple[str, str]]
    until: datetime
    base: str = ""
    lat: float | None = None
    lon: float | None = None
    area_code: str = ""
    device: str = ""


@transaction.atomic
def book_on(*, booking: Booking, by: Actor, now: datetime) -> Unit:
    """
    Begin a unit's turn of duty.

    :raises CallsignUnclear: if the callsign is not 2 to 12 letters, digits and dashes
    :raises DutyUnclear: if it has no crew, or its end is past or more than 16 hours away
    :raises AlreadyOnDuty: if the unit or one of the crew is on duty already
    """
    require(by, Permission.UNIT_BOOK)
    callsign = _checked(booking, now=now)
    unit, _ = Unit.objects.select_for_update().get_or_create(callsign=callsign, defaults={"kind": booking.kind})
    if unit.state != OFF_DUTY:
        raise AlreadyOnDuty(f"{callsign} is on duty already; two crews cannot have one callsign.")
    unit.kind, unit.base, unit.device = booking.kind, booking.base, booking.device
    unit.duty += 1
    unit.on_duty_from, unit.on_duty_until = now, booking.until
    unit.state, unit.state_at = ON_DUTY, max(now, unit.state_at or now)
    unit.lat = unit.lon = unit.position_at = None
    if booking.lat is not None and booking.lon is not None:
        unit.lat, unit.lon, unit.position_at, unit.area_code = booking.lat, booking.lon, now, booking.area_code
    unit.version += 1
    unit.save()
    _crew(unit, booking, now=now)
    record(UnitBookedOn(about=callsign, until=booking.until.isoformat(timespec="seconds")), by=by, at=now)
    return unit


@transaction.atomic
def book_off(*, callsign: str, by: Actor, now: datetime) -> Unit:
    """
    End a unit's turn of duty.

    :raises StillDeployed: if it is on an incident
    """
    unit = queries.lock_unit(callsign)
    require(by, Permission.UNIT_BOOK, unit)
    end_duty(unit, at=now, by=by, now=now)
    return unit


def end_duty(unit: Unit, *, at: datetime, by: Actor, now: datetime) -> None:
    """
    Take a locked unit off duty.

    :raises StillDeployed: if it is on an incident
    """
    standing = queries.active_deployment(unit)
    if standing is not None:
        raise StillDeployed(f"{taken(standing)} Stand it down first.")
    unit.state, unit.state_at = OFF_DUTY, max(at, unit.state_at or at)
    unit.on_duty_from = unit.on_duty_until = None
    unit.version += 1
    unit.save()
    CrewMember.objects.filter(unit=unit, until=None).update(until=at)
    record(UnitBookedOff(about=unit.callsign), by=by, at=now)


@transaction.atomic
def take_up_alarm(*, callsign: str, by: Actor, now: datetime) -> Unit:
    """Say that a unit's call for assistance is being dealt with."""
    unit = queries.lock_unit(callsign)
    require(by, Permission.INCIDENT_ASSIGN, unit)
    unit.alarm_at = None
    unit.version += 1
    unit.save()
    subject = f"unit:{unit.callsign}"
    obligations.meet_obligation(kind=Duty.UNIT_ALARM, subject=subject, at=now, by=by, now=now)
    record(UnitAnswered(about=unit.callsign, what="call for assistance taken up"), by=by, at=now)
    return unit


@transaction.atomic
def answer_message(*, callsign: str, by: Actor, now: datetime) -> Unit:
    """Say that a unit's message was answered."""
    unit = queries.lock_unit(callsign)
    require(by, Permission.INCIDENT_ASSIGN, unit)
    unit.message = unit.message_at = None
    unit.version += 1
    unit.save()
    record(UnitAnswered(about=unit.callsign, what="message answered"), by=by, at=now)
    return unit


@transaction.atomic
def settle_report(*, report: int, because: str, by: Actor, now: datetime) -> StatusReport:
    """
    Say what a report that could not be so was about. The report stays as it was sent.

    :raises NotFound: if there is no such open question
    :raises ReasonMissing: if it is not said what came of it
    """
    require(by, Permission.INCIDENT_ASSIGN)
    if not because.strip():
        raise ReasonMissing("Say what the crew told you.")
    row = StatusReport.objects.select_for_update().filter(pk=report, verdict="asked", settled_at=None).first()
    if row is None:
        raise NotFound("There is no such open question.")
    row.settled_at, row.settled_by, row.settled_because = now, by.ref, because.strip()[:200]
    row.save(update_fields=["settled_at", "settled_by", "settled_because"])
    record(UnitAnswered(about=row.callsign, what="an unclear report was settled"), by=by, at=now)
    return row


def _checked(booking: Booking, *, now: datetime) -> str:
    callsign = queries.callsign_of(booking.callsign)
    if not 2 <= len(callsign) <= 12 or not callsign.replace("-", "").isalnum() or not callsign.isascii():
        raise CallsignUnclear("A callsign has 2 to 12 letters, digits and dashes, such as ND52.")
    if not 1 <= len(booking.crew) <= MOST_CREW:
        raise DutyUnclear(f"A unit has a crew of 1 to {MOST_CREW}.")
    if not now < booking.until <= now + LONGEST_DUTY:
        raise DutyUnclear("A turn of duty ends later than now, and within 16 hours.")
    return callsign


def _crew(unit: Unit, booking: Booking, *, now: datetime) -> None:
    try:
        with transaction.atomic():
            CrewMember.objects.bulk_create(
                CrewMember(unit=unit, duty=unit.duty, person_ref=ref, person_name=name, since=now)
                for ref, name in booking.crew
            )
    except IntegrityError:
        busy = CrewMember.objects.select_related("unit").filter(
            until=None, person_ref__in=[ref for ref, _ in booking.crew]
        )
        said = ", ".join(f"{each.person_name} crews {each.unit.callsign}" for each in busy)
        raise AlreadyOnDuty(f"{said or 'One person stands twice in the crew'}: one unit at a time.") from None

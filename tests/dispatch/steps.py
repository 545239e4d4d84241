"""How does a unit come on duty, and an incident to wait for it? By the operations people use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from standfast.force.training import operations as training
from standfast.force.training.rules.skill import Skill
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import WORKER
from standfast.foundation.people.roles import Role
from standfast.journey.incidents import operations
from standfast.journey.incidents.models import Unit, UnitKind
from standfast.journey.incidents.operations import Booking, Report, Sending
from tests.incidents.steps import IMMEDIATE, opened_incident

TRAINER = Actor(ref="staff:tariq", name="Tariq Trainer", roles=frozenset({Role.TRAINER.value}))
BEN = Actor(ref="staff:ben", name="Ben Dispatcher", roles=frozenset({Role.DISPATCHER.value}))
BELLA = Actor(ref="staff:bella", name="Bella Supervisor", roles=frozenset({Role.DISPATCH_SUPERVISOR.value}))
HERE = {"lat": 52.80, "lon": -2.10}
SHIFT = timedelta(hours=8)


def unit_on_duty(
    callsign: str = "ND52",
    *,
    now: datetime,
    crew: Sequence[str] = ("one", "two"),
    skills: Sequence[Skill] = (Skill.RESPONSE_DRIVER,),
    north_km: float = 2.0,
    kind: UnitKind = UnitKind.RESPONSE,
) -> Unit:
    """Return a unit booked on, north of the place incidents happen at; its crew hold the skills."""
    people = [(f"staff:{callsign.lower()}-{name}", f"PC {callsign} {name}") for name in crew]
    for skill in skills:
        new = training.NewSkill(
            person_ref=people[0][0], skill=skill, held_from=days.london_day(now) - timedelta(days=30)
        )
        training.record_skill(new=new, by=TRAINER, now=now)
    booking = Booking(
        callsign=callsign,
        kind=kind,
        crew=people,
        until=now + SHIFT,
        lat=HERE["lat"] + north_km / 111.195,
        lon=HERE["lon"],
        area_code="north",
    )
    return operations.book_on(booking=booking, by=BEN, now=now)


def waiting_incident(*, by: Actor, now: datetime, **given: Any) -> Any:
    """Return an incident that waits for a unit, in a known place."""
    answers = given.pop("answers", IMMEDIATE)
    place = given.pop("place", {"text": "Sowbrook Lane", **HERE})
    return opened_incident(by=by, now=now, answers=answers, place=place, **given)


def sent(callsign: str, incident: Any, *, now: datetime, reason: str = "", by: Actor = BEN) -> Any:
    """Send a unit."""
    sending = Sending(incident=incident.reference, callsign=callsign, reason=reason)
    return operations.deploy_unit(sending=sending, by=by, now=now)


def reported(callsign: str, code: int | None, at: datetime, *, now: datetime | None = None, **given: Any) -> Any:
    """File a report of a unit, received when it was made unless it is said otherwise."""
    report = Report(callsign=callsign, code=code, at=at, source="mdt", **given)
    return operations.file_report(report=report, by=WORKER, now=now or at)

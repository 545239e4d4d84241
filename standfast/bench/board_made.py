"""
Which incidents and units stand on the board that is measured? Run as a program against a prepared, empty database.

One incident is opened by the operations people use and copied row by row with its contact and its clocks, spread over risks, grades,
places and times; units are booked on and sent by the ordinary operations.
"""

import random
import sys
from datetime import datetime, timedelta
from typing import Any

SEED = 6
BATCH = 500
"""A statement takes 65,535 values at the most."""
GRADES = ("immediate", "priority", "priority", "routine", "routine", "scheduled")
RISKS = ("immediate", "high", "medium", "standard", "standard", "standard")
KINDS = (
    "Domestic incident",
    "Missing person",
    "Collision, damage only",
    "Noise",
    "Theft from a vehicle",
    "Welfare check",
)
LATITUDES, LONGITUDES = (52.65, 53.15), (-2.40, -1.75)


def main(incidents: int, units: int, graded: int = 0) -> None:
    """
    Make the people, so many units on duty, and so many open incidents, a unit on its way to every fourteenth.

    The references of so many contacts that are graded and not yet routed are printed, one a line.
    """
    from django.db import connection

    from standfast.config.database import migrate_and_grant
    from standfast.foundation.kernel import clock
    from standfast.foundation.people import access, operations
    from standfast.foundation.people.roles import Role

    migrate_and_grant()
    now, by = clock.now(), access.operator("bench")
    operations.note_installation(demo=True, now=now)
    operations.add_team(code="C", name="Team C", by=by)
    for role in (Role.CONTACT_OFFICER, Role.DISPATCHER):
        new = operations.NewStaffMember(username=role.value, name=role.label, roles=frozenset([role]), team="C")
        operations.add_staff_member(new=new, by=by, now=now)
    rng = random.Random(SEED)
    _book_units(units, rng, now=now)
    made = _open_incidents(incidents, rng, now=now)
    _send_units(units, made, now=now)
    for reference in _graded_contacts(graded, rng, now=now):
        print(reference)
    with connection.cursor() as cursor:
        # A force at work has been there for longer than the minute after which the database does so by itself.
        cursor.execute("ANALYZE")


def _actor(role: Any) -> Any:
    from standfast.foundation.people.queries import find_member

    member = find_member(role.value)
    assert member is not None  # noqa: S101 - made just before
    return member.as_actor()


def _book_units(units: int, rng: random.Random, *, now: datetime) -> None:
    from standfast.foundation.people.roles import Role
    from standfast.journey.incidents import operations
    from standfast.journey.incidents.models import UnitKind
    from standfast.journey.incidents.operations import Booking

    by = _actor(Role.DISPATCHER)
    for number in range(units):
        lat, lon = rng.uniform(*LATITUDES), rng.uniform(*LONGITUDES)
        crew = [(f"staff:u{number}{each}", f"PC {each.title()} {number}") for each in ("ash", "birch")]
        booking = Booking(
            callsign=f"U{number:03d}",
            kind=UnitKind.RESPONSE,
            crew=crew,
            until=now + timedelta(hours=8),
            lat=lat,
            lon=lon,
            area_code=f"area-{number % 9}",
        )
        operations.book_on(booking=booking, by=by, now=now)


def _open_incidents(count: int, rng: random.Random, *, now: datetime) -> list[str]:
    """Open one incident and copy it; return the references, those most in danger first."""
    from standfast.foundation.kernel import refs
    from standfast.foundation.obligations.models import Obligation
    from standfast.journey.contact.models import Contact
    from standfast.journey.incidents.models import Incident

    first = _one_incident(now=now)
    contact = Contact.objects.get(pk=first.contact_id)
    duties = list(Obligation.objects.filter(subject=first.reference, met_at=None, stopped_at=None))
    contacts = Contact.objects.bulk_create(
        [_copy(contact, reference=refs.new_reference()) for _ in range(1, count)], batch_size=BATCH
    )
    incidents = [
        _copy(first, reference=refs.new_reference(), journey=of.reference, contact=of, **_spread(number, rng, now=now))
        for number, of in enumerate(contacts, start=1)
    ]
    Incident.objects.bulk_create(incidents, batch_size=BATCH)
    clocks = [
        _copy(duty, subject=each.reference, journey=each.journey, **_times(each.first_contact_at, number))
        for number, each in enumerate(incidents)
        for duty in duties
    ]
    Obligation.objects.bulk_create(clocks, batch_size=BATCH)
    return [first.reference, *(each.reference for each in incidents)]


def _spread(number: int, rng: random.Random, *, now: datetime) -> dict[str, Any]:
    at = now - timedelta(seconds=rng.uniform(60, 14_000))
    return {
        "risk": RISKS[number % len(RISKS)],
        "grade": GRADES[number % len(GRADES)],
        "kind": KINDS[number % len(KINDS)],
        "place_text": f"{number} Made Up Road, Knotford",
        "lat": rng.uniform(*LATITUDES),
        "lon": rng.uniform(*LONGITUDES),
        "first_contact_at": at,
        "graded_at": at + timedelta(seconds=50),
        "opened_at": at + timedelta(seconds=60),
    }


def _times(first_contact_at: datetime, number: int) -> dict[str, datetime]:
    due = timedelta(minutes=15 * (1 + number % 20))
    return {
        "starts_at": first_contact_at,
        "warn_at": first_contact_at + timedelta(minutes=10),
        "due_at": first_contact_at + due,
    }


def _copy(row: Any, **other: Any) -> Any:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.generated}
    for name in ("id", "stored_at", *(f"{name}_id" for name in other)):
        values.pop(name, None)
    return type(row)(**{**values, **other})


def _one_incident(*, now: datetime) -> Any:
    from standfast.foundation.people.roles import Role
    from standfast.journey.incidents import queries
    from standfast.journey.triage import operations as triage

    reference = _graded_contact("Mill Lane, Knotford", (52.8, -2.1), now=now)
    triage.confirm_route(contact_reference=reference, plan=triage.RoutePlan(), by=_actor(Role.CONTACT_OFFICER), now=now)
    return queries.find_by_journey(journey=reference)


def _graded_contacts(count: int, rng: random.Random, *, now: datetime) -> list[str]:
    """File, claim, ask and grade contacts; what is left of each is to confirm that officers go."""
    return [
        _graded_contact(
            f"{number} Waiting Road, Knotford", (rng.uniform(*LATITUDES), rng.uniform(*LONGITUDES)), now=now
        )
        for number in range(count)
    ]


def _graded_contact(place: str, at: tuple[float, float], *, now: datetime) -> str:
    from standfast.foundation.kernel.choices import Answer
    from standfast.foundation.people.access import WORKER
    from standfast.foundation.people.roles import Role
    from standfast.journey.assessment import operations as assessment
    from standfast.journey.assessment.rules.thrive import Limb
    from standfast.journey.contact import operations as contacts
    from standfast.journey.contact.rules.channel import Channel
    from standfast.journey.contact.rules.risk import Risk

    by = _actor(Role.CONTACT_OFFICER)
    new = contacts.NewContact(
        channel=Channel.ONLINE,
        received_at=now - timedelta(minutes=7),
        source="website",
        source_ref=place,
        words="He is outside my door with a bat",
        caller={},
        place={"text": place, "lat": at[0], "lon": at[1]},
    )
    reference = contacts.file_intake(new=new, by=WORKER, now=now).reference
    contacts.claim_contact(reference=reference, by=by, now=now)
    for limb in Limb:
        assessment.write_limb(reference=reference, limb=limb, text="Asked; said so", level=Risk.HIGH, by=by, now=now)
    for question in ("danger_to_life", "happening_now", "offender_near", "weapon", "injured"):
        given = Answer.YES if question in {"danger_to_life", "happening_now"} else Answer.NO
        assessment.answer_question(reference=reference, question=question, answer=given, by=by, now=now)
    assessment.confirm_grade(reference=reference, by=by, now=now)
    return reference


def _send_units(units: int, references: list[str], *, now: datetime) -> None:
    """Send the first half of the units to as many incidents."""
    from standfast.foundation.people.roles import Role
    from standfast.journey.incidents import operations
    from standfast.journey.incidents.operations import Sending

    by = _actor(Role.DISPATCHER)
    for number, reference in zip(range(units // 2), references[::14], strict=False):
        sending = Sending(incident=reference, callsign=f"U{number:03d}", reason="measured, not chosen")
        operations.deploy_unit(sending=sending, by=by, now=now)


if __name__ == "__main__":
    import django

    django.setup()
    main(*(int(number) for number in sys.argv[1:]))

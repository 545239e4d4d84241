"""
What does a fresh demonstration start with? Made-up staff, the made-up force's places and people, and a key for its telephony.

Everything by the ordinary operations, once: a second start finds it there and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from standfast.demo.colleagues import COLLEAGUES
from standfast.demo.day import DEFAULT_SEED
from standfast.demo.feed import KEY_FILE
from standfast.demo.gazetteer import FORCE_NAME
from standfast.demo.load_places import load_knotshire
from standfast.demo.people import ADULT, DemoPerson, made_up_people
from standfast.demo.referred import refer_some
from standfast.demo.shift import begin_shift, demo_actor
from standfast.foundation.intake import operations as intake
from standfast.foundation.intake import queries as sources
from standfast.foundation.kernel import clock, days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.parties import operations as parties
from standfast.foundation.parties.models import HistoryKind, MarkerKind
from standfast.foundation.people import operations as people
from standfast.foundation.people import queries as staff
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import PERMISSIONS_OF, Role
from standfast.foundation.runtime.home import write_private

DEMO_TELEPHONY = "demo-telephony"
DEMO_PARTNER = "adult_social_care"
REVIEW_AFTER = timedelta(days=180)
TAKEN_DOWN_AGAIN_EVERY = 40
LOADER = Actor(
    ref="demo",
    name="Demonstration",
    roles=frozenset(
        role.value
        for role, granted in PERMISSIONS_OF.items()
        if granted
        & {Permission.PEOPLE_ADMINISTER, Permission.PARTY_WRITE, Permission.SOURCE_ADMINISTER, Permission.PLACE_IMPORT}
    ),
)
STAFF: tuple[tuple[str, str, Role], ...] = (
    ("asha", "Asha Handler", Role.CONTACT_OFFICER),
    ("amir", "Amir Handler", Role.CONTACT_OFFICER),
    *((username, name, Role.CONTACT_OFFICER) for username, name in COLLEAGUES),
    ("sana", "Sana Supervisor", Role.CONTACT_SUPERVISOR),
    ("ben", "Ben Dispatcher", Role.DISPATCHER),
    ("bella", "Bella Dispatch-Supervisor", Role.DISPATCH_SUPERVISOR),
    ("rhys", "Rhys Response", Role.RESPONSE_OFFICER),
    ("chidi", "Chidi Investigator", Role.INVESTIGATOR),
    ("dee", "Dee Sergeant", Role.SERGEANT),
    ("bronwen", "Bronwen Bureau", Role.BUREAU_CLERK),
    ("efa", "Efa Care", Role.VICTIM_CARE),
    ("petra", "Petra Partner", Role.PARTNER),
    ("tariq", "Tariq Trainer", Role.TRAINER),
    ("paolo", "Paolo Planner", Role.PLANNER),
    ("imogen", "Imogen Improvement", Role.IMPROVEMENT_LEAD),
    ("cora", "Cora Chief", Role.CHIEF_OFFICER),
    ("farid", "Farid Inspector", Role.INSPECTOR),
    ("adam", "Adam Administrator", Role.ADMINISTRATOR),
    ("dafydd", "Dafydd Data-Protection", Role.DATA_PROTECTION),
)


def is_loaded() -> bool:
    """Say whether a database holds the whole demonstration: its telephony is registered last."""
    return DEMO_TELEPHONY in {source.code for source in sources.list_sources()}


def load_demo_force(*, home: Path) -> None:
    """
    Fill a database with the demonstration, unless it is filled already.

    :raises AlreadyInstalled: if the database is one in earnest
    """
    now = clock.now()
    people.note_installation(demo=True, now=now)
    if is_loaded():
        return
    load_demo_staff(now=now)
    load_knotshire(by=LOADER, now=now)
    _load_people(now=now)
    begin_shift(now=now)
    refer_some(officer=demo_actor("asha"), agency=demo_actor("petra"), partner=DEMO_PARTNER, now=now)
    new = intake.NewSource(code=DEMO_TELEPHONY, name="Made-up telephony and website", rate_per_minute=6_000)
    key = intake.register_source(new=new, by=LOADER, now=now)
    # Last: whoever finds the source registered may rely on all the rest.
    write_private(home / KEY_FILE, key)


def load_demo_staff(*, now: datetime) -> None:
    """Add the made-up staff that are not there yet."""
    people.add_team(code="C", name="Team C", by=LOADER)
    for username, name, role in STAFF:
        if staff.find_member(username):
            continue
        partner = DEMO_PARTNER if role == Role.PARTNER else ""
        new = people.NewStaffMember(
            username=username, name=name, roles=frozenset({role}), team="" if partner else "C", partner=partner
        )
        people.add_staff_member(new=new, by=LOADER, now=now)


def _load_people(*, now: datetime) -> None:
    made_up = made_up_people(seed=DEFAULT_SEED)
    references = parties.load_persons(rows=_rows(made_up), source=FORCE_NAME, by=LOADER, now=now)
    parties.load_persons(rows=_taken_down_again(made_up), source=FORCE_NAME, by=LOADER, now=now)
    for person, reference in zip(made_up, references, strict=True):
        for marker in person.markers:
            facts = parties.NewMarker(
                kind=MarkerKind(marker),
                text=MarkerKind(marker).label,
                owner="staff:sana",
                review_on=days.london_day(now + REVIEW_AFTER),
                person_ref=reference,
            )
            parties.place_marker(facts=facts, by=LOADER, now=now)
        for number, earlier in enumerate(person.earlier):
            entry = parties.HappenedBefore(
                source_event=f"demo-{person.key}-{number}",
                kind=HistoryKind(earlier.kind),
                happened_at=now - timedelta(days=earlier.days_before),
                person_ref=reference,
                summary=earlier.sentence,
            )
            parties.note_history(entry=entry, by=LOADER, now=now)


def _rows(made_up: tuple[DemoPerson, ...]) -> Iterator[parties.LoadedPerson]:
    for person in made_up:
        yield parties.LoadedPerson(
            given_names=person.given_name,
            family_name=person.family_name,
            born_on=person.born_on,
            sex=person.sex or None,
            numbers=person.phones,
            address_lines=person.address.lines,
            postcode=person.address.postcode,
            latitude=person.address.lat,
            longitude=person.address.lon,
        )


def _taken_down_again(made_up: tuple[DemoPerson, ...]) -> Iterator[parties.LoadedPerson]:
    # What every force has: the same person a second time, from a hurried call, for somebody to find and merge.
    adults = [person for person in made_up if person.age >= ADULT and person.phones]
    for person in adults[::TAKEN_DOWN_AGAIN_EVERY]:
        yield parties.LoadedPerson(
            given_names=person.given_name[:1],
            family_name=person.family_name,
            born_on=person.born_on,
            numbers=person.phones[:1],
        )

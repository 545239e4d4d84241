"""
Who is on duty in Knotshire, and what are they at? Made-up units, and incidents of the hours before, so that the board lives from the start.

Everything by the ordinary operations: contacts of the made-up day are filed, claimed, graded and routed, and units are sent to some.
Some hours before, a few waited while the relief was late, and a few more when every unit was committed: both are over and closed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from standfast.demo.day import DEFAULT_SEED, DemoContact, contacts_between
from standfast.demo.gazetteer import DemoPlace, cell_at, km_between, places
from standfast.demo.planned import publish_plans
from standfast.force.training import operations as training
from standfast.force.training.rules.skill import Skill
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.people.access import WORKER
from standfast.foundation.people.queries import find_member
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.thrive import Limb
from standfast.journey.contact import operations as contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import operations as incidents
from standfast.journey.incidents import queries
from standfast.journey.incidents.operations import Booking, Closing, Report, Sending
from standfast.journey.incidents.rules.unit_status import AT_SCENE, EN_ROUTE
from standfast.journey.incidents.states import IncidentState
from standfast.journey.triage import operations as triage
from standfast.journey.triage.operations import RoutePlan

UNITS = 18
INCIDENTS = 14
SENT = 7
OLDEST, NEWEST = timedelta(hours=3), timedelta(minutes=50)
FAMILY = (
    *("Archer", "Bloor", "Cope", "Dean", "Eardley", "Finney", "Goodall", "Hulme", "Iqbal"),
    *("Jervis", "Keeling", "Lowe", "Mellor", "Nair", "Oakes", "Platt", "Quinn", "Rowley"),
)
GIVEN = (
    *("Aled", "Beth", "Cara", "Dev", "Esme", "Femi", "Gail", "Hari", "Ines", "Joel"),
    *("Kira", "Liam", "Mina", "Noor", "Omar", "Pia", "Rob", "Suki", "Tess", "Umar"),
)
KINDS = ("response",) * 12 + ("neighbourhood",) * 2 + ("roads",) * 2 + ("armed", "dog")
MINUTE = timedelta(minutes=1)
AVAILABLE, COMMITTED = 2, 8
# Minutes before the relief came that incidents were opened, and minutes before now in the wave.
BEFORE_RELIEF = (19, 16, 12)
WAVE = (86, 84, 81, 79, 76, 74)
WAVE_BEGINS, WAVE_ENDS = 88 * MINUTE, 70 * MINUTE


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who acts in the demonstration."""

    handler: Actor
    dispatcher: Actor
    supervisor: Actor
    trainer: Actor
    officer: Actor


def begin_shift(*, now: datetime, seed: int = DEFAULT_SEED) -> None:
    """Book the made-up units on, open the incidents of the hours before, and send units to some of them."""
    cast = Cast(
        handler=demo_actor("asha"),
        dispatcher=demo_actor("ben"),
        supervisor=demo_actor("bella"),
        trainer=demo_actor("tariq"),
        officer=demo_actor("rhys"),
    )
    rng = Random(f"shift:{seed}")
    towns = [place for place in places() if place.kind in {"city", "town"}]
    began = now - OLDEST
    publish_plans(units=KINDS.count("response"), relief_at=began, by=demo_actor("paolo"), seed=seed)
    callsigns = [_unit(number, rng.choice(towns), cast, rng=rng, now=began) for number in range(UNITS)]
    _attend_earlier(callsigns, cast, now=now, seed=seed)
    opened = _open_incidents(cast, now=now, seed=seed)
    for unit in queries.list_units(by=cast.dispatcher):
        report(unit.callsign, AVAILABLE, now - timedelta(minutes=rng.randrange(14, 50)))
        report(unit.callsign, None, now - timedelta(seconds=30), lat=unit.lat, lon=unit.lon)
    _send(callsigns, opened, cast, now=now)


def demo_actor(username: str) -> Actor:
    """
    Return one of the made-up staff as who acts.

    :raises NotFound: if the demonstration has nobody of that name
    """
    member = find_member(username)
    if member is None:
        raise NotFound(f"The demonstration has nobody called {username}.")
    found: Actor = member.as_actor()
    return found


def _unit(number: int, town: DemoPlace, cast: Cast, *, rng: Random, now: datetime) -> str:
    callsign = f"{'NSEW'[number % 4]}D{10 + 3 * number}"
    single = rng.random() < 0.3
    crew = [_officer(number, place) for place in range(1 if single else 2)]
    if number == 0:
        crew[0] = (cast.officer.ref, cast.officer.name)
    skills = {Skill.RESPONSE_DRIVER, *rng.sample(list(Skill), 2)} if number % 6 != 5 else {Skill.SEARCH}
    for skill in sorted(skills):
        held = days.london_day(now) - timedelta(days=rng.randrange(30, 300))
        new = training.NewSkill(
            person_ref=crew[0][0], skill=skill, held_from=held, lapses_on=held + timedelta(days=365)
        )
        training.record_skill(new=new, by=cast.trainer, now=now)
    lat, lon = town.lat + rng.uniform(-0.02, 0.02), town.lon + rng.uniform(-0.03, 0.03)
    booking = Booking(
        callsign=callsign,
        kind=KINDS[number],  # type: ignore[arg-type]
        crew=crew,
        until=now + timedelta(hours=10 if number % 5 else 4),
        base=town.name,
        lat=lat,
        lon=lon,
        area_code=_district(lat, lon),
    )
    incidents.book_on(booking=booking, by=cast.dispatcher, now=now)
    return callsign


def _officer(number: int, place: int) -> tuple[str, str]:
    name = f"{GIVEN[(number * 2 + place) % len(GIVEN)]} {FAMILY[(number + 7 * place) % len(FAMILY)]}"
    return f"demo:pc-{number}-{place}", name


def _attend_earlier(callsigns: Sequence[str], cast: Cast, *, now: datetime, seed: int) -> None:
    """Open what came before the relief and in the wave, and let it be attended once units could go."""
    rng, relief_at = Random(f"earlier:{seed}"), now - OLDEST
    told = [
        each
        for each in contacts_between(start=relief_at - OLDEST, end=relief_at, seed=seed)
        if each.words and each.setting.lat is not None
    ]
    chosen = rng.sample(told, len(BEFORE_RELIEF) + len(WAVE))
    first = [
        _one(each, cast, at=relief_at - ago * MINUTE, rng=rng, seed=seed)
        for each, ago in zip(chosen, BEFORE_RELIEF, strict=False)
    ]
    _attend(first, cast, since=relief_at + 2 * MINUTE)
    for callsign in callsigns:
        report(callsign, COMMITTED, now - WAVE_BEGINS)
    wave = [
        _one(each, cast, at=now - ago * MINUTE, rng=rng, seed=seed)
        for each, ago in zip(chosen[len(BEFORE_RELIEF) :], WAVE, strict=True)
    ]
    for callsign in callsigns:
        report(callsign, AVAILABLE, now - WAVE_ENDS)
    _attend(wave, cast, since=now - WAVE_ENDS + MINUTE)


def _attend(opened: Sequence[str], cast: Cast, *, since: datetime) -> None:
    """Send the nearest unit to each incident, another to each, let it arrive and clear within twenty minutes, and close the incident."""
    away: set[str] = set()
    for place, reference in enumerate(filter(None, opened)):
        at = since + place * timedelta(seconds=20)
        incident = queries.get_incident(reference=reference, by=cast.dispatcher)
        proposed = queries.rank_for(incident, now=at).candidates
        callsign = next((each.callsign for each in proposed if not each.diverted and each.callsign not in away), "")
        if not callsign:
            continue
        away.add(callsign)
        # Only the first proposed goes without a reason.
        reason = "" if callsign == proposed[0].callsign else "the nearest is on its way elsewhere"
        incidents.deploy_unit(
            sending=Sending(incident=reference, callsign=callsign, reason=reason), by=cast.dispatcher, now=at
        )
        for code, minutes in ((EN_ROUTE, 1), (AT_SCENE, 7 + place), (AVAILABLE, 17)):
            report(callsign, code, at + minutes * MINUTE)
        closing = Closing(
            incident=reference, code="attended_no_crime", reason="Both sides heard; nobody wants more of us"
        )
        done = incidents.close_incident(closing=closing, by=cast.dispatcher, now=at + 18 * MINUTE)
        if done.state != IncidentState.RESOLVED:
            incidents.agree_to_close(reference=reference, by=cast.supervisor, now=at + 19 * MINUTE)


def _open_incidents(cast: Cast, *, now: datetime, seed: int) -> list[str]:
    rng = Random(f"incidents:{seed}")
    told = [
        each
        for each in contacts_between(start=now - OLDEST, end=now - NEWEST, seed=seed)
        if each.words and each.setting.lat is not None
    ]
    opened = []
    for each in rng.sample(told, min(len(told), 3 * INCIDENTS)):
        # Told as having come in lately: a board on which everything is long overdue teaches nothing.
        ago = timedelta(minutes=rng.choice((1, 2, 3, 5, 7, 9, 11)))
        reference = _one(each, cast, at=now - ago, rng=rng, seed=seed)
        if reference:
            opened.append(reference)
        if len(opened) == INCIDENTS:
            break
    return opened


def _one(made_up: DemoContact, cast: Cast, *, at: datetime, rng: Random, seed: int) -> str:
    setting, by = made_up.setting, cast.handler
    new = contact.NewContact(
        channel=Channel(made_up.channel if made_up.channel in {"999", "101", "online"} else "101"),
        received_at=at,
        source="demo-shift",
        source_ref=f"shift-{seed}-{made_up.key}",
        words=made_up.words,
        kind=made_up.matter.kind,
        caller={"name": setting.caller_name, "phone": setting.phone},
        place={"text": setting.place_text, "lat": setting.lat, "lon": setting.lon},
    )
    reference = contact.file_intake(new=new, by=WORKER, now=at).reference
    contact.claim_contact(reference=reference, by=by, now=at + timedelta(seconds=20))
    for limb in Limb:
        text, level = f"Asked about {limb.label.lower()}", Risk.STANDARD
        assessment.write_limb(reference=reference, limb=limb, text=text, level=level, by=by, now=at + MINUTE)
    happening = Answer.YES if rng.random() < 0.3 else Answer.NO
    answers = {
        "danger_to_life": Answer.NO,
        "happening_now": happening,
        "offender_near": happening,
        "weapon": Answer.NO,
        "injured": Answer.NO,
        "visit_needed": Answer.YES,
        "evidence_perishable": Answer.YES if rng.random() < 0.5 else Answer.NO,
    }
    for question, answer in answers.items():
        assessment.answer_question(reference=reference, question=question, answer=answer, by=by, now=at + MINUTE)
    assessment.confirm_grade(reference=reference, by=by, now=at + MINUTE)
    try:
        triage.confirm_route(contact_reference=reference, plan=RoutePlan(), by=by, now=at + 1.5 * MINUTE)
    except Refusal:
        return ""
    found = queries.find_by_journey(journey=reference)
    return found.reference if found else ""


def _send(callsigns: Sequence[str], opened: Sequence[str], cast: Cast, *, now: datetime) -> None:
    """Send the nearest units to the first incidents, and let their crews report on the way."""
    by = cast.dispatcher
    # The visitor who signs in as the response officer finds an incident of their own.
    for place, reference in enumerate(opened[:SENT]):
        incident = queries.get_incident(reference=reference, by=by)
        at = min(incident.opened_at + MINUTE, now)
        proposed = queries.rank_for(incident, now=at).candidates
        free = [each.callsign for each in proposed if not each.diverted]
        callsign = callsigns[0] if place == 0 else next(iter(free), "")
        if not callsign:
            continue
        reason = "nearest who could leave" if place == 0 else ""
        try:
            incidents.deploy_unit(sending=Sending(incident=reference, callsign=callsign, reason=reason), by=by, now=at)
        except Refusal:
            continue
        if place % 3 != 0:
            report(callsign, 5, min(at + timedelta(seconds=40), now))


def report(
    callsign: str, code: int | None, at: datetime, *, lat: float | None = None, lon: float | None = None
) -> None:
    """Let a made-up crew report."""
    told = Report(callsign=callsign, code=code, at=at, source="demo-mdt", lat=lat, lon=lon)
    incidents.file_report(report=told, by=WORKER, now=at)


def _district(lat: float, lon: float) -> str:
    try:
        return cell_at(lat, lon).district
    except KeyError:
        return min(places(), key=lambda place: km_between(lat, lon, place.lat, place.lon)).district

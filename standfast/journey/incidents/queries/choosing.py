"""Which units could go to an incident, as they stand now?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from standfast.force.training import queries as training
from standfast.force.training.rules.skill import Skill
from standfast.foundation.kernel import days
from standfast.foundation.kernel.rows import values_of
from standfast.foundation.places.rules.travel import straight_km
from standfast.foundation.runtime import roads
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.models import Incident
from standfast.journey.incidents.queries.units import WITH_ITS_INCIDENT
from standfast.journey.incidents.rules.unit_rank import MatterFacts, Ranking, UnitFacts, asked_of_units, rank_units
from standfast.journey.incidents.rules.unit_status import OFF_DUTY, status_codes

# Ages are reckoned there: to read hundreds of times takes as long as all the rest of a row.
_STANDING = rf"""
SELECT u.callsign, u.state, u.lat, u.lon, EXTRACT(epoch FROM %s - u.position_at)::float8 / 60,
    EXTRACT(epoch FROM u.on_duty_until - %s)::float8 / 60, u.area_code, i.grade, d.incident_id, c.people
{WITH_ITS_INCIDENT}
LEFT JOIN (
    SELECT unit_id, string_agg(person_ref, E'\n') AS people FROM incidents_crewmember WHERE until IS NULL GROUP BY unit_id
) c ON c.unit_id = u.id
WHERE u.state <> %s ORDER BY u.callsign
"""  # noqa: S608 - of our own words only
"""The units on duty: minutes since their position and until the end of their shift, and last who crews them, a line each."""


def rank_for(incident: Incident, *, now: datetime, ask_engine: bool = False) -> Ranking:
    """
    Return every unit on duty in the order in which policy would send it to an incident, with reasons, and why not the others.

    With `ask_engine` the force's routing engine is asked, where it runs one; otherwise what it answered a moment ago counts. Not to be
    asked for inside a transaction: that would hold its locks as long as the engine takes.
    """
    on = days.london_day(now)
    matter = matter_of(incident)
    facts = unit_facts(incident=incident, among=matter.skills, now=now)
    engine = roads.engine_at(settings.ROUTING_ENGINE)
    if engine is not None:
        matter = replace(matter, engine=engine.kind)
        facts = _by_road(engine, matter, facts, ask=ask_engine)
    return rank_units(matter, facts, on=on)


def _by_road(engine: roads.RoadEngine, matter: MatterFacts, units: list[UnitFacts], *, ask: bool) -> list[UnitFacts]:
    """Return the units with the engine's travel times where it knows them; the nearest are asked for."""
    if matter.lat is None or matter.lon is None:
        return units
    end = (matter.lat, matter.lon)
    placed = [unit for unit in units if unit.lat is not None and unit.lon is not None]
    placed.sort(key=lambda unit: straight_km(unit.lat or 0.0, unit.lon or 0.0, *end))
    starts = [(unit.lat or 0.0, unit.lon or 0.0) for unit in placed]
    seconds = dict(zip((unit.callsign for unit in placed), engine.seconds(starts, end, ask=ask), strict=True))
    return [
        unit if (known := seconds.get(unit.callsign)) is None else unit._replace(travel=known / 60) for unit in units
    ]


def matter_of(incident: Incident) -> MatterFacts:
    """Return what an incident asks of a unit."""
    grade = ResponseGrade(incident.grade)
    kinds = [str(each.get("kind", "")) for each in incident.warnings]
    skills, needs_two = asked_of_units(grade=grade, strands=incident.strands, warnings=kinds)
    return MatterFacts(
        lat=incident.lat,
        lon=incident.lon,
        setting=incident.urban_rural or "urban",
        grade=grade,
        skills=skills,
        needs_two=needs_two,
    )


def unit_facts(*, incident: Incident, among: frozenset[Skill], now: datetime) -> list[UnitFacts]:
    """Return the units on duty as the rule sees them, of their skills those among the given: two questions to the database."""
    on = days.london_day(now)
    standing = values_of(_STANDING, [now, now, OFF_DUTY])
    crews = [row[-1].split("\n") if row[-1] else [] for row in standing]
    skills = training.skills_of(people=[person for crew in crews for person in crew], among=among, on=on)
    codes = status_codes(on)
    found = []
    for row, crew in zip(standing, crews, strict=True):
        callsign, state, lat, lon, position_age, shift_left, area, on_grade, on_incident, _ = row
        code = codes[state]
        found.append(
            UnitFacts(
                callsign=callsign,
                availability=code.availability,
                state_label=code.label,
                lat=lat,
                lon=lon,
                position_age=position_age or 0.0,
                shift_left=shift_left or 0.0,
                crew=len(crew),
                skills=_skills_of(crew, skills),
                area=area,
                on_grade=on_grade or "",
                on_this=on_incident == incident.pk,
            )
        )
    return found


def _skills_of(crew: list[str], held: Mapping[str, frozenset[Skill]]) -> frozenset[Skill]:
    found: frozenset[Skill] = frozenset()
    for person in crew:
        if person in held:
            found |= held[person]
    return found

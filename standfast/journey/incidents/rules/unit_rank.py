"""
Which unit should go? By travel time first, then by what it leaves behind; with a reason for each, and why not for the others.

The dispatcher chooses. The weights are a dated table, in minutes, so that a reason can be said in the field's own unit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from standfast.force.training.rules.skill import Skill
from standfast.foundation.kernel.tables import DatedTable
from standfast.foundation.places.rules.travel import straight_km, travel_model
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.incidents.rules.unit_status import Availability

GRADES = {grade.value: number for number, grade in enumerate(ResponseGrade)}
OLD_POSITION_MINUTES = 15
PROPOSED = 3
_WEAPONS = frozenset({"weapons", "firearms"})


@dataclass(frozen=True, kw_only=True)
class RankRow:
    """The weights for a grade, in minutes; `at_scene_minutes` is how long an attendance is expected to last."""

    id: str
    grade: str
    uncovered: float
    single_crew: float
    shift_end: float
    divert: float
    old_position: float
    at_scene_minutes: int
    because: str


TABLE = DatedTable.beside(__file__, "unit_rank", row=RankRow)


@dataclass(frozen=True, kw_only=True)
class MatterFacts:
    """
    What is asked of a unit: where, how urgent, which skills (any crew member holds them), and whether two officers are needed.

    `engine` is the routing engine that gave travel times, where one did.
    """

    lat: float | None
    lon: float | None
    setting: str
    grade: ResponseGrade
    skills: frozenset[Skill] = frozenset()
    needs_two: bool = False
    engine: str = ""


class UnitFacts(NamedTuple):
    """
    A unit as it stands: times in minutes from now. `on_grade` is the grade of the incident it is on, none if it is on none.

    `travel` is the routing engine's travel time, where one is known.
    """

    callsign: str
    availability: Availability
    state_label: str
    lat: float | None
    lon: float | None
    position_age: float
    shift_left: float
    crew: int
    skills: frozenset[Skill]
    area: str
    on_grade: str = ""
    on_this: bool = False
    travel: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A unit that could go: travel minutes and their error (half-width of the middle four fifths), the weighted score, and why.

    A lower score stands higher. `diverted` says that it would leave a lower-graded incident.
    """

    callsign: str
    minutes: float
    error: float
    score: float
    reasons: tuple[str, ...]
    diverted: bool


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Units that could go, best first; those that could not, with why not; and by which weights and travel model."""

    candidates: Sequence[Candidate]
    why_not: Sequence[tuple[str, str]]
    because: str
    row: str
    table: str
    travel: str

    @property
    def proposed(self) -> Sequence[Candidate]:
        """The first few, as offered."""
        return self.candidates[:PROPOSED]

    def place_of(self, callsign: str) -> int | None:
        """Return the place of a unit, from 1, or None if it is not among those that could go."""
        return next((at for at, each in enumerate(self.candidates, start=1) if each.callsign == callsign), None)

    def reason_against(self, callsign: str) -> str:
        """Return why a unit is not among those that could go."""
        return dict(self.why_not).get(callsign, "it is not on duty")


def rank_units(matter: MatterFacts, units: Sequence[UnitFacts], *, on: date) -> Ranking:
    """Return the units in the order in which the policy of a London day would send them, and why not the others."""
    edition = TABLE.on(on)
    by_grade = {row.grade: row for row in edition.rows}
    weights = by_grade.get(matter.grade) or by_grade["any"]
    seconds_of, error, model = travel_model(matter.setting, on=on)
    cover = Counter(unit.area for unit in units if unit.availability is Availability.FREE and not unit.on_this)
    found: list[Candidate] = []
    why_not: list[tuple[str, str]] = []
    for unit in units:
        against = _why_not(matter, unit)
        if against:
            why_not.append((unit.callsign, against))
            continue
        minutes = unit.travel
        if minutes is None:
            minutes = seconds_of(straight_km(unit.lat, unit.lon, matter.lat, matter.lon)) / 60  # type: ignore[arg-type]
        # Nobody has measured an engine's error against attendances: it is taken to be the model's, never none.
        found.append(_candidate(unit, weights, cover, minutes, minutes * error))
    found.sort(key=lambda each: (each.score, each.callsign))
    return Ranking(
        candidates=found,
        why_not=why_not,
        because=weights.because,
        row=weights.id,
        table=str(edition),
        travel=f"{matter.engine}, else {model}" if any(unit.travel is not None for unit in units) else model,
    )


def may_be_sent(availability: Availability, *, grade: ResponseGrade, on_grade: str = "") -> bool:
    """Say whether a unit in a state may be sent to a matter of a grade; `on_grade` is that of the incident it is on, if it is on one."""
    if availability is Availability.FREE:
        return True
    if availability is Availability.IMMEDIATE_ONLY:
        return grade is ResponseGrade.IMMEDIATE
    # Divertible, or committed but deployable: upwards only.
    return availability is not Availability.NO and GRADES[grade] < GRADES.get(on_grade, len(GRADES))


def asked_of_units(
    *, grade: ResponseGrade, strands: Sequence[str], warnings: Sequence[str]
) -> tuple[frozenset[Skill], bool]:
    """Return the skills a matter asks for, and whether it needs two officers: weapons, violence, or domestic abuse in progress do."""
    skills = {Skill.RESPONSE_DRIVER} if grade == ResponseGrade.IMMEDIATE else set()
    armed = not _WEAPONS.isdisjoint(warnings)
    if armed:
        skills.add(Skill.TASER)
    in_progress = grade == ResponseGrade.IMMEDIATE and Strand.DOMESTIC_ABUSE in strands
    return frozenset(skills), armed or in_progress or "violent" in warnings


def _why_not(matter: MatterFacts, unit: UnitFacts) -> str:
    if unit.on_this:
        return "on this incident already"
    state = _state_against(matter, unit)
    if state:
        return state
    if unit.lat is None or matter.lat is None:
        return "its position is not known" if unit.lat is None else "the place of the incident is not known"
    lacking = matter.skills - unit.skills
    if lacking:
        return _without(lacking)
    if matter.needs_two and unit.crew < 2:
        return "single-crewed, and two officers are needed"
    return "its shift has ended" if unit.shift_left <= 0 else ""


@cache
def _without(skills: frozenset[Skill]) -> str:
    return "nobody on it has " + ", ".join(sorted(skill.label.lower() for skill in skills))


def _state_against(matter: MatterFacts, unit: UnitFacts) -> str:
    if may_be_sent(unit.availability, grade=matter.grade, on_grade=unit.on_grade):
        return ""
    state = unit.state_label.lower()
    if unit.availability is Availability.NO:
        return state
    if unit.availability is Availability.IMMEDIATE_ONLY:
        return f"{state}: for an immediate incident only"
    return f"{state}, and its own incident is graded as high or higher"


def _candidate(unit: UnitFacts, weights: RankRow, cover: Counter[str], minutes: float, spread: float) -> Candidate:
    score, reasons = minutes, [f"about {minutes:.0f} min away"]
    if unit.availability is Availability.FREE:
        reasons.append("free")
        if cover[unit.area] <= 1 and unit.area:
            score += weights.uncovered
            reasons.append("leaves its area without a free unit")
    else:
        reasons.append(unit.state_label.lower())
    diverted = bool(unit.on_grade)
    if diverted:
        score += weights.divert
        reasons.append(f"would leave its {unit.on_grade} incident")
    if unit.crew < 2:
        score += weights.single_crew
        reasons.append("single-crewed")
    else:
        reasons.append(f"crew of {unit.crew}")
    if unit.shift_left < minutes + weights.at_scene_minutes:
        score += weights.shift_end
        reasons.append(f"shift ends in {unit.shift_left:.0f} min")
    if unit.position_age > OLD_POSITION_MINUTES:
        score += weights.old_position
        reasons.append(f"position {unit.position_age:.0f} min old")
    return Candidate(unit.callsign, minutes, spread, score, tuple(reasons), diverted)

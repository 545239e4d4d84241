"""How fast is a unit chosen among five hundred, with reasons for each and why not for the others? Beside it, the nearest free unit."""

import random
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from standfast.force.training.rules.skill import Skill
from standfast.foundation.places.rules.travel import straight_km
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.rules.unit_rank import MatterFacts, UnitFacts, rank_units
from standfast.journey.incidents.rules.unit_status import Availability

UNITS, CHOICES, WARM_UP = 500, 400, 20
WANTED_P99_MS = 10.0
DAY = date(2026, 11, 23)
_STATES = (Availability.FREE,) * 5 + (Availability.NO,) * 3 + (Availability.DIVERTIBLE, Availability.HIGHER_GRADE)


def run(*, units: int = UNITS, seed: int = 1) -> dict[str, Any]:
    """Measure the whole choice on made-up units across a county, and the nearest free unit on the same."""
    rng = random.Random(seed)
    made = [_unit(number, rng) for number in range(units)]
    matters = [_matter(rng) for _ in range(CHOICES + WARM_UP)]
    ours, nearest = [], []
    for number, matter in enumerate(matters):
        began = perf_counter()
        rank_units(matter, made, on=DAY)
        middle = perf_counter()
        _nearest_free(matter, made)
        ended = perf_counter()
        if number >= WARM_UP:
            ours.append((middle - began) * 1000)
            nearest.append((ended - middle) * 1000)
    ours.sort()
    p99 = round(ours[int(0.99 * len(ours))], 2)
    return {
        "figures": {"units": units, "choices": CHOICES, "p50_ms": round(median(ours), 2), "p99_ms": p99},
        "yardstick": {"nearest_free_p50_ms": round(median(nearest), 3)},
        "ratios": {"times_nearest_free": round(median(ours) / median(nearest), 1)},
        "goals": [{"name": "p99 (ms)", "value": p99, "goal": f"≤ {WANTED_P99_MS:g}", "met": p99 <= WANTED_P99_MS}],
    }


def _unit(number: int, rng: random.Random) -> UnitFacts:
    return UnitFacts(
        callsign=f"U{number:03d}",
        availability=rng.choice(_STATES),
        state_label="On patrol",
        lat=52.6 + rng.random() * 0.6,
        lon=-2.4 + rng.random() * 0.8,
        position_age=rng.random() * 20,
        shift_left=rng.random() * 480,
        crew=rng.choice((1, 2, 2)),
        skills=frozenset(rng.sample(list(Skill), 3)) | ({Skill.RESPONSE_DRIVER} if rng.random() < 0.8 else set()),
        area=f"area-{rng.randrange(9)}",
        on_grade=rng.choice(("", "", "priority", "routine")),
    )


def _matter(rng: random.Random) -> MatterFacts:
    grade = rng.choice((ResponseGrade.IMMEDIATE, ResponseGrade.PRIORITY, ResponseGrade.ROUTINE))
    return MatterFacts(
        lat=52.6 + rng.random() * 0.6,
        lon=-2.4 + rng.random() * 0.8,
        setting=rng.choice(("urban", "rural")),
        grade=grade,
        skills=frozenset({Skill.RESPONSE_DRIVER}) if grade == ResponseGrade.IMMEDIATE else frozenset(),
    )


def _nearest_free(matter: MatterFacts, units: list[UnitFacts]) -> str:
    free = [each for each in units if each.availability is Availability.FREE]
    lat, lon = matter.lat or 0.0, matter.lon or 0.0
    return min(free, key=lambda each: straight_km(each.lat or 0.0, each.lon or 0.0, lat, lon)).callsign

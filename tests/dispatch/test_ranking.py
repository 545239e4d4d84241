"""Is the unit that should go proposed first, with its reasons, and is it said of each other why not?"""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from standfast.cli.main import app
from standfast.force.training.rules.skill import Skill, is_held
from standfast.foundation.places.rules.travel import Journey, TooFewJourneys, fit_travel, shape, travel_model
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.rules.prediction import Outlook, predict_arrival
from standfast.journey.incidents.rules.unit_rank import MatterFacts, UnitFacts, asked_of_units, rank_units
from standfast.journey.incidents.rules.unit_status import Availability

DAY = date(2026, 11, 23)


def unit(callsign: str, *, km: float = 1.0, **given: Any) -> UnitFacts:
    plain: dict[str, Any] = {
        "availability": Availability.FREE,
        "state_label": "On patrol",
        "lat": 52.8 + km / 111.195,
        "lon": -2.1,
        "position_age": 1.0,
        "shift_left": 300.0,
        "crew": 2,
        "skills": frozenset({Skill.RESPONSE_DRIVER}),
        "area": f"area of {callsign}",
    }
    return UnitFacts(callsign=callsign, **{**plain, **given})


def matter(grade: ResponseGrade = ResponseGrade.IMMEDIATE, **given: Any) -> MatterFacts:
    return MatterFacts(**{"lat": 52.8, "lon": -2.1, "setting": "urban", "grade": grade, **given})


def order(units: Sequence[UnitFacts], grade: ResponseGrade = ResponseGrade.IMMEDIATE, **given: Any) -> list[str]:
    return [each.callsign for each in rank_units(matter(grade, **given), units, on=DAY).candidates]


def test_the_nearest_comes_first_when_all_else_is_equal() -> None:
    assert order([unit("far", km=9, area="x"), unit("near", km=1, area="x"), unit("mid", km=4, area="x")]) == [
        "near",
        "mid",
        "far",
    ]


def test_the_last_unit_of_an_area_is_kept_for_a_lower_grade_but_goes_to_an_emergency() -> None:
    units = [unit("last", km=2), unit("b1", km=5, area="b"), unit("b2", km=9, area="b")]
    assert order(units)[0] == "last"
    assert order(units, ResponseGrade.ROUTINE)[0] == "b1"


@pytest.mark.parametrize(
    ("given", "asked", "against"),
    [
        ({"availability": Availability.NO, "state_label": "At court"}, {}, "at court"),
        ({"skills": frozenset()}, {"skills": frozenset({Skill.TASER})}, "nobody on it has taser"),
        ({"crew": 1}, {"needs_two": True}, "single-crewed, and two officers are needed"),
        ({"lat": None, "lon": None}, {}, "its position is not known"),
        ({"shift_left": -1.0}, {}, "its shift has ended"),
        ({"on_this": True}, {}, "on this incident already"),
        (
            {"availability": Availability.DIVERTIBLE, "on_grade": "immediate", "state_label": "En route"},
            {},
            "en route, and its own incident is graded as high or higher",
        ),
    ],
)
def test_of_each_other_it_is_said_why_not(given: dict[str, Any], asked: dict[str, Any], against: str) -> None:
    ranking = rank_units(matter(**asked), [unit("ND52", **given)], on=DAY)
    assert not ranking.candidates
    assert ranking.reason_against("ND52") == against


def test_refreshments_end_for_an_emergency_only_and_a_diversion_goes_upwards_only() -> None:
    eating = unit("eats", availability=Availability.IMMEDIATE_ONLY, state_label="Refreshments")
    going = unit("goes", availability=Availability.DIVERTIBLE, state_label="En route", on_grade="routine")
    assert set(order([eating, going])) == {"eats", "goes"}
    assert order([eating, going], ResponseGrade.PRIORITY) == ["goes"]
    assert order([eating, going], ResponseGrade.ROUTINE) == []


@given(seed=st.integers(0, 10_000))
def test_every_unit_is_either_ranked_or_told_why_not_and_coming_nearer_never_costs_a_place(seed: int) -> None:
    rng = random.Random(seed)
    units = [
        unit(
            f"U{number}", km=rng.uniform(0.1, 30), availability=rng.choice(list(Availability)), crew=rng.choice((1, 2))
        )
        for number in range(12)
    ]
    grade = rng.choice([ResponseGrade.IMMEDIATE, ResponseGrade.PRIORITY, ResponseGrade.ROUTINE])
    ranking = rank_units(matter(grade), units, on=DAY)
    named = [each.callsign for each in ranking.candidates] + [callsign for callsign, _ in ranking.why_not]
    assert sorted(named) == sorted(each.callsign for each in units)
    if ranking.candidates:
        mover = rng.choice(ranking.candidates).callsign
        before = ranking.place_of(mover)
        nearer = [
            unit(each.callsign, km=0.05, availability=each.availability, crew=each.crew)
            if each.callsign == mover
            else each
            for each in units
        ]
        after = rank_units(matter(grade), nearer, on=DAY).place_of(mover)
        assert (after or 99) <= (before or 0)


def test_a_lapsed_skill_is_not_that_skill() -> None:
    held = date(2025, 11, 23)
    assert is_held(held_from=held, lapses_on=date(2026, 11, 24), on=DAY)
    assert not is_held(held_from=held, lapses_on=DAY, on=DAY)


def test_weapons_ask_for_taser_and_two_officers() -> None:
    skills, two = asked_of_units(grade=ResponseGrade.IMMEDIATE, strands=(), warnings=("weapons",))
    assert skills == {Skill.RESPONSE_DRIVER, Skill.TASER}
    assert two
    assert asked_of_units(grade=ResponseGrade.IMMEDIATE, strands=("domestic_abuse",), warnings=())[1]
    assert not asked_of_units(grade=ResponseGrade.ROUTINE, strands=("domestic_abuse",), warnings=())[1]


@pytest.mark.parametrize(
    ("minutes_left", "outlook"), [(20, Outlook.INSIDE), (10, Outlook.TIGHT), (4, Outlook.LATE), (-5, Outlook.LATE)]
)
def test_a_miss_is_predicted_before_it_happens(now: datetime, minutes_left: int, outlook: Outlook) -> None:
    due = now + timedelta(minutes=minutes_left)
    assert predict_arrival(starts_at=now, seconds=600, error_share=0.35, due_at=due).outlook == outlook


def test_the_fit_finds_the_model_that_made_the_journeys_and_states_its_error() -> None:
    rng = random.Random(3)
    journeys = []
    for _ in range(600):
        km = rng.uniform(0.2, 25)
        journeys.append(Journey(km=km, seconds=170 * shape(km, 3.0) * rng.lognormvariate(0, 0.25)))
    fit = fit_travel(journeys)
    for km in (1, 3, 8, 20):
        assert fit.scale_seconds * shape(km, fit.break_km) == pytest.approx(170 * shape(km, 3.0), rel=0.1)
    assert 0.12 < fit.median_error < 0.22
    assert 0.25 < fit.error_share < 0.45
    with pytest.raises(TooFewJourneys):
        fit_travel(journeys[:20])


def test_time_grows_with_distance_and_has_no_step_at_the_break() -> None:
    seconds_of, error, row = travel_model("urban", on=DAY)
    times = [seconds_of(km / 50) for km in range(1, 2000)]
    assert all(later >= earlier for earlier, later in pairwise(times))
    assert max(later - earlier for earlier, later in pairwise(times[5:])) < 10
    assert error > 0
    assert row.startswith("row TM-1")


def test_the_command_writes_an_edition_and_says_how_wrong_it_is(tmp_path: Path) -> None:
    rng = random.Random(4)
    lines = ["from_lat,from_lon,to_lat,to_lon,seconds"]
    for _ in range(200):
        north = rng.uniform(0.01, 0.2)
        seconds = 160 * shape(north * 111.195, 2.0) * rng.lognormvariate(0, 0.2)
        lines.append(f"52.8,-2.1,{52.8 + north},-2.1,{seconds:.0f}")
    file, out = tmp_path / "journeys.csv", tmp_path / "2026-12-01.toml"
    file.write_text("\n".join(lines))
    done = CliRunner().invoke(app, ["travel", "calibrate", str(file), "--as-of", "2026-12-01", "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "200 journeys" in done.output
    assert "scale_seconds" in out.read_text()
    for broken, word in (
        ("a,b\n1,2", "from_lat"),
        ("\n".join([lines[0], "x,1,1,1,1"]), "line 2"),
        (lines[0], "At least"),
    ):
        file.write_text(broken)
        out.unlink(missing_ok=True)
        refused = CliRunner().invoke(app, ["travel", "calibrate", str(file), "--as-of", "2026-12-01", "-o", str(out)])
        assert refused.exit_code != 0
        assert word in str(refused.exception or refused.output)
        assert not out.exists()

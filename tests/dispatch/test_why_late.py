"""N3: does each minute of an attendance have one cause, do the parts make the whole, and is a planted cause the one that is named?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.journey.incidents.rules.attendance_figures import Attendance, figures_by, figures_of
from standfast.journey.incidents.rules.why_late import AttendanceFacts, Cause, Sent, Span, main_cause, split_attendance
from tests.dispatch.simulated_month import FAULTS, MINUTE, NAMED, START, at, month


def means(facts: Sequence[AttendanceFacts]) -> dict[Cause, float]:
    """Return the mean seconds of each cause; on the way, that the parts of every attendance are its whole."""
    found = dict.fromkeys(Cause, 0.0)
    for each in facts:
        parts = split_attendance(each)
        assert sum(parts.values(), timedelta(0)) == each.until - each.first_contact_at
        for cause, took in parts.items():
            found[cause] += took.total_seconds() / len(facts)
    return found


@pytest.fixture(scope="module")
def usual() -> dict[Cause, float]:
    return means(month())


@pytest.mark.parametrize("cause", Cause)
def test_a_planted_cause_is_named_for_nine_tenths_of_the_extra_minutes(cause: Cause, usual: dict[Cause, float]) -> None:
    found = means(month(FAULTS[cause]))
    extra = {each: found[each] - usual[each] for each in Cause}
    whole = sum(extra.values())
    assert whole > 60
    assert NAMED <= extra[cause] / whole <= 2 - NAMED
    assert all(abs(extra[each]) < 0.1 * whole for each in Cause if each != cause)


def test_without_a_roster_its_gap_cannot_be_named_and_is_not(usual: dict[Cause, float]) -> None:
    # The negative control: the same month, the record that names the cause taken away.
    found = means(month(FAULTS[Cause.ROSTER_GAP], roster_is_known=False))
    assert found[Cause.ROSTER_GAP] == 0
    assert found[Cause.NO_UNIT] - usual[Cause.NO_UNIT] > 60


instants = st.integers(-2000, 6000).map(at)
spans = st.lists(st.tuples(instants, instants).map(lambda ends: Span(min(ends), max(ends))), max_size=3)
sendings = st.lists(
    st.tuples(instants, st.none() | st.integers(0, 3000)).map(
        lambda each: Sent(each[0], None if each[1] is None else each[0] + timedelta(seconds=each[1]))
    ),
    max_size=3,
)


@given(
    facts=st.builds(
        AttendanceFacts,
        first_contact_at=st.just(START),
        first_graded_at=instants,
        opened_at=instants,
        until=st.integers(0, 6000).map(at),
        sent=sendings,
        free=spans,
        short=spans,
        unforeseen=spans,
        at_place_since=st.none() | instants,
    )
)
def test_the_parts_are_the_whole_whatever_the_stamps_say(facts: AttendanceFacts) -> None:
    parts = split_attendance(facts)
    assert set(parts) == set(Cause)
    assert min(parts.values()) >= timedelta(0)
    assert sum(parts.values(), timedelta(0)) == facts.until - facts.first_contact_at


def test_a_unit_that_was_diverted_is_not_counted_as_travel() -> None:
    facts = AttendanceFacts(
        first_contact_at=START,
        first_graded_at=START + 2 * MINUTE,
        opened_at=START + 3 * MINUTE,
        sent=[Sent(START + 4 * MINUTE, START + 9 * MINUTE), Sent(START + 12 * MINUTE)],
        until=START + 20 * MINUTE,
        free=[Span(START + 9 * MINUTE, START + 30 * MINUTE)],
        at_place_since=START + 18 * MINUTE,
    )
    parts = split_attendance(facts)
    assert {cause: took / MINUTE for cause, took in parts.items() if took} == {
        Cause.HANDLING: 2,
        Cause.GRADING: 1,
        Cause.NO_UNIT: 1,
        Cause.TAKEN_AWAY: 5,
        Cause.QUEUEING: 3,
        Cause.TRAVEL: 6,
        Cause.LATE_PRESS: 2,
    }
    assert main_cause(parts) is Cause.TRAVEL


def attendance(minutes: int | None, **given: Any) -> Attendance:
    took = None if minutes is None else minutes * MINUTE
    made = {
        "reference": "r",
        "grade": "immediate",
        "area": "north",
        "hour": 9,
        "domestic": False,
        "vulnerable": False,
        "own": took,
        "in_target": took is not None and took <= 15 * MINUTE,
        "parts": {Cause.TRAVEL: took or 40 * MINUTE},
    }
    return Attendance(took=took, **(made | given))


def test_nobody_who_never_came_is_left_out_of_the_share_in_target() -> None:
    found = figures_of([*(attendance(each) for each in (5, 9, 10, 11, 30)), attendance(None)])
    assert (found.count, found.never_attended, found.in_target) == (6, 1, 4 / 6)
    assert (found.median, found.ninth_decile) == (10 * MINUTE, timedelta(minutes=22.4))


def test_small_numbers_are_hidden_and_cannot_be_worked_out_from_the_whole() -> None:
    rows = [
        attendance(9, area=area) for area, number in (("east", 3), ("north", 20), ("south", 9)) for _ in range(number)
    ]
    found = figures_by(rows, lambda row: row.area)
    assert {area: each.hidden for area, each in found.items()} == {"east": True, "north": False, "south": True}
    assert found["east"].median is None
    assert found["south"].in_target is None

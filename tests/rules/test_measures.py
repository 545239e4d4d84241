"""Are all contacts counted, shares told with their doubt, drift told from chance, and small groups never shown?"""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.journey.assessment.rules.counted_share import CountedShare, deviations_between, interval_of
from standfast.journey.assessment.rules.group_fairness import (
    AgeBand,
    GroupCount,
    age_band,
    compare_groups,
    hidden_groups,
)
from standfast.journey.assessment.rules.measure_limit import Measure, measure_limits
from standfast.journey.assessment.rules.prompt_drift import WATCHED, DriftVerdict, find_drift
from standfast.journey.assessment.rules.thrive import MUST_BE_WRITTEN
from standfast.journey.assessment.rules.whole_count import KeptOfContact, Owed, half_hour_of, served, tally

DAY = date(2026, 11, 23)
LIMITS = measure_limits(on=DAY)
CHECKS = ("person", "address")
COUNTS = st.integers(0, 5000).flatmap(
    lambda whole: st.builds(CountedShare, part=st.integers(0, whole), whole=st.just(whole))
)


def kept(**other: object) -> KeptOfContact:
    whole: dict[str, object] = {
        "limbs": frozenset(limb.value for limb in MUST_BE_WRITTEN),
        "graded": True,
        "checks": frozenset(CHECKS),
        "advice_required": frozenset({"A"}),
        "advice_given": frozenset({"A"}),
        "closed": False,
    }
    return KeptOfContact(**(whole | other))  # type: ignore[arg-type]


def counted(part: int, whole: int) -> CountedShare:
    return CountedShare(part=part, whole=whole)


def test_a_contact_that_got_everything_lacks_nothing() -> None:
    found = served(kept(), checks=CHECKS)
    assert not any(found.lacks(owed) for owed in Owed)


@pytest.mark.parametrize(
    ("less", "lacks"),
    [
        ({"limbs": frozenset({"threat", "harm", "risk"})}, Owed.ASSESSED),
        ({"graded": False}, Owed.ASSESSED),
        ({"checks": frozenset({"person"})}, Owed.CHECKED),
        ({"advice_given": frozenset()}, Owed.ADVISED),
    ],
)
def test_each_thing_left_out_is_seen_and_only_that(less: dict[str, object], lacks: Owed) -> None:
    found = served(kept(**less), checks=CHECKS)
    assert [owed for owed in Owed if found.lacks(owed)] == [lacks]


def test_a_contact_without_advice_of_its_own_is_not_counted_for_advice() -> None:
    none = served(kept(advice_required=frozenset(), advice_given=frozenset()), checks=CHECKS)
    missing = served(kept(advice_given=frozenset()), checks=CHECKS)
    assert tally([none, missing]).advised == counted(0, 1)


def test_one_closed_without_a_whole_assessment_is_counted_apart() -> None:
    counts = tally(served(kept(graded=graded, closed=True), checks=CHECKS) for graded in (True, False, False))
    assert (counts.contacts, counts.assessed, counts.ended_without) == (3, counted(1, 3), 2)


@pytest.mark.parametrize(
    ("instant", "half"),
    [
        (datetime(2026, 11, 23, 14, 29, 59, tzinfo=UTC), "14:00"),
        (datetime(2026, 7, 1, 13, 30, tzinfo=UTC), "14:30"),
        (datetime(2026, 10, 25, 0, 45, tzinfo=UTC), "01:30"),
        (datetime(2026, 10, 25, 1, 45, tzinfo=UTC), "01:30"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "02:00"),
    ],
)
def test_half_hours_are_londons_also_in_the_nights_the_clocks_change(instant: datetime, half: str) -> None:
    assert half_hour_of(instant) == half


@given(share=COUNTS)
def test_an_interval_holds_its_share(share: CountedShare) -> None:
    least, most = interval_of(share)
    assert 0 <= least <= (share.share if share.share is not None else 0.5) + 1e-9
    assert (share.share if share.share is not None else 0.5) - 1e-9 <= most <= 1


def test_an_interval_is_that_of_wilson() -> None:
    assert interval_of(counted(8, 10)) == pytest.approx((0.490, 0.943), abs=0.001)
    assert interval_of(counted(0, 10)) == pytest.approx((0, 0.278), abs=0.001)


def test_two_shares_lie_apart_as_a_textbook_says() -> None:
    assert deviations_between(counted(45, 100), counted(60, 100)) == pytest.approx(2.124, abs=0.001)
    assert deviations_between(counted(5, 5), counted(0, 0)) == 0


def steady(**other: CountedShare) -> dict[Measure, CountedShare]:
    return {each: other.get(each.value, counted(300, 1000)) for each in WATCHED}


@pytest.mark.parametrize("measure", WATCHED)
def test_a_large_change_in_any_measure_is_drift_and_in_that_one_only(measure: Measure) -> None:
    found = find_drift(before=steady(), lately=steady(**{measure.value: counted(500, 1000)}), limits=LIMITS)
    assert [each.measure for each in found if each.verdict == DriftVerdict.DRIFTED] == [measure]


def test_nothing_changed_is_no_drift() -> None:
    assert {each.verdict for each in find_drift(before=steady(), lately=steady(), limits=LIMITS)} == {
        DriftVerdict.STEADY
    }


@pytest.mark.parametrize(
    ("before", "lately", "verdict"),
    [
        (counted(30_000, 100_000), counted(31_000, 100_000), DriftVerdict.STEADY),  # sure, but too small to matter
        (counted(40, 120), counted(50, 120), DriftVerdict.STEADY),  # large, but chance would do it
        (counted(40, 120), counted(99, 99), DriftVerdict.TOO_FEW),
        (counted(0, 0), counted(500, 1000), DriftVerdict.TOO_FEW),
        (counted(300, 1000), counted(250, 1000), DriftVerdict.STEADY),  # exactly the limit, but 2.5 deviations
        (counted(3000, 10000), counted(2500, 10000), DriftVerdict.DRIFTED),  # exactly the limit
    ],
)
def test_a_change_must_be_both_large_and_sure(
    before: CountedShare, lately: CountedShare, verdict: DriftVerdict
) -> None:
    found = find_drift(before=steady(prompted=before), lately=steady(prompted=lately), limits=LIMITS)
    assert found[0].verdict == verdict


@pytest.mark.parametrize(
    ("born_on", "band"),
    [
        (date(2008, 11, 24), AgeBand.UNDER_18),
        (date(2008, 11, 23), AgeBand.TO_24),
        (date(2001, 11, 23), AgeBand.TO_59),
        (date(1966, 11, 23), AgeBand.FROM_60),
        (None, AgeBand.NOT_RECORDED),
        (date(2030, 1, 1), AgeBand.NOT_RECORDED),
    ],
)
def test_a_birthday_moves_the_age_band_on_the_day(born_on: date | None, band: AgeBand) -> None:
    assert age_band(born_on=born_on, on=DAY) == band


@given(sizes=st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=6))
def test_no_small_group_is_shown_nor_one_that_can_be_worked_out(sizes: dict[str, int]) -> None:
    hidden = hidden_groups(sizes, fewest=10)
    shown = {group: size for group, size in sizes.items() if size and group not in hidden}
    assert all(size >= 10 for size in shown.values())
    assert len(hidden) != 1 or not shown


def group(name: str, assessed: CountedShare) -> GroupCount:
    return GroupCount(group=name, assessed=assessed, confirmed=counted(0, 0))


def test_a_group_served_otherwise_than_the_others_is_marked_and_chance_is_not() -> None:
    planted = [group("a", counted(900, 1000)), group("b", counted(905, 1000)), group("c", counted(150, 200))]
    assert {each.group for each in compare_groups(planted, limit=LIMITS[Measure.GROUP]) if each.differs} >= {"c"}
    alike = [group("a", counted(900, 1000)), group("b", counted(905, 1000)), group("c", counted(176, 200))]
    assert not any(each.differs for each in compare_groups(alike, limit=LIMITS[Measure.GROUP]))


def test_nothing_is_told_of_a_hidden_group() -> None:
    found = compare_groups([group("few", counted(0, 9)), group("a", counted(90, 100))], limit=LIMITS[Measure.GROUP])
    assert not any(each.shown or each.differs for each in found)

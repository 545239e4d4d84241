"""London days and wall clocks: true on both clock-change nights."""

from datetime import UTC, date, datetime, timedelta

import pytest

from standfast.foundation.kernel import days

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)])
def test_a_london_day_has_as_many_hours_as_the_clock_change_leaves_it(day: date, hours: int) -> None:
    first, following = days.day_bounds(day)
    assert following - first == timedelta(hours=hours)
    assert days.london_day(first) == day
    assert days.london_day(following - timedelta(seconds=1)) == day
    assert days.london_day(following) == day + timedelta(days=1)


@pytest.mark.parametrize("wall", [datetime(2026, 3, 29, 1, 30), datetime(2026, 10, 25, 1, 30)])
def test_a_wall_clock_time_that_is_missing_or_happens_twice_is_asked_about(wall: datetime) -> None:
    with pytest.raises(days.UnclearTime):
        days.from_wall_clock(wall)


def test_an_ordinary_wall_clock_time_is_read() -> None:
    assert days.from_wall_clock(datetime(2026, 6, 1, 9, 0)) == datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-11-23T10:00:00", "2026-02-29T10:00:00Z", "9999-12-31T23:59:60Z"]
)
def test_a_time_that_is_none_or_has_no_offset_is_refused_in_words(text: str) -> None:
    with pytest.raises(days.UnclearTime, match="expected"):
        days.parse_instant(text)


def test_the_repeated_hour_is_told_apart() -> None:
    summer, winter = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert days.wall_clock(summer).endswith("01:30:00 BST")
    assert days.wall_clock(winter).endswith("01:30:00 GMT")

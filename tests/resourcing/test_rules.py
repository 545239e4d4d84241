"""Which publication counts when, where is a roster not filled, and when is demand more than was allowed for? Against plain oracles."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.force.resourcing.rules.demand_allowed import Allowed, allowance, quantile_of, unforeseen
from standfast.force.resourcing.rules.in_force import Stated, in_force
from standfast.force.resourcing.rules.roster_gap import roster_gaps

START = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LAST = 40


def at(minutes: int) -> datetime:
    return START + minutes * MINUTE


minutes = st.integers(0, LAST)
stretches = (
    st.tuples(minutes, minutes).filter(lambda ends: ends[0] < ends[1]).map(lambda ends: (at(ends[0]), at(ends[1])))
)
# The later a publication, the higher its number.
stated = st.lists(st.tuples(stretches, st.integers(0, LAST)), max_size=7).map(
    lambda rows: [
        Stated(*stretch, published_at=at(published), number=number, said=number)
        for number, (stretch, published) in enumerate(sorted(rows, key=lambda row: row[1]))
    ]
)


@given(rows=stated)
def test_at_each_minute_the_newest_publication_known_by_then_counts(rows):
    pieces = in_force(rows)
    for minute in range(LAST + 1):
        known = [row for row in rows if row.starts_at <= at(minute) < row.ends_at and row.published_at <= at(minute)]
        wanted = max(known, key=lambda row: (row.published_at, row.number), default=None)
        found = [piece.of for piece in pieces if piece.starts_at <= at(minute) < piece.ends_at]
        assert found == ([wanted] if wanted else [])


@given(rows=stated, stretch=stretches, published=minutes)
def test_a_later_publication_changes_nothing_of_the_time_before_it(rows, stretch, published):
    later = Stated(*stretch, published_at=at(published), number=99, said=99)
    for before, after in zip(cut(in_force(rows), published), cut(in_force([*rows, later]), published), strict=True):
        assert before == after


def cut(pieces, until):
    return [next((p.of for p in pieces if p.starts_at <= at(each) < p.ends_at), None) for each in range(until)]


@given(
    edges=st.lists(minutes, min_size=2, max_size=6, unique=True).map(sorted),
    units=st.integers(0, 3),
    on_duty=st.lists(stretches, max_size=5),
)
def test_a_gap_is_where_fewer_are_on_duty_than_rostered(edges, units, on_duty):
    rostered = [((at(a), at(b)), units + place % 2) for place, (a, b) in enumerate(pairwise(edges))]
    gaps = roster_gaps(rostered=rostered, on_duty=on_duty)
    for minute in range(LAST):
        wanted = next((number for (a, b), number in rostered if a <= at(minute) < b), 0)
        there = sum(a <= at(minute) < b for a, b in on_duty)
        assert any(a <= at(minute) < b for a, b in gaps) == (there < wanted)


@given(
    edges=st.lists(minutes, min_size=2, max_size=8, unique=True).map(sorted),
    most=st.lists(st.integers(0, 3), min_size=7, max_size=7),
    opened=st.lists(minutes, max_size=12).map(sorted),
    over=st.integers(1, 25),
    hole=st.integers(0, 6),
)
def test_demand_is_unforeseen_where_the_last_hours_had_more_than_was_allowed(edges, most, opened, over, hole):
    allowed = [
        Allowed(at(a), at(b), float(number))
        for place, (a, b, number) in enumerate(zip(edges, edges[1:], most, strict=False))
        if place != hole
    ]
    found = unforeseen(allowed=allowed, opened=[at(each) for each in opened], over=over * MINUTE)
    for each in allowed:
        since = min(each.starts_at, each.ends_at - over * MINUTE)
        parts = [part for part in allowed if part.ends_at > since and part.starts_at <= each.starts_at]
        room = sum(
            part.most * ((part.ends_at - max(part.starts_at, since)) / (part.ends_at - part.starts_at))
            for part in parts
        )
        count = sum(any(max(part.starts_at, since) <= at(came) < part.ends_at for part in parts) for came in opened)
        assert any(a <= each.starts_at < b for a, b in found) == (count > room)


def test_one_hour_above_its_quantile_is_no_error_of_the_forecast_but_a_wave_is():
    allowed = [Allowed(at(60 * hour), at(60 * hour + 60), 7.0) for hour in range(12)]
    steady = [at(60 * hour + 15 * quarter) for hour in range(12) for quarter in range(4)]
    nine_at_once = sorted([*steady, *(at(360 + each) for each in range(5))])
    wave = sorted([*steady, *(at(360 + each) for each in range(18))])
    over = timedelta(hours=4)
    assert unforeseen(allowed=allowed, opened=nine_at_once, over=over) == []
    assert unforeseen(allowed=allowed, opened=wave, over=over) == [(at(360), at(600))]
    assert unforeseen(allowed=[], opened=wave, over=over) == []


@pytest.mark.parametrize(("level", "value"), [(0.9, 8.0), (0.5, 4.0), (0.7, 6.0), (0.95, None), (0.1, None)])
def test_a_quantile_lies_between_those_given_or_is_not_known(level, value):
    found = quantile_of({0.5: 4.0, 0.9: 8.0}, level)
    assert found == (None if value is None else pytest.approx(value))


def test_the_policy_says_how_much_a_plan_allows_for():
    row = allowance(date(2026, 11, 23))
    assert (row.quantile, row.over_minutes) == (0.9, 240)

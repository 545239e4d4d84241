"""TIM1 to TIM3, TIM6: are limits exact over the clock changes, is the repeated hour told apart, is an unclear time asked about?"""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from standfast.faces.screens.times import short_moment
from standfast.foundation.kernel import days
from standfast.foundation.obligations.rules.obligation_limit import TABLE, obligation_due_at
from standfast.journey.contact.rules.answer_band import AnswerBand, answer_band

CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC),
]
IN_FORCE = date(2026, 4, 1)
LIMITS = [
    row for row in TABLE.on(IN_FORCE).rows if row.kind in {"attend", "attend_policy", "review", "redeploy", "call_back"}
]
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change:%Y-%m-%d}")
def test_every_limit_started_around_a_clock_change_is_due_after_exactly_its_time(change: datetime) -> None:
    for minute in range(-180, 181):
        start = change + timedelta(minutes=minute)
        for row in LIMITS:
            due = obligation_due_at(kind=row.kind, case=row.case, starts_at=start, on=IN_FORCE).due_at
            assert due.timestamp() - start.timestamp() == row.seconds


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change:%Y-%m-%d}")
def test_a_limit_kept_in_local_time_would_be_wrong_by_an_hour(change: datetime) -> None:
    # The negative control: adding to a wall-clock time instead of an instant.
    start = change - timedelta(minutes=5)
    row = next(row for row in LIMITS if row.kind == "review" and row.case == "any")
    wall = start.astimezone(days.LONDON) + timedelta(seconds=row.seconds)
    assert abs(wall.timestamp() - start.timestamp() - row.seconds) == 3600


def test_the_repeated_hour_is_shown_apart_sorts_truly_and_reads_back_exactly() -> None:
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    instants = [first + timedelta(minutes=minute) for minute in range(121)]
    shown = [days.wall_clock(each) for each in instants]
    assert len(set(shown)) == len(shown)
    assert [each.rsplit(" ", 1)[1] for each in shown[:60]] == ["BST"] * 60
    assert [each.rsplit(" ", 1)[1] for each in shown[60:]] == ["GMT"] * 61
    assert [days.read_wall_clock(each, today=TODAY) for each in shown] == instants


def test_a_moment_of_the_repeated_hour_says_which_it_is() -> None:
    now = datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    assert short_moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), now=now) == "01:30 BST"
    assert short_moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), now=now) == "01:30 GMT"
    assert short_moment(datetime(2026, 10, 25, 3, 30, tzinfo=UTC), now=now) == "03:30"


@pytest.mark.parametrize(
    "text",
    [
        "29 Mar 2026 01:30",
        "25 Oct 2026 01:30",
        "29 Mar 2026 01:30 BST",
        "25 Jul 2026 01:30 GMT",
        "23:59:60",
        "24:00",
        "29 Feb 2027 10:00",
        "1 Jan 1900 10:00",
        "31 Dec 9999 23:59",
        "1 Jan 26 10:00",
        "12/11/26 10:00",
        "half past nine",
        "٩:٣٠",
        "-1:00",
        "9" * 400,
        "\x00",
        "",
    ],
)
def test_a_time_that_does_not_exist_or_is_unclear_is_asked_about(text: str) -> None:
    with pytest.raises(days.UnclearTime):
        days.read_wall_clock(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("21:45", datetime(2026, 11, 23, 21, 45, tzinfo=UTC)),
        ("9:05:07", datetime(2026, 11, 23, 9, 5, 7, tzinfo=UTC)),
        ("25 Oct 2026 01:30 BST", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("25 Oct 2026 01:30 GMT", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("1 July 2026 10:00", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
        ("2026-07-01 10:00", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
        ("29 Feb 2028 10:00", datetime(2028, 2, 29, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_clear_time_is_read(text: str, instant: datetime) -> None:
    assert days.read_wall_clock(text, today=TODAY) == instant


def test_answer_bands_are_those_of_the_raw_stamps() -> None:
    """TIM6: a hundred thousand calls, the bands worked out again from whole milliseconds."""
    rng = random.Random(6)
    start = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    for _ in range(100_000):
        presented = start + timedelta(milliseconds=rng.randrange(7_200_000))
        waited = rng.choice((rng.randrange(90_000), 10_000, 10_001, 60_000, 60_001))
        answered = presented + timedelta(milliseconds=waited)
        band = answer_band(presented_at=presented, answered_at=answered, abandoned_at=None)
        again = _again(waited)
        assert band == again


def _again(waited: int) -> AnswerBand:
    if waited <= 10_000:
        return AnswerBand.IN_TEN
    return AnswerBand.TEN_TO_SIXTY if waited <= 60_000 else AnswerBand.OVER_SIXTY

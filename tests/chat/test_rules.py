"""Do the rules of the chat say what they should: hours, places in the queue, load, masks, ready texts, ends?"""

import itertools
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.foundation.kernel import days
from standfast.foundation.kernel.lifecycle import IllegalMove
from standfast.journey.assessment.rules.advice import ADVICE
from standfast.journey.chat.rules import opening_hours
from standfast.journey.chat.rules.canned_text import PlaceEmpty, fill_canned, list_canned, reading_age
from standfast.journey.chat.rules.chat_rank import WaitingChat, rank_chats
from standfast.journey.chat.rules.end_phrase import end_phrase_in
from standfast.journey.chat.rules.load import capacity, load_points, may_take
from standfast.journey.chat.rules.masking import mask
from standfast.journey.chat.rules.standing import DeskFacts, decide_standing
from standfast.journey.chat.states import CHAT, OPEN, ChatState
from standfast.journey.contact.rules.risk import Risk

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk open in two stretches a day, over midnight on Fridays, all day on no bank holiday but Christmas for an hour."""
    Row, Other = opening_hours.HoursRow, opening_hours.ExceptionRow  # noqa: N806 - they are classes
    rows = [
        *(Row(id=f"{day}1", day=day, opens="08:00", until="12:00") for day in opening_hours.WEEKDAYS[:5]),
        *(Row(id=f"{day}2", day=day, opens="13:00", until="17:00") for day in opening_hours.WEEKDAYS[:4]),
        Row(id="friday2", day="friday", opens="20:00", until="24:00"),
        Row(id="saturday1", day="saturday", opens="00:00", until="04:00"),
    ]
    exceptions = [
        Other(id="x1", on=date(2026, 12, 25), kind="bank_holiday", name="Christmas Day"),
        Other(id="x2", on=date(2026, 12, 25), kind="open", name="Christmas morning", opens="09:00", until="10:00"),
        Other(id="x3", on=date(2026, 12, 28), kind="bank_holiday", name="Boxing Day"),
        Other(id="x4", on=date(2026, 12, 29), kind="closed", name="Stocktaking"),
    ]
    monkeypatch.setattr(opening_hours, "HOURS", Fixed(rows))
    monkeypatch.setattr(opening_hours, "EXCEPTIONS", Fixed(exceptions))


class Fixed:
    """A table of one edition."""

    def __init__(self, rows: list[object]) -> None:
        self.rows = rows

    def on(self, day: date) -> "Fixed":
        return self


def london(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=days.LONDON).astimezone(UTC)


@pytest.mark.usefixtures("hours")
def test_split_shifts_bank_holidays_and_exceptions() -> None:
    assert [opening_hours.is_open(london(23, hour)) for hour in (7, 8, 11, 12, 13, 16, 17)] == [
        *(False, True, True, False, True, True, False)
    ]
    assert opening_hours.next_opening(london(23, 12)) == london(23, 13)
    assert opening_hours.closes_at(london(23, 9)) == london(23, 12)
    # Friday evening runs on past midnight: one stretch.
    assert opening_hours.closes_at(london(27, 21)) == london(28, 4)
    assert opening_hours.next_opening(london(28, 5)) == london(30, 8)
    assert opening_hours.is_open(london(25, 9, 30, month=12))
    assert not opening_hours.is_open(london(25, 11, month=12))
    assert opening_hours.next_opening(london(25, 11, month=12)) == london(26, 0, month=12)
    assert opening_hours.next_opening(london(26, 5, month=12)) == london(30, 8, month=12)


@pytest.mark.usefixtures("hours")
@pytest.mark.parametrize("friday", [date(2026, 3, 27), date(2026, 10, 23)], ids=["spring", "autumn"])
def test_hours_are_london_hours_on_both_sides_of_a_clock_change(friday: date) -> None:
    before = datetime.combine(friday, datetime.min.time(), tzinfo=days.LONDON) + timedelta(hours=9)
    after = datetime.combine(friday + timedelta(days=3), datetime.min.time(), tzinfo=days.LONDON) + timedelta(hours=8)
    assert opening_hours.is_open(before.astimezone(UTC))
    assert opening_hours.next_opening(before.astimezone(UTC) + timedelta(days=2)) == after.astimezone(UTC)
    assert before.utcoffset() != after.utcoffset()


def test_the_default_desk_is_always_open_even_on_the_nights_of_the_clock_changes() -> None:
    start = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    assert all(opening_hours.is_open(start + timedelta(minutes=10 * each)) for each in range(60))
    start = datetime(2027, 3, 27, 22, 0, tzinfo=UTC)
    assert all(opening_hours.is_open(start + timedelta(minutes=10 * each)) for each in range(60))


chats = st.lists(
    st.builds(
        WaitingChat,
        reference=st.uuids().map(str),
        risk=st.sampled_from(Risk),
        waiting_since=st.integers(0, 10_000).map(lambda each: NOON - timedelta(seconds=each)),
        is_broken_off=st.booleans(),
    ),
    max_size=30,
)


@given(chats)
def test_risk_then_broken_off_then_wait_decide_the_place(waiting: list[WaitingChat]) -> None:
    ranked = rank_chats(waiting, now=NOON)
    by_reference = {each.reference: each for each in waiting}
    order = list(Risk)
    keys = [
        (order.index(chat.risk), not chat.is_broken_off, chat.waiting_since)
        for chat in (by_reference[each.reference] for each in ranked)
    ]
    assert keys == sorted(keys)
    assert [each.place for each in ranked] == list(range(1, len(waiting) + 1))
    assert all(each.because[0].startswith("Risk ") and "waiting" in each.because[-1] for each in ranked)


def test_a_chat_in_danger_is_refused_to_nobody_and_sleeping_chats_count() -> None:
    full = capacity(on=DAY)
    assert not may_take("standard", carried=full, points=full, on=DAY)
    assert may_take("immediate", carried=full, points=full, on=DAY)
    points = [load_points(risk, on=DAY) for risk in Risk]
    assert points == sorted(points, reverse=True)


@pytest.mark.parametrize(
    ("text", "shown", "count"),
    [
        ("card 4111 1111 1111 1111 ok", "card •••• •••• •••• 1111 ok", 1),
        ("card 4111-1111-1111-1112", "card 4111-1111-1111-1112", 0),
        ("sort 12-34-56 12345678", "sort ••-••-•• ••••5678", 1),
        ("my pin is 4821", "my pin is ••••", 1),
        ("cvv: 123 and 4111111111111111", "cvv: ••• and ••••••••••••1111", 2),
        ("ring 07700 900123 at 12:30 on 23/11/2026", "ring 07700 900123 at 12:30 on 23/11/2026", 0),
        ("reference 7KQ2-M9XD-3TVA-8H", "reference 7KQ2-M9XD-3TVA-8H", 0),
    ],
)
def test_cards_accounts_and_codes_are_masked_and_phones_are_not(text: str, shown: str, count: int) -> None:
    assert (mask(text).text, mask(text).count) == (shown, count)


@given(st.text(max_size=300))
def test_masking_never_fails_and_never_changes_the_length(text: str) -> None:
    assert len(mask(text).text) == len(text)


def test_ready_texts_are_plain_say_what_they_need_and_name_advice_that_exists() -> None:
    known = {row.id for row in ADVICE.on(DAY).rows}
    texts = list_canned(on=DAY)
    assert len({each.shortcut for each in texts}) == len(texts)
    for each in texts:
        assert reading_age(each.text) <= 12, each.shortcut
        assert set(each.advice) <= known
    (end,) = [each for each in texts if each.shortcut == "end"]
    assert "7KQ2" in fill_canned(end, {"reference": "7KQ2"})
    with pytest.raises(PlaceEmpty):
        fill_canned(end, {})


def test_hard_text_has_a_higher_reading_age() -> None:
    hard = "Notwithstanding aforementioned considerations, investigative proportionality necessitates multidisciplinary evaluation."
    assert reading_age(hard) > 16


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gtg he's coming", True),
        ("Sorry, I’ve got to go", True),
        ("DON'T REPLY", True),
        ("I have to govern my temper", False),
        ("he is here", False),
    ],
)
def test_an_announced_end_is_found_by_whole_words(text: str, found: bool) -> None:  # noqa: FBT001
    assert bool(end_phrase_in(text, on=DAY)) is found


def facts(**changed: object) -> DeskFacts:
    standing = {
        "is_open": True,
        "opens_at": None,
        "taking": 2,
        "points_free": 4,
        "waiting": 0,
        "recent_waits": [30.0, 40.0, 50.0, 100.0, 200.0, 700.0],
    }
    return DeskFacts(**{**standing, **changed})  # type: ignore[arg-type]


def test_what_is_said_of_the_desk_is_what_is_known() -> None:
    said = decide_standing(facts(), most_waiting=6)
    assert (said.state, said.minutes_from, said.minutes_to) == ("open", 0, 4)
    assert decide_standing(facts(points_free=0), most_waiting=6).state == "busy"
    assert decide_standing(facts(waiting=6), most_waiting=6).state == "full"
    assert decide_standing(facts(taking=0), most_waiting=6).state == "closed"
    assert decide_standing(facts(is_open=False, opens_at=NOON), most_waiting=6).opens_at == NOON
    assert decide_standing(facts(recent_waits=[10.0]), most_waiting=6).minutes_to is None


def test_no_sequence_of_moves_leaves_an_open_chat_where_nothing_can_be_done() -> None:
    """The state machine's proof: every open state is left by some move, and closed is reached from every state."""
    reached = {state: {move.to for move in CHAT.open_moves(state).values()} for state in ChatState}
    for state in OPEN:
        seen, frontier = {state}, [state]
        while frontier:
            for each in reached[ChatState(frontier.pop())] - seen:
                seen.add(ChatState(each))
                frontier.append(ChatState(each))
        assert ChatState.CLOSED in seen
        assert ChatState.WAITING in seen or state == ChatState.WAITING
    assert reached[ChatState.CLOSED] == set()
    for state, move in itertools.product(ChatState, CHAT.moves):
        if move not in CHAT.open_moves(state):
            with pytest.raises(IllegalMove, match=re.escape("chat")):
                CHAT.after(state, move)

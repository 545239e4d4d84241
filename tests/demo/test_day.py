"""A made-up day has the shape of a real one, and nobody ever reads an empty slot."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise

import pytest

from standfast.demo.callers import Setting
from standfast.demo.day import channel_shapes, contacts_between, demo_day
from standfast.demo.feed import live_sendings
from standfast.demo.narratives import SLOTS, filled, matters, slots_of
from standfast.demo.sendings import sendings_of
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel.days import LONDON, day_bounds

FRIDAY, MONDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 23), date(2026, 11, 22)
CLOCKS_GO_BACK, CLOCKS_GO_FORWARD = date(2026, 10, 25), date(2026, 3, 29)
DRAMA = re.compile(r"07700 900\d{3}|01632 960\d{3}")


def test_there_are_many_texts_and_no_two_are_the_same() -> None:
    texts = [re.sub(r"\W+", " ", text).strip().lower() for matter in matters() for text in matter.texts]
    assert len(texts) >= 150
    assert len(texts) == len(set(texts))
    assert len({matter.code for matter in matters()}) == len(matters())


def test_every_slot_is_one_we_fill() -> None:
    fields = set(Setting.__dataclass_fields__)
    for matter in matters():
        for text in matter.texts:
            assert slots_of(text) <= SLOTS, text
            assert text == text.strip()
    assert {"street", "number", "other", "child"} <= fields


def test_an_empty_slot_is_refused() -> None:
    with pytest.raises(ValueError, match="No value for street"):
        filled("It is on {street}", {"street": ""})


def test_a_text_names_a_place_only_where_the_matter_has_one() -> None:
    for matter in matters():
        for text in matter.texts:
            if matter.where == "none":
                assert not slots_of(text) & {"street", "number"}, text
            if matter.where == "town":
                assert "number" not in slots_of(text), text


def test_weights_name_channels_there_are() -> None:
    known = set(IntakeChannel)
    for matter in matters():
        assert set(matter.weights) <= known
        assert matter.caller in {"any", "adult", "older", "young", "domestic", "with_children", "unknown", "none"}
        assert matter.where in {"home", "street", "town", "none"}


def test_the_words_of_a_month_have_no_slot_left() -> None:
    for offset in range(30):
        for contact in demo_day(seed=3, day=FRIDAY + timedelta(days=offset)):
            assert not set("{}") & set(contact.words)
            assert bool(contact.words) != bool(contact.abandoned_at)


def test_a_day_is_the_same_for_the_same_seed() -> None:
    first = demo_day(seed=3, day=FRIDAY)
    demo_day.cache_clear()
    assert demo_day(seed=3, day=FRIDAY) == first
    assert demo_day(seed=4, day=FRIDAY) != first
    assert demo_day(seed=3, day=FRIDAY + timedelta(days=7)) != first


def test_a_day_at_another_scale_shares_no_key_with_it() -> None:
    small, large = ({c.key for c in demo_day(seed=3, day=FRIDAY, scale=scale)} for scale in (0.5, 1.0))
    assert not small & large
    assert len(small) < 0.7 * len(large)


def test_keys_are_unique_over_days_and_fit_the_contract() -> None:
    keys = [c.key for offset in range(14) for c in demo_day(seed=3, day=FRIDAY + timedelta(days=offset))]
    assert len(keys) == len(set(keys))
    assert max(map(len, keys)) <= 64


@pytest.mark.parametrize("day", [FRIDAY, CLOCKS_GO_BACK, CLOCKS_GO_FORWARD])
def test_contacts_lie_in_their_london_day_in_order(day: date) -> None:
    start, end = day_bounds(day)
    contacts = demo_day(seed=3, day=day)
    assert all(start <= contact.received_at < end for contact in contacts)
    assert all(a.received_at <= b.received_at for a, b in pairwise(contacts))


def test_any_window_is_cut_from_the_same_days() -> None:
    start = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
    parts = [
        contacts_between(start=start + timedelta(minutes=15 * n), end=start + timedelta(minutes=15 * (n + 1)))
        for n in range(12)
    ]
    whole = contacts_between(start=start, end=start + timedelta(hours=3))
    assert tuple(contact for part in parts for contact in part) == whole
    assert len(whole) > 20


def counts(day: date, channel: str, *, scale: float = 10.0) -> Counter[int]:
    contacts = demo_day(seed=5, day=day, scale=scale)
    return Counter(c.received_at.astimezone(LONDON).hour for c in contacts if c.channel == channel)


def test_days_have_the_size_and_shape_of_the_demand_facts() -> None:
    for shape in channel_shapes():
        assert len(shape.weekdays) == 7
        assert len(shape.hours) == 24
    mean = sum(len(demo_day(seed=5, day=MONDAY + timedelta(days=n))) for n in range(7)) / 7
    assert 800 < mean < 1000
    calls_999, calls_101 = counts(MONDAY, "999"), counts(MONDAY, "101")
    assert sum(calls_999[h] for h in range(17, 21)) > 2 * sum(calls_999[h] for h in range(3, 7))
    assert max(calls_101, key=lambda hour: calls_101[hour]) in range(9, 12)
    assert sum(calls_101.values()) > 1.3 * sum(counts(SUNDAY, "101").values())
    assert counts(FRIDAY, "999")[22] > counts(MONDAY, "999")[22]


def test_calls_wait_as_calls_do() -> None:
    day = demo_day(seed=5, day=MONDAY, scale=10.0)
    for channel, within_ten, abandoned in (("999", (0.8, 0.95), (0.003, 0.03)), ("101", (0.0, 0.2), (0.03, 0.1))):
        calls = [contact for contact in day if contact.channel == channel]
        waits = [(c.answered_at - c.presented_at).total_seconds() for c in calls if c.answered_at and c.presented_at]
        assert within_ten[0] < sum(wait <= 10 for wait in waits) / len(waits) < within_ten[1]
        assert abandoned[0] < sum(c.abandoned_at is not None for c in calls) / len(calls) < abandoned[1]
        assert all(c.ended_at > c.answered_at for c in calls if c.answered_at and c.ended_at)


def test_most_matters_are_ordinary_and_grave_ones_are_there() -> None:
    day = [c for c in demo_day(seed=5, day=MONDAY, scale=10.0) if c.words]
    share = {code: number / len(day) for code, number in Counter(c.matter.code for c in day).items()}
    assert share["update_wanted"] + share["information"] > 0.1
    assert 0.005 < share["domestic_now"] < 0.06
    assert share["sexual_offence"] < 0.03
    assert set(share) == {matter.code for matter in matters()}


def test_nobody_rings_from_a_number_that_could_be_real() -> None:
    for contact in demo_day(seed=5, day=MONDAY):
        assert not contact.setting.phone or DRAMA.fullmatch(contact.setting.phone)


def test_callers_with_a_history_ring_again() -> None:
    day = demo_day(seed=5, day=MONDAY, scale=5.0)
    known = [c.setting.person for c in day if c.matter.code == "domestic_now" and c.setting.person]
    assert sum("domestic" in person.traits for person in known) > len(known) / 3
    crowds = Counter((c.setting.place_text, c.matter.code) for c in day if c.matter.burst)
    assert max(crowds.values()) >= 3


def test_an_answered_call_is_a_contact_with_its_queue_events() -> None:
    call = next(c for c in demo_day(seed=5, day=MONDAY) if c.channel == "999" and c.answered_at and c.setting.phone)
    sendings = sendings_of(call)
    assert [s.body.get("event", "contact") for s in sendings] in (
        ["presented", "contact", "answered", "ended"],
        ["presented", "answered", "contact", "ended"],
    )
    contact = next(s for s in sendings if s.is_contact)
    assert contact.body["channel"] == "999"
    assert contact.body["source_ref"] == contact.key == call.key
    assert contact.due_at == call.answered_at
    assert datetime.fromisoformat(contact.body["received_at"]) == call.received_at
    assert all(0 < len(sending.key) <= 64 for sending in sendings)
    assert len({sending.key for sending in sendings}) == 4


def test_an_abandoned_call_has_queue_events_only() -> None:
    call = next(c for c in demo_day(seed=5, day=MONDAY) if c.abandoned_at)
    sendings = sendings_of(call)
    assert [sending.body["event"] for sending in sendings] == ["presented", "abandoned"]
    assert {sending.body["channel"] for sending in sendings} == {call.channel}


def test_the_live_day_goes_on_in_order_over_midnight_without_a_gap() -> None:
    start = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    sendings = list(islice(live_sendings(start=start), 400))
    assert all(a.due_at <= b.due_at for a, b in pairwise(sendings))
    assert len({sending.key for sending in sendings}) == len(sendings)
    last = sendings[-1].due_at
    assert last > datetime(2026, 11, 21, tzinfo=UTC)
    expected = {c.key for c in contacts_between(start=start, end=last - timedelta(minutes=30)) if not c.abandoned_at}
    assert expected <= {sending.key for sending in sendings if sending.is_contact}

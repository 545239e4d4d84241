"""Does the journal give back what was written to it, and nothing that was not?"""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standfast.foundation.intake.operations import journal
from standfast.foundation.intake.rules.arrival import (
    Arrival,
    CallArrival,
    ContactArrival,
    RefusedArrival,
    arrival_of,
    payload_of,
)
from standfast.foundation.intake.rules.journal_frame import Seal, SealedOtherwise, frame_of, whole_frames

AT = datetime(2026, 11, 23, 14, 0, 0, 123456, tzinfo=UTC)
SEAL = Seal(b"secret")


def contact(number: int, words: str = "words") -> ContactArrival:
    return ContactArrival(
        source="ctrl",
        key=f"key-{number}",
        reference=f"REF-{number}",
        channel="999",
        received_at=AT,
        body=f'{{"words": "{words} {number}"}}',
        digest=bytes([number % 256]) * 32,
        at=AT,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    journal.prepare_folder(tmp_path / "journal")
    return tmp_path / "journal"


def replayed(folder: Path, *, seal: Seal = SEAL) -> tuple[list[Arrival], journal.Replayed]:
    taken: list[Arrival] = []
    return taken, journal.replay(folder, seal=seal, accept=taken.append)


def written(folder: Path, *arrivals: Arrival) -> Path:
    mine = journal.Journal(folder, seal=SEAL)
    for arrival in arrivals:
        mine.append(arrival)
    mine.close()
    return journal.waiting_files(folder)[-1]


@given(words=st.text(), body=st.binary())
def test_every_kind_of_arrival_is_read_back_as_it_was(words: str, body: bytes) -> None:
    arrivals: list[Arrival] = [
        contact(1, words),
        CallArrival(source="ctrl", source_ref=words, event="answered", happened_at=AT, at=AT, channel="101"),
        RefusedArrival(source="ctrl", kind="not_json", at=AT, body=body),
    ]
    # No half surrogate reaches the journal: what it keeps was read from UTF-8.
    if words.encode("utf-8", "ignore").decode() == words:
        assert [arrival_of(payload_of(each)) for each in arrivals] == arrivals


def test_a_call_event_of_an_earlier_release_told_no_line() -> None:
    told = {
        "source": "ctrl",
        "source_ref": "c",
        "event": "answered",
        "happened_at": AT.isoformat(),
        "at": AT.isoformat(),
    }
    earlier = json.dumps({"arrival": "call_event", **told}).encode()
    assert arrival_of(earlier) == CallArrival(
        source="ctrl", source_ref="c", event="answered", happened_at=AT, at=AT, channel=""
    )


def test_entries_are_replayed_in_order_and_once(folder: Path) -> None:
    entries = [contact(number) for number in range(50)]
    path = written(folder, *entries)
    taken, found = replayed(folder)
    assert taken == entries
    assert (found.entries, found.finished, found.torn_bytes) == (50, 1, 0)
    assert (folder / "done" / path.name).exists()
    assert replayed(folder)[0] == []


@settings(max_examples=60)
@given(cut=st.integers(min_value=1, max_value=150))
def test_a_torn_last_entry_is_never_counted(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("journal")
    path = written(folder, contact(1), contact(2))
    data = path.read_bytes()
    path.write_bytes(data[:-cut])
    taken, found = replayed(folder)
    assert taken == [contact(1)]
    assert found.torn_bytes == len(data) // 2 - cut


@settings(max_examples=200)
@given(seed=st.integers())
def test_a_bad_byte_costs_one_entry_and_no_other(seed: int) -> None:
    chance = random.Random(seed)
    frames = [frame_of(payload_of(contact(number)), SEAL) for number in range(5)]
    data = bytearray(b"".join(frames))
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(8)
    hurt = place // len(frames[0])
    found = [arrival_of(SEAL.open(frame.sealed)) for frame in whole_frames(bytes(data))]
    assert found == [contact(number) for number in range(5) if number != hurt]


def test_an_entry_of_another_secret_is_put_aside_and_told(folder: Path) -> None:
    path = written(folder, contact(1))
    with pytest.raises(SealedOtherwise):
        Seal(b"other").open(next(whole_frames(path.read_bytes())).sealed)
    taken, found = replayed(folder, seal=Seal(b"other"))
    assert (taken, found.unopened) == ([], 1)
    assert (folder / "unopened" / path.name).exists()


def test_what_was_sent_before_the_database_went_away_again_is_not_sent_twice(folder: Path) -> None:
    written(folder, *(contact(number) for number in range(10)))
    taken: list[Arrival] = []

    def take_four(arrival: Arrival) -> None:
        if len(taken) == 4:
            raise ConnectionError
        taken.append(arrival)

    with pytest.raises(ConnectionError):
        journal.replay(folder, seal=SEAL, accept=take_four)
    rest, _ = replayed(folder)
    assert [*taken, *rest] == [contact(number) for number in range(10)]


def test_a_file_that_is_still_written_is_read_and_left(folder: Path) -> None:
    mine = journal.Journal(folder, seal=SEAL)
    mine.append(contact(1))
    taken, found = replayed(folder)
    assert (taken, found.finished) == ([contact(1)], 0)
    mine.append(contact(2))
    mine.close()
    taken, found = replayed(folder)
    assert (taken, found.finished) == ([contact(2)], 1)


def test_two_replays_do_not_run_at_once(folder: Path) -> None:
    written(folder, contact(1))

    def replay_again(_: Arrival) -> None:
        with pytest.raises(journal.ReplayIsRunning):
            replayed(folder)

    assert journal.replay(folder, seal=SEAL, accept=replay_again).entries == 1


def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(journal.JournalUnwritable):
        journal.prepare_folder(tmp_path / "file" / "journal")

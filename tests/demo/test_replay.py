"""A replay sends each call once under its key, again when the intake is ill, and its sums are right."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from standfast.demo.intake_client import BackOff, IntakeUnusable
from standfast.demo.replay import Replay, Tally, replay_calls
from standfast.demo.replay_files import read_calls
from standfast.demo.replay_plan import Speed, SpeedUnclear, call_key, lay_calls, read_speed, sendings_of_calls
from tests.threads import in_own_thread

HEADER = "id,received_at,channel,kind,words,presented_at,answered_at,ended_at,abandoned_at\n"
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
IMPATIENT = BackOff(attempts=3, first=0.001, longest=0.002)


@dataclass
class Intake:
    """A server that stores by key as the contract says, and is ill for as many requests of a key as it is told."""

    url: str = ""
    stored: dict[str, dict[str, object]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)
    ill_for: int = 0
    illness: int = 503
    refuse_words: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, key: str, body: dict[str, object]) -> int:
        with self.lock:
            self.asked[key] += 1
            if self.asked[key] <= self.ill_for:
                return self.illness
            if self.refuse_words and body.get("words") == self.refuse_words:
                return 422
            if key in self.stored:
                return 200 if self.stored[key] == body else 409
            self.stored[key] = body
            return 201


@pytest.fixture
def intake() -> Iterator[Intake]:
    peer = Intake()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            peer.keys.add(self.headers.get("Authorization", ""))
            status = 401 if self.headers.get("Authorization") == "Bearer wrong" else 0
            status = status or peer.answer(self.headers["Idempotency-Key"], {"path": self.path, **body})
            if status == 0:
                self.close_connection = True
                return
            content = json.dumps({"detail": "The words were expected to be other words."}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    peer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield peer
    server.shutdown()
    thread.join()
    server.server_close()


def write_calls(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


CALLS = (
    "a,2026-01-05T10:00:00Z,999,Violence,first,2026-01-05T09:59:55Z,2026-01-05T10:00:00Z,2026-01-05T10:04:00Z,",
    "b,2026-01-05T10:01:00Z,online,Theft,second,,,,",
    "c,2026-01-05T10:02:00Z,101,,,2026-01-05T10:02:00Z,,,2026-01-05T10:03:00Z",
    "d,2026-01-05T10:05:00Z,officer,Advice,third,,,,",
)


def run(path: Path, intake: Intake, *, key: str = "right", speed: str = "max") -> tuple[Tally, list[str]]:
    tally = Tally()
    told: list[str] = []
    replay = Replay(
        path=path,
        url=intake.url,
        key=key,
        speed=read_speed(speed),
        folder=path.parent / "replays",
        at_once=3,
        back_off=IMPATIENT,
    )
    in_own_thread(lambda: replay_calls(replay, tell=told.append, tally=tally))
    return tally, told


def test_every_call_is_stored_once_with_its_queue_events(tmp_path: Path, intake: Intake) -> None:
    tally, told = run(write_calls(tmp_path, *CALLS), intake)
    assert (dict(tally.contacts), dict(tally.events)) == ({"stored": 3}, {"stored": 5})
    assert (told, tally.exit_code) == ([], 0)
    paths = Counter(str(body["path"]).split("/")[3] for body in intake.stored.values())
    assert paths == {"contacts": 3, "calls": 5}
    assert intake.keys == {"Bearer right"}
    assert str(tally).startswith("Contacts: 3 sent = 3 stored + 0 already there + 0 refused + 0 failed.")


def test_a_second_replay_doubles_nothing(tmp_path: Path, intake: Intake) -> None:
    path = write_calls(tmp_path, *CALLS)
    run(path, intake)
    stored = dict(intake.stored)
    tally, _ = run(path, intake)
    assert intake.stored == stored
    assert (dict(tally.contacts), dict(tally.events)) == ({"already": 3}, {"already": 5})
    assert tally.exit_code == 0


@pytest.mark.parametrize("illness", [500, 503, 429, 0])
def test_an_ill_intake_is_asked_again_under_the_same_key(tmp_path: Path, intake: Intake, illness: int) -> None:
    intake.ill_for, intake.illness = 2, illness
    tally, _ = run(write_calls(tmp_path, *CALLS), intake)
    assert tally.contacts == {"stored": 3}
    assert set(intake.asked.values()) == {3}
    assert set(intake.asked) == set(intake.stored)


def test_being_asked_to_wait_is_no_failure(tmp_path: Path, intake: Intake) -> None:
    intake.ill_for, intake.illness = IMPATIENT.attempts + 3, 429
    tally, told = run(write_calls(tmp_path, *CALLS), intake)
    assert (dict(tally.contacts), told) == ({"stored": 3}, [])


def test_what_is_never_answered_has_failed_and_is_told(tmp_path: Path, intake: Intake) -> None:
    intake.ill_for = 99
    tally, told = run(write_calls(tmp_path, *CALLS), intake)
    assert (dict(tally.contacts), dict(tally.events)) == ({"failed": 3}, {"failed": 5})
    assert tally.exit_code == 1
    assert set(intake.asked.values()) == {IMPATIENT.attempts}
    assert "calls.csv, line 3: failed: 503 The words were expected to be other words." in told


def test_a_refused_row_is_told_with_the_sentence_and_the_rest_goes_on(tmp_path: Path, intake: Intake) -> None:
    intake.refuse_words = "second"
    tally, told = run(write_calls(tmp_path, *CALLS), intake)
    assert dict(tally.contacts) == {"stored": 2, "refused": 1}
    assert tally.contacts.total() == 3
    assert told == ["calls.csv, line 3: refused: 422 The words were expected to be other words."]
    assert tally.exit_code == 1


def test_bad_rows_are_told_and_the_rest_is_sent(tmp_path: Path, intake: Intake) -> None:
    tally, told = run(write_calls(tmp_path, CALLS[0], "x,soon,999,,,,,,", "too,short", CALLS[1]), intake)
    assert dict(tally.contacts) == {"stored": 2}
    assert tally.bad_rows == 2
    assert [line.split(":")[0] for line in told] == ["calls.csv, line 3", "calls.csv, line 4"]
    assert tally.exit_code == 1


def test_a_file_of_bad_rows_only_sends_nothing(tmp_path: Path, intake: Intake) -> None:
    tally, _ = run(write_calls(tmp_path, "x,soon,999,,,,,,"), intake)
    assert (tally.contacts.total(), tally.exit_code) == (0, 1)
    assert not intake.asked


def test_a_key_nobody_knows_stops_the_replay_at_once(tmp_path: Path, intake: Intake) -> None:
    with pytest.raises(IntakeUnusable, match="does not know this key"):
        run(write_calls(tmp_path, *CALLS), intake, key="wrong")
    assert not intake.stored


@pytest.mark.parametrize("url", ["", "127.0.0.1:8002", "ftp://127.0.0.1", "http://"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(IntakeUnusable, match="is no address"):
        run(write_calls(tmp_path, *CALLS), Intake(url=url))


def test_a_replay_in_time_keeps_the_gaps_compressed(tmp_path: Path, intake: Intake) -> None:
    tally, _ = run(write_calls(tmp_path, *CALLS), intake, speed="3000x")
    assert tally.contacts == {"stored": 3}
    received = sorted(
        datetime.fromisoformat(str(b["received_at"])) for b in intake.stored.values() if b["path"] == "/api/v1/contacts"
    )
    assert [round((b - a).total_seconds() * 3000) for a, b in pairwise(received)] == pytest.approx([60, 240], abs=3)
    assert received[-1] <= datetime.now(tz=UTC)


def test_the_same_row_has_the_same_key_wherever_the_file_lies(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    one, two = (read_calls(write_calls(folder, *CALLS)) for folder in (tmp_path, tmp_path / "elsewhere"))
    assert [call_key(one, call) for call in one.calls] == [call_key(two, call) for call in two.calls]
    assert len({call_key(one, call) for call in one.calls}) == len(one.calls)


def test_a_laying_is_kept_for_the_next_time(tmp_path: Path) -> None:
    file = read_calls(write_calls(tmp_path, *CALLS))
    folder = tmp_path / "replays"
    first = lay_calls(file, speed=Speed(60.0), target="http://a", folder=folder, now=NOW)
    later = NOW + timedelta(hours=5)
    assert lay_calls(file, speed=Speed(60.0), target="http://a", folder=folder, now=later) == first
    assert lay_calls(file, speed=Speed(60.0), target="http://b", folder=folder, now=later).starts_at == later
    assert lay_calls(file, speed=Speed(0.0), target="http://a", folder=folder, now=later).starts_at == later
    for kept in folder.iterdir():
        kept.write_text("torn", encoding="utf-8")
    assert lay_calls(file, speed=Speed(60.0), target="http://a", folder=folder, now=later).starts_at == later


def test_at_max_speed_the_last_instant_is_now_and_nothing_is_in_the_future(tmp_path: Path) -> None:
    file = read_calls(write_calls(tmp_path, *CALLS))
    laying = lay_calls(file, speed=Speed(0.0), target="http://a", folder=tmp_path / "r", now=NOW)
    sendings = list(sendings_of_calls(file, laying))
    assert max(sending.due_at for sending in sendings) == NOW
    assert min(sending.due_at for sending in sendings) == NOW - timedelta(minutes=5, seconds=5)
    assert [s.due_at for s in sendings] == sorted(s.due_at for s in sendings)


@pytest.mark.parametrize(("text", "factor"), [("real", 1.0), ("60x", 60.0), ("0.5x", 0.5), ("max", 0.0)])
def test_speeds_are_read_and_written_back(text: str, factor: float) -> None:
    assert read_speed(text).factor == factor
    assert str(read_speed(text)) == text


@pytest.mark.parametrize("text", ["", "fast", "60", "-1x", "0x", "1e9x", "100001x"])
def test_a_speed_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SpeedUnclear, match="real, max or a number such as 60x"):
        read_speed(text)

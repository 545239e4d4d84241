"""The supervisor keeps its children running, stops them in order, and leaves none behind however it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from standfast.foundation.runtime.postgres import EmbeddedPostgres
from standfast.foundation.runtime.problems import RuntimeProblem
from standfast.foundation.runtime.supervisor import ProcessSpec, Supervisor, read_status, ready
from tests.runtime.conftest import is_alive, wait_for

pytestmark = pytest.mark.processes

PROGRAM = Path(__file__).with_name("program.py")
ROOT = Path(__file__).parents[2]
SLEEPS = "import time; print('I sleep'); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('I stay'); time.sleep(600)"
BREAKS = "print('I break'); raise SystemExit(3)"
FINISHES = "print('I finish')"
# Starts a child of its own, in its own group, as a server with workers does.
PARENT = (
    "import subprocess, sys, time;"
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print('grandchild', p.pid); time.sleep(600)"
)


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, home: Path, *children: str, postgres: str = "-") -> None:
        self.home = home
        self.output = home / f"output-{os.urandom(4).hex()}"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(PROGRAM), str(home), postgres, *children],
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        wait_for(lambda: "ready" in self.said() or self.process.poll() is not None)

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def pid(self, name: str) -> int:
        return read_status(self.home)[name]["pid"]

    def pids(self) -> list[int]:
        return [entry["pid"] for name, entry in read_status(self.home).items() if name != "supervisor"]

    def send(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    home = Path(tempfile.mkdtemp(prefix="sf-runtime-"))
    home.chmod(0o711)
    made: list[Running] = []

    def begin(*children: str, postgres: str = "-") -> Running:
        made.append(Running(home, *children, postgres=postgres and postgres.replace("HOME", str(home))))
        return made[-1]

    yield begin
    for each in made:
        if each.process.poll() is None:
            each.send(signal.SIGTERM)
    shutil.rmtree(home)


def test_a_killed_child_is_started_again_and_counted(start: Callable[..., Running]) -> None:
    running = start(SLEEPS, SLEEPS)
    first, other = running.pid("child0"), running.pid("child1")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: running.pid("child0") != first)
    assert is_alive(running.pid("child0"))
    assert running.pid("child1") == other
    assert {name: each["restarts"] for name, each in read_status(running.home).items()} == {
        "supervisor": 0,
        "child0": 1,
        "child1": 0,
    }


def test_what_a_killed_child_had_started_ends_with_it(start: Callable[..., Running]) -> None:
    running = start(PARENT)
    wait_for(lambda: "grandchild" in running.said())
    grandchild = int(running.said().split("grandchild ")[1].split()[0])
    first = running.pid("child0")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: running.pid("child0") != first)
    wait_for(lambda: not is_alive(grandchild))


def test_what_children_say_is_passed_on_line_by_line_under_their_name(start: Callable[..., Running]) -> None:
    running = start(SLEEPS, STUBBORN)
    wait_for(lambda: "I sleep" in running.said() and "I stay" in running.said())
    lines = running.said().splitlines()
    assert "  child0 | I sleep" in lines
    assert "  child1 | I stay" in lines


def test_one_that_keeps_breaking_is_tried_ever_later_and_disturbs_nobody(start: Callable[..., Running]) -> None:
    running = start(BREAKS, SLEEPS)
    other = running.pid("child1")
    wait_for(lambda: read_status(running.home)["child0"]["restarts"] >= 3)
    assert running.pid("child1") == other


def test_one_that_may_finish_is_left_alone_when_it_has(start: Callable[..., Running]) -> None:
    running = start(FINISHES, BREAKS)
    wait_for(lambda: read_status(running.home)["child1"]["restarts"] >= 2)
    assert read_status(running.home)["child0"]["restarts"] == 0
    assert running.said().count("I finish") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_ends_all_even_the_stubborn_and_then_the_database(
    start: Callable[..., Running], number: signal.Signals
) -> None:
    running = start(SLEEPS, STUBBORN, postgres="HOME/postgres")
    wait_for(lambda: "I stay" in running.said())
    pids = running.pids()
    assert len(pids) == 3
    assert running.send(number) == 0
    assert not [pid for pid in pids if is_alive(pid)]
    assert read_status(running.home) == {}
    assert "database system is shut down" in (running.home / "postgres" / "postgres.log").read_text(encoding="utf-8")


def test_a_killed_database_is_started_again_with_what_was_stored(start: Callable[..., Running]) -> None:
    running = start(SLEEPS, postgres="HOME/postgres")
    address = EmbeddedPostgres(running.home / "postgres").address(database="postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    first, child = running.pid("postgres"), running.pid("child0")
    os.kill(first, signal.SIGKILL)

    def kept() -> object:
        try:
            with psycopg.connect(address) as connection:
                return connection.execute("SELECT number FROM kept").fetchone() == (7,)
        except psycopg.OperationalError:
            return False

    wait_for(lambda: running.pid("postgres") != first and kept())
    assert running.pid("child0") == child


def test_a_killed_supervisor_leaves_no_child_and_no_database(start: Callable[..., Running]) -> None:
    running = start(SLEEPS, SLEEPS, postgres="HOME/postgres")
    pids = running.pids()
    assert len(pids) == 3
    running.send(signal.SIGKILL)
    wait_for(lambda: not [pid for pid in pids if is_alive(pid)])


def test_what_a_killed_supervisor_could_not_end_the_next_one_ends(start: Callable[..., Running]) -> None:
    killed = start(STUBBORN)
    wait_for(lambda: "I stay" in killed.said())
    left = killed.pid("child0")
    killed.send(signal.SIGKILL)
    assert is_alive(left), "the test needs a child that does not obey"
    start(SLEEPS)
    wait_for(lambda: not is_alive(left))


def test_a_number_used_again_by_somebody_else_is_left_alone(start: Callable[..., Running]) -> None:
    killed = start(SLEEPS)
    status = killed.home / "run" / "status.json"
    killed.send(signal.SIGKILL)
    with subprocess.Popen(["/bin/sleep", "600"], start_new_session=True) as bystander:
        status.write_text(json.dumps({"child0": {"pid": bystander.pid, "restarts": 0, "started": 1}}), encoding="utf-8")
        start(SLEEPS)
        assert bystander.poll() is None
        bystander.kill()


def test_a_second_supervisor_on_one_home_is_refused(start: Callable[..., Running]) -> None:
    first = start(SLEEPS)
    child = first.pid("child0")
    second = start(SLEEPS)
    assert second.process.wait(30) != 0
    assert f"Another Standfast already runs on {first.home}" in second.said()
    assert is_alive(child)
    assert first.pid("child0") == child


def test_a_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    spec = ProcessSpec(name="staff", argv=[str(tmp_path / "absent")], env={})
    with pytest.raises(RuntimeProblem, match=r"staff cannot be started: .*absent"):
        Supervisor([spec], postgres=None, home=tmp_path).run()


def test_what_talks_to_the_others_starts_when_they_answer(
    start: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        Health.answered = 0
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/healthz"
        monkeypatch.setenv("READY_URLS", url)
        asked = f"print('afterwards', urllib.request.urlopen('{url}').status)"
        running = start(f"import time, urllib.request; {asked}; time.sleep(600)", SLEEPS)
        wait_for(lambda: "afterwards" in running.said())
        server.shutdown()
    assert "afterwards 200" in running.said()
    assert running.said().index("ready") < running.said().index("afterwards")
    assert read_status(running.home)["child0"]["restarts"] == 0


class Health(BaseHTTPRequestHandler):
    answered = 0

    def do_GET(self) -> None:
        Health.answered += 1
        self.send_response(200 if Health.answered > 2 else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def test_ready_waits_for_a_healthy_answer_and_names_who_gives_none() -> None:
    with HTTPServer(("127.0.0.1", 0), Health) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/healthz"
        ready([url])
        assert Health.answered > 2
        server.shutdown()
    with pytest.raises(RuntimeProblem, match=rf"No healthy answer within 0\.2 seconds from {url}"):
        ready([url], within=0.2)

"""What does a chat run on in the bench? Pages, streams, staff pages, their stream and the worker, each with its own log-in."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from standfast.foundation.runtime.postgres import die_with_parent
from standfast.foundation.runtime.problems import RuntimeProblem
from standfast.foundation.runtime.serving import server
from standfast.foundation.runtime.supervisor import answers

PROCESSES_EACH = 2
THREADS = 4
START_SECONDS = 180
# The processes of streams read with the log-in of the pages they belong to.
LOG_IN_OF = {"stream": "public", "live": "staff"}
STANDING = """
UPDATE chat_operator SET is_taking = true, points = 1000000, seen_at = now() + interval '1 day';
"""


@dataclass(kw_only=True)
class ChatServers:
    """A prepared, empty database and the processes of a chat on it."""

    urls: dict[str, str]
    folder: Path
    names: list[str] = field(default_factory=list)
    ports: dict[str, int] = field(default_factory=dict)
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _secret: str = field(default_factory=lambda: secrets.token_hex(16))

    def prepare(self) -> None:
        """
        Make the tables, and operators at the desk.

        :raises RuntimeProblem: if that fails
        """
        self.names = self.people("prepare")
        self.at_the_desk()

    def at_the_desk(self) -> None:
        """Let every operator be there all day and take any number of chats."""
        with psycopg.connect(self.urls["migrator"], autocommit=True) as owner:
            owner.execute(STANDING)

    def people(self, what: str) -> Any:
        """
        Run the program that makes operators, or gives them what waits, and return what it says.

        :raises RuntimeProblem: if it fails
        """
        command = [sys.executable, "-m", "standfast.bench.chat_people", what, *self.names]
        done = subprocess.run(command, env=self._environment("migrator"), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeProblem(f"The operators of the bench were not made: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, *names: str) -> None:
        """
        Start processes by name, and wait until those that listen answer.

        :raises RuntimeProblem: if one does not
        """
        self.spawn(*names)
        self.wait_for(*names)

    def spawn(self, *names: str) -> None:
        """Start processes by name. They end with the program that started them, however that ends."""
        for name in names:
            self.ports.setdefault(name, _free_port())
            with (self.folder / f"{name}.log").open("ab") as log:
                self._running[name] = subprocess.Popen(
                    self._command(name),
                    env=self._environment(name),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - as the supervisor does
                )

    def wait_for(self, *names: str) -> None:
        """
        Wait until every process that listens answers.

        :raises RuntimeProblem: if one does not
        """
        until = time.monotonic() + START_SECONDS
        for name in names:
            while name != "worker" and not answers(f"http://127.0.0.1:{self.ports[name]}/healthz"):
                if time.monotonic() > until:
                    raise RuntimeProblem(f"{name} did not start: {(self.folder / f'{name}.log').read_text()[-2000:]}")
                time.sleep(0.1)

    def kill(self, *names: str) -> None:
        """Kill processes and their children as a power cut would."""
        for name in names:
            process = self._running.pop(name)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def stop(self) -> None:
        """Kill all that runs."""
        self.kill(*self._running)

    def rss_mb(self, *names: str) -> float:
        """Return the memory processes and their children hold, in MB."""
        groups = {self._running[name].pid for name in names}
        return round(sum(_rss_kb(each) for each in Path("/proc").glob("[0-9]*") if _group(each) in groups) / 1024, 1)

    def ask(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """Return the rows."""
        with psycopg.connect(self.urls["migrator"], autocommit=True) as owner:
            return owner.execute(query.encode(), given).fetchall()

    def _command(self, name: str) -> list[str]:
        if name == "worker":
            return [sys.executable, "-m", "standfast.cli.main", "work"]
        port = self.ports[name]
        if name == "echo":
            return server(interface="asginl", port=port, workers=1, target="standfast.bench.chat_echo:application")
        interface = "asginl" if name in LOG_IN_OF else "wsgi"
        return server(interface=interface, port=port, workers=PROCESSES_EACH, threads=THREADS)

    def _environment(self, name: str) -> dict[str, str]:
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("STANDFAST_")},
            "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
            "DATABASE_URL": self.urls.get(LOG_IN_OF.get(name, name), ""),
            "STANDFAST_PROCESS": name,
            "STANDFAST_JOURNAL_DIR": str(self.folder / "journal"),
            "STANDFAST_REFERENCE_SECRET": self._secret,
            "STANDFAST_SECRET_KEY": self._secret,
            "STANDFAST_PROXIES": "1",
        }


@contextmanager
def chat_servers(urls: dict[str, str], folder: Path) -> Iterator[ChatServers]:
    """
    Prepare the database and run everything a chat needs, and the yardstick.

    :raises RuntimeProblem: if something does not start
    """
    made = ChatServers(urls=urls, folder=folder)
    try:
        made.prepare()
        yield made
    finally:
        made.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _group(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[2])
    except (OSError, IndexError):
        return 0


def _rss_kb(process: Path) -> int:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)

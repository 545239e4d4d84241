"""What does a whole journey run on? Everything a force would start, as `standfast up` starts it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

PROCESSES = ("staff", "live", "public", "stream", "intake")
PATIENCE_SECONDS = 180


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running installation: where its parts listen, and the environment its commands need."""

    ports: dict[str, int]
    environment: dict[str, str]

    def address(self, process: str, path: str = "/") -> str:
        """Return an address of one of the processes."""
        return f"http://localhost:{self.ports[process]}{path}"

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a `standfast` command of this installation."""
        return subprocess.run(
            [sys.executable, "-m", "standfast.cli.main", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    """The whole system at noon on a Monday, whenever the tests are run: agencies have hours."""
    with started(offset_seconds=int((_next_monday_noon() - datetime.now(UTC)).total_seconds())) as found:
        yield found


@pytest.fixture(scope="module")
def running_now() -> Iterator[Running]:
    """The whole system by the time it is. A chat needs this: its lines and the visitor's presence are stamped by the database."""
    with started(offset_seconds=0) as found:
        yield found


@contextmanager
def started(*, offset_seconds: int) -> Iterator[Running]:
    """Start the whole system by its own command in a folder of its own, its clock so far ahead, and end it."""
    home = Path(tempfile.mkdtemp(prefix="standfast-journeys-"))
    home.chmod(0o711)
    ports = {process: _free_port() for process in PROCESSES}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STANDFAST_", "DATABASE_URL"))}
    environment = {**kept, "STANDFAST_HOME": str(home), "STANDFAST_CLOCK_OFFSET_SECONDS": str(offset_seconds)}
    options = [part for process, port in ports.items() for part in (f"--{process}-port", str(port))]
    with (home / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "standfast.cli.main", "up", "--demo", *options],
            env=environment,
            stdout=log,
            stderr=log,
        )
    found = Running(ports=ports, environment=environment)
    try:
        _wait(found, process, home / "up.log")
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(home, ignore_errors=True)


def _wait(found: Running, process: subprocess.Popen[bytes], log: Path) -> None:
    from standfast.foundation.runtime.supervisor import answers

    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = [found.address(name, "/healthz") for name in PROCESSES]
    while waiting:
        waiting = [url for url in waiting if not answers(url)]
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        assert process.poll() is None, f"it ended: {said}"
        assert time.monotonic() < deadline, f"{waiting} do not answer: {said}"
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _next_monday_noon() -> datetime:
    now = datetime.now(UTC)
    days = (7 - now.weekday()) % 7 or 7
    return (now + timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)

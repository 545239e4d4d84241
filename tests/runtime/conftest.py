"""What do the tests of the runtime stand on? Servers and processes of their own, and no Django."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from standfast.foundation.runtime.logins import ROLES, prepare_database
from standfast.foundation.runtime.postgres import EmbeddedPostgres

PASSWORDS = {role: f"word of {role} & co/1?" for role in ROLES}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A short folder that the server's user can pass through, as pytest's own cannot be where we are root."""
    made = Path(tempfile.mkdtemp(prefix="sf-runtime-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A running server."""
    made = EmbeddedPostgres(folder / "postgres")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def urls(server: EmbeddedPostgres) -> dict[str, str]:
    """The addresses of a prepared database."""
    return prepare_database(admin_url=server.address(database="postgres"), database="sf", passwords=PASSWORDS)


def wait_for(fact: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait until something is so; the bound is a safety deadline, not a measure."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def kill_child(pid: int) -> None:
    """Kill a child of this process outright and return when it is dead, leaving it to its owner to be reaped."""
    os.kill(pid, 9)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

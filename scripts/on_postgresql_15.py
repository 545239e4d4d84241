"""
Does a command also succeed on the PostgreSQL 15 of the system? Starts one of its own, runs the command against it, throws it away.

`on_postgresql_15.py COMMAND…`. Where there is no PostgreSQL 15, says so and succeeds: what it would have shown stays unshown.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from setting_up.postgresql import PROGRAMS
from setting_up.running import say

VARIABLE = "STANDFAST_TEST_DATABASE_URL"
OWNER = "postgres"
"""The system's package makes this user; PostgreSQL refuses to run as root."""
ADMINISTRATOR = "test_admin"


def main(command: list[str]) -> int:
    """Run the command on a server of its own, and return its exit code."""
    if not (PROGRAMS / "postgres").exists():
        say("no PostgreSQL 15 here: nothing was run on it")
        return 0
    # So that a terminated run too leaves no server behind.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with server() as address:
        done = subprocess.run(command, env={**os.environ, VARIABLE: address}, check=False)  # noqa: S603
    return done.returncode


@contextmanager
def server() -> Iterator[str]:
    """Run a new server, durable as the boot checks ask, and give its administrator's address."""
    folder = Path(tempfile.mkdtemp(prefix="standfast-pg15-"))
    password, port = secrets.token_urlsafe(24), _free_port()
    try:
        secret = folder / "secret"
        secret.write_text(password, encoding="ascii")
        secret.chmod(0o600)
        if os.geteuid() == 0:
            for path in (folder, secret):
                shutil.chown(path, OWNER, OWNER)
        data = folder / "data"
        _run(
            "initdb",
            "-D",
            data,
            "-U",
            ADMINISTRATOR,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--auth=scram-sha-256",
            f"--pwfile={secret}",
        )
        options = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c max_connections=200"
            # What tests write is rolled back: whoever counts rows between two tests tells the planner that every table is empty.
            " -c autovacuum=off"
        )
        _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://{ADMINISTRATOR}:{password}@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *words: str | Path) -> None:
    command: Sequence[str] = [str(PROGRAMS / program), *map(str, words)]
    owner = pwd.getpwnam(OWNER) if os.geteuid() == 0 else None
    done = subprocess.run(  # noqa: S603 - the system's own programs
        command,
        cwd="/",
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{program} failed: {done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

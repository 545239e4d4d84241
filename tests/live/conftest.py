"""What do tests of the streams stand on? The real staff and live processes, each with its log-in, on a database of their own."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from standfast.foundation.people.roles import Role
from tests.databases import copy_database, pristine

START_SECONDS = 60
FILL = """
import django; django.setup()
from standfast.foundation.kernel import clock
from standfast.foundation.people import access, operations
from standfast.foundation.people.roles import Role
now, by = clock.now(), access.operator("test")
operations.note_installation(demo=True, now=now)
for role in (Role.CONTACT_OFFICER, Role.CONTACT_SUPERVISOR, Role.ADMINISTRATOR, Role.TRAINER):
    new = operations.NewStaffMember(username=role.value.replace("_", "."), name=role.label, roles=frozenset([role]))
    operations.add_staff_member(new=new, by=by, now=now)
"""


@dataclass(frozen=True, kw_only=True)
class LiveSite:
    """Running staff pages and streams, and how to start the streams anew."""

    staff: str
    live: str
    environment: dict[str, str]
    logs: Path
    clients: list[httpx.Client] = field(default_factory=list)

    def signed_in(self, role: Role) -> httpx.Client:
        """Return a person of the role, signed in by the pages a browser would use."""
        client = httpx.Client(base_url=self.staff, timeout=30)
        self.clients.append(client)
        form = client.get("/sign-in").text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answer = client.post("/sign-in/demonstration", data={"csrfmiddlewaretoken": form, "role": role.value})
        assert answer.status_code == 302, answer.text[:500]
        return client

    @contextlib.contextmanager
    def another(self) -> Iterator[tuple["LiveSite", subprocess.Popen[bytes]]]:
        """Serve the same streams by a second process, which may be ended."""
        port = _free_port()
        with _serving("live", "asginl", port, self.environment, self.logs / "another") as process:
            yield replace(self, live=f"http://localhost:{port}"), process


def post(client: httpx.Client, path: str, **given: Any) -> httpx.Response:
    """Send a form as one of our own pages would."""
    page = client.get("/account").text
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return client.post(path, data={"csrfmiddlewaretoken": token, **given})


@pytest.fixture(scope="module")
def live_site(
    migrated: Any, django_db_setup: None, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveSite]:
    """The staff pages and the streams of a demonstration."""
    name = f"{migrated.database}_l{secrets.token_hex(3)}"
    copy_database(server_url, pristine(migrated.database), name)
    ports = {"staff": _free_port(), "live": _free_port()}
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("STANDFAST_")},
        "DATABASE_URL": make_conninfo(migrated.urls["staff"], dbname=name),
        "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
        "STANDFAST_DEMO": "true",
        "STANDFAST_INSECURE_COOKIES": "true",
        "STANDFAST_SECRET_KEY": "a key of the tests, as long as Django wants one to be",
        "STANDFAST_REFERENCE_SECRET": "a secret of the tests, no other",
        "STANDFAST_LIVE_URL": f"http://{{host}}:{ports['live']}",
        "STANDFAST_STAFF_URL": f"http://{{host}}:{ports['staff']}",
    }
    subprocess.run([sys.executable, "-c", FILL], env={**environment, "STANDFAST_PROCESS": "staff"}, check=True)
    logs = tmp_path_factory.mktemp("live")
    with (
        _serving("staff", "wsgi", ports["staff"], environment, logs / "staff"),
        _serving("live", "asginl", ports["live"], environment, logs / "live"),
    ):
        site = LiveSite(
            staff=f"http://localhost:{ports['staff']}",
            live=f"http://localhost:{ports['live']}",
            environment=environment,
            logs=logs,
        )
        yield site
        for client in site.clients:
            client.close()
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _serving(
    process: str, interface: str, port: int, environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    target = "standfast.config.wsgi:application" if interface == "wsgi" else "standfast.config.asgi:application"
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--log-level", "warning", "--workers-kill-timeout", "3", target]
    with log.open("ab") as out:
        started = subprocess.Popen(
            command, env={**environment, "STANDFAST_PROCESS": process}, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            assert started.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < deadline, f"The {process} process does not start."
            time.sleep(0.1)
        yield started
    finally:
        started.terminate()
        started.wait(20)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        return bool(answer.status == 200)
    return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

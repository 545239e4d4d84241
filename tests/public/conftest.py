"""What do the tests of the public pages stand on? The real program with its own log-in, on a database of its own."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.databases import copy_database, pristine
from tests.public.visitor import Visitor

SECRET = "a secret of the tests"
START_SECONDS = 40


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def until(true: Callable[[], bool], *, what: str, seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"After {seconds:.0f} s there is still no {what}."
        time.sleep(0.05)


@dataclass(kw_only=True)
class Site:
    """A database of its own and the public program on it."""

    database: str
    admin_url: str
    urls: dict[str, str]
    folder: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def journal(self) -> Path:
        return self.folder / "journal" / "public"

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port"]
        command += [str(self.port), "--blocking-threads", "4", "--workers-kill-timeout", "1"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "standfast.config.wsgi:application"], env=self.environment, stdout=log, stderr=log
            )
        until(self._answers, what=f"public program: {(self.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)

    def visitor(self, **headers: str) -> Visitor:
        return Visitor(port=self.port, headers=headers)

    def ask(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.urls["migrator"], autocommit=True) as owner:
            cursor = owner.execute(query.encode(), given)
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def database_away(self) -> Iterator[None]:
        """Close the database to everybody, and end what is connected."""
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            name = sql.Identifier(self.database)
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.database])
            try:
                yield
            finally:
                admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
        until(lambda: self.reports_go_to("database") and self._keeps_answers(), what="database")

    def reports_go_to(self, place: str) -> bool:
        return place in self.visitor().get("/readyz").text

    def _keeps_answers(self) -> bool:
        visitor = self.visitor()
        visitor.get("/form/device")
        return visitor.send(device="yes", follow=False).status == 302

    def _answers(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text()[-4000:])
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz") as answer:
            return bool(answer.status == 200)
        return False


@pytest.fixture(scope="session")
def neutral_page() -> Iterator[str]:
    """The address of a page that is not ours, to go to on leaving: the tests reach no network."""

    class Weather(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Weather</title><h1>Weather</h1>")

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/weather"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def make_site(
    migrated: Any, django_db_setup: None, server_url: str, neutral_page: str
) -> Iterator[Callable[..., Site]]:
    """Make running sites; each has a database of its own."""
    made: list[Site] = []

    def make(**variables: str) -> Site:
        name = f"{migrated.database}_p{secrets.token_hex(3)}"
        copy_database(server_url, pristine(migrated.database), name)
        urls = {role: make_conninfo(url, dbname=name) for role, url in migrated.urls.items()}
        folder = Path(tempfile.mkdtemp(prefix="standfast-public-"))
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("STANDFAST_")},
            "DATABASE_URL": urls["public"],
            "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
            "STANDFAST_PROCESS": "public",
            "STANDFAST_JOURNAL_DIR": str(folder / "journal"),
            "STANDFAST_REFERENCE_SECRET": SECRET,
            "STANDFAST_SECRET_KEY": "a key of the tests, as long as Django wants one to be",
            "STANDFAST_FORCE_NAME": "Knotshire Police",
            "STANDFAST_EXIT_URL": neutral_page,
            "STANDFAST_SECURITY_CONTACT": "mailto:security@knotshire.example",
            "STANDFAST_PROXIES": "1",
            **variables,
        }
        site = Site(database=name, admin_url=server_url, urls=urls, folder=folder, environment=environment)
        made.append(site)
        site.start()
        return site

    yield make
    for site in made:
        site.stop()
        shutil.rmtree(site.folder)
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(site.database)))


@pytest.fixture(scope="session")
def site(make_site: Callable[..., Site]) -> Site:
    """One running site for the tests that leave it as they found it."""
    return make_site()


@pytest.fixture(scope="session")
def weak_site(make_site: Callable[..., Site]) -> Site:
    """Another, for the tests that take its database away; each gives it back."""
    return make_site()


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """Somebody who has just come, from an address of their own."""
    return site.visitor(**{"X-Forwarded-For": f"10.{secrets.randbelow(250)}.{secrets.randbelow(250)}.9"})

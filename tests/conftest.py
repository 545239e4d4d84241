"""
What does every test stand on?

One real PostgreSQL a test process: embedded, in a folder of its own, or the server at STANDFAST_TEST_DATABASE_URL. The database is
prepared as a force would: log-ins, migrations, grants. Tests of operations run inside a transaction that is rolled back; tests that
need processes, several connections or a crash make a database of their own from the migrated one.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from standfast.config.database import migrate_and_grant
from standfast.foundation.runtime.logins import ROLES, prepare_database
from standfast.foundation.runtime.postgres import EmbeddedPostgres
from tests.databases import copy_database, pristine

# How long an example takes says how busy the machine is, not whether the answer is right.
hypothesis.settings.register_profile("standfast", deadline=None)
hypothesis.settings.load_profile("standfast")

SERVER_VARIABLE = "STANDFAST_TEST_DATABASE_URL"
DATA_VARIABLE = "STANDFAST_DATA_DIR"
BROWSER_VARIABLE = "STANDFAST_TEST_BROWSER"
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, kw_only=True)
class System:
    """A prepared, migrated database: its name, an administrator's address, and the address of each log-in."""

    database: str
    admin_url: str
    urls: dict[str, str]


# A file stays in one process: the longest begin first, so that no process waits for the other at the end.
LONGEST = (
    "tests/web/test_every_page.py",
    "tests/journeys/test_chat.py",
    "tests/web/test_matrix.py",
    "tests/dispatch/test_closing.py",
    "tests/web/test_killed_browsers.py",
    "tests/journeys/test_whole_way.py",
    "tests/web/test_chat_in_browser.py",
    "tests/intake/test_del1.py",
    "tests/intake/test_outage.py",
    "tests/dispatch/test_races.py",
    "tests/web/test_paths.py",
    "tests/demo/test_replay_attended.py",
    "tests/journeys/test_pictures.py",
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test that stands on a real PostgreSQL, so that `make check` can leave it out."""
    if {"db", "migrated", "django_db_setup", "server_url"} & set(
        getattr(item, "fixturenames", ())
    ) or item.get_closest_marker("django_db"):
        item.add_marker(pytest.mark.database)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The address of an administrator on a real server."""
    if given := os.environ.get(SERVER_VARIABLE):
        yield given
        return
    # Not pytest's own folder: as root the server runs as another user, who cannot enter that.
    folder = Path(tempfile.mkdtemp(prefix="standfast-tests-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder)
    server.start()
    with psycopg.connect(server.address(database="postgres"), autocommit=True) as admin:
        # What tests write is rolled back: whoever counts rows between two tests tells the planner that every table is empty.
        admin.execute("ALTER SYSTEM SET autovacuum = off")
        admin.execute("SELECT pg_reload_conf()")
    yield server.address(database="postgres")
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated(server_url: str) -> System:
    """The database of this test process, migrated once."""
    name = f"sf{secrets.token_hex(4)}"
    urls = prepare_database(
        admin_url=server_url,
        database=name,
        passwords={role: secrets.token_hex(12) for role in ROLES},
    )
    parts = conninfo_to_dict(urls["migrator"])
    entry = {
        "NAME": name,
        "USER": str(parts["user"]),
        "PASSWORD": str(parts["password"]),
        "HOST": str(parts["host"]),
        "PORT": str(parts.get("port", "")),
        "OPTIONS": settings.STATEMENTS,
    }
    settings.DATABASES["default"].update(entry)
    connection.settings_dict.update(entry)
    connection.close()
    return System(database=name, admin_url=make_conninfo(server_url, dbname=name), urls=urls)


@pytest.fixture(scope="session")
def django_db_setup(migrated: System, server_url: str, django_db_blocker: pytest.FixtureRequest) -> None:
    """Migrate the prepared database instead of letting Django make one."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        migrate_and_grant()
        connection.close()
    # Copies are made from one that nobody speaks to: a database in use cannot be copied, and whoever uses it should not be cut off.
    copy_database(server_url, migrated.database, pristine(migrated.database))


@pytest.fixture
def fresh_system(migrated: System, django_db_setup: None, server_url: str) -> Iterator[Callable[[], System]]:
    """Make databases of one's own, copied from the migrated one, with log-ins of their own."""
    made: list[str] = []

    def make() -> System:
        name = f"{migrated.database}_{secrets.token_hex(3)}"
        made.append(name)
        copy_database(server_url, pristine(migrated.database), name)
        urls = {role: make_conninfo(url, dbname=name) for role, url in migrated.urls.items()}
        return System(database=name, admin_url=make_conninfo(server_url, dbname=name), urls=urls)

    yield make
    with psycopg.connect(server_url, autocommit=True) as admin:
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def speak_to(django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[System], None]]:
    """Let Django's own connection speak to a database of the test's own, committing as it goes, until the test ends."""
    with django_db_blocker.unblock():

        def speak(system: System) -> None:
            connection.close()
            monkeypatch.setitem(connection.settings_dict, "NAME", system.database)

        yield speak
        connection.close()


@pytest.fixture
def now() -> datetime:
    """A winter afternoon, in no clock change."""
    return datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the development data sets; the test is skipped where it is absent."""
    given = os.environ.get(DATA_VARIABLE)
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the development data sets are not here; {DATA_VARIABLE} says where they are")
    return folder


def browser_program() -> str:
    """Return where Chromium is."""
    program = os.environ.get(BROWSER_VARIABLE) or next(filter(None, map(shutil.which, BROWSER_NAMES)), None)
    assert program, f"These tests need Chromium: sudo apt-get install -y chromium, or set {BROWSER_VARIABLE}."
    return program


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium, one for all tests: two of them cannot be driven from one thread."""
    program = browser_program()
    # Its driver keeps an event loop in this thread, in which Django would otherwise refuse to speak to the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # A safety deadline: how fast a page answers on a busy machine is for the benches to say.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=BROWSER_ARGUMENTS)
        yield started
        started.close()

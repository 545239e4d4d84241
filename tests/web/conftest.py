"""What do browser tests of the staff pages stand on? The real program with its own log-in and database, and a real Chromium."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.databases import copy_database, pristine
from tests.map_files import county_map
from tests.shape_files import county_of_shapes

# Playwright keeps an event loop running in the thread of the tests, where Django would refuse to ask the database anything.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

START_SECONDS = 60
FILL = """
import django; django.setup()
from standfast.foundation.kernel import clock
from standfast.foundation.people import access, operations
from standfast.foundation.people.roles import MACHINE_ROLES, Role
now, by = clock.now(), access.operator("test")
operations.note_installation(demo=True, now=now)
operations.add_team(code="C", name="Team C", by=by)
for role in Role:
    if role not in MACHINE_ROLES:
        partner = "adult_social_care" if role is Role.PARTNER else ""
        new = operations.NewStaffMember(
            username=role.value.replace("_", "."), name=role.label, roles=frozenset([role]),
            partner=partner, team="" if partner else "C",
        )
        operations.add_staff_member(new=new, by=by, now=now)
"""


@dataclass(frozen=True, kw_only=True)
class StaffSite:
    """A running demonstration: where its pages are, and the addresses of its database by log-in."""

    address: str
    urls: dict[str, str]
    environment: dict[str, str]


@pytest.fixture(scope="session")
def staff_site(
    migrated: Any, django_db_setup: None, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StaffSite]:
    """The staff pages of a demonstration with a person of each role."""
    with _site(migrated, server_url, tmp_path_factory.mktemp("staff")) as site:
        yield site


@pytest.fixture(scope="module")
def own_site(
    migrated: Any, django_db_setup: None, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StaffSite]:
    """The same for one module alone, whose units and incidents others would count."""
    with _site(migrated, server_url, tmp_path_factory.mktemp("own")) as site:
        yield site


@pytest.fixture(scope="module")
def mapped_site(
    migrated: Any, django_db_setup: None, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StaffSite]:
    """The same for a force that has a map of its own."""
    folder = tmp_path_factory.mktemp("mapped")
    own_map = county_map(folder / "county.pmtiles")
    with _site(migrated, server_url, folder, STANDFAST_MAP_TILES=str(own_map)) as site:
        yield site


@pytest.fixture(scope="module")
def drawn_site(
    migrated: Any, django_db_setup: None, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StaffSite]:
    """The same for a force whose own map comes as shapes."""
    folder = tmp_path_factory.mktemp("drawn")
    own_map = county_of_shapes(folder / "county.pmtiles")
    with _site(migrated, server_url, folder, STANDFAST_MAP_TILES=str(own_map)) as site:
        yield site


@contextlib.contextmanager
def _site(migrated: Any, server_url: str, folder: Path, **given: str) -> Iterator[StaffSite]:
    name = f"{migrated.database}_s{secrets.token_hex(3)}"
    copy_database(server_url, pristine(migrated.database), name)
    urls = {role: make_conninfo(url, dbname=name) for role, url in migrated.urls.items()}
    port = _free_port()
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("STANDFAST_")},
        "DATABASE_URL": urls["staff"],
        "DJANGO_SETTINGS_MODULE": "standfast.config.settings",
        "STANDFAST_PROCESS": "staff",
        "STANDFAST_DEMO": "true",
        "STANDFAST_FORCE_NAME": "Knotshire Police (demonstration)",
        "STANDFAST_SECRET_KEY": "a key of the tests, as long as Django wants one to be",
        "STANDFAST_REFERENCE_SECRET": "a secret of the tests, no other",
        **given,
    }
    subprocess.run([sys.executable, "-c", FILL], env=environment, check=True)
    with _serving(port, environment, folder / "log"):
        yield StaffSite(address=f"http://localhost:{port}", urls=urls, environment=environment)
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _serving(port: int, environment: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--blocking-threads", "4", "--log-level", "warning", "standfast.config.wsgi:application"]
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            assert process.poll() is None, log.read_text()[-3000:]
            assert time.monotonic() < deadline, "The staff pages do not start."
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        return bool(answer.status == 200)
    return False


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])

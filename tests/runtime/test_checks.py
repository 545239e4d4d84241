"""Weak durability is refused, as the log-in sees it; a sound server passes (the negative control of every refusal)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from standfast.foundation.runtime.checks import clock_skew_seconds, durability_warnings, refuse_weak_durability
from standfast.foundation.runtime.logins import ROLES
from standfast.foundation.runtime.postgres import EmbeddedPostgres
from standfast.foundation.runtime.problems import RuntimeProblem
from tests.runtime.conftest import wait_for

pytestmark = pytest.mark.processes


@contextmanager
def weakened(server: EmbeddedPostgres, name: str) -> Iterator[None]:
    def reload(value: str) -> None:
        with psycopg.connect(server.address(database="postgres"), autocommit=True) as admin:
            admin.execute("SELECT pg_reload_conf()")
        wait_for(lambda: seen(server, name) == value)

    with psycopg.connect(server.address(database="postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER SYSTEM SET {name} = off")
        reload("off")
        yield
        admin.execute(f"ALTER SYSTEM RESET {name}")
        reload("on")


def seen(server: EmbeddedPostgres, name: str) -> str:
    with psycopg.connect(server.address(database="postgres")) as connection:
        return str(connection.execute(f"SHOW {name}").fetchone()[0])  # type: ignore[index]


@pytest.mark.parametrize("role", ROLES)
def test_a_sound_server_passes(urls: dict[str, str], role: str) -> None:
    refuse_weak_durability(urls[role])


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_weakened_server_is_refused_by_name_value_and_expectation(
    server: EmbeddedPostgres, urls: dict[str, str], name: str
) -> None:
    with weakened(server, name), pytest.raises(RuntimeProblem, match=rf"{name} = off.*on was expected"):
        refuse_weak_durability(urls["intake"])
    refuse_weak_durability(urls["intake"])


@pytest.mark.parametrize("whose", ["ROLE sf_worker", "DATABASE sf", "ROLE sf_worker IN DATABASE sf"])
def test_a_commit_weakened_for_one_log_in_or_database_is_refused(
    server: EmbeddedPostgres, urls: dict[str, str], whose: str
) -> None:
    with psycopg.connect(server.address(database="postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER {whose} SET synchronous_commit = off")
        with pytest.raises(RuntimeProblem, match="synchronous_commit = off"):
            refuse_weak_durability(urls["worker"])
        admin.execute(f"ALTER {whose} SET synchronous_commit = local")
        refuse_weak_durability(urls["worker"])
        admin.execute(f"ALTER {whose} RESET synchronous_commit")
    refuse_weak_durability(urls["worker"])


def test_a_server_that_does_not_answer_is_one_sentence(urls: dict[str, str]) -> None:
    with pytest.raises(RuntimeProblem, match="cannot be reached"):
        refuse_weak_durability(urls["staff"].replace("postgres%2Frun", "nowhere"))


def test_only_what_is_missing_is_warned_of(urls: dict[str, str]) -> None:
    assert [warning.split(" = ")[0].split()[-1] for warning in durability_warnings(urls["staff"])] == ["archive_mode"]


def test_the_skew_is_how_far_the_database_is_ahead(urls: dict[str, str]) -> None:
    assert abs(clock_skew_seconds(urls["staff"], now=datetime.now(UTC))) < 2
    hour = timedelta(hours=1)
    assert clock_skew_seconds(urls["staff"], now=datetime.now(UTC) - hour) == pytest.approx(3600, abs=2)

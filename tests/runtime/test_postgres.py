"""The embedded server: it starts, stops, survives being killed, has one owner, and tells its log nothing personal."""

import os
import signal
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from standfast.foundation.runtime.postgres import EmbeddedPostgres
from standfast.foundation.runtime.problems import RuntimeProblem
from tests.runtime.conftest import is_alive, kill_child, wait_for

pytestmark = pytest.mark.processes


def ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.address(database="postgres"), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]


def test_what_is_stored_is_there_after_a_stop_and_a_start(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "again")
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 7 AS number")
    address = server.address(database="postgres")
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    server.start()
    assert ask(server, "SELECT number FROM kept") == 7
    assert server.address(database="postgres") == address
    server.stop()
    server.stop()


def test_what_was_committed_survives_five_kills(server: EmbeddedPostgres) -> None:
    ask(server, "CREATE TABLE survived (number integer)")
    for number in range(5):
        ask(server, f"INSERT INTO survived VALUES ({number})")
        kill_child(server.pid)
        assert server.restart_if_dead()
        assert ask(server, "SELECT array_agg(number ORDER BY number) FROM survived") == list(range(number + 1))
    assert not server.restart_if_dead()


def test_a_kill_in_the_middle_of_a_long_question_delays_nothing(server: EmbeddedPostgres) -> None:
    counting = (
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 1%' AND pid <> pg_backend_pid()"
    )
    with closing(psycopg.connect(server.address(database="postgres"), autocommit=True)) as busy:
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
        wait_for(lambda: ask(server, counting))
        kill_child(server.pid)
        assert server.restart_if_dead()
    assert ask(server, "SELECT 1") == 1


def test_a_second_owner_is_refused_in_one_sentence(server: EmbeddedPostgres) -> None:
    with pytest.raises(RuntimeProblem, match="Another Standfast already runs PostgreSQL in"):
        EmbeddedPostgres(server.folder).start()
    assert ask(server, "SELECT 1") == 1


def test_it_lists_its_own_settings_as_durable_and_listens_on_no_port(server: EmbeddedPostgres) -> None:
    for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert ask(server, f"SHOW {name}") == "on"
    assert ask(server, "SHOW listen_addresses") == ""


def test_a_wrong_password_is_refused_on_the_socket(server: EmbeddedPostgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.address(database="postgres", password="wrong"))


def test_neither_a_failed_statement_nor_its_values_reach_the_log(server: EmbeddedPostgres) -> None:
    ask(server, "CREATE TABLE phones (phone text UNIQUE)")
    ask(server, "INSERT INTO phones VALUES ('07700 900461')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        ask(server, "INSERT INTO phones VALUES ('07700 900461')")
    with pytest.raises(psycopg.errors.DivisionByZero):
        ask(server, "SELECT '07700 900461', 1 / 0")
    log = (server.folder / "postgres.log").read_text(encoding="utf-8")
    assert "duplicate key" in log
    assert "division by zero" in log
    assert "900461" not in log


def test_a_long_home_gets_a_short_socket(folder: Path) -> None:
    server = EmbeddedPostgres(folder / ("long" * 30))
    server.start()
    assert len(str(server.socket_folder)) < 100
    assert not server.socket_folder.is_relative_to(server.folder)
    assert ask(server, "SELECT 1") == 1
    server.stop()


def test_a_short_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    server = EmbeddedPostgres(folder / ("other" * 30))
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    server.socket_folder.symlink_to(elsewhere)
    try:
        with pytest.raises(RuntimeProblem, match="expected a folder of our own"):
            server.start()
    finally:
        server.stop()
        server.socket_folder.unlink()


def test_a_server_that_cannot_start_shows_its_last_words(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "broken")
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(RuntimeProblem, match="no_such_setting"):
        server.start()
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another user")
def test_as_root_the_server_runs_as_another_user_that_owns_its_data(server: EmbeddedPostgres) -> None:
    running = Path(f"/proc/{server.pid}").stat()
    assert running.st_uid != 0
    assert server.data.stat().st_uid == running.st_uid
    assert {each.stat().st_uid for each in server.data.iterdir()} == {running.st_uid}
    groups = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8").split("Groups:")[1].splitlines()[0].split()
    assert groups == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the server another user")
def test_as_root_a_home_closed_to_the_servers_user_is_refused_with_the_folder_in_the_way(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "postgres")
    with pytest.raises(RuntimeProblem, match=f"because {closed} is closed to it"):
        server.start()
    server.stop()


def test_the_server_ends_when_its_owner_is_killed_and_the_next_owner_takes_over(folder: Path) -> None:
    home = folder / "orphan"
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                """
                import sys, time
                from pathlib import Path
                from standfast.foundation.runtime.postgres import EmbeddedPostgres
                server = EmbeddedPostgres(Path(sys.argv[1]))
                server.start()
                print(server.pid, flush=True)
                time.sleep(600)
                """
            ),
            str(home),
        ],
        stdout=subprocess.PIPE,
    )
    assert owner.stdout is not None
    orphan = int(owner.stdout.readline())
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    heir = EmbeddedPostgres(home)
    heir.start()
    assert ask(heir, "SELECT 1") == 1
    assert not is_alive(orphan)
    heir.stop()

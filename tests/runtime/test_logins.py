"""The log-ins of a database: prepared twice alike, limited as said, and unable to make a table."""

import stat
from pathlib import Path

import psycopg
import pytest

from standfast.foundation.runtime.logins import LIMITS, ROLES, prepare_database, read_addresses, write_addresses
from standfast.foundation.runtime.postgres import EmbeddedPostgres
from standfast.foundation.runtime.problems import RuntimeProblem
from tests.runtime.conftest import PASSWORDS

pytestmark = pytest.mark.processes

POWERS = "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"


def test_preparing_again_changes_nothing_and_keeps_what_is_stored(
    server: EmbeddedPostgres, urls: dict[str, str]
) -> None:
    with psycopg.connect(urls["migrator"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    again = prepare_database(admin_url=server.address(database="postgres"), database="sf", passwords=PASSWORDS)
    assert again == urls
    with psycopg.connect(again["migrator"]) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
        connection.execute("DROP TABLE kept")


@pytest.mark.parametrize("role", ROLES)
def test_a_log_in_is_named_for_database_and_role_and_holds_no_power(urls: dict[str, str], role: str) -> None:
    with psycopg.connect(urls[role]) as connection:
        query = f"SELECT current_user, {POWERS} FROM pg_roles WHERE rolname = current_user"
        assert connection.execute(query).fetchone() == (f"sf_{role}", False)


def test_a_power_given_since_is_taken_away(server: EmbeddedPostgres, urls: dict[str, str]) -> None:
    admin_url = server.address(database="postgres")
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("ALTER ROLE sf_staff SUPERUSER BYPASSRLS")
        prepare_database(admin_url=admin_url, database="sf", passwords=PASSWORDS)
        query = f"SELECT {POWERS} FROM pg_roles WHERE rolname = 'sf_staff'"
        assert admin.execute(query).fetchone() == (False,)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "migrator"])
def test_only_the_migrator_makes_tables(urls: dict[str, str], role: str) -> None:
    with psycopg.connect(urls[role]) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute("CREATE TABLE public.mine (number integer)")
    assert isinstance(refused.value, psycopg.errors.InsufficientPrivilege | psycopg.errors.ReadOnlySqlTransaction)


def test_the_migrator_makes_tables(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["migrator"]) as connection:
        connection.execute("CREATE TABLE public.ours (number integer)")
        connection.rollback()


@pytest.mark.parametrize("role", ROLES)
def test_the_limits_are_in_force_for_the_log_in(urls: dict[str, str], role: str) -> None:
    with psycopg.connect(urls[role]) as connection:
        for name, expected in LIMITS[role].items():
            row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
            assert row is not None
            # The server shows sixty seconds as a minute.
            assert row[0] == expected.replace("60s", "1min")


def test_a_writer_that_goes_quiet_is_cut_off_after_five_seconds_at_most(urls: dict[str, str]) -> None:
    for role in ("staff", "public", "intake", "worker", "sealer"):
        with psycopg.connect(urls[role]) as connection:
            row = connection.execute(
                "SELECT setting::integer FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
            ).fetchone()
            assert row is not None
            assert 0 < row[0] <= 5000


def test_the_limits_bite(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["intake"]) as connection, pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT pg_sleep(60)")
    with psycopg.connect(urls["public"]) as quiet:
        quiet.execute("SELECT 1")
        with psycopg.connect(urls["migrator"], autocommit=True) as other:
            query = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
            while other.execute(query, [quiet.info.backend_pid]).fetchone() != (0,):
                other.execute("SELECT pg_sleep(0.1)")
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            quiet.execute("SELECT 1")


def test_another_database_is_closed_to_a_log_in(server: EmbeddedPostgres, urls: dict[str, str]) -> None:
    admin_url = server.address(database="postgres")
    other = prepare_database(admin_url=admin_url, database="sf_other", passwords=PASSWORDS)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(urls["staff"], dbname="sf_other")
    psycopg.connect(other["staff"]).close()


def test_no_password_reaches_the_server_in_the_clear(server: EmbeddedPostgres) -> None:
    admin_url = server.address(database="postgres")
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET log_statement = 'all'")
        admin.execute("SELECT pg_reload_conf()")
    prepare_database(admin_url=admin_url, database="sf_logged", passwords=PASSWORDS)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("ALTER SYSTEM RESET log_statement")
        admin.execute("SELECT pg_reload_conf()")
    log = (server.folder / "postgres.log").read_text(encoding="utf-8")
    assert "sf_logged_staff" in log
    assert PASSWORDS["staff"] not in log


@pytest.mark.parametrize("name", ["Bad Name", "x" * 60, "", 'a"; DROP TABLE b'])
def test_a_name_that_cannot_be_a_database_is_refused(server: EmbeddedPostgres, name: str) -> None:
    with pytest.raises(RuntimeProblem, match="cannot be the name of the database"):
        prepare_database(admin_url=server.address(database="postgres"), database=name, passwords=PASSWORDS)


def test_a_server_that_is_not_there_is_one_sentence_without_the_password(folder: Path) -> None:
    with pytest.raises(RuntimeProblem, match="cannot be reached") as refused:
        prepare_database(
            admin_url=f"postgresql://admin:canary@/postgres?host={folder}", database="sf", passwords=PASSWORDS
        )
    assert "canary" not in str(refused.value)


def test_addresses_are_read_back_and_private(folder: Path, urls: dict[str, str]) -> None:
    assert read_addresses(folder) == {}
    write_addresses(folder, urls)
    assert read_addresses(folder) == urls
    assert stat.S_IMODE((folder / "addresses.json").stat().st_mode) == 0o600

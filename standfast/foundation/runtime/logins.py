"""Which log-ins does a database have, and what limits each? Separate ones from the first moment; none can make a table but the migrator."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from standfast.foundation.runtime.home import write_private
from standfast.foundation.runtime.problems import RuntimeProblem

ROLES = ("migrator", "staff", "public", "intake", "worker", "sealer", "auditor")
ADDRESSES_FILE = "addresses.json"
OLDEST_SERVER = 150_000
# The sealer waits for the oldest running transaction, so those that write are short. 0 is no limit.
LIMITS: dict[str, dict[str, str]] = {
    "migrator": {"lock_timeout": "2s"},
    "staff": {"statement_timeout": "15s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "5s"},
    "public": {"statement_timeout": "2s", "lock_timeout": "1s", "idle_in_transaction_session_timeout": "2s"},
    "intake": {"statement_timeout": "2s", "lock_timeout": "1s", "idle_in_transaction_session_timeout": "2s"},
    "worker": {"statement_timeout": "30s", "lock_timeout": "2s", "idle_in_transaction_session_timeout": "5s"},
    "sealer": {"statement_timeout": "60s", "idle_in_transaction_session_timeout": "5s"},
    "auditor": {"default_transaction_read_only": "on"},
}
# Room for the longest role behind it within the server's 63 bytes.
DATABASE_NAME = re.compile(r"[a-z][a-z0-9_]{0,53}")
# What no log-in of ours may hold, by the column that tells.
POWERS = {
    "rolsuper": "NOSUPERUSER",
    "rolcreatedb": "NOCREATEDB",
    "rolcreaterole": "NOCREATEROLE",
    "rolreplication": "NOREPLICATION",
    "rolbypassrls": "NOBYPASSRLS",
}


def prepare_database(*, admin_url: str, database: str, passwords: dict[str, str]) -> dict[str, str]:
    """
    Make a database with its log-ins, or put right what is there, and return the address of each log-in.

    Log-ins are named `<database>_<role>`. Works on the embedded server and on any PostgreSQL from 15 on.

    :raises RuntimeProblem: if the server cannot be reached, is too old, the administrator may not do this, or the name does not fit
    """
    if not DATABASE_NAME.fullmatch(database):
        raise RuntimeProblem(
            f"{database!r} cannot be the name of the database; small letters, digits and _ were expected, at most 54, a letter first."
        )
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as connection:
            if connection.info.server_version < OLDEST_SERVER:
                raise RuntimeProblem(
                    f"PostgreSQL 15 or later was expected; this is {connection.info.server_version // 10_000}."
                )
            for role in ROLES:
                _keep_login(connection, f"{database}_{role}", passwords[role], LIMITS[role])
            _keep_database(connection, database)
        with psycopg.connect(admin_url, dbname=database, autocommit=True) as connection:
            owner = sql.Identifier(f"{database}_migrator")
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            connection.execute(sql.SQL("GRANT ALL ON SCHEMA public TO {}").format(owner))
    except psycopg.OperationalError as error:
        raise RuntimeProblem(f"PostgreSQL cannot be reached at the address given: {str(error).strip()}") from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise RuntimeProblem(f"The administrator's log-in may not do this: {error.diag.message_primary}.") from None
    return {role: address(admin_url, database=database, role=role, password=passwords[role]) for role in ROLES}


def address(admin_url: str, *, database: str, role: str, password: str) -> str:
    """Return the URL of one log-in of a database, on the server of another address."""
    parts = conninfo_to_dict(admin_url)
    login = f"{quote(f'{database}_{role}')}:{quote(password, safe='')}"
    options = {name: str(parts[name]) for name in ("host", "port", "sslmode", "sslrootcert") if parts.get(name)}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in options.items())
    return f"postgresql://{login}@/{quote(database)}?{query}"


def write_addresses(home: Path, addresses: dict[str, str]) -> None:
    """Write down the addresses, for commands that are run later; only the owner can read them."""
    write_private(home / ADDRESSES_FILE, json.dumps(addresses, indent=1))


def read_addresses(home: Path) -> dict[str, str]:
    """Return the addresses written down last; none when there are none."""
    path = home / ADDRESSES_FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _keep_login(connection: psycopg.Connection, login: str, password: str, limits: dict[str, str]) -> None:
    name = sql.Identifier(login)
    columns = sql.SQL(", ").join(map(sql.Identifier, POWERS))
    held = connection.execute(sql.SQL("SELECT {} FROM pg_roles WHERE rolname = %s").format(columns), [login]).fetchone()
    if held is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    for power in [power for power, has in zip(POWERS.values(), held or (), strict=False) if has]:
        connection.execute(sql.SQL("ALTER ROLE {} {}").format(name, sql.SQL(power)))
    # Only a verifier travels: a password in a statement could end in the server's log.
    verifier = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(verifier)))
    for setting, value in limits.items():
        connection.execute(
            sql.SQL("ALTER ROLE {} SET {} = {}").format(name, sql.Identifier(setting), sql.Literal(value))
        )


def _keep_database(connection: psycopg.Connection, database: str) -> None:
    owner = f"{database}_migrator"
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    # An administrator who is no superuser makes a database for a role only as its member.
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(owner)))
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
            sql.Identifier(database), sql.Identifier(owner)
        )
    )
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    for role in ROLES:
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(database), sql.Identifier(f"{database}_{role}")
            )
        )

"""Can this database be relied on to keep what it acknowledged? Asked at every boot, as each log-in sees it."""

from datetime import datetime

import psycopg

from standfast.foundation.runtime.problems import RuntimeProblem

MOST_SKEW_SECONDS = 2.0
OLDEST_SERVER = 15
_SAFE_COMMITS = {"on", "local", "remote_write", "remote_apply"}
_ADVISED = {"data_checksums": {"on"}, "wal_level": {"replica", "logical"}, "archive_mode": {"on", "always"}}


def refuse_weak_durability(url: str) -> None:
    """
    Let a database pass that keeps every acknowledged commit through a crash.

    Read as the log-in sees it, so that a setting weakened for one role or database is found too.

    :raises RuntimeProblem: if fsync, full_page_writes or synchronous_commit is weakened: which, and what was expected
    """
    found = _settings(url, ("fsync", "full_page_writes", "synchronous_commit"))
    for name, allowed in (("fsync", {"on"}), ("full_page_writes", {"on"}), ("synchronous_commit", _SAFE_COMMITS)):
        if found[name] not in allowed:
            raise RuntimeProblem(
                f"PostgreSQL runs with {name} = {found[name]}, so an acknowledged contact could be lost; on was expected."
            )


def durability_warnings(url: str) -> list[str]:
    """Return what is advised for disk loss and silent damage and is not set."""
    found = _settings(url, tuple(_ADVISED))
    return [
        f"PostgreSQL runs with {name} = {found[name]}; {' or '.join(sorted(allowed))} is advised."
        for name, allowed in _ADVISED.items()
        if found[name] not in allowed
    ]


def clock_skew_seconds(url: str, *, now: datetime) -> float:
    """Return how far the database's clock is ahead of ours, in seconds."""
    with _connect(url) as connection:
        [[theirs]] = connection.execute("SELECT clock_timestamp()").fetchall()
    return float((theirs - now).total_seconds())


def _settings(url: str, names: tuple[str, ...]) -> dict[str, str]:
    with _connect(url) as connection:
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(names)]
        ).fetchall()
    return dict(rows)


def _connect(url: str) -> psycopg.Connection:
    try:
        connection = psycopg.connect(url, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise RuntimeProblem(f"PostgreSQL cannot be reached: {str(error).strip()}") from None
    version = connection.info.server_version // 10_000
    if version < OLDEST_SERVER:
        connection.close()
        raise RuntimeProblem(f"PostgreSQL {OLDEST_SERVER} or later was expected; this is {version}.")
    return connection

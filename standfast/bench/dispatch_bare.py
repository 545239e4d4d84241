"""
How fast are the same rows written by bare SQL? Each act's rows are counted once, then copied: no rule, no lock, no sign-in, no page.

What our acts change in rows that stand already is not done here, so that the yardstick is rather too short than too long.
"""

import time
from collections.abc import Mapping

import psycopg
from psycopg import sql

NEW = "md5(random()::text)"
OTHERWISE: Mapping[str, Mapping[str, str]] = {
    "incidents_incident": {"reference": f"left({NEW}, 17)", "journey": f"left({NEW}, 17)", "split_from_id": "id"},
    "incidents_deployment": {"ended_at": "assigned_at", "ended_how": "'cleared'"},
    "incidents_statusreport": {"source": NEW},
    "intake_submission": {"idempotency_key": NEW, "reference": f"left({NEW}, 17)"},
    "intake_filing": {
        "submission_id": "lastval()",
        "call_event_id": "NULL",
        "unit_report_id": "NULL",
        "filed_at": "now()",
    },
    "obligations_obligation": {
        "subject": f"left({NEW}, 17)",
        "met_at": "now()",
        "stopped_at": "NULL",
        "stopped_because": "''",
    },
}
"""What a copy of a row cannot share with it, or must not: nothing is left for the worker to do."""
ACKNOWLEDGED: Mapping[str, int] = {"intake_submission": 1, "intake_filing": 1, "eventlog_entry": 1}
"""What the intake writes before it answers; the rest of a report is the worker's."""
_TABLES = """
SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id' AND is_identity = 'YES'
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s AND column_name <> 'id'
AND column_default IS NULL AND is_generated = 'NEVER'
"""

Rows = Mapping[str, int]
"""How many rows of each table."""


def rows_of(connection: psycopg.Connection) -> dict[str, int]:
    """Return how many rows each table holds now."""
    tables = [str(name) for (name,) in connection.execute(_TABLES.encode()).fetchall()]
    count = sql.SQL("SELECT count(*) FROM {}")
    found = {each: connection.execute(count.format(sql.Identifier(each))).fetchone() for each in tables}
    return {each: int(row[0]) for each, row in found.items() if row}


def written(before: Rows, after: Rows) -> dict[str, int]:
    """Return how many rows came into each table."""
    return {each: more for each, number in after.items() if (more := number - before.get(each, 0)) > 0}


class BareCopies:
    """Writes as many rows as an act wrote, each a copy of the newest of its table, in one transaction."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._known: dict[str, sql.Composed] = {}

    def write(self, rows: Rows) -> float:
        """Write them and return the milliseconds until they were committed."""
        statements = [self._copy(table) for table, number in rows.items() for _ in range(number)]
        began = time.perf_counter()
        with self._connection.transaction():
            for statement in statements:
                self._connection.execute(statement, prepare=True)
        return (time.perf_counter() - began) * 1000

    def _copy(self, table: str) -> sql.Composed:
        if table not in self._known:
            names = [str(name) for (name,) in self._connection.execute(_COLUMNS.encode(), [table]).fetchall()]
            other = OTHERWISE.get(table, {})
            self._known[table] = sql.SQL(
                "INSERT INTO {table} ({names}) SELECT {values} FROM {table} ORDER BY id DESC LIMIT 1"
            ).format(
                table=sql.Identifier(table),
                names=sql.SQL(", ").join(map(sql.Identifier, names)),
                values=sql.SQL(", ").join(
                    sql.SQL(other[name]) if name in other else sql.Identifier(name) for name in names
                ),
            )
        return self._known[table]

"""What has happened since a reader last looked, without gaps? By transaction horizon, as the sealer reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Position:
    """Where a reader stands: it has seen every event of transactions below `horizon`."""

    horizon: int


def current_position() -> Position:
    """Return the position of a reader who has seen everything that is committed and behind no running transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return Position(cursor.fetchone()[0])


def newest_transaction() -> int:
    """Return what every transaction that has committed so far lies below: a reader whose horizon has come there has seen them all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def changed_since(position: Position, *, limit: int = 1_000) -> tuple[Position, Sequence[tuple[str, str]]]:
    """
    Return the new position and the (kind, subject) of each event since the old one, oldest first.

    Transactions are read whole: `limit` or a little more where there are as many, and then the position is behind the last one read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH h AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon) "
            "SELECT h.horizon::text::bigint, e.transaction_id::text::bigint, e.id, e.kind, e.about "
            "FROM h LEFT JOIN eventlog_entry e "
            "ON e.transaction_id >= %s::text::xid8 AND e.transaction_id < h.horizon "
            "ORDER BY e.transaction_id, e.id LIMIT %s",
            [str(position.horizon), limit],
        )
        rows = cursor.fetchall()
        horizon, last, last_id, _, _ = rows[-1]
        changes = [(kind, about) for _, transaction, _, kind, about in rows if transaction is not None]
        if len(changes) < limit:
            return Position(horizon), changes
        # It is below the horizon, so nothing is added to it between the two statements.
        cursor.execute(
            "SELECT kind, about FROM eventlog_entry WHERE transaction_id = %s::text::xid8 AND id > %s ORDER BY id",
            [str(last), last_id],
        )
        return Position(last + 1), [*changes, *cursor.fetchall()]

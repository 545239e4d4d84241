"""
How are events sealed, apart from the request that made them?

One sealer takes events in order of transaction, up to the oldest transaction that still runs: a row that commits late is never skipped,
as it would be if rows were sealed by number. Each pass seals [last horizon, new horizon).
"""

import json
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from standfast.foundation.eventlog.models import Checkpoint, Seal
from standfast.foundation.eventlog.queries.chain import ANCHOR_FILE, ROW_AS_TEXT, newest_checkpoint
from standfast.foundation.eventlog.rules.seal import GENESIS, seal_of

BATCH = 5_000
_ONE_SEALER = 7_236_401
"""The key of the advisory lock that keeps two sealers apart."""


class TransactionsWentBack(Exception):
    """The server's transaction counter is behind what was sealed: the database was restored from a dump onto another server."""


@transaction.atomic
def seal_once() -> int:
    """
    Seal what can be sealed now and return how many events that was. Two sealers at once seal nothing twice.

    :raises TransactionsWentBack: if the server's transactions are older than what is sealed
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_SEALER])
        if not cursor.fetchone()[0]:
            return 0
        last = newest_checkpoint()
        start, sealed = (last.horizon, last.position) if last else (0, 0)
        previous = bytes(last.chain) if last else GENESIS
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        horizon = cursor.fetchone()[0]
        if horizon < start:
            raise TransactionsWentBack(f"Sealed up to transaction {start}, but the server is only at {horizon}.")
        cursor.execute(
            f"SELECT id, transaction_id::text::bigint, {ROW_AS_TEXT} FROM eventlog_entry "  # noqa: S608 - constant
            "WHERE transaction_id >= %s::text::xid8 AND transaction_id < %s::text::xid8 ORDER BY transaction_id, id",
            [str(start), str(horizon)],
        )
        rows = cursor.fetchmany(BATCH)
        if len(rows) == BATCH:
            # Cut at a transaction's edge, so that the next pass starts with a whole one.
            rows += _rest_of(rows[-1][1], cursor)
            horizon = rows[-1][1] + 1
        if not rows:
            return 0
        seals = []
        for position, (entry_id, _, fields) in enumerate(rows, start=sealed + 1):
            previous = seal_of(previous, fields)
            seals.append(Seal(position=position, entry_id=entry_id, chain=previous))
        Seal.objects.bulk_create(seals, batch_size=1_000)
        Checkpoint.objects.create(horizon=horizon, position=sealed + len(rows), chain=previous)
    return len(rows)


def write_anchor(*, folder: Path, now: datetime) -> None:
    """
    Append the newest seal to a file outside the database, where the database's owner cannot rewrite it.

    Without it a log whose newest rows were cut off would look whole.
    """
    last = newest_checkpoint()
    if last is None:
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps({"at": now.isoformat(), "position": last.position, "chain": bytes(last.chain).hex()})
    with (folder / ANCHOR_FILE).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _rest_of(transaction_id: int, cursor: object) -> list[tuple[int, int, list[str]]]:
    rest = []
    while row := cursor.fetchone():  # type: ignore[attr-defined]
        if row[1] != transaction_id:
            break
        rest.append(row)
    return rest

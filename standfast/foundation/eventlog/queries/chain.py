"""Is the event log whole: every event sealed once, in order, and not changed since?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from standfast.foundation.eventlog.models import Checkpoint, Seal
from standfast.foundation.eventlog.rules.seal import GENESIS, seal_of

ANCHOR_FILE = "anchors.jsonl"
# Every column that is evidence, as text that PostgreSQL writes the same way each time.
ROW_AS_TEXT = """ARRAY[id::text, transaction_id::text, kind, about, journey, by_ref,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
    to_char(stored_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), facts::text]"""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something wrong with the log: at which position of the chain, and what."""

    position: int
    what: str


def newest_checkpoint() -> Checkpoint | None:
    """Return how far the sealer got."""
    return Checkpoint.objects.order_by("-id").first()


def find_faults(*, anchors: Path | None = None) -> Iterator[Fault]:
    """
    Walk the whole chain and tell every fault, the first bad position first.

    Without the anchors written outside the database, a log whose newest events and seals were both cut off looks whole.
    """
    yield from _broken_links()
    yield from _unsealed()
    if anchors is not None:
        yield from _against_anchors(anchors)


def seal_lag_seconds(*, now: datetime) -> float:
    """Return how long the oldest unsealed event has waited, in seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(stored_at) FROM eventlog_entry e WHERE NOT EXISTS "
            "(SELECT 1 FROM eventlog_seal s WHERE s.entry_id = e.id)"
        )
        oldest = cursor.fetchone()[0]
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _broken_links() -> Iterator[Fault]:
    previous, expected = GENESIS, 1
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.position, s.chain, e.id IS NOT NULL, {ROW_AS_TEXT} "  # noqa: S608 - constant
            "FROM eventlog_seal s LEFT JOIN eventlog_entry e ON e.id = s.entry_id ORDER BY s.position"
        )
        while rows := cursor.fetchmany(5_000):
            for position, chain, exists, fields in rows:
                if position != expected:
                    yield Fault(position=expected, what=f"seal {expected} is missing")
                elif not exists:
                    yield Fault(position=position, what="the sealed event is gone")
                elif seal_of(previous, fields) != bytes(chain):
                    yield Fault(position=position, what="the event or its seal was changed")
                previous, expected = bytes(chain), position + 1


def _unsealed() -> Iterator[Fault]:
    last = newest_checkpoint()
    if last is None:
        if Seal.objects.exists():
            yield Fault(position=0, what="there are seals without a checkpoint")
        return
    newest = Seal.objects.filter(position=last.position).first()
    if newest is None or bytes(newest.chain) != bytes(last.chain):
        yield Fault(position=last.position, what="the newest checkpoint does not agree with its seal")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id FROM eventlog_entry e WHERE transaction_id < %s::text::xid8 AND NOT EXISTS "
            "(SELECT 1 FROM eventlog_seal s WHERE s.entry_id = e.id) ORDER BY e.id LIMIT 100",
            [str(last.horizon)],
        )
        for (entry_id,) in cursor.fetchall():
            yield Fault(position=last.position, what=f"event {entry_id} was passed over by the sealer")


def _against_anchors(folder: Path) -> Iterator[Fault]:
    path = folder / ANCHOR_FILE
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    anchors = {anchor["position"]: anchor["chain"] for anchor in map(json.loads, filter(None, lines))}
    found = dict(Seal.objects.filter(position__in=anchors).values_list("position", "chain"))
    for position, chain in sorted(anchors.items()):
        if position not in found:
            yield Fault(position=position, what="the log ends before a seal that was anchored outside")
        elif bytes(found[position]).hex() != chain:
            yield Fault(position=position, what="the seal is not the one that was anchored outside")

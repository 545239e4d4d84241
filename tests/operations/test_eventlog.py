"""The event log is append-only for everybody, sealed without gaps, and every tampering is seen."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from standfast.foundation.eventlog import operations, queries
from standfast.foundation.intake.events import SourceKeyRenewed
from standfast.foundation.people.access import WORKER
from tests.builders import filed_contact

FORBIDDEN = [
    "UPDATE eventlog_entry SET about = 'x'",
    "DELETE FROM eventlog_entry",
    "TRUNCATE eventlog_entry",
    "DELETE FROM eventlog_seal",
    "UPDATE eventlog_checkpoint SET position = 0",
    "DROP TABLE eventlog_entry",
    "ALTER TABLE eventlog_entry DISABLE TRIGGER ALL",
]
INSERT = (
    "INSERT INTO eventlog_entry (kind, about, journey, by_ref, at, facts) "
    "VALUES ('test.row.made', %s, '', 'test', now(), '{}')"
)


@pytest.mark.parametrize("role", ["staff", "worker", "sealer", "auditor", "intake", "public"])
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_no_log_in_can_change_or_empty_the_event_log(
    migrated: Any, django_db_setup: None, role: str, statement: str
) -> None:
    with psycopg.connect(migrated.urls[role], autocommit=True) as session:
        session.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(statement)


@pytest.mark.parametrize("statement", FORBIDDEN[:5])
def test_even_the_owner_is_refused_by_the_triggers(fresh_system: Callable[[], Any], statement: str) -> None:
    system = fresh_system()
    with psycopg.connect(system.urls["migrator"]) as owner:
        owner.execute(INSERT, ["x"])
        owner.execute("INSERT INTO eventlog_seal VALUES (1, 1, '')")
        owner.execute("INSERT INTO eventlog_checkpoint (horizon, position, chain) VALUES ('1', 1, '')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            owner.execute(statement)


@pytest.mark.django_db
def test_a_timeline_tells_each_event_in_a_sentence(now: datetime) -> None:
    contact = filed_contact(now=now)
    told = [line.sentence for line in queries.timeline(journey=contact.reference)]
    assert any(sentence.startswith("Contact recorded from online") for sentence in told)
    assert not any("?" in sentence or "{" in sentence for sentence in told)


def renewed(number: int) -> SourceKeyRenewed:
    return SourceKeyRenewed(about=f"source {number}", reason="test")


@pytest.mark.django_db
def test_events_recorded_together_are_stored_in_their_order_by_one_statement(
    now: datetime, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1), operations.recorded_together():
        operations.record(renewed(1), by=WORKER, at=now)
        with operations.recorded_together():
            operations.record(renewed(2), by=WORKER, at=now)
        operations.record(renewed(3), by=WORKER, at=now)
    found = queries.search_events(queries.EventSearch(area="intake"))
    assert [line.about for line in found.lines] == ["source 3", "source 2", "source 1"]


def record_and_fail(now: datetime) -> None:
    with operations.recorded_together():
        operations.record(renewed(2), by=WORKER, at=now)
        raise LookupError


@pytest.mark.django_db
def test_a_part_that_fails_stores_none_of_its_events_and_takes_no_other_with_it(now: datetime) -> None:
    with operations.recorded_together():
        operations.record(renewed(1), by=WORKER, at=now)
        with pytest.raises(LookupError):
            record_and_fail(now)
        operations.record(renewed(3), by=WORKER, at=now)
    found = queries.search_events(queries.EventSearch(area="intake"))
    assert [line.about for line in found.lines] == ["source 3", "source 1"]


def test_a_reader_gets_whole_transactions_however_large_and_nothing_twice(
    fresh_system: Callable[[], Any], speak_to: Callable[[Any], None]
) -> None:
    system = fresh_system()
    speak_to(system)
    position = queries.current_position()
    with psycopg.connect(system.urls["staff"]) as session:
        for size in (1, 7, 2):
            for row in range(size):
                session.execute(INSERT, [f"{size}-{row}"])
            session.commit()
    read: list[list[str]] = []
    while (found := queries.changed_since(position, limit=3))[1]:
        assert found[0].horizon > position.horizon
        position = found[0]
        read.append([about for _, about in found[1]])
    assert read == [["1-0", *(f"7-{row}" for row in range(7))], ["2-0", "2-1"]]


def test_writers_that_commit_out_of_order_are_all_sealed_once(
    fresh_system: Callable[[], Any], django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = fresh_system()
    writers = [threading.Thread(target=write_late, args=(system.urls["staff"], number)) for number in range(8)]
    with django_db_blocker.unblock():
        use(monkeypatch, system.urls["migrator"])
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            operations.seal_once()
        operations.seal_once()
        assert list(queries.find_faults()) == []
        connection.close()
    with psycopg.connect(system.admin_url) as admin:
        entries, seals, out_of_order = admin.execute(SEALED_AND_OUT_OF_ORDER).fetchone()
    assert entries == seals == 8 * 40
    assert out_of_order > 0, "the writers did not commit out of order, so the test proved nothing"


# The last: rows of an earlier transaction with a higher number, which a sealer that goes by number would skip.
SEALED_AND_OUT_OF_ORDER = """
SELECT (SELECT count(*) FROM eventlog_entry WHERE about LIKE 'w%'),
    (SELECT count(*) FROM eventlog_seal s JOIN eventlog_entry e ON e.id = s.entry_id WHERE about LIKE 'w%'),
    (SELECT count(*) FROM eventlog_entry a WHERE EXISTS (
        SELECT 1 FROM eventlog_entry b WHERE b.id > a.id AND b.transaction_id < a.transaction_id))"""


def write_late(url: str, number: int) -> None:
    with psycopg.connect(url) as session:
        for row in range(20):
            # Two rows a transaction, so that numbers of different writers interleave.
            session.execute(INSERT, [f"w{number}-{row}a"])
            session.execute("SELECT pg_sleep(0.002)")
            session.execute(INSERT, [f"w{number}-{row}b"])
            session.commit()


TAMPERINGS = {
    "edit": "UPDATE eventlog_entry SET about = 'x' WHERE id = (SELECT min(entry_id) + 2 FROM eventlog_seal)",
    "re-time": "UPDATE eventlog_entry SET at = at + interval '1 second' WHERE id = (SELECT max(entry_id) FROM eventlog_seal)",
    "delete middle": "DELETE FROM eventlog_entry WHERE id = (SELECT min(entry_id) + 3 FROM eventlog_seal)",
    "delete seal": "DELETE FROM eventlog_seal WHERE position = 2",
    "swap": "UPDATE eventlog_seal SET entry_id = -entry_id WHERE position IN (2, 3); "
    "UPDATE eventlog_seal SET entry_id = (SELECT -entry_id + 0 FROM eventlog_seal s WHERE s.position = 5 - "
    "eventlog_seal.position) WHERE position = 2",
    "insert": "INSERT INTO eventlog_entry (id, transaction_id, kind, about, journey, by_ref, at, facts) "
    "SELECT -1, transaction_id, kind, about, journey, by_ref, at, facts FROM eventlog_entry ORDER BY id LIMIT 1",
    "bit flip": "UPDATE eventlog_seal SET chain = set_byte(chain, 3, get_byte(chain, 3) # 1) WHERE position = 4",
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_every_tampering_by_the_owner_is_seen(
    fresh_system: Callable[[], Any], django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch, tampering: str
) -> None:
    system = fresh_system()
    sealed_log(system)
    with django_db_blocker.unblock():
        use(monkeypatch, system.urls["migrator"])
        operations.seal_once()
        assert list(queries.find_faults()) == []
        tamper(system, TAMPERINGS[tampering])
        assert list(queries.find_faults())
        connection.close()


def test_a_cut_tail_is_seen_with_the_outside_anchor_and_only_with_it(
    fresh_system: Callable[[], Any], django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    system = fresh_system()
    sealed_log(system)
    with django_db_blocker.unblock():
        use(monkeypatch, system.urls["migrator"])
        operations.seal_once()
        sealed_log(system)
        operations.seal_once()
        operations.write_anchor(folder=tmp_path, now=datetime.now(UTC))
        tamper(
            system,
            "DELETE FROM eventlog_entry WHERE id IN (SELECT entry_id FROM eventlog_seal WHERE position > 10);"
            "DELETE FROM eventlog_seal WHERE position > 10;"
            "DELETE FROM eventlog_checkpoint WHERE id = (SELECT max(id) FROM eventlog_checkpoint)",
        )
        assert list(queries.find_faults()) == []
        assert [fault.what for fault in queries.find_faults(anchors=tmp_path)] == [
            "the log ends before a seal that was anchored outside"
        ]
        connection.close()


def sealed_log(system: Any) -> None:
    with psycopg.connect(system.urls["staff"]) as session:
        for row in range(10):
            session.execute(INSERT, [f"row {row}"])


def tamper(system: Any, statements: str) -> None:
    with psycopg.connect(system.admin_url) as owner:
        owner.execute("SET session_replication_role = replica")
        for statement in statements.split(";"):
            owner.execute(statement)


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Let Django's connection speak to another database for the rest of the test."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", psycopg.conninfo.conninfo_to_dict(url)["dbname"])

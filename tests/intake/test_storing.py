"""What does the database do with what arrives, called as the intake process calls it?"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from standfast.foundation.intake.operations import storing
from standfast.foundation.intake.operations.store import Store, Unacceptable
from standfast.foundation.intake.rules.arrival import CallArrival, ContactArrival, RefusedArrival
from standfast.foundation.kernel import refs

AT = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def contact(source: str, key: str, words: str = "He is at the door", **given: Any) -> ContactArrival:
    body = json.dumps({"channel": "999", "words": words})
    standing = {
        "channel": "999",
        "received_at": AT,
        "at": AT,
        "reference": refs.derive_reference(b"secret", source, key),
        "body": body,
        "digest": hashlib.sha256(body.encode()).digest(),
    }
    return ContactArrival(source=source, key=key, **{**standing, **given})


@pytest.fixture
def system(fresh_system: Callable[[], Any]) -> Any:
    made = fresh_system()
    with psycopg.connect(made.urls["migrator"], autocommit=True) as owner:
        for number, code in enumerate(("ctrl", "other")):
            owner.execute(
                "INSERT INTO intake_source (code, name, key_hash, channels, rate_per_minute, active, made_at)"
                " VALUES (%s, %s, %s, '[\"999\"]', 600, true, now())",
                [code, code, bytes([number + 1]) * 32],
            )
    return made


@pytest.fixture
def store(system: Any) -> Iterator[Store]:
    store = Store(system.urls["intake"])
    yield store
    store.close()


def count(system: Any, query: str) -> Any:
    with psycopg.connect(system.urls["migrator"]) as owner:
        row = owner.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_one_contact_is_one_submission_one_outbox_row_and_one_event(system: Any, store: Store) -> None:
    arrival = contact("ctrl", "a")
    assert storing.store_contact(store, arrival) == ("stored", arrival.reference, AT)
    assert count(system, "SELECT count(*) FROM intake_submission") == 1
    assert count(system, "SELECT count(*) FROM intake_filing WHERE filed_at IS NULL") == 1
    with psycopg.connect(system.urls["migrator"]) as owner:
        events = owner.execute("SELECT kind, about, journey, by_ref, at, facts FROM eventlog_entry").fetchall()
    assert events == [
        (
            "intake.submission.stored",
            arrival.reference,
            arrival.reference,
            "source:ctrl",
            AT,
            {"source": "ctrl", "channel": "999", "journalled": False},
        )
    ]


def test_the_same_words_again_change_nothing_and_say_what_stands(system: Any, store: Store) -> None:
    storing.store_contact(store, contact("ctrl", "a"))
    again = contact("ctrl", "a", received_at=AT + timedelta(hours=1))
    assert storing.store_contact(store, again) == ("again", again.reference, AT)
    assert count(system, "SELECT count(*) FROM intake_filing") == 1
    assert count(system, "SELECT count(*) FROM eventlog_entry") == 1


def test_other_words_under_the_same_key_are_kept_once_beside_the_first(system: Any, store: Store) -> None:
    first = contact("ctrl", "a")
    storing.store_contact(store, first)
    for _ in range(2):
        assert storing.store_contact(store, contact("ctrl", "a", "He has gone"))[0] == "conflict"
    assert count(system, "SELECT array_agg(body) FROM intake_submission") == [first.body]
    assert count(system, "SELECT array_agg(body) FROM intake_conflict") == [contact("ctrl", "a", "He has gone").body]
    assert count(system, "SELECT count(*) FROM eventlog_entry WHERE kind = 'intake.submission.conflicted'") == 1


def test_the_same_key_from_another_sender_is_another_contact(system: Any, store: Store) -> None:
    one, other = contact("ctrl", "a"), contact("other", "a", "Something else")
    assert storing.store_contact(store, one)[0] == "stored"
    assert storing.store_contact(store, other)[0] == "stored"
    assert one.reference != other.reference


def test_a_thousand_equal_keys_of_two_senders_at_once_make_two_rows(system: Any) -> None:
    outcomes: list[str] = []

    def send(source: str) -> None:
        mine = Store(system.urls["intake"])
        outcomes.extend(storing.store_contact(mine, contact(source, "same"))[0] for _ in range(125))
        mine.close()

    threads = [threading.Thread(target=send, args=(source,)) for source in ("ctrl", "other") for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2_000
    assert sorted(set(outcomes)) == ["again", "stored"]
    assert outcomes.count("stored") == 2
    assert count(system, "SELECT count(*) FROM intake_submission") == 2
    assert count(system, "SELECT count(*) FROM intake_filing") == 2
    assert count(system, "SELECT count(*) FROM eventlog_entry") == 2


def test_a_reference_that_is_taken_is_never_shared(store: Store) -> None:
    first = contact("ctrl", "a")
    storing.store_contact(store, first)
    with pytest.raises(Unacceptable, match="taken"):
        storing.store_contact(store, contact("ctrl", "b", reference=first.reference))


def test_an_unknown_source_is_refused_by_the_database_too(store: Store) -> None:
    with pytest.raises(Unacceptable, match="There is no source nobody"):
        storing.store_contact(store, contact("nobody", "a"))


def test_a_call_event_sent_again_changes_nothing(system: Any, store: Store) -> None:
    event = CallArrival(source="ctrl", source_ref="call-1", event="presented", happened_at=AT, at=AT)
    assert [storing.store_call_event(store, event) for _ in range(2)] == ["stored", "again"]
    assert count(system, "SELECT count(*) FROM intake_call_event") == 1
    assert count(system, "SELECT count(*) FROM intake_filing") == 1


def test_the_line_of_a_call_is_kept_and_no_other_than_the_two(system: Any, store: Store) -> None:
    told = {"source": "ctrl", "source_ref": "call-1", "happened_at": AT, "at": AT}
    storing.store_call_event(store, CallArrival(event="presented", channel="101", **told))
    storing.store_call_event(store, CallArrival(event="ended", **told))
    assert count(system, "SELECT json_object_agg(event, channel) FROM intake_call_event") == {
        "presented": "101",
        "ended": "",
    }
    with pytest.raises(Unacceptable):
        storing.store_call_event(store, CallArrival(event="abandoned", channel="911", **told))


def test_the_previous_release_may_still_tell_of_a_call_without_its_line(system: Any) -> None:
    with psycopg.connect(system.urls["intake"], autocommit=True) as login:
        row = login.execute("SELECT intake_call_event_received('ctrl', 'c', 'presented', %s, NULL)", [AT]).fetchone()
    assert row == ("stored",)


def test_refusals_are_counted_by_the_hour_and_kept_byte_for_byte(system: Any, store: Store) -> None:
    for body in (b"\xff\x00", b"{"):
        storing.store_refusal(store, RefusedArrival(source="ctrl", kind="not_json", at=AT, body=body))
    storing.store_count(store, ("", "key", AT), 7)
    assert count(system, "SELECT json_object_agg(source_code || '/' || kind, count) FROM intake_refusal_count") == {
        "ctrl/not_json": 2,
        "/key": 7,
    }
    assert count(system, "SELECT array_agg(body ORDER BY id) FROM intake_refused_body") == [b"\xff\x00", b"{"]


FORBIDDEN = [
    "SELECT * FROM intake_submission",
    "SELECT * FROM intake_source",
    "SELECT * FROM eventlog_entry",
    "SELECT * FROM people_staffmember",
    "INSERT INTO intake_filing (submission_id) VALUES (1)",
    "INSERT INTO eventlog_entry (kind, about, journey, by_ref, at, facts) VALUES ('x', 'x', '', 'x', now(), '{}')",
    "UPDATE intake_submission SET body = ''",
    "DELETE FROM intake_submission",
    "TRUNCATE intake_submission",
    "CREATE TABLE mine (a int)",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("role", ["intake", "public"])
def test_the_doors_may_call_their_functions_and_nothing_else(system: Any, role: str, statement: str) -> None:
    with psycopg.connect(system.urls[role]) as login, pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute(statement)


def test_the_public_process_sends_only_as_the_website(system: Any) -> None:
    with psycopg.connect(system.urls["public"]) as login, pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute("SELECT * FROM intake_sources()")
    store = Store(system.urls["public"], door="public")
    assert storing.store_contact(store, contact("website", "a", channel="online"))[0] == "stored"
    with pytest.raises(Exception, match="only as the website"):
        storing.store_contact(store, contact("ctrl", "a", channel="online"))
    store.close()


@pytest.mark.parametrize("table", ["intake_submission", "intake_call_event", "intake_refused_body", "intake_conflict"])
@pytest.mark.parametrize("change", ["UPDATE {} SET body = 'x'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_received_is_never_changed_not_even_by_the_owner(
    system: Any, store: Store, table: str, change: str
) -> None:
    storing.store_contact(store, contact("ctrl", "a"))
    storing.store_contact(store, contact("ctrl", "a", "Other words"))
    storing.store_refusal(store, RefusedArrival(source="ctrl", kind="not_json", at=AT, body=b"{"))
    event = CallArrival(source="ctrl", source_ref="call-1", event="presented", happened_at=AT, at=AT)
    storing.store_call_event(store, event)
    statement = change.format(table).replace("SET body", "SET event" if table == "intake_call_event" else "SET body")
    with psycopg.connect(system.urls["migrator"]) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(statement)

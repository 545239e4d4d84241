"""Does everything received become a record once, and does what cannot be filed hold up nothing and stay in sight?"""

import contextlib
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from standfast.cli.filing import FILERS
from standfast.foundation.eventlog.queries import timeline
from standfast.foundation.intake import operations, queries
from standfast.foundation.intake.operations.filing import FIRST_WAIT, LEASE, MOST_ATTEMPTS
from standfast.foundation.intake.queries import Received, ReceivedCallEvent
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.people.access import WORKER
from standfast.foundation.people.roles import Role

pytestmark = pytest.mark.django_db

SUPERVISOR = Actor(ref="staff:sana", name="Sana", roles=frozenset({Role.CONTACT_SUPERVISOR.value}))
ADMINISTRATOR = Actor(ref="staff:adam", name="Adam", roles=frozenset({Role.ADMINISTRATOR.value}))


class Notebook:
    """Files by writing down, except what it was told to fail on."""

    def __init__(self) -> None:
        self.contacts: list[Received] = []
        self.events: list[ReceivedCallEvent] = []
        self.fails_on: set[str] = set()

    def file_submission(self, received: Received, *, by: Actor, now: datetime) -> str:
        if received.idempotency_key in self.fails_on:
            raise LookupError(f"somebody's words: {received.fields['words']}")
        self.contacts.append(received)
        return received.reference

    def file_call_event(self, received: ReceivedCallEvent, *, by: Actor, now: datetime) -> str:
        self.events.append(received)
        return ""

    def filers(self) -> operations.Filers:
        return operations.Filers(
            submission=self.file_submission, call_event=self.file_call_event, unit_report=self.file_call_event
        )


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture(autouse=True)
def source(now: datetime, db: None) -> str:
    return operations.register_source(
        new=operations.NewSource(code="ctrl", name="Control room"), by=ADMINISTRATOR, now=now
    )


def receive(key: str, now: datetime, words: str = "words", **more: Any) -> str:
    reference = refs.derive_reference(b"secret", "ctrl", key)
    body = json.dumps({"channel": "101", "words": words, **more})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome FROM intake_accept('ctrl', %s, %s, '101', %s, %s, %s, %s, NULL)",
            [key, reference, now, body, hashlib.sha256(body.encode()).digest(), now],
        )
    return reference


def test_what_waits_is_filed_in_order_and_once(notebook: Notebook, now: datetime) -> None:
    references = [receive(f"k{number}", now) for number in range(5)]
    assert queries.count_waiting() == 5
    assert operations.file_waiting(filers=notebook.filers(), by=WORKER, now=now) == 5
    assert [contact.reference for contact in notebook.contacts] == references
    assert notebook.contacts[0].fields == {"channel": "101", "words": "words"}
    assert operations.file_waiting(filers=notebook.filers(), by=WORKER, now=now) == 0
    assert queries.get_filing_state(reference=references[0].lower())[1] is not None


def test_a_field_that_is_null_is_a_field_that_is_absent(notebook: Notebook, now: datetime) -> None:
    receive("k", now, kind=None, caller={"name": None, "phone": "1"}, place=None, unknown=[None])
    operations.file_waiting(filers=notebook.filers(), by=WORKER, now=now)
    assert notebook.contacts[0].fields == {
        "channel": "101",
        "words": "words",
        "caller": {"phone": "1"},
        "unknown": [None],
    }


def test_call_events_are_filed_too(notebook: Notebook, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_call_event_received('ctrl', 'call-1', 'answered', %s, NULL)", [now])
    operations.file_waiting(filers=notebook.filers(), by=WORKER, now=now)
    assert [(event.source_ref, event.event.value, event.at) for event in notebook.events] == [
        ("call-1", "answered", now)
    ]


def test_a_row_that_fails_is_tried_later_and_holds_up_nothing(notebook: Notebook, now: datetime) -> None:
    receive("bad", now)
    receive("good", now)
    notebook.fails_on = {"bad"}
    assert operations.file_waiting(filers=notebook.filers(), by=WORKER, now=now) == 2
    assert [contact.idempotency_key for contact in notebook.contacts] == ["good"]
    notebook.fails_on = set()
    assert operations.file_waiting(filers=notebook.filers(), by=WORKER, now=now) == 0
    assert operations.file_waiting(filers=notebook.filers(), by=WORKER, now=now + FIRST_WAIT) == 1
    assert [contact.idempotency_key for contact in notebook.contacts] == ["good", "bad"]


def fail_to_the_end(notebook: Notebook, now: datetime) -> datetime:
    for _ in range(MOST_ATTEMPTS):
        now += timedelta(minutes=1)
        operations.file_waiting(filers=notebook.filers(), by=WORKER, now=now)
    return now


def test_a_row_that_keeps_failing_is_parked_and_stays_in_sight(notebook: Notebook, now: datetime) -> None:
    reference = receive("bad", now)
    notebook.fails_on = {"bad"}
    end = fail_to_the_end(notebook, now)
    (parked,) = queries.list_parked()
    assert (parked.reference, parked.attempts, parked.parked_at) == (reference, MOST_ATTEMPTS, end)
    assert parked.error == "builtins.LookupError"
    assert queries.intake_state(now=end).parked == 1
    assert operations.file_waiting(filers=notebook.filers(), by=WORKER, now=end + timedelta(days=1)) == 0
    assert "must look" in timeline(about=reference)[0].sentence


def test_a_parked_row_is_filed_once_a_person_lets_it(notebook: Notebook, now: datetime) -> None:
    receive("bad", now)
    notebook.fails_on = {"bad"}
    end = fail_to_the_end(notebook, now)
    (parked,) = queries.list_parked()
    notebook.fails_on = set()
    operations.retry_parked(filing=parked.filing, reason="The form was mended", by=SUPERVISOR, now=end)
    assert operations.file_waiting(filers=notebook.filers(), by=WORKER, now=end) == 1
    with pytest.raises(NotFound):
        operations.retry_parked(filing=parked.filing, reason="Again", by=SUPERVISOR, now=end)


class WorkerDied(BaseException):
    """What no code of ours catches: as when the process is killed."""


def test_a_row_that_kills_its_worker_is_parked_in_the_end_and_no_other_with_it(
    notebook: Notebook, now: datetime
) -> None:
    keys = ["before", "deadly", "after"]
    for key in keys:
        receive(key, now)

    def die(received: Received, *, by: Actor, now: datetime) -> str:
        if received.idempotency_key == "deadly":
            raise WorkerDied
        return notebook.file_submission(received, by=by, now=now)

    filers = operations.Filers(submission=die, call_event=notebook.file_call_event, unit_report=die)
    for _ in range(MOST_ATTEMPTS + 2):
        with contextlib.suppress(WorkerDied):
            while operations.file_waiting(filers=filers, by=WORKER, now=now):
                pass
        now += LEASE
    assert [contact.idempotency_key for contact in notebook.contacts] == ["before", "after"]
    assert [parked.attempts for parked in queries.list_parked()] == [MOST_ATTEMPTS]
    assert queries.count_waiting() == 0


def test_only_the_worker_files(notebook: Notebook, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        operations.file_waiting(filers=notebook.filers(), by=SUPERVISOR, now=now)


def test_other_words_wait_for_a_person(now: datetime) -> None:
    reference = receive("k", now, "He is here")
    receive("k", now, "He has gone")
    (conflict,) = queries.list_open_conflicts()
    assert (conflict.reference, conflict.standing["words"], conflict.other["words"]) == (
        reference,
        "He is here",
        "He has gone",
    )
    operations.resolve_conflict(
        conflict=conflict.conflict, resolution="The second is a new call", by=SUPERVISOR, now=now
    )
    assert queries.list_open_conflicts() == []
    with pytest.raises(NotFound):
        operations.resolve_conflict(conflict=conflict.conflict, resolution="No", by=SUPERVISOR, now=now)
    kinds = [line.kind for line in timeline(journey=reference)]
    assert kinds == ["intake.conflict.resolved", "intake.submission.conflicted", "intake.submission.stored"]
    assert "both are kept" in timeline(journey=reference)[1].sentence


def test_a_source_is_registered_once_and_its_key_shown_once(now: datetime, source: str) -> None:
    assert len(source) > 40
    with pytest.raises(operations.SourceIsRegistered):
        operations.register_source(new=operations.NewSource(code="ctrl", name="Twice"), by=ADMINISTRATOR, now=now)
    with pytest.raises(NotAllowed):
        operations.register_source(new=operations.NewSource(code="mine", name="Mine"), by=SUPERVISOR, now=now)
    renewed = operations.renew_key(code="ctrl", reason="Lost", by=ADMINISTRATOR, now=now)
    assert renewed != source
    operations.stop_source(code="ctrl", reason="Replaced", by=ADMINISTRATOR, now=now)
    assert [row.active for row in queries.list_sources() if row.code == "ctrl"] == [False]
    assert [line.kind for line in timeline(about="ctrl")] == [
        "intake.source.stopped",
        "intake.source.key_renewed",
        "intake.source.registered",
    ]


def test_what_came_in_adds_up(now: datetime) -> None:
    receive("a", now)
    receive("b", now)
    receive("a", now, "Other words")
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_refused('ctrl', 'not_json', %s, 1, '\\x7b')", [now])
    totals = queries.totals()
    assert (totals.submissions, totals.conflicts, totals.refused, totals.bodies) == (2, 1, {"not_json": 1}, 1)


WHOLE = {
    "channel": "101",
    "words": "There is a man at my door shouting and he will not go away, my children are upstairs",
    "caller": {"name": "Made Up", "phone": "07700 900123", "relation": "victim"},
    "place": {"text": "12 High Street, Knotford", "lat": 52.8, "lon": -2.1},
    "kind": "disturbance",
    "source_ref": "call-1",
}
MOST_STATEMENTS = 21
"""Of one contact with everything it can bring, the savepoint it has inside a test among them."""


def test_a_contact_is_filed_by_a_bounded_number_of_statements(now: datetime) -> None:
    for number in range(4):
        receive(f"k{number}", now, **{**WHOLE, "source_ref": f"call-{number}"})
    one, three = statements_to_file(1, now), statements_to_file(3, now)
    assert queries.count_waiting() == 0
    assert (three - one) / 2 <= MOST_STATEMENTS


def statements_to_file(count: int, now: datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert operations.file_waiting(filers=FILERS, by=WORKER, now=now, limit=count) == count
    return len(asked)

"""How many of the same rows does bare psycopg commit a second: submission, outbox row and event, by as many clients?"""

import hashlib
import threading
import time
import uuid
from multiprocessing import get_context

import psycopg

from standfast.bench.intake_load import body_of

_SUBMISSION = (
    "INSERT INTO intake_submission (source_id, idempotency_key, reference, channel, received_at, body, digest)"
    " VALUES (%(source)s, %(key)s, %(reference)s, '999', now(), %(body)s, %(digest)s) RETURNING id"
)
_EVENT = (
    "INSERT INTO eventlog_entry (kind, about, journey, by_ref, at, facts)"
    " VALUES ('intake.submission.stored', %(reference)s, %(reference)s, 'source:bench', now(), %(facts)s)"
)
_AT_ONCE = (
    f"WITH submission AS ({_SUBMISSION}),"  # noqa: S608 - fixed words
    f" filing AS (INSERT INTO intake_filing (submission_id) SELECT id FROM submission) {_EVENT}"
)
_FACTS = '{"source": "bench", "channel": "999", "journalled": false}'


def commits_per_second(*, url: str, source: int, clients: int, seconds: float, at_once: bool) -> float:
    """
    Return commits a second. `at_once` puts the three rows into one statement, one round trip; else there are three and a commit.

    The clients are spread over processes, so that it is PostgreSQL that is measured and not one Python.
    """
    processes = min(4, clients)
    part = (url, source, clients // processes, seconds, at_once)
    with get_context("spawn").Pool(processes) as pool:
        return sum(pool.starmap(_commit_part, [part] * processes)) / seconds


def _commit_part(url: str, source: int, clients: int, seconds: float, at_once: bool) -> int:  # noqa: FBT001 - by position over a pool
    counts: list[int] = []
    ready = threading.Barrier(clients)

    def commit() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            _commit_one(connection, source, at_once=at_once)
            ready.wait()
            until, count = time.perf_counter() + seconds, 0
            while time.perf_counter() < until:
                _commit_one(connection, source, at_once=at_once)
                count += 1
            counts.append(count)

    threads = [threading.Thread(target=commit) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def insert_at_once(connection: psycopg.Connection, *, source: int, key: str, body: bytes) -> None:
    """Commit the three rows of one contact by one statement."""
    connection.execute(_AT_ONCE.encode(), _rows(source, key, body), prepare=True)


def _commit_one(connection: psycopg.Connection, source: int, *, at_once: bool) -> None:
    key = uuid.uuid4().hex
    body = body_of(key)
    if at_once:
        insert_at_once(connection, source=source, key=key, body=body)
        return
    given = _rows(source, key, body)
    with connection.transaction():
        row = connection.execute(_SUBMISSION.encode(), given, prepare=True).fetchone()
        connection.execute("INSERT INTO intake_filing (submission_id) VALUES (%s)", row, prepare=True)
        connection.execute(_EVENT.encode(), given, prepare=True)


def _rows(source: int, key: str, body: bytes) -> dict[str, object]:
    digest = hashlib.sha256(body).digest()
    reference = hashlib.sha256(key.encode()).hexdigest()[:17]
    return {
        "source": source,
        "key": key,
        "reference": reference,
        "body": body.decode(),
        "digest": digest,
        "facts": _FACTS,
    }

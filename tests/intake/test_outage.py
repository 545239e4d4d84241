"""What happens to contacts while the database is away, slow, or come back; and to a key that is used again?"""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.intake.chaos import Reply, Site, Web, made_up, send, site, until

pytestmark = pytest.mark.database

RECEIVED = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
DEADLINE_SECONDS = 3.0
MONTH_OF_SECONDS = str(30 * 24 * 3600)


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    """One site for these tests; each leaves its database running and its intake stopped."""
    with site() as made:
        yield made


@pytest.fixture
def web(place: Site) -> Iterator[Web]:
    """A running intake process."""
    started = place.web()
    started.start()
    yield started
    started.stop()


def contact(place: Site, web: Web, key: str, **more: Any) -> Reply:
    body = json.dumps({"channel": "999", "words": f"words of {key}", **more}).encode()
    return send(web.port, "/api/v1/contacts", body, key=place.key, Idempotency_Key=key)


def back_in_database(place: Site, web: Web) -> bool:
    return not web.journals() and place.journal_is_in()


def test_two_hundred_contacts_are_taken_while_the_database_is_away(place: Site, web: Web) -> None:
    place.postgres.kill()
    waited: list[float] = []

    def take(number: int) -> Reply:
        began = time.monotonic()
        reply = contact(place, web, f"away-{number}", received_at=(RECEIVED + timedelta(seconds=number)).isoformat())
        waited.append(time.monotonic() - began)
        return reply

    with ThreadPoolExecutor(8) as clients:
        replies = list(clients.map(take, range(200)))
    assert {(reply.status, reply.body["state"]) for reply in replies} == {(202, "journalled")}
    assert max(waited) <= DEADLINE_SECONDS

    # Killed too: what was acknowledged is in the file. A torn entry after it was never acknowledged.
    web.kill()
    (written,) = place.journal.glob("*.journal")
    with written.open("ab") as file:
        file.write(written.read_bytes()[:100])
    place.postgres.start()
    web.start()
    until(place.journal_is_in, what="journal in the database")
    rows = place.ask(
        "SELECT s.idempotency_key, s.reference, s.received_at, count(f.id) FROM intake_submission s"
        " JOIN intake_filing f ON f.submission_id = s.id WHERE s.idempotency_key LIKE 'away-%%' GROUP BY s.id"
    )
    assert sorted(rows) == sorted(
        (f"away-{number}", reply.body["reference"], RECEIVED + timedelta(seconds=number), 1)
        for number, reply in enumerate(replies)
    )
    assert contact(place, web, "away-7", received_at=(RECEIVED + timedelta(seconds=7)).isoformat()).status == 200


def test_a_database_that_answers_nobody_does_not_keep_a_caller_waiting(place: Site, web: Web) -> None:
    assert contact(place, web, "warm").status in {200, 201}
    place.postgres.freeze()
    try:
        began = time.monotonic()
        with ThreadPoolExecutor(4) as clients:
            replies = list(clients.map(lambda number: contact(place, web, f"frozen-{number}"), range(12)))
        assert {reply.status for reply in replies} == {202}
        # Four at once wait two seconds; by then it is known to be away, and the rest need not wait.
        assert time.monotonic() - began <= 2 * DEADLINE_SECONDS
    finally:
        place.postgres.thaw()
    until(lambda: back_in_database(place, web), what="journal in the database")
    assert place.one("SELECT count(*) FROM intake_submission WHERE idempotency_key LIKE 'frozen-%%'") == 12


def test_an_intake_that_starts_without_a_database_knows_its_senders(place: Site, web: Web) -> None:
    until((place.journal / "sources.json").exists, what="list of sources on the disk")
    assert (place.journal / "sources.json").stat().st_mode & 0o077 == 0
    web.stop()
    place.postgres.kill()
    web.start()
    assert contact(place, web, "boot").status == 202
    assert send(web.port, "/api/v1/contacts", b"{}", key="nobody", Idempotency_Key="boot").status == 401
    place.postgres.start()
    until(lambda: back_in_database(place, web), what="journal in the database")
    assert contact(place, web, "boot").status == 200


def test_when_nothing_can_be_written_nothing_is_acknowledged(place: Site, web: Web) -> None:
    place.postgres.kill()
    hidden = place.journal.rename(place.journal.with_name("gone"))
    try:
        reply = contact(place, web, "nowhere")
        assert (reply.status, reply.headers["content-type"]) == (503, "application/problem+json")
        assert "Retry-After" in {name.title() for name in reply.headers}
    finally:
        hidden.rename(place.journal)
    assert contact(place, web, "nowhere").status == 202
    place.postgres.start()
    until(lambda: back_in_database(place, web), what="journal in the database")


def test_a_journal_entry_is_not_read_by_looking_at_the_file(place: Site, web: Web) -> None:
    place.postgres.kill()
    assert contact(place, web, "sealed", words="canary-in-the-words").status == 202
    (written,) = place.journal.glob("*.journal")
    assert b"canary" not in written.read_bytes()
    assert written.stat().st_mode & 0o077 == 0
    place.postgres.start()
    until(lambda: back_in_database(place, web), what="journal in the database")
    assert place.one("SELECT count(*) FROM intake_submission WHERE body LIKE '%%canary-in-the-words%%'") == 1


def test_the_same_key_gives_the_same_reference_at_once_after_a_restart_and_after_thirty_days(
    place: Site, web: Web
) -> None:
    keys = [f"again-{number}" for number in range(20)]
    first = [contact(place, web, key).body["reference"] for key in keys]
    at_once = [contact(place, web, key) for key in keys]
    web.kill()
    web.start()
    restarted = [contact(place, web, key) for key in keys]
    web.stop()
    later = place.web(STANDFAST_CLOCK_OFFSET_SECONDS=MONTH_OF_SECONDS)
    later.start()
    month_later = [contact(place, later, key) for key in keys]
    later.stop()
    for replies in (at_once, restarted, month_later):
        assert {reply.status for reply in replies} == {200}
        assert [reply.body["reference"] for reply in replies] == first
    assert place.one("SELECT count(*) FROM intake_submission WHERE idempotency_key LIKE 'again-%%'") == 20


def test_other_words_under_a_used_key_are_kept_and_told(place: Site, web: Web) -> None:
    first = contact(place, web, "conflict")
    other = contact(place, web, "conflict", words="He has a knife")
    assert (first.status, other.status) == (201, 409)
    assert other.body["reference"] == first.body["reference"]
    assert contact(place, web, "conflict").status == 200
    kept = place.ask(
        "SELECT s.body, c.body FROM intake_conflict c JOIN intake_submission s ON s.id = c.submission_id"
        " WHERE s.idempotency_key = 'conflict'"
    )
    assert [(json.loads(standing)["words"], json.loads(other)["words"]) for standing, other in kept] == [
        ("words of conflict", "He has a knife")
    ]


def test_one_key_sent_a_thousand_times_at_once_is_one_contact(place: Site, web: Web) -> None:
    twin = place.web()
    twin.start()
    statuses: list[int] = []

    def send_many(port: Web) -> None:
        statuses.extend(contact(place, port, "rush").status for _ in range(100))

    threads = [threading.Thread(target=send_many, args=(each,)) for each in (web, twin) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    twin.stop()
    assert sorted(statuses) == [200] * 999 + [201]
    assert place.one("SELECT count(*) FROM intake_submission WHERE idempotency_key = 'rush'") == 1


def test_the_words_are_kept_as_they_were_sent(place: Site, web: Web) -> None:
    for each in made_up(50, seed=41, calls=0):
        reply = send(web.port, each.path, each.body, key=place.key, Idempotency_Key=f"exact-{each.key}")
        assert reply.status == 201
        assert sorted(reply.body["unknown_fields"]) == ["unknown"]
        row = place.ask("SELECT body FROM intake_submission WHERE reference = %s", (reply.body["reference"],))
        assert row[0][0].encode() == each.body


def test_every_journal_file_is_finished_however_often_the_database_comes_and_goes(place: Site, web: Web) -> None:
    sending = True

    def send_on(number: int) -> int:
        count = 0
        while sending:
            assert contact(place, web, f"often-{number}-{count}").status in {201, 202}
            count += 1
        return count

    with ThreadPoolExecutor(6) as clients:
        sent = [clients.submit(send_on, number) for number in range(6)]
        try:
            for _ in range(4):
                place.postgres.kill()
                place.postgres.start()
                until(lambda: not web.journals(), what="return to the database")
        finally:
            sending = False
        total = sum(each.result() for each in sent)
    until(place.journal_is_in, what="journal in the database")
    assert place.one("SELECT count(*) FROM intake_submission WHERE idempotency_key LIKE 'often-%%'") == total

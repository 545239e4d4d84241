"""Is a contact filed soon, whatever the ones before it wait for?"""

import json

import psycopg
import pytest

from standfast.bench.serving import WORKER, environment, running
from tests.intake.chaos import Site, Web, send, site, until

pytestmark = pytest.mark.database

HELD, BEHIND = 6, 5
# Half as long as one thread alone would be kept: nobody waits longer than two seconds for a lock, but for each of the held in turn.
SOON_SECONDS = HELD
BLOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"
FILED = "SELECT count(*) FROM intake_filing WHERE filed_at IS NOT NULL"


def contact(web: Web, place: Site, name: str, *, source_ref: str = "") -> None:
    body = {"channel": "999", "words": f"No {name}", "source_ref": source_ref}
    reply = send(web.port, "/api/v1/contacts", json.dumps(body).encode(), key=place.key, Idempotency_Key=name)
    assert reply.status == 201


def test_rows_that_wait_for_a_lock_keep_none_behind_them_waiting() -> None:
    with site() as place, psycopg.connect(place.urls["migrator"]) as somebody:
        web = place.web()
        web.start()
        for number in range(HELD):
            call = "INSERT INTO contact_call (source, source_ref, channel) VALUES ('ctrl', %s, '999')"
            somebody.execute(call, [f"held-{number}"])
            contact(web, place, f"held-{number}", source_ref=f"held-{number}")
        with running([*WORKER], environment("worker", place.urls["worker"])):
            until(lambda: bool(place.one(BLOCKED)), what="filing that waits for the lock")
            for number in range(BEHIND):
                contact(web, place, f"behind-{number}")
            until(lambda: place.one(FILED) == BEHIND, seconds=SOON_SECONDS, what="filing of those behind")
            somebody.rollback()
            until(lambda: place.one(FILED) == BEHIND + HELD, what="filing of those that waited")
    web.stop()

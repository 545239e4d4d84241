"""How does the intake come to need a person? By what senders send."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from standfast.foundation.intake import operations, queries
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.people.access import WORKER, operator

SOURCE = "ctrl"


def registered_source(*, now: datetime) -> str:
    """Return the code of a registered source."""
    if SOURCE not in {row.code for row in queries.list_sources()}:
        new = operations.NewSource(code=SOURCE, name="Control room")
        operations.register_source(new=new, by=operator("test"), now=now)
    return SOURCE


def receive(key: str, *, now: datetime, **body: Any) -> str:
    """Store a contact as a source sends it, and return its reference."""
    registered_source(now=now)
    reference = refs.derive_reference(b"secret", SOURCE, key)
    text = json.dumps({"channel": "101", **body})
    digest = hashlib.sha256(text.encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome FROM intake_accept(%s, %s, %s, '101', %s, %s, %s, %s, NULL)",
            [SOURCE, key, reference, now, text, digest, now],
        )
    return reference


def conflict(key: str = "twice", *, now: datetime) -> int:
    """Return the number of an open conflict: one key, two texts."""
    receive(key, now=now, words="He is outside", caller={"phone": "01"})
    reference = receive(key, now=now, words="He is inside", caller={"phone": "01"})
    return next(each.conflict for each in queries.list_open_conflicts() if each.reference == reference)


def parked(key: str = "unlucky", *, now: datetime) -> int:
    """Return the number of an entry that failed until it was put aside."""
    reference = receive(key, now=now, words="Something")

    def fail(received: object, *, by: object, now: datetime) -> str:
        raise LookupError("it cannot be filed")

    filers = operations.Filers(submission=fail, call_event=fail, unit_report=fail)
    for hour in range(30):
        operations.file_waiting(filers=filers, by=WORKER, now=now + timedelta(hours=hour))
    for each in queries.list_parked():
        if each.reference == reference:
            return each.filing
    raise NotFound("It was not put aside.")

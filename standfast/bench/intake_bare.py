"""
How many contacts a second does a web program take that does nothing but insert?

The second yardstick, served as ours is: no framework, no keys, no checks; one statement for the same three rows.
"""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

from standfast.bench.intake_raw import insert_at_once

_mine = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Insert what was posted and say so."""
    if not hasattr(_mine, "connection"):
        _mine.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if body:
        insert_at_once(
            _mine.connection, source=int(os.environ["BARE_SOURCE"]), key=environ["HTTP_IDEMPOTENCY_KEY"], body=body
        )
    # A GET asks whether it is up.
    start_response("201 Created" if body else "200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]

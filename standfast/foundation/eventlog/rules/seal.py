"""What is the seal of an event? A hash over the seal before it and every byte of the row, so that no row can change unseen."""

import hashlib
from collections.abc import Sequence

GENESIS = hashlib.sha256(b"standfast event log").digest()


def seal_of(previous: bytes, fields: Sequence[str]) -> bytes:
    """
    Return the SHA-256 seal of a row, given the seal before it and its fields as text.

    Each field is prefixed with its length in bytes, so no two different rows share one sequence of bytes.
    """
    digest = hashlib.sha256(previous)
    for field in fields:
        written = field.encode()
        digest.update(len(written).to_bytes(8, "big"))
        digest.update(written)
    return digest.digest()

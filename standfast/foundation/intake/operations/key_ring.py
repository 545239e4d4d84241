"""Whose key is this? Known without asking the database, so that senders are recognised while it is away and after a restart."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from standfast.foundation.intake.operations import journal

FILE_NAME = "sources.json"


@dataclass(frozen=True, kw_only=True)
class KnownSource:
    """A source as the intake process knows it: `key_hash` is the SHA-256 of its key, in hexadecimal."""

    code: str
    key_hash: str
    channels: tuple[str, ...]
    rate_per_minute: int


class KeyRing:
    """The registered sources: refreshed from the database, kept in a file (for this user only) beside the journal."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME
        self._by_hash: dict[str, KnownSource] = {}
        if self._path.exists():
            self._take(self._stored())

    def owner_of(self, key: str) -> KnownSource | None:
        """Return the source that holds this key. Hashes are looked up, not keys: the time it takes tells nothing of a key."""
        return self._by_hash.get(hash_of_key(key).hex())

    def count(self) -> int:
        """Return how many keys are known."""
        return len(self._by_hash)

    def refresh(self, sources: Iterable[KnownSource]) -> None:
        """Take what the database says, and keep it on disk if it is news."""
        before = self._by_hash
        self._take(sources)
        if self._by_hash != before or not self._path.exists():
            rows = [asdict(source) for source in self._by_hash.values()]
            journal.replace_file(self._path, json.dumps(rows).encode())

    def _take(self, sources: Iterable[KnownSource]) -> None:
        self._by_hash = {source.key_hash: source for source in sources}

    def _stored(self) -> list[KnownSource]:
        rows: list[dict[str, Any]] = json.loads(self._path.read_bytes())
        return [KnownSource(**{**row, "channels": tuple(row["channels"])}) for row in rows]


def hash_of_key(key: str) -> bytes:
    """Return what is kept of a source's key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()

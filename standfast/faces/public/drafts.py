"""
Where do answers wait between two pages? In a row only this visitor's cookie opens, and sealed in the page itself.

The row is the truth; the page's own copy serves when the database is away or has forgotten. Both are sealed under the visitor's token,
which is nowhere but in a cookie: once that is gone, nobody can read either, we least of all.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from standfast.foundation.intake.operations.store import NotCommitted, Store
from standfast.foundation.intake.rules.journal_frame import Seal, SealedOtherwise
from standfast.foundation.kernel.days import parse_instant

TOKEN_BYTES = 16
KEY_BYTES = 16
# A page left open overnight still sends its words; one from last week does not come back to life.
CARRIED_FOR = timedelta(hours=24)
RETRY_SECONDS = 1.0


class Ended(Exception):
    """The visitor has left: what was kept is gone and does not come back."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the visitor is told was done with the report."""

    reference: str
    received_at: str
    journalled: bool = False


@dataclass(frozen=True, kw_only=True)
class Draft:
    """
    One report being written. `key` is what it will be stored under, made once, so that however often it is sent it is one report.

    `saved_at` is an RFC 3339 instant: of two copies the younger counts.
    """

    key: str
    answers: Mapping[str, str] = field(default_factory=dict)
    saved_at: str = ""
    receipt: Receipt | None = None

    @classmethod
    def begin(cls) -> Self:
        """Return a draft with a key of its own and no answers."""
        return cls(key=secrets.token_hex(KEY_BYTES))

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Return a draft from its JSON."""
        found: dict[str, Any] = json.loads(text)
        receipt = found.pop("receipt")
        return cls(**found, receipt=Receipt(**receipt) if receipt else None)

    def written(self) -> bytes:
        """Return the draft as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    def answered(self, answers: Mapping[str, str], *, now: datetime) -> Self:
        """Return the draft with these answers over the earlier ones."""
        return replace(self, answers={**self.answers, **answers}, saved_at=now.isoformat())

    def sent(self, receipt: Receipt, *, now: datetime) -> Self:
        """Return what stays of the draft once it is stored: the receipt, none of the words."""
        return replace(self, answers={}, receipt=receipt, saved_at=now.isoformat())


def new_token() -> str:
    """Return a fresh token of 128 bits for a visitor's cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Drafts:
    """The drafts of this process's database."""

    def __init__(self, *, address: str, secret: str) -> None:
        self._store = Store(address, door="public")
        self._secret = secret.encode()
        self._lock = threading.Lock()
        self._asked_again_at = 0.0

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def find(self, token: str, *, now: datetime) -> Draft | None:
        """
        Return the draft of a token, or None where there is none (any more).

        :raises Ended: if its visitor has left
        :raises NotCommitted: if the database is away
        """
        rows = self._call("SELECT body, ended FROM public.public_draft_read(%s, %s)", _hash_of(token), now)
        if not rows:
            return None
        body, ended = rows[0]
        if ended:
            raise Ended
        return self._opened(token, bytes(body))

    def keep(self, token: str, draft: Draft, *, now: datetime) -> None:
        """
        Keep a draft for an hour from now.

        :raises Ended: if its visitor has left
        :raises NotCommitted: if the database is away
        """
        sealed = self._seal(token).close(draft.written())
        rows = self._call("SELECT public.public_draft_keep(%s, %s, %s)", _hash_of(token), sealed, now)
        if not rows[0][0]:
            raise Ended

    def end(self, token: str, *, now: datetime) -> None:
        """
        Empty a draft for good.

        :raises NotCommitted: if the database is away; without its cookie the row is then unreadable, and gone within the hour
        """
        self._call("SELECT public.public_draft_end(%s, %s)", _hash_of(token), now)

    def carried(self, token: str, draft: Draft) -> str:
        """Return the sealed copy that a page carries."""
        return base64.urlsafe_b64encode(self._seal(token).close(draft.written())).decode()

    def read_carried(self, token: str, text: str, *, now: datetime) -> Draft | None:
        """Return the draft a page carried, or None if it is not this visitor's, not whole, or older than a day."""
        try:
            draft = self._opened(token, base64.urlsafe_b64decode(text))
        except ValueError:
            return None
        if draft is None or not draft.saved_at or parse_instant(draft.saved_at) < now - CARRIED_FOR:
            return None
        return draft

    def _call(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        # While the database is away only one request a second finds out whether it still is; the others are told at once.
        with self._lock:
            due = time.monotonic() >= self._asked_again_at + RETRY_SECONDS
            if self._store.is_away and due:
                self._store.is_away = False
                self._asked_again_at = time.monotonic()
        return self._store.call(query, given)

    def _seal(self, token: str) -> Seal:
        return Seal(hmac.digest(self._secret, b"draft " + token.encode(), hashlib.sha256))

    def _opened(self, token: str, sealed: bytes) -> Draft | None:
        try:
            return Draft.read(self._seal(token).open(sealed))
        except SealedOtherwise:
            # Sealed with another secret (it was replaced), or tampered with: as good as none.
            return None


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


__all__ = ["Draft", "Drafts", "Ended", "NotCommitted", "Receipt", "new_token"]

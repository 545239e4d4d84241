"""
How does the public program reach a chat? By functions of the database that ask for the visitor's cookie, and by nothing else.

A line is stored before anybody is told that it is. While the database is away nothing is said to be stored: the words stay on the page.
"""

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from standfast.foundation.intake.operations.store import NotCommitted, Store, Unacceptable
from standfast.foundation.intake.rules.chat_code import hash_of_code
from standfast.foundation.kernel import refs
from standfast.science.detector.limited import assess_in_time

LONGEST_LINE = 4_000
CODE_LASTS = timedelta(hours=24)
STANDING_HELD_SECONDS = 2.0
STANDING_TRUSTED_SECONDS = 60.0
_GRAVEST = ("immediate", "high", "medium")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Said:
    """What became of a line: stored, again, conflict, closed, unknown, too_many or taken; its place, and when it was stored."""

    outcome: str
    seq: int = 0
    stored_at: datetime | None = None
    wait_seconds: float = 0.0
    floor: str = ""

    @property
    def is_kept(self) -> bool:
        """Say whether the words are stored as they were sent."""
        return self.outcome in {"stored", "again"}


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What opens a chat: the id of its first line, its reference, what was asked before, and the words."""

    client_id: str
    reference: str
    asked: Mapping[str, Any]
    text: str


class Chats:
    """The chats of this process's database."""

    def __init__(self, *, address: str) -> None:
        self._store = Store(address, door="public")
        self._lock = threading.Lock()
        self._asked_again_at = 0.0
        self._standing: tuple[float, dict[str, Any]] = (0.0, {})

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    def open(self, token: str, opening: Opening, *, now: datetime) -> Said:
        """
        Open a chat by its first line; sent again, it is the same one.

        :raises NotCommitted: if the database is away: nothing is stored
        :raises Unacceptable: if a character in it can never be kept
        """
        floor = floor_of(opening.text)
        rows = self._call(
            "SELECT outcome, seq, stored_at FROM public.public_chat_open(%s, %s, %s, %s, %s, %s, %s)",
            hash_of(token),
            opening.client_id,
            opening.reference,
            json.dumps(dict(opening.asked)),
            opening.text,
            floor,
            now,
        )
        outcome, seq, stored_at = rows[0]
        return Said(outcome=outcome, seq=seq, stored_at=stored_at, floor=floor)

    def say(self, token: str, *, client_id: str, text: str, now: datetime) -> Said:
        """
        Store a line of an open chat; sent again, it is the same one.

        :raises NotCommitted: if the database is away: nothing is stored
        :raises Unacceptable: if a character in it can never be kept
        """
        floor = floor_of(text)
        rows = self._call(
            "SELECT outcome, seq, stored_at, wait_seconds FROM public.public_chat_say(%s, %s, %s, %s, %s)",
            hash_of(token),
            client_id,
            text,
            floor,
            now,
        )
        outcome, seq, stored_at, wait = rows[0]
        return Said(outcome=outcome, seq=seq, stored_at=stored_at, wait_seconds=wait, floor=floor)

    def look(self, token: str, *, after: int = 0) -> dict[str, Any] | None:
        """
        Return what is new in the visitor's own chat, or None if the cookie opens none.

        :raises NotCommitted: if the database is away
        """
        rows = self._call("SELECT public.public_chat_look(%s, %s)", hash_of(token), after)
        return rows[0][0] if rows else None

    def note_typing(self, token: str) -> None:
        """
        Note that the visitor writes; what they write is not sent.

        :raises NotCommitted: if the database is away
        """
        self._call("SELECT public.public_chat_typing(%s)::text", hash_of(token))

    def leave(self, token: str, *, now: datetime) -> None:
        """
        End the session: the cookie opens nothing from now on.

        :raises NotCommitted: if the database is away
        """
        self._call("SELECT public.public_chat_leave(%s, %s)", hash_of(token), now)

    def make_code(self, token: str, *, now: datetime) -> str:
        """
        Return a code of 65 bits by which this chat can be opened once within a day, or nothing if there is no open chat.

        :raises NotCommitted: if the database is away
        """
        code = refs.new_reference()
        rows = self._call(
            "SELECT public.public_chat_keep_code(%s, %s, %s)", hash_of(token), hash_of_code(code), now + CODE_LASTS
        )
        return code if rows[0][0] else ""

    def come_back(self, code: str, token: str, *, now: datetime) -> bool:
        """
        Open the chat of a code with a new cookie and say whether there was one. A wrong code and an old one are answered alike.

        :raises NotCommitted: if the database is away
        """
        if not refs.is_reference(code):
            return False
        given = (hash_of_code(refs.normalise(code)), hash_of(token), now)
        return bool(self._call("SELECT public.public_chat_come_back(%s, %s, %s)", *given)[0][0])

    def standing(self) -> dict[str, Any]:
        """Return what may be said of the desk; nothing if it is not known, which is not the same as closed."""
        read_at, says = self._standing
        if time.monotonic() - read_at < STANDING_HELD_SECONDS:
            return says
        try:
            rows = self._call("SELECT says, age_seconds FROM public.public_chat_standing()")
        except NotCommitted:
            rows = []
        says = rows[0][0] if rows and rows[0][1] < STANDING_TRUSTED_SECONDS else {}
        self._standing = (time.monotonic(), says)
        return says

    def _call(self, query: str, *given: Any) -> Sequence[tuple[Any, ...]]:
        # While the database is away only one request a second finds out whether it still is; the others are told at once.
        with self._lock:
            if self._store.is_away and time.monotonic() >= self._asked_again_at + 1:
                self._store.is_away = False
                self._asked_again_at = time.monotonic()
        return self._store.call(query, given)


def hash_of(token: str) -> bytes:
    """Return what the database knows of a cookie."""
    return hashlib.sha256(token.encode()).digest()


def new_client_id() -> str:
    """Return an id for the next line, made before it is written."""
    return secrets.token_hex(16)


def floor_of(text: str) -> str:
    """
    Return the lowest risk these words allow (immediate, high or medium), or nothing: the rule floor, read before they are stored.

    Nothing too when they cannot be read in time: the line is stored all the same, and read again when it is filed.
    """
    try:
        found = {floor.risk for floor in assess_in_time(text).floors}
    except Exception:  # noqa: BLE001 - whatever it is, the line is stored; its words are never logged
        _log.exception("detector failed", characters=len(text))
        return ""
    return next((risk for risk in _GRAVEST if risk in found), "")


__all__ = ["Chats", "NotCommitted", "Opening", "Said", "Unacceptable", "floor_of", "hash_of", "new_client_id"]

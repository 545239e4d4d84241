"""When is it worth looking? At once when the database says that a chat has news; otherwise the poller looks all the same."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

CHANNEL = "standfast_chat"
"""What adds a line to a chat notifies here when it commits. The payload names the chat; who looks reads the event log instead."""
TRY_AGAIN_SECONDS = 0.5
WAIT_SECONDS = 5.0


@dataclass(eq=False)
class Waker:
    """
    Hears the notifications of the database in a thread of its own. It only wakes: what a notification says is never told to anybody,
    and one that is lost costs no more than the rest until the next look.
    """

    url: str
    wake: Callable[[], None]
    is_hearing: threading.Event = field(default_factory=threading.Event)
    _is_over: threading.Event = field(default_factory=threading.Event)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear from now on, and wake by calling within the loop."""
        threading.Thread(target=self._hear, args=(loop,), name="live-notifications", daemon=True).start()

    def end(self) -> None:
        """Hear no more, after the notification that is just awaited."""
        self._is_over.set()

    def _hear(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._is_over.is_set() and not loop.is_closed():
            # The database is away, or the loop is just closed: the poller goes on meanwhile.
            with contextlib.suppress(psycopg.Error, RuntimeError):
                self._hear_until_lost(loop)
            self.is_hearing.clear()
            self._is_over.wait(TRY_AGAIN_SECONDS)

    def _hear_until_lost(self, loop: asyncio.AbstractEventLoop) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"LISTEN {CHANNEL}".encode())
            self.is_hearing.set()
            loop.call_soon_threadsafe(self.wake)
            while not self._is_over.is_set():
                for _ in connection.notifies(timeout=WAIT_SECONDS):
                    loop.call_soon_threadsafe(self.wake)

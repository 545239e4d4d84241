"""
Who hears of what, and until when? One poller a process reads the event log by transaction horizon and tells every open stream.

A notification of the database wakes the poller before its time, so that a line of a chat is told of at once; all else waits for the tick.

The database is asked from one thread of its own, never from the loop that writes the streams. When it cannot be asked, streams end
after a few seconds: a page that hears nothing must know that it is stale, and comes back with its cursor.
"""

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import connection

from standfast.faces.live.listening import Listener, News
from standfast.faces.live.standing import standing_sessions
from standfast.faces.live.topics import topics_of
from standfast.faces.live.waking import Waker
from standfast.foundation.eventlog.queries import Position, changed_since, current_position, newest_transaction
from standfast.foundation.kernel import clock

T = TypeVar("T")
LOOK_SECONDS = 0.5
# However often the database wakes, that many seconds lie between two looks at least.
REST_SECONDS = 0.05
# And at most while what woke lies above a transaction that still runs, of whichever database of the server.
MOST_REST_SECONDS = 0.5
# A change of rights must cut a stream within five seconds; the check and the look before it take their time too.
CHECK_SECONDS = 2.0
BLIND_SECONDS = 3.0
LAST_WORDS_SECONDS = 0.5
MOST_EVENTS = 1_000
# A reader that stayed away longer fetches everything again.
MOST_BEHIND = 200_000
_log = structlog.get_logger(__name__)


class Hub:
    """The open streams of this process and the poller that feeds them."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._asking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-database")
        self._task: asyncio.Task[None] | None = None
        self._position = Position(0)
        self._is_closing = False
        self._woken = asyncio.Event()
        self._awaited = 0
        self._waker: Waker | None = None

    @asynccontextmanager
    async def listening(self, session: str, *, cursor: str) -> AsyncIterator[Listener]:
        """Listen from a cursor on (empty: from now, after everything was fetched once) until left."""
        listener = Listener(session=session)
        self._start()
        listener.tell(await self._ask(lambda: catch_up(cursor)))
        while listener.cursor < self._position.horizon:
            # The poller told the others of more meanwhile: nothing may fall between catching up and listening.
            listener.tell(await self._ask(lambda: catch_up(str(listener.cursor))))
        listener.tell_all()
        self.listeners.add(listener)
        try:
            if self._is_closing:
                listener.end()
            yield listener
        finally:
            self.listeners.discard(listener)

    def close(self) -> None:
        """End every stream, and begin no other."""
        self._is_closing = True
        if self._waker is not None:
            self._waker.end()
        self._end_all()

    def _start(self) -> None:
        if self._task is not None and not self._task.done():
            return
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._run())
        if self._waker is None:
            self._waker = Waker(url=settings.ENVIRONMENT.database_url, wake=self._woken.set)
            self._waker.start(loop)
        _end_on_term(self, loop)

    async def _run(self) -> None:
        self._position = await self._ask(current_position)
        checked = seen = ticked = time.monotonic()
        rest = REST_SECONDS
        while True:
            try:
                await self._look()
                seen = time.monotonic()
                if seen - ticked >= LOOK_SECONDS:
                    self._tick()
                    ticked = seen
                if seen - checked >= CHECK_SECONDS:
                    await self._check()
                    checked = seen
            except Exception:  # noqa: BLE001 - whatever it is, the next look may succeed
                _log.exception("the event log cannot be read")
                await self._ask(_close_connection)
                ticked = time.monotonic()
                if ticked - seen > BLIND_SECONDS:
                    self._end_all()
            rest = await self._rest(rest, until=ticked + LOOK_SECONDS)

    async def _rest(self, rest: float, *, until: float) -> float:
        """
        Rest until the tick or until woken, and return how long the next rest is at most if the horizon is behind.

        What woke may lie above a transaction that still runs: until the horizon has passed it, the looks go on, ever more slowly.
        """
        await asyncio.sleep(REST_SECONDS)
        is_behind = self._position.horizon < self._awaited
        longest = until - time.monotonic()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), max(0.0, min(longest, rest) if is_behind else longest))
        return min(2 * rest, MOST_REST_SECONDS) if is_behind and not self._woken.is_set() else REST_SECONDS

    async def _look(self) -> None:
        if self._woken.is_set():
            self._woken.clear()
            self._awaited = await self._ask(newest_transaction)
        before = self._position
        after, changes = await self._ask(lambda: changed_since(before, limit=MOST_EVENTS))
        self._position = after
        news = News(cursor=after.horizon, topics=topics_of(changes))
        for listener in self.listeners:
            listener.tell(news)

    def _tick(self) -> None:
        for listener in self.listeners:
            listener.tell_all()

    async def _check(self) -> None:
        keys = frozenset(listener.session for listener in self.listeners)
        if not keys:
            return
        standing = await self._ask(lambda: standing_sessions(keys, now=clock.now()))
        for listener in self.listeners:
            if listener.session in keys - standing:
                listener.end()

    def _end_all(self) -> None:
        for listener in self.listeners:
            listener.end()

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._asking, question)


def _close_connection() -> None:
    # Looked up in the thread that asks: the connection of another thread cannot be closed.
    connection.close()


def catch_up(cursor: str) -> News:
    """Return what happened since a cursor; one that is unknown, from another database or too old asks the page to fetch everything."""
    here = current_position()
    if not cursor.isdigit() or not here.horizon - MOST_BEHIND <= int(cursor) <= here.horizon:
        return News(cursor=here.horizon, resync=True)
    position, changes = changed_since(Position(int(cursor)), limit=MOST_EVENTS)
    if len(changes) >= MOST_EVENTS:
        return News(cursor=here.horizon, resync=True)
    return News(cursor=position.horizon, topics=topics_of(changes))


def _end_on_term(hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
    # A server waits for open streams, and these never end by themselves: end them, give them a moment, then go as told.
    # Only the main thread is told; a loop elsewhere is no server's.
    if threading.current_thread() is not threading.main_thread():
        return

    def go() -> None:
        loop.remove_signal_handler(signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)

    def end() -> None:
        hub.close()
        loop.call_later(LAST_WORDS_SECONDS, go)

    loop.add_signal_handler(signal.SIGTERM, end)


HUB = Hub()

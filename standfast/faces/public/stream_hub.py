"""
Who of the visitors hears what, and until when? One reader of the database a process serves every open page, each by its own cookie.

A notification of the database only wakes: what is new is read by place, and all are read again every few seconds, so that one that was
missed costs seconds and no line. A page whose cookie opens nothing any more hears nothing more.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog
from django.conf import settings

from standfast.foundation.intake.operations.loop_store import LoopStore
from standfast.foundation.intake.operations.store import NotCommitted

CHANNEL = "standfast_chat"
LOOK_AGAIN_SECONDS = 5.0
BEAT_SECONDS = 10.0
ROUNDS = 20
"""All are read again, and kept there, a part after another: whom a new line wakes waits for one part at most, not for everybody."""
AT_ONCE = 400
BLIND_LOOKS = 3
LAST_WORDS_SECONDS = 0.5
HEAR_AGAIN_SECONDS = 0.5
LONGEST_NUMBER = 20
_LOOKS = "SELECT hash, thread, look FROM public.public_chat_looks(%s, %s)"
_BEAT = "SELECT public.public_chat_beat(%s)"
_log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Reader:
    """One open page: whose it is, and up to which place it has been told. What it was not told yet is read when it is woken."""

    hash: bytes
    place: int
    is_over: bool = False
    _looks: list[dict[str, Any]] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _shown: tuple[object, ...] = ()

    def tell(self, look: dict[str, Any]) -> None:
        """Add what is new after the reader's place; a look with nothing new is left out."""
        lines = [each for each in look["lines"] if each["seq"] > self.place]
        shown = (look["seen"], look["told"], look["closed"], look["typing"], look["ring"])
        if not lines and shown == self._shown and look["seq"] <= self.place:
            return
        self._looks.append({**look, "lines": lines, "from": self.place})
        self._shown = shown
        self.place = max(self.place, lines[-1]["seq"] if len(look["lines"]) >= AT_ONCE else look["seq"])
        self._woken.set()

    def end(self) -> None:
        """End the page's stream after what it is just sent."""
        self.is_over = True
        self._woken.set()

    async def next_looks(self, *, within: float) -> list[dict[str, Any]]:
        """Return what is new, or nothing after that many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), within)
        self._woken.clear()
        looks, self._looks = self._looks, []
        return looks


class StreamHub:
    """The open pages of this process, and what feeds them."""

    def __init__(self) -> None:
        self._readers: dict[bytes, set[Reader]] = {}
        self._threads: dict[int, bytes] = {}
        self._woken: set[bytes] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closing = False
        self._blind = 0

    @asynccontextmanager
    async def reading(self, hash_: bytes, *, after: int) -> AsyncIterator[Reader]:
        """Read one visitor's chat from a place on until left."""
        self._start()
        reader = Reader(hash=hash_, place=after)
        self._readers.setdefault(hash_, set()).add(reader)
        self._woken.add(hash_)
        self._wake.set()
        try:
            if self._is_closing:
                reader.end()
            yield reader
        finally:
            same = self._readers[hash_]
            same.discard(reader)
            if not same:
                del self._readers[hash_]

    def close(self) -> None:
        """End every stream, and begin no other."""
        self._is_closing = True
        self._end(self._readers)

    def wake(self, thread: int | None) -> None:
        """Wake whoever reads a chat; None wakes everybody. A chat not read yet is unknown here, and read when its page comes."""
        if thread is None:
            self._woken |= self._readers.keys()
        elif (hash_ := self._threads.get(thread)) in self._readers:
            self._woken.add(hash_)
        self._wake.set()

    def _start(self) -> None:
        if self._tasks and not any(task.done() for task in self._tasks):
            return
        for task in self._tasks:
            task.cancel()
        loop, address = asyncio.get_running_loop(), settings.ENVIRONMENT.database_url
        # Connections of their own: whoever has a new line does not wait for those who are only kept there.
        looking, beating = LoopStore(address, door="public"), LoopStore(address, door="public")
        tasks = (self._serve(looking), self._look_again(), self._beat(beating), self._hear(address))
        self._tasks = [loop.create_task(each) for each in tasks]
        _end_on_term(self, loop)

    async def _serve(self, store: LoopStore) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            woken, self._woken = self._woken, set()
            for some in _in_parts(woken):
                await self._read(store, some)

    async def _read(self, store: LoopStore, hashes: list[bytes]) -> None:
        afters = [min((each.place for each in self._readers.get(hash_, ())), default=0) for hash_ in hashes]
        rows = await self._ask(store, _LOOKS, hashes, afters)
        if rows is None:
            self._woken.update(hashes)
            return
        found = set()
        for hash_, thread, look in rows:
            found.add(bytes(hash_))
            self._threads[thread] = bytes(hash_)
            for reader in self._readers.get(bytes(hash_), ()):
                reader.tell(look)
        self._end(set(hashes) - found)

    async def _look_again(self) -> None:
        while True:
            for some in _in_rounds(self._readers):
                await asyncio.sleep(LOOK_AGAIN_SECONDS / ROUNDS)
                self._woken.update(self._readers.keys() & some)
                self._wake.set()
            self._threads = {thread: hash_ for thread, hash_ in self._threads.items() if hash_ in self._readers}

    async def _beat(self, store: LoopStore) -> None:
        while True:
            for some in _in_rounds(self._readers):
                await asyncio.sleep(BEAT_SECONDS / ROUNDS)
                rows = await self._ask(store, _BEAT, some) if some else None
                if rows is not None:
                    self._end(set(some) - {bytes(row[0]) for row in rows})

    async def _ask(self, store: LoopStore, query: str, *given: Any) -> list[tuple[Any, ...]] | None:
        """Ask the database; None while it is away. After a few times the pages are told by silence."""
        try:
            rows = await store.call(query, *given)
        except NotCommitted:
            self._blind += 1
            if self._blind > BLIND_LOOKS:
                self._end(self._readers)
            return None
        except Exception:  # noqa: BLE001 - the hub outlives every fault; the next look may succeed
            _log.exception("a chat cannot be read")
            return None
        self._blind = 0
        return rows

    def _end(self, hashes: Iterable[bytes]) -> None:
        for hash_ in list(hashes):
            for reader in self._readers.get(hash_, ()):
                reader.end()

    async def _hear(self, address: str) -> None:
        """Hear the database's notifications; when they were lost for a while, wake everybody."""
        while True:
            with contextlib.suppress(psycopg.Error):
                await self._hear_until_lost(address)
            await asyncio.sleep(HEAR_AGAIN_SECONDS)

    async def _hear_until_lost(self, address: str) -> None:
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}".encode())
            self.wake(None)
            async for notice in connection.notifies():
                # Whoever can log in can send one: what names no chat wakes everybody, and does no harm.
                is_chat = notice.payload.isdecimal() and len(notice.payload) < LONGEST_NUMBER
                self.wake(int(notice.payload) if is_chat else None)


def _in_parts(hashes: Iterable[bytes]) -> list[list[bytes]]:
    every = list(hashes)
    return [every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE)]


def _in_rounds(hashes: Iterable[bytes]) -> list[list[bytes]]:
    every = list(hashes)
    return [every[number::ROUNDS] for number in range(ROUNDS)]


def _end_on_term(hub: StreamHub, loop: asyncio.AbstractEventLoop) -> None:
    # A server waits for open streams, and these never end by themselves: end them, give them a moment, then go as told.
    def go() -> None:
        loop.remove_signal_handler(signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)

    def end() -> None:
        hub.close()
        loop.call_later(LAST_WORDS_SECONDS, go)

    loop.add_signal_handler(signal.SIGTERM, end)


HUB = StreamHub()

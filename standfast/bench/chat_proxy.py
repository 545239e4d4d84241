"""What does a bad network do to a chat? It resets or stalls three in ten connections and chunks, and may be gone for a while."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

HIT = 0.30
STALL_SECONDS = (0.2, 3.0)
CHUNK_BYTES = 65_536


@dataclass
class BadNetwork:
    """A network between visitors and one port. What it did is counted, so that a run in which nothing was hit is seen."""

    port: int
    chance: random.Random
    is_bad: bool = True
    is_gone: bool = False
    resets: int = 0
    stalls: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either end, or the network, ends it."""
        self._open.add(writer)
        try:
            await self._carry(reader, writer)
        except (OSError, _Reset):
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    def vanish(self) -> None:
        """Drop every connection, and take no other until `is_gone` is false again."""
        self.is_gone = True
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._hit()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            both = (self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))
            tasks = [asyncio.ensure_future(each) for each in both]
            done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for other in others:
                other.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for each in done:
                each.result()
        finally:
            far_writer.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            await self._hit()
            writer.write(chunk)
            await writer.drain()
        # What was passed on is to arrive before the end does.
        if writer.can_write_eof():
            writer.write_eof()
        await asyncio.sleep(0.05)

    async def _hit(self) -> None:
        if self.is_gone:
            raise _Reset
        if not self.is_bad or self.chance.random() >= HIT:
            return
        if self.chance.random() < 0.5:
            self.resets += 1
            raise _Reset
        self.stalls += 1
        await asyncio.sleep(self.chance.uniform(*STALL_SECONDS))


class _Reset(Exception):
    """The network broke this connection."""


@asynccontextmanager
async def bad_network(port: int, *, seed: int) -> AsyncIterator[tuple[BadNetwork, int]]:
    """Put a bad network before a port of this machine, and give it with the port by which it is entered."""
    network = BadNetwork(port=port, chance=random.Random(seed))
    server = await asyncio.start_server(network.carry, "127.0.0.1", 0, backlog=4_096)
    try:
        yield network, int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        network.vanish()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 5)

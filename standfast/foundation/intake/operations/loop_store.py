"""
How does an event loop ask the database within its deadline, without a thread between?

What is handed to a thread and back waits twice for its turn, which on a busy machine is longer than the question takes.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from standfast.foundation.intake.operations.store import (
    DEADLINE_SECONDS,
    Door,
    NotCommitted,
    Row,
    connection_info,
    shut_down,
)


class LoopStore:
    """Asks over one connection, one question at a time, each a round trip and a transaction of its own."""

    def __init__(self, address: str, *, door: Door) -> None:
        self._conninfo = connection_info(address, door=door)
        self._connection: psycopg.AsyncConnection[Row] | None = None
        self._turn = asyncio.Lock()

    async def call(self, query: str, *given: Any) -> list[Row]:
        """
        Run one statement and return its rows. A connection that turns out to be broken is replaced once.

        :raises NotCommitted: if there was no answer within two seconds, or no connection within two more
        """
        async with self._turn:
            until = time.monotonic() + DEADLINE_SECONDS
            try:
                if self._connection is not None:
                    try:
                        return await self._run(self._connection, query, given)
                    except psycopg.OperationalError:
                        if time.monotonic() >= until:
                            raise
                        await self.close()
                self._connection = await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True)
                return await self._run(self._connection, query, given)
            except psycopg.Error as error:
                await self.close()
                raise NotCommitted(str(error)) from error

    async def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _run(self, connection: psycopg.AsyncConnection[Row], query: str, given: tuple[Any, ...]) -> list[Row]:
        with _cut_off_if_late(connection):
            cursor = await connection.execute(query.encode(), given, prepare=True)
            return await cursor.fetchall()


@contextmanager
def _cut_off_if_late(connection: psycopg.AsyncConnection[Row]) -> Iterator[None]:
    # Not by a timeout of the task: the library would then ask the server, which may be stopped, to cancel the question.
    late = asyncio.get_running_loop().call_later(DEADLINE_SECONDS, shut_down, connection.fileno())
    try:
        yield
    finally:
        late.cancel()

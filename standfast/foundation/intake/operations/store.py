"""
How does a contact get into the database within its deadline, or how is it known that it did not?

Not psycopg's pool: that one waits between attempts to reconnect, longer each time, and gives a query all the time it wants. Here a call
has two seconds, its connection is cut off when they are over, and a thread asks twice a second whether the database is back. The
number of connections is that of the server's threads.
"""

import contextlib
import logging
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 2.0
_TICK_SECONDS = 0.05
# Forced whatever the server's default is: an acknowledgement means the commit is on the disk. Options in the address come last.
_SESSION = "-c synchronous_commit=on -c statement_timeout=2000 -c lock_timeout=2000 -c TimeZone=UTC"

Row = tuple[Any, ...]
Door = Literal["intake", "public"]


class NotCommitted(Exception):
    """The database did not commit in time, or could not: it counts as away."""


class Unacceptable(Exception):
    """The database is there and will never take this: the fault is in what was sent."""


def connection_info(address: str, *, door: Door) -> str:
    """Return how every connection of a door is made: in two seconds at most, and durable whatever the server's default is."""
    parts = conninfo_to_dict(address)
    options = f"{_SESSION} {parts.pop('options', '') or ''}"
    return make_conninfo(
        "", **{"connect_timeout": 2, "application_name": f"standfast-{door}", **parts, "options": options}
    )


class Store:
    """Calls functions of the database over connections kept open, each call one round trip and one transaction."""

    def __init__(self, address: str, *, door: Door = "intake") -> None:
        self._conninfo = connection_info(address, door=door)
        self._idle: deque[psycopg.Connection[Row]] = deque()
        self._watch = _Watch()
        self.door = door
        self.is_away = False

    def call(self, query: str, given: Sequence[Any] = ()) -> list[Row]:
        """
        Run one statement and return its rows; when this returns, it is committed.

        A connection that turns out to be broken is replaced once: what is called here may be called twice.

        :raises NotCommitted: if there was no answer within two seconds, or the database is known to be away
        :raises Unacceptable: if the database refuses the values
        """
        if self.is_away:
            raise NotCommitted("The database is away.")
        until = time.monotonic() + DEADLINE_SECONDS
        try:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self._run(self._connect(), query, given, until=until)
            try:
                return self._run(connection, query, given, until=until)
            except psycopg.OperationalError:
                if time.monotonic() >= until:
                    raise
                self._drop_idle()
                return self._run(self._connect(), query, given, until=until)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise Unacceptable(str(error)) from error
        except psycopg.Error as error:
            if not self.is_away:
                log.warning("intake: the database counts as away: %s", str(error).partition("\n")[0])
            self.is_away = True
            self._drop_idle()
            raise NotCommitted(str(error)) from error

    def answers(self) -> bool:
        """Ask the database, on a fresh connection, whether it can be written; say whether it can."""
        try:
            connection = self._connect()
            rows = self._run(
                connection,
                f"SELECT public.{self.door}_ready()",
                (),
                until=time.monotonic() + DEADLINE_SECONDS,
            )
        except psycopg.Error:
            return False
        return bool(rows and rows[0][0])

    def close(self) -> None:
        """Close the idle connections and the watch."""
        self._drop_idle()
        self._watch.close()

    def _connect(self) -> psycopg.Connection[Row]:
        return psycopg.connect(self._conninfo, autocommit=True)

    def _run(
        self,
        connection: psycopg.Connection[Row],
        query: str,
        given: Sequence[Any],
        *,
        until: float,
    ) -> list[Row]:
        try:
            with self._watch.cutting_off(connection, until=until):
                rows = connection.execute(query.encode(), given, prepare=True).fetchall()
        except (psycopg.DataError, psycopg.IntegrityError):
            self._idle.append(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return rows

    def _drop_idle(self) -> None:
        while True:
            try:
                self._idle.pop().close()
            except IndexError:
                return


class _Watch:
    """Cuts off connections whose call is over its time; a read that waits for a stopped database would otherwise wait for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[int, tuple[float, int]] = {}
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def cutting_off(self, connection: psycopg.Connection[Row], *, until: float) -> Iterator[None]:
        """Cut the connection off if the block is not left in time (seconds, monotonic)."""
        token = id(connection)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._cut_off_late_ones, name="store-watch", daemon=True)
                self._thread.start()
            self._calls[token] = (until, connection.fileno())
        try:
            yield
        finally:
            with self._lock:
                self._calls.pop(token, None)

    def close(self) -> None:
        """Watch no more."""
        self._closed.set()

    def _cut_off_late_ones(self) -> None:
        while not self._closed.wait(_TICK_SECONDS):
            now = time.monotonic()
            # Under the lock: a call that ends now keeps its file number until it is off the list.
            with self._lock:
                for token, (until, number) in list(self._calls.items()):
                    if until <= now:
                        del self._calls[token]
                        shut_down(number)


def shut_down(number: int) -> None:
    """Cut off the connection of a file number: whoever waits for its answer is told that there is none."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(number)) as twin:
        twin.shutdown(socket.SHUT_RDWR)

"""Does an event loop get its answer from the database in time, or is told that there is none?"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo

from standfast.foundation.intake.operations.loop_store import LoopStore
from standfast.foundation.intake.operations.store import NotCommitted
from tests.cutting import cut_all
from tests.threads import Result, in_own_thread

# Without the server's own limit, as if it had stopped.
UNLIMITED = "-c statement_timeout=0"


@pytest.fixture
def system(fresh_system: Callable[[], Any]) -> Any:
    return fresh_system()


def run(asked: Coroutine[Any, Any, Result]) -> Result:
    return in_own_thread(lambda: asyncio.run(asked))


def test_questions_at_once_are_answered_in_turn_over_one_connection(system: Any) -> None:
    async def asked() -> list[Any]:
        store = LoopStore(system.urls["public"], door="public")
        try:
            return await asyncio.gather(*(store.call("SELECT %s::int, pg_backend_pid()", each) for each in range(20)))
        finally:
            await store.close()

    rows = run(asked())
    assert [each[0][0] for each in rows] == list(range(20))
    assert len({each[0][1] for each in rows}) == 1


def test_a_connection_that_was_lost_is_replaced_and_nobody_notices(system: Any) -> None:
    async def asked() -> list[Any]:
        store = LoopStore(system.urls["public"], door="public")
        try:
            before = await store.call("SELECT pg_backend_pid()")
            await asyncio.to_thread(cut_all, system)
            return [before, await store.call("SELECT pg_backend_pid()")]
        finally:
            await store.close()

    before, after = run(asked())
    assert before != after


def test_a_server_that_does_not_answer_is_given_two_seconds_and_asked_again_later(system: Any) -> None:
    async def asked() -> tuple[float, Any]:
        store = LoopStore(make_conninfo(system.urls["public"], options=UNLIMITED), door="public")
        try:
            await store.call("SELECT 1")
            began = time.monotonic()
            with pytest.raises(NotCommitted):
                await store.call("SELECT pg_sleep(30)::text")
            return time.monotonic() - began, await store.call("SELECT 1")
        finally:
            await store.close()

    took, rows = run(asked())
    assert 1.5 < took < 10
    assert rows == [(1,)]


def test_a_database_nobody_can_reach_is_said_to_be_away() -> None:
    async def asked() -> None:
        await LoopStore("postgresql://nobody@127.0.0.1:1/nothing", door="public").call("SELECT 1")

    with pytest.raises(NotCommitted):
        run(asked())

"""
Is the desk told of a visitor's line at once, and of everything at the latest by the next look?

What comes first is told by order, not by a watch: a poll that comes once in ten minutes tells nothing while a test runs.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from standfast.faces.live import hub as hub_module
from standfast.faces.live import waking
from standfast.faces.live.hub import Hub, catch_up
from standfast.faces.live.listening import Listener, News
from standfast.foundation.people.access import WORKER
from standfast.journey.contact import operations as contact
from standfast.journey.contact.rules.channel import Channel
from tests.chat.steps import Writer
from tests.threads import in_own_thread

pytestmark = pytest.mark.database
NEVER = 600.0
# A transaction of another test may hold the horizon of the whole server for that long.
PATIENCE = 120.0
A_WHILE = 1.0
SOON = 0.1
MOST_AT_ONCE = 19
"""How many lines of one visitor are stored without a pause, beside the one that opens the chat."""


@pytest.fixture
def chat(
    fresh_system: Callable[[], Any],
    speak_to: Callable[[Any], None],
    monkeypatch: pytest.MonkeyPatch,
    now: datetime,
) -> Writer:
    """A chat of a visitor, on a database of its own to which everything here speaks."""
    system = fresh_system()
    speak_to(system)
    environment = settings.ENVIRONMENT.model_copy(update={"database_url": system.urls["staff"]})
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    writer = Writer()
    writer.open(now=now)
    return writer


def heard(hub: Hub, steps: Callable[[Listener], Awaitable[Any]]) -> Any:
    """Run a hub with one open stream and return what came of the steps."""

    async def listening() -> Any:
        async with hub.listening("nobody's session", cursor="") as listener:
            assert (await told(listener)).resync
            assert hub._waker is not None
            await asyncio.to_thread(hub._waker.is_hearing.wait, PATIENCE)
            # It is woken once when it begins to hear; what is looked for comes after that.
            await asyncio.sleep(2 * hub_module.REST_SECONDS)
            try:
                return await steps(listener)
            finally:
                hub.close()
                assert hub._task is not None
                hub._task.cancel()
                await hub._ask(close)

    return in_own_thread(lambda: asyncio.run(listening()))


async def told(listener: Listener) -> News:
    return await listener.next_news(within=PATIENCE)


async def told_of(listener: Listener, topic: str) -> News:
    while topic not in (news := await told(listener)).topics:
        assert news.topics, f"nothing was told of {topic}"
    return news


async def elsewhere(work: Callable[[], Any]) -> None:
    """Do something as another process would: with a connection of its own, committing. What it raises is raised here."""

    def whole() -> None:
        try:
            work()
        finally:
            connection.close()

    await asyncio.to_thread(whole)


def close() -> None:
    connection.close()


def polled_every(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(hub_module, "LOOK_SECONDS", seconds)
    monkeypatch.setattr(hub_module, "CHECK_SECONDS", 2 * NEVER)


def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lose every notification."""
    monkeypatch.setattr(waking, "CHANNEL", "nobody_speaks_here")


def test_a_line_is_told_before_any_poll(chat: Writer, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    polled_every(monkeypatch, NEVER)

    async def steps(listener: Listener) -> News:
        await elsewhere(lambda: chat.say("are you there", now=now))
        return await told_of(listener, f"chat:{chat.reference}")

    news = heard(Hub(), steps)
    assert news.topics == {f"chat:{chat.reference}"}, "names of chats and nothing else"
    assert news.as_message() == {"cursor": str(news.cursor), "topics": [f"chat:{chat.reference}"]}


def test_without_notifications_nothing_is_told_before_the_poll(
    chat: Writer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the one above: deaf, with a poll that does not come, the line is not told."""
    polled_every(monkeypatch, NEVER)
    deaf(monkeypatch)

    async def steps(listener: Listener) -> frozenset[str]:
        await elsewhere(lambda: chat.say("are you there", now=now))
        return (await listener.next_news(within=A_WHILE)).topics

    assert heard(Hub(), steps) == frozenset()


def test_with_notifications_lost_the_poll_tells_it(
    chat: Writer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaf(monkeypatch)

    async def steps(listener: Listener) -> News:
        await elsewhere(lambda: chat.say("are you there", now=now))
        return await told_of(listener, f"chat:{chat.reference}")

    assert f"chat:{chat.reference}" in heard(Hub(), steps).topics


def test_a_line_above_a_transaction_that_still_runs_is_told_when_that_ends(
    chat: Writer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is skipped: what the older transaction wrote, and committed later, is told as well."""
    polled_every(monkeypatch, NEVER)
    url = settings.ENVIRONMENT.database_url
    older = (
        "INSERT INTO eventlog_entry (kind, about, journey, by_ref, at, facts) "
        "VALUES ('contact.contact.recorded', 'OLDER', 'OLDER', 'staff:t', now(), '{}')"
    )

    listening_hub = Hub()

    async def steps(listener: Listener) -> tuple[set[str], set[str], frozenset[str]]:
        early: set[str] = set()
        late: set[str] = set()
        async with await psycopg.AsyncConnection.connect(url) as running:
            await running.execute(older)
            await elsewhere(lambda: chat.say("are you there", now=now))
            early |= (await listener.next_news(within=A_WHILE)).topics
        while f"chat:{chat.reference}" not in late:
            news = await told(listener)
            assert news.topics, "nothing was told when the older one had ended"
            late |= news.topics
        since = await listening_hub._ask(lambda: catch_up(str(listener._said)))
        return early, late, since.topics

    early, late, since = heard(listening_hub, steps)
    assert early == set()
    assert f"chat:{chat.reference}" in late
    assert {"contact:OLDER", f"chat:{chat.reference}"} <= since


def test_a_page_that_comes_back_with_the_cursor_of_a_hint_is_told_all_since(
    chat: Writer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    polled_every(monkeypatch, NEVER)

    async def steps(listener: Listener) -> tuple[int, int]:
        first = listener._said
        await elsewhere(lambda: chat.say("are you there", now=now))
        return first, (await told_of(listener, f"chat:{chat.reference}")).cursor

    first, cursor = heard(Hub(), steps)
    assert cursor == first, "how far the reader has come is said with everything, not before"
    assert {"desk", f"chat:{chat.reference}"} <= catch_up(str(cursor)).topics


def test_lists_wait_for_the_tick_and_chats_do_not() -> None:
    async def steps() -> list[News]:
        listener = Listener(session="s")
        listener.tell(News(cursor=10, topics=frozenset(), resync=True))
        listener.tell_all()
        said = [await listener.next_news(within=SOON)]
        listener.tell(News(cursor=11, topics=frozenset({"desk", "chat:a"})))
        listener.tell(News(cursor=12, topics=frozenset({"desk", "chat:b"})))
        said.append(await listener.next_news(within=SOON))
        listener.tell(News(cursor=13, topics=frozenset({"desk", "contact:c"})))
        assert not listener._woken.is_set()
        listener.tell_all()
        return [*said, await listener.next_news(within=SOON)]

    first, hint, tick = in_own_thread(lambda: asyncio.run(steps()))
    assert (first.cursor, first.resync) == (10, True)
    assert hint == News(cursor=10, topics=frozenset({"chat:a", "chat:b"}))
    assert tick == News(cursor=13, topics=frozenset({"desk", "contact:c"}))


def test_however_often_it_is_woken_it_looks_so_often_and_no_more(
    chat: Writer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    polled_every(monkeypatch, NEVER)
    looks: list[float] = []

    class Counted(Hub):
        async def _look(self) -> None:
            looks.append(time.monotonic())
            await super()._look()

    def many(writer: Writer) -> None:
        stored = [
            writer.open(now=now)[0],
            *(writer.say(f"line {number}", now=now)[0] for number in range(MOST_AT_ONCE)),
        ]
        assert set(stored) == {"stored"}

    async def steps(listener: Listener) -> None:
        for writer in (Writer(), Writer()):
            await elsewhere(lambda writer=writer: many(writer))
            await told_of(listener, f"chat:{writer.reference}")

    heard(Counted(), steps)
    assert len(looks) > 2
    assert all(later - sooner >= hub_module.REST_SECONDS for sooner, later in pairwise(looks))


def test_what_is_no_chat_is_told_at_the_tick(chat: Writer, now: datetime) -> None:
    new = contact.NewContact(channel=Channel.ONLINE, received_at=now, source="website", source_ref="r", words="x")

    async def steps(listener: Listener) -> News:
        filed: list[str] = []
        await elsewhere(lambda: filed.append(contact.file_intake(new=new, by=WORKER, now=now).reference))
        return await told_of(listener, f"contact:{filed[0]}")

    assert "desk" in heard(Hub(), steps).topics


def test_the_poller_outlives_the_loss_of_its_connections(
    chat: Writer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_all() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()"
            )

    hub = Hub()

    async def steps(listener: Listener) -> News:
        await elsewhere(cut_all)
        await asyncio.sleep(2 * hub_module.LOOK_SECONDS)
        await elsewhere(lambda: chat.say("are you there", now=now))
        return await told_of(listener, f"chat:{chat.reference}")

    assert f"chat:{chat.reference}" in heard(hub, steps).topics

"""DEL8: what a page was told over streams that break is what it would see fresh: no gap, nothing twice, in order."""

import asyncio
import json
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import psycopg
import pytest

from tests.cutting import cut_all
from tests.public.chat_site import ChatSite, free_port, new_chat_site
from tests.public.conftest import Site, until
from tests.threads import in_own_thread, threads_of

VISITORS = 20
EVENTS = 2_000
COMPARISONS = 50
PAGES = 30


@pytest.fixture(scope="module")
def desk(make_site: Callable[..., Site]) -> Iterator[ChatSite]:
    port = free_port()
    made = new_chat_site(make_site(STANDFAST_LIVE_URL=f"http://{{host}}:{port}"), port)
    with made.staffed():
        yield made
    made.stop()


class Reading:
    """A page of one visitor: what it has on screen, by place; it goes on from the last place it was told."""

    def __init__(self, desk: ChatSite, token: str) -> None:
        self.desk, self.token = desk, token
        self.place = 0
        self.lines: list[tuple[int, str]] = []
        self.gaps = 0
        self.breaks = 0

    async def read(self, client: httpx.AsyncClient, chance: random.Random, *, forget_place: bool = False) -> None:
        headers = {"Origin": self.desk.site.address, "Cookie": f"__Host-page={self.token}"}
        while True:
            after = self.place + 25 if forget_place and self.place else self.place
            try:
                async with (
                    asyncio.timeout(chance.uniform(0.2, 2)),
                    client.stream("GET", f"{self.desk.stream}?after={after}", headers=headers) as stream,
                ):
                    async for text in stream.aiter_lines():
                        if text.startswith("data: "):
                            self.take(json.loads(text[6:]))
            except (TimeoutError, httpx.HTTPError):
                self.breaks += 1
            await asyncio.sleep(chance.uniform(0, 0.3))

    def take(self, look: dict[str, Any]) -> None:
        if "lines" not in look:
            return
        self.gaps += look["from"] > self.place
        self.lines += [(line["seq"], line["text"]) for line in look["lines"]]
        self.place = max(self.place, look["seq"])


def run(
    desk: ChatSite, tokens: list[str], *, events: int = EVENTS, forget_place: bool = False
) -> tuple[list[Reading], int, int]:
    writing = written_while_breaking(desk, tokens, events=events, forget_place=forget_place)
    return in_own_thread(lambda: asyncio.run(writing))


async def written_while_breaking(
    desk: ChatSite, tokens: list[str], *, events: int, forget_place: bool
) -> tuple[list[Reading], int, int]:
    """Write to all visitors while their streams break; return the readings, and of how many comparisons how many were equal."""
    chance = random.Random(8)
    readings = [Reading(desk, token) for token in tokens]
    compared = equal = 0
    async with (
        httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=None)) as client,
        await psycopg.AsyncConnection.connect(desk.site.urls["worker"], autocommit=True) as staff,
    ):
        tasks = [
            asyncio.create_task(each.read(client, random.Random(number), forget_place=forget_place))
            for number, each in enumerate(readings)
        ]
        rows = await (
            await staff.execute("SELECT id FROM intake_chat_thread ORDER BY id DESC LIMIT %s", [VISITORS])
        ).fetchall()
        for number in range(events):
            given = [chance.choice(rows)[0], f"{forget_place}-{number}", f"line {number}"]
            await staff.execute("SELECT intake_chat_add(%s, 'staff', %s, %s, '', 'staff:t', now())", given)
            if number % 20 == 0:
                await asyncio.sleep(0.05)
        await asyncio.sleep(6)
        for each in chance.choices(readings, k=COMPARISONS):
            headers = {"Cookie": f"__Host-page={each.token}"}
            fresh = (await client.get(f"{desk.site.address}/write/news?after=0", headers=headers)).json()
            compared += 1
            equal += each.lines == [(line["seq"], line["text"]) for line in fresh["lines"]]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return readings, compared, equal


def tokens_of(desk: ChatSite) -> list[str]:
    """Return the cookies of visitors who have just begun."""
    found = []
    for _ in range(VISITORS):
        visitor = desk.visitor()
        visitor.begin()
        found.append(visitor.cookies["__Host-page"])
    return found


def test_what_was_told_over_broken_streams_is_what_is_there(desk: ChatSite) -> None:
    readings, compared, equal = run(desk, tokens_of(desk))
    assert sum(each.breaks for each in readings) > VISITORS
    assert (equal, sum(each.gaps for each in readings)) == (compared, 0)
    assert sum(len(each.lines) for each in readings) == EVENTS + VISITORS


def test_a_page_that_forgot_its_place_would_miss_lines(desk: ChatSite) -> None:
    """The control: the same breaks, with a page that does not go on from where it was."""
    readings, compared, equal = run(desk, tokens_of(desk), events=400, forget_place=True)
    assert equal < compared
    assert sum(each.gaps for each in readings) > 0


def test_a_stream_outlives_the_loss_of_every_connection_to_the_database(desk: ChatSite) -> None:
    with listening(desk) as texts:
        cut_all(desk.site)
        staff_says(desk, "Are you still there?")
        assert next(texts) == "Are you still there?"


@pytest.mark.parametrize("payload", ["no number", "9" * 5_000], ids=["no number", "too long a number"])
def test_a_notification_that_names_no_chat_ends_nobodys_hearing(desk: ChatSite, payload: str) -> None:
    with listening(desk) as texts:
        until(lambda: bool(listeners(desk.site)), what="hearing of the stream")
        hearing = listeners(desk.site)
        with psycopg.connect(desk.site.urls["worker"], autocommit=True) as anybody:
            anybody.execute("SELECT pg_notify('standfast_chat', %s)", [payload])
        staff_says(desk, "Are you there?")
        assert next(texts) == "Are you there?"
        assert listeners(desk.site) == hearing


def test_however_many_pages_are_open_the_process_keeps_no_thread_for_any(desk: ChatSite) -> None:
    with ExitStack() as pages:
        pages.enter_context(listening(desk))
        process = desk.processes["stream"].pid
        before = threads_of(process)
        for _ in range(PAGES):
            pages.enter_context(listening(desk))
        assert threads_of(process) < before + PAGES / 2


def test_the_stream_takes_nothing_and_says_so(desk: ChatSite) -> None:
    with listening(desk) as texts:
        sent = httpx.post(desk.stream, content=b"x" * 10_000_000, headers={"Origin": desk.site.address}, timeout=30)
        assert (sent.status_code, sent.headers["Allow"]) == (405, "GET")
        staff_says(desk, "Are you there?")
        assert next(texts) == "Are you there?"


@contextmanager
def listening(desk: ChatSite) -> Iterator[Iterator[str]]:
    """Begin a chat and give what is said in it after its first words, as its page is told."""
    visitor = desk.visitor()
    visitor.begin()
    headers = {"Origin": desk.site.address, "Cookie": f"__Host-page={visitor.cookies['__Host-page']}"}
    with (
        httpx.Client(timeout=30) as client,
        client.stream("GET", f"{desk.stream}?after=0", headers=headers) as stream,
    ):
        told = (json.loads(text[6:]) for text in stream.iter_lines() if text.startswith("data: "))
        assert next(told)["lines"]
        yield (line["text"] for look in told for line in look.get("lines", ()))


def staff_says(desk: ChatSite, words: str) -> None:
    """Add a line of the staff to the chat begun last."""
    with psycopg.connect(desk.site.urls["worker"], autocommit=True) as staff:
        staff.execute(
            "SELECT intake_chat_add(max(id), 'staff', %s, %s, '', 'staff:t', now()) FROM intake_chat_thread",
            [secrets.token_hex(8), words],
        )


def listeners(site: Site) -> list[tuple[Any, ...]]:
    with psycopg.connect(site.admin_url, autocommit=True) as admin:
        return admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND query = 'LISTEN standfast_chat' ORDER BY pid",
            [site.database],
        ).fetchall()

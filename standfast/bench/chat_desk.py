"""How soon does an operator's line reach the visitor, and a visitor's line the operator's page? Through the real desk."""

import asyncio
import contextlib
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from standfast.bench.chat_load import BROKEN, FORM, ChatVisitor, request, streamed


@dataclass(eq=False, kw_only=True)
class Desk:
    """One signed-in operator with their chats, each by its reference with the visitor at the other end."""

    staff_port: int
    live_port: int
    session: str
    chats: Mapping[str, ChatVisitor]
    every: float
    replies: list[tuple[str, float, float]] = field(default_factory=list)
    seen: list[tuple[float, float]] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    is_quiet: bool = False
    _shown: dict[str, set[str]] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)

    @property
    def headers(self) -> dict[str, str]:
        """Return what the operator's browser sends along."""
        return {
            "Cookie": f"__Host-standfast-session={self.session}; __Host-standfast-form={FORM}",
            "Sec-Fetch-Site": "same-origin",
            "HX-Request": "true",
        }

    async def work(self) -> None:
        """Listen, show what is new, and reply in every chat in turn, until told to be quiet."""
        await self._open()
        listening = asyncio.create_task(self._listen())
        await asyncio.gather(*(self._reply_in(reference) for reference in self.chats))
        await asyncio.sleep(2)
        listening.cancel()

    async def _open(self) -> None:
        """Open a chat, so that the server has read its pages once before anything is measured."""
        for reference in list(self.chats)[:2]:
            with contextlib.suppress(*BROKEN):
                await request(self.staff_port, "GET", f"/chats/{reference}", self.headers)

    async def _reply_in(self, reference: str) -> None:
        due = time.monotonic() + random.uniform(0, self.every)
        while not self.is_quiet:
            await asyncio.sleep(min(0.5, max(0.0, due - time.monotonic())))
            if time.monotonic() >= due and not self.is_quiet:
                await self._reply(reference)
                due += self.every

    async def _reply(self, reference: str) -> None:
        id_, tried = secrets.token_urlsafe(16), time.monotonic()
        fields = {"csrfmiddlewaretoken": FORM, "id": id_, "canned": "", "text": f"reply {id_}", "after": "999999.0"}
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        why = "no answer in time"
        with contextlib.suppress(*BROKEN):
            status, _ = await request(
                self.staff_port, "POST", f"/chats/{reference}/reply", headers, urlencode(fields).encode()
            )
            if status == 200:
                self.replies.append((f"reply {id_}", tried, time.monotonic()))
                return
            why = str(status)
        self.failed[why] += 1

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(*BROKEN):
                async with streamed(self.live_port, "/live/desk", self.headers) as events:
                    async for data in events:
                        self._take(json.loads(data))
            await asyncio.sleep(1)

    def _take(self, told: dict[str, Any]) -> None:
        topics = {topic.removeprefix("chat:") for topic in told.get("topics", ())}
        for reference in self.chats:
            if reference in topics or told.get("resync"):
                task = asyncio.create_task(self._show(reference))
                task.add_done_callback(lambda done: done.exception())

    async def _show(self, reference: str) -> None:
        """Fetch what is new of a chat, one request for each at a time; what is told meanwhile is asked for after it."""
        self._told.add(reference)
        if reference in self._asked:
            return
        self._asked.add(reference)
        try:
            while reference in self._told:
                self._told.discard(reference)
                with contextlib.suppress(*BROKEN):
                    await self._fetch(reference)
        finally:
            self._asked.discard(reference)

    async def _fetch(self, reference: str) -> None:
        visitor, shown = self.chats[reference], self._shown.setdefault(reference, set())
        last = max((seq for seq, _, _ in visitor.heard), default=1)
        path = f"/chats/{reference}/news?after={max(0, last - 3)}.0"
        status, body = await request(self.staff_port, "GET", path, self.headers)
        page, now = body.decode(), time.monotonic()
        for line in visitor.sent[-3:]:
            if status == 200 and line.id not in shown and f"{line.text}<" in page:
                shown.add(line.id)
                self.seen.append((line.tried_at, now - line.tried_at))


def replies_heard(desks: list[Desk], *, since: float) -> list[float]:
    """Return for each reply how long it took from the press of the button until it stood on the visitor's page; a lost one, for ever."""
    found = []
    for desk in desks:
        heard = {text: at for visitor in desk.chats.values() for text, at in visitor.staff_lines.items()}
        found += [heard.get(text, float("inf")) - tried for text, tried, _ in desk.replies if tried >= since]
    return found

"""How do many visitors of a chat behave at once? As its page does: one stream, lines one after the other, every rule of `chat.js`."""

import asyncio
import contextlib
import hashlib
import json
import random
import secrets
import time
from collections.abc import AsyncIterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

# As in faces/public/static/plain/chat.js.
SILENT_SECONDS = 25.0
ASK_SECONDS = 3.0
GIVE_UP_SECONDS = 10.0
RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, *[15.0] * 8)
BROKEN = (OSError, EOFError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError)
# A cookie that is its own form value: the check of where a form comes from passes without a page being fetched first.
FORM = "a" * 32


@dataclass(kw_only=True)
class Ports:
    """Where pages and streams are reached; a bad network may stand before either."""

    pages: int
    stream: int


@dataclass(kw_only=True)
class Line:
    """One line of a visitor: when it was first tried, when it came back on their stream, and whether it was said to be stored."""

    id: str
    text: str
    tried_at: float
    heard_at: float = 0.0
    is_kept: bool = False


@dataclass(eq=False, kw_only=True)
class ChatVisitor:
    """One open page: what it has on screen, by place, and what it sent."""

    number: int
    ports: Ports
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    place: int = 0
    heard: list[tuple[int, str, str]] = field(default_factory=list)
    sent: list[Line] = field(default_factory=list)
    gaps: int = 0
    streams: int = 0
    failed: int = 0
    is_listening: bool = False
    is_stopped: bool = False
    is_quiet: bool = False
    staff_lines: dict[str, float] = field(default_factory=dict)
    _lines: dict[str, Line] = field(default_factory=dict)
    _heard_at: float = 0.0

    @property
    def hash(self) -> str:
        """Return what the database knows of its cookie."""
        return hashlib.sha256(self.token.encode()).hexdigest()

    @property
    def headers(self) -> dict[str, str]:
        """Return what its browser sends along: its cookies, and an address of its own."""
        return {
            "Cookie": f"__Host-page={self.token}; __Host-form={FORM}",
            "X-Forwarded-For": f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}",
            "Sec-Fetch-Site": "same-origin",
        }

    def still(self) -> "ChatVisitor":
        """Return what it has on screen and what it sent, as of now."""
        found = copy(self)
        found.heard, found.sent = list(self.heard), [copy(line) for line in self.sent]
        return found

    async def open(self) -> bool:
        """Begin a chat; say whether it did."""
        line = self._new_line(f"visitor {self.number} begins, can somebody help me")
        fields = {"device": "yes", "where": "", "reach": "", "text": line.text, "id": line.id}
        for pause in (0.0, *RETRY_SECONDS):
            await asyncio.sleep(pause)
            with contextlib.suppress(*BROKEN):
                status, _ = await self._post("/write", fields)
                if status == 302:
                    line.is_kept = True
                    return True
                if status == 200:
                    # Closed or full: the words became a report.
                    return False
        return False

    async def listen(self) -> None:
        """Read the stream until stopped, and come back to it from the last place whenever it breaks or falls silent."""
        asking = asyncio.create_task(self._ask_without_stream())
        try:
            while not self.is_stopped:
                with contextlib.suppress(*BROKEN):
                    await self._read_stream()
                self.is_listening = False
                if not self.is_stopped:
                    await asyncio.sleep(random.uniform(0, 2))
                    await self.ask()
                    await asyncio.sleep(random.uniform(0.5, 1.5))
        finally:
            asking.cancel()

    async def ask(self) -> None:
        """Ask once for what is new."""
        path = f"/write/news?after={self.place}"
        with contextlib.suppress(*BROKEN):
            status, body = await request(self.ports.pages, "GET", path, {**self.headers, "Accept": "application/json"})
            if status == 200:
                self._take(json.loads(body))

    async def say(self, text: str) -> None:
        """Send a line until it is stored, each try with the same id."""
        line = self._new_line(text)
        for pause in (0.0, *RETRY_SECONDS):
            await asyncio.sleep(0 if line.heard_at else pause)
            status = 0
            with contextlib.suppress(*BROKEN):
                status, _ = await self._post("/write/page", {"id": line.id, "text": text})
            if line.heard_at or status == 200:
                line.is_kept = True
                return
        self.failed += 1

    async def _post(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        body = urlencode({"csrfmiddlewaretoken": FORM, **fields}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        return await request(self.ports.pages, "POST", path, {**self.headers, **kind}, body)

    async def _read_stream(self) -> None:
        self.streams += 1
        path = f"/write/stream?after={self.place}"
        async with streamed(self.ports.stream, path, self.headers) as events:
            self._heard_at = time.monotonic()
            async for data in events:
                self.is_listening = True
                self._take(json.loads(data))
                if self.is_stopped:
                    return

    async def _ask_without_stream(self) -> None:
        while True:
            await asyncio.sleep(ASK_SECONDS)
            if not self.is_listening:
                await self.ask()

    def _take(self, look: dict[str, Any]) -> None:
        if look.get("from", 0) > self.place:
            # The page says so, and asks for what is missing; over a stream that keeps its place it never happens.
            self.gaps += 1
            return
        for each in look.get("lines", ()):
            if each["seq"] <= self.place:
                continue
            self.heard.append((each["seq"], each["id"], each["text"]))
            if (line := self._lines.get(each["id"])) and not line.heard_at:
                line.heard_at = time.monotonic()
            elif each.get("side") == "staff":
                self.staff_lines[each["text"]] = time.monotonic()
        if "lines" in look:
            self.place = max(self.place, look["seq"])

    def _new_line(self, text: str) -> Line:
        line = Line(id=secrets.token_hex(16), text=text, tried_at=time.monotonic())
        self.sent.append(line)
        self._lines[line.id] = line
        return line


@dataclass(eq=False, kw_only=True)
class EchoVisitor(ChatVisitor):
    """The same reader and sender before the yardstick."""

    async def open(self) -> bool:
        """Begin nothing: the yardstick knows no chats."""
        return True

    async def ask(self) -> None:
        """Ask nothing: what was missed is gone."""

    async def say(self, text: str) -> None:
        """Send one message once."""
        line = self._new_line(text)
        body = json.dumps(
            {"from": 0, "seq": len(self.sent), "lines": [{"seq": len(self.sent), "id": line.id, "text": text}]}
        )
        with contextlib.suppress(*BROKEN):
            await request(self.ports.pages, "POST", f"/say?of={self.number}", {}, body.encode())
            line.is_kept = True

    async def _read_stream(self) -> None:
        async with streamed(self.ports.stream, f"/stream?of={self.number}", {}) as events:
            self.is_listening = True
            async for data in events:
                self._take(json.loads(data))


async def request(port: int, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> tuple[int, bytes]:
    """
    Ask once over a connection of its own, and return status and body.

    :raises OSError: or another of `BROKEN` if there is no whole answer in time
    """
    async with asyncio.timeout(GIVE_UP_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(_head(method, path, port, {**headers, "Connection": "close"}, body) + body)
            status, given = await _read_head(reader)
            if "content-length" in given:
                return status, await reader.readexactly(int(given["content-length"]))
            if status in {204, 304}:
                return status, b""
            return status, b"".join([part async for part in _parts(reader)])
        finally:
            writer.transport.abort()


@contextlib.asynccontextmanager
async def streamed(port: int, path: str, headers: dict[str, str]) -> AsyncIterator[AsyncIterator[bytes]]:
    """Open a stream and give the data of its messages as they come; too long a silence ends it."""
    async with asyncio.timeout(GIVE_UP_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_head("GET", path, port, {**headers, "Accept": "text/event-stream"}, b""))
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            status, _ = await _read_head(reader)
        if status != 200:
            raise ValueError(f"The stream was answered with {status}.")
        yield _events(reader)
    finally:
        writer.transport.abort()


async def _events(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    left = b""
    parts = _parts(reader)
    while True:
        try:
            part = await asyncio.wait_for(anext(parts), SILENT_SECONDS)
        except StopAsyncIteration:
            return
        *whole, left = (left + part).split(b"\n\n")
        for event in whole:
            for line in event.split(b"\n"):
                if line.startswith(b"data: "):
                    yield line[6:]


async def _parts(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        yield (await reader.readexactly(size + 2))[:-2]


def _head(method: str, path: str, port: int, headers: dict[str, str], body: bytes) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: localhost:{port}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    first, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
    found = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return int(first.split(" ")[1]), found

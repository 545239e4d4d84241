"""
How soon does a web program pass a message on that does nothing else? It stores nothing, and one process has every stream.

The yardstick of the chat, served and read as ours is: a stream for each visitor, a short request for each message.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_streams: dict[str, asyncio.Queue[bytes]] = {}


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Answer a stream, a message for one, or whether it is up."""
    of = parse_qs(scope["query_string"].decode()).get("of", [""])[0]
    if scope["path"] == "/stream":
        await _stream(of, send)
        return
    if scope["method"] == "POST":
        body = (await receive())["body"]
        _streams[of].put_nowait(b"data: " + body + b"\n\n")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": json.dumps({}).encode()})


async def _stream(of: str, send: Send) -> None:
    _streams[of] = asyncio.Queue()
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
    while True:
        await send({"type": "http.response.body", "body": await _streams[of].get(), "more_body": True})

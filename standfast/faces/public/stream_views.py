"""What does the process of the public streams answer? What is new in the visitor's own chat, as small JSON, and that it is still there."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from standfast.faces.public.chat_pages import data_of
from standfast.faces.public.chats import hash_of
from standfast.faces.public.stream_hub import BEAT_SECONDS, HUB

RETRY_MS = 3000


async def stream(request: HttpRequest) -> HttpResponseBase:
    """Tell of what is new in the visitor's own chat from a place on, until they leave, are gone, or the process ends."""
    origin = _allowed_origin(request)
    if origin is None:
        return _plain("This is read by our own pages only.", status=403)
    token = request.COOKIES.get(settings.VISIT_COOKIE_NAME, "")
    after = request.headers.get("Last-Event-ID") or request.GET.get("after", "0")
    if not token or not (after.isdecimal() and len(after) < 16):
        return _plain("There is nothing here.", status=410)
    response = StreamingHttpResponse(_messages(token, int(after)), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    response["Vary"] = "Origin"
    if origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Credentials"] = "true"
    return response


async def healthz(_: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return _plain("alive", status=200)


def not_understood(_: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer a request that could not be read."""
    return _plain("The request was malformed.", status=400)


def no_such_address(_: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer an address that does not exist."""
    return _plain("There is no such address.", status=404)


def crashed(_: HttpRequest) -> HttpResponse:
    """Answer a fault of ours."""
    return _plain("Something is wrong on our side.", status=500)


async def _messages(token: str, after: int) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    async with HUB.reading(hash_of(token), after=after) as reader:
        while not reader.is_over:
            looks = await reader.next_looks(within=BEAT_SECONDS)
            for look in looks:
                yield _written(look["seq"], data_of(look, after=look["from"]))
            if not looks and not reader.is_over:
                yield _written(reader.place, {"beat": True, "seq": reader.place})


def _written(place: int, data: Mapping[str, Any]) -> str:
    return f"id: {place}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


def _allowed_origin(request: HttpRequest) -> str | None:
    """Return the origin of the public pages if they ask, nothing if it is the stream's own, None if anybody else asks."""
    origin = request.headers.get("Origin", "")
    if not origin:
        return "" if request.headers.get("Sec-Fetch-Site") == "same-origin" else None
    host = request.get_host()
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    public = settings.ENVIRONMENT.public_url
    return origin if public and origin == public.replace("{host}", name) else None


def _plain(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")

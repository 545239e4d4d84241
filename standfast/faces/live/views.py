"""What does the live process answer? Streams of small JSON that say what changed and never what it says now."""

import json
from collections.abc import AsyncIterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from standfast.faces.live.hub import HUB
from standfast.faces.live.listening import News

BEAT_SECONDS = 15.0
RETRY_MS = 2000


async def desk_stream(request: HttpRequest) -> HttpResponseBase:
    """Tell of changes from the reader's cursor on, until the reader leaves, loses the right to it, or the process ends."""
    origin = allowed_origin(request)
    if origin is None:
        return _plain("Streams are read by the staff pages only.", status=403)
    cursor = request.headers.get("Last-Event-ID") or request.GET.get("cursor", "")
    session = request.session.session_key or ""
    response = StreamingHttpResponse(_messages(session, cursor), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    response["Vary"] = "Origin"
    if origin:
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Credentials"] = "true"
    return response


def allowed_origin(request: HttpRequest) -> str | None:
    """Return the origin of the staff pages if they ask, nothing if it is the streams' own, None if anybody else asks."""
    origin = request.headers.get("Origin", "")
    if not origin:
        return "" if request.headers.get("Sec-Fetch-Site") == "same-origin" else None
    host = request.get_host()
    name = host if host.endswith("]") else host.rsplit(":", 1)[0]
    return origin if settings.STAFF_URL and origin == settings.STAFF_URL.replace("{host}", name) else None


async def _messages(session: str, cursor: str) -> AsyncIterator[str]:
    yield f"retry: {RETRY_MS}\n\n"
    async with HUB.listening(session, cursor=cursor) as listener:
        while not listener.is_over:
            yield _written(await listener.next_news(within=BEAT_SECONDS))


def _written(news: News) -> str:
    return f"id: {news.cursor}\ndata: {json.dumps(news.as_message(), separators=(',', ':'))}\n\n"


def healthz(_: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return _plain("alive", status=200)


def refused(_: HttpRequest, refusal: Exception) -> HttpResponse:
    """Answer somebody who lacks the permission."""
    return _plain(str(refusal), status=403)


def unproven(_: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer what a stream never takes: something sent, and without proof that a page of ours sent it."""
    return _plain("Streams take nothing.", status=403)


def not_understood(_: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer a request that could not be read."""
    return _plain("The request was malformed.", status=400)


def no_such_address(_: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as Django calls it
    """Answer an address that does not exist."""
    return _plain("There is no such address.", status=404)


def crashed(_: HttpRequest) -> HttpResponse:
    """Answer a fault of ours."""
    return _plain("Something is wrong on our side.", status=500)


def _plain(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")

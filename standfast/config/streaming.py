"""
How are thousands of open streams answered without a thread for each?

Django's own handler gives a request a thread of its own as soon as anything it passes does not await, and a stream keeps that thread
for as long as its page is open. Here it has one while it is found out who asks, or none where everything it passes awaits. What a browser
sends beside its address is not read: whatever is asked here is asked by address.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any, cast

from asgiref.sync import ThreadSensitiveContext, markcoroutinefunction, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from standfast.config.middleware import EntryPoints, Headers

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class StreamHandler(ASGIHandler):
    """Answers requests of HTTP within the loop, and keeps nothing for them between their beginning and their end."""

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """
        Answer one request.

        :raises ValueError: if it is none of HTTP
        """
        if scope["type"] != "http":
            raise ValueError(f"Only HTTP is answered here, not {scope['type']}.")
        try:
            unread = await self.read_body(receive)
        except RequestAborted:
            return
        request, refused = self.create_request(scope, unread)
        response = cast(HttpResponseBase, refused if request is None else await self.run_get_response(request))
        try:
            await self._sent_while_there(response, receive, send)
        finally:
            response.close()

    async def read_body(self, receive: Receive) -> BytesIO:
        """
        Let what the browser sends go by, and return nothing of it.

        :raises RequestAborted: if it leaves meanwhile
        """
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            if not message.get("more_body", False):
                return BytesIO()

    async def _sent_while_there(self, response: HttpResponseBase, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(self.listen_for_disconnect(receive))
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            came_of_it, _ = await asyncio.gather(sending, leaving, return_exceptions=True)
        if isinstance(came_of_it, Exception):
            raise came_of_it


class AskedStreamHandler(StreamHandler):
    """
    Answers requests that ask the database through Django, such as who it is that asks.

    That takes a thread, which ends before the answer begins; what it borrowed of the database goes back first.
    """

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer to a request."""
        async with ThreadSensitiveContext():
            try:
                return await super().run_get_response(request)
            finally:
                await sync_to_async(connections.close_all)()


class AwaitedHeaders(Headers):
    """`Headers`, where everything awaits."""

    sync_capable, async_capable = False, True

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override] # as Django awaits it
        """Answer with every header set, whatever the status."""
        return self.protected(request, self.refused_host(request) or await self.get_response(request))  # type: ignore[misc]


class AwaitedEntryPoints(EntryPoints):
    """`EntryPoints`, where everything awaits."""

    sync_capable, async_capable = False, True

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        markcoroutinefunction(self)

    async def process_view(  # type: ignore[override] # as Django awaits it
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Let the request pass to its view (None), or answer it."""
        return super().process_view(request, view, args, kwargs)

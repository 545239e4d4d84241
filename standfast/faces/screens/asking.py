"""Who is asking, and what may they open? Set once for each request by the choke point."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest

from standfast.foundation.kernel.actor import Actor


class Asking(HttpRequest):
    """A request that passed the choke point: who asks (None before sign-in) and which entry points they may open."""

    asker: Actor | None
    may_open: Callable[[str], bool]
    reference: str
    nonce: str


def actor(request: HttpRequest) -> Actor:
    """Return the person who asks. A page that is not public never runs without one."""
    asker = cast(Asking, request).asker
    if asker is None:
        raise RuntimeError("A page that needs to know who asks is listed as public.")
    return asker


def asker(request: HttpRequest) -> Actor | None:
    """Return the person who asks, or None before sign-in or on a request that failed early."""
    return getattr(request, "asker", None)


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether a script of ours asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def may_open(request: HttpRequest, entry: str) -> bool:
    """Say whether the person who asks may open this entry point."""
    ask = getattr(request, "may_open", None)
    return ask is not None and bool(ask(entry))

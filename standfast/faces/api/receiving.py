"""What happens to every request that sends something? It is recognised, read, taken; or refused, counted and, from a source, kept."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse

from standfast.faces.api import gate, reading
from standfast.faces.api.problems import Problem
from standfast.faces.api.senders import Senders
from standfast.foundation.intake.operations import Intake, JournalUnwritable, KnownSource, Unacceptable
from standfast.foundation.intake.rules.arrival import RefusedArrival
from standfast.foundation.kernel import clock, days


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request of a known source, with its bytes."""

    request: HttpRequest
    intake: Intake
    source: KnownSource
    raw: bytes


@lru_cache(maxsize=1)
def senders() -> Senders:
    """Return the senders of this process."""
    return Senders(gate.intake().keys)


def receive(request: HttpRequest, take: Callable[[Sent], HttpResponse]) -> HttpResponse:
    """
    Let `take` have the request if it can be read.

    :raises Problem: if it is refused
    """
    intake = gate.intake()
    try:
        source = senders().sender_of(request)
    except Problem as unknown:
        intake.count_refusal(kind=unknown.kind, at=clock.now())
        raise
    raw = b""
    try:
        raw = reading.raw_body(request)
        reading.check_envelope(request)
        return take(Sent(request=request, intake=intake, source=source, raw=raw))
    except Problem as refused:
        raise _counted(refused, intake=intake, source=source, raw=raw) from None
    except Unacceptable:
        raise _counted(_unstorable(), intake=intake, source=source, raw=raw) from None
    except JournalUnwritable:
        raise _nowhere_to_keep() from None


def instant_or_problem(text: str, *, field: str) -> datetime:
    """
    Read an RFC 3339 time.

    :raises Problem: 422, if it is none
    """
    try:
        return days.parse_instant(text)
    except days.UnclearTime as unclear:
        raise Problem(
            422, "field", f"The field “{field}” is wrong: {unclear}", "RFC 3339 with an offset", is_kept=True
        ) from None


def json_answer(body: dict[str, Any], *, status: int) -> HttpResponse:
    """Return a JSON answer."""
    return HttpResponse(json.dumps(body), status=status, content_type="application/json")


def _counted(problem: Problem, *, intake: Intake, source: KnownSource, raw: bytes) -> Problem:
    """Count a refusal, and keep the bytes of what cannot be read, as far as the source's rate goes."""
    if problem.is_kept:
        try:
            senders().charge(source)
            arrival = RefusedArrival(source=source.code, kind=problem.kind, at=clock.now(), body=raw)
            intake.keep_refusal(arrival)
            return problem
        except Problem as too_many:
            problem = too_many
        except (JournalUnwritable, Unacceptable):
            return _nowhere_to_keep()
    intake.count_refusal(kind=problem.kind, at=clock.now(), source=source.code)
    return problem


def _unstorable() -> Problem:
    return Problem(
        422, "database", "The text cannot be stored as it is.", "ordinary text, times and numbers", is_kept=True
    )


def _nowhere_to_keep() -> Problem:
    return Problem(
        503,
        "nowhere_to_keep",
        "Neither the database nor the journal can be written, so nothing was taken; if someone is in danger, call 999.",
        "the same request again, after the seconds in Retry-After",
        headers={"Retry-After": "2"},
    )

"""How does telephony tell what happens to a call in the queue?"""

import re

from django.http import HttpRequest, HttpResponse
from ninja import Router

from standfast.faces.api import documents, reading, shapes
from standfast.faces.api.problems import Problem
from standfast.faces.api.receiving import Sent, instant_or_problem, json_answer, receive
from standfast.foundation.intake.operations import Outcome
from standfast.foundation.intake.rules.arrival import CallArrival
from standfast.foundation.kernel import clock

_REFERENCE = re.compile(documents.SOURCE_REF)
_STATUS: dict[Outcome, int] = {"stored": 201, "again": 200, "journalled": 202}

router = Router(tags=["calls"])


@router.post("/calls/{source_ref}/events", operation_id="send_call_event", openapi_extra=documents.SEND_CALL_EVENT)
def send_call_event(request: HttpRequest, source_ref: str) -> HttpResponse:
    """Take one queue event of a call; sent again, it changes nothing. No rate applies: calls are not refused."""

    def take(sent: Sent) -> HttpResponse:
        return _take_event(sent, source_ref=source_ref)

    return receive(request, take)


def _take_event(sent: Sent, *, source_ref: str) -> HttpResponse:
    if not _REFERENCE.fullmatch(source_ref):
        raise Problem(
            422,
            "source_ref",
            "The call's reference cannot be kept.",
            "1 to 120 visible ASCII characters without a slash",
            is_kept=True,
        )
    event = reading.shaped(reading.json_object(sent.raw), shapes.CallEventSent)
    outcome = sent.intake.accept_call_event(
        CallArrival(
            source=sent.source.code,
            source_ref=source_ref,
            event=event.event.value,
            happened_at=instant_or_problem(event.at, field="at"),
            at=clock.now(),
            channel=event.channel.value if event.channel else "",
        )
    )
    body = {
        "state": "journalled" if outcome == "journalled" else "stored",
        "unknown_fields": reading.unknown_fields(event),
    }
    return json_answer(body, status=_STATUS[outcome])

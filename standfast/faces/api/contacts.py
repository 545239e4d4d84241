"""How does a machine send a contact?"""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from standfast.faces.api import documents, reading, shapes
from standfast.faces.api.problems import Problem
from standfast.faces.api.receiving import Sent, instant_or_problem, json_answer, receive, senders
from standfast.foundation.intake.operations import KnownSource, Outcome
from standfast.foundation.intake.rules.arrival import ContactArrival
from standfast.foundation.intake.rules.intake_channel import NEVER_REFUSED, IntakeChannel
from standfast.foundation.intake.rules.words import Unreadable, digest_of
from standfast.foundation.kernel import clock

MOST_AHEAD = timedelta(seconds=2)
_STATUS: dict[Outcome, int] = {"stored": 201, "again": 200, "journalled": 202}

router = Router(tags=["contacts"])


@router.post("/contacts", operation_id="send_contact", openapi_extra=documents.SEND_CONTACT)
def send_contact(request: HttpRequest) -> HttpResponse:
    """Take one contact; answered after it is on the disk. Sent again under its key, it is taken once."""
    return receive(request, _take_contact)


def _take_contact(sent: Sent) -> HttpResponse:
    key = reading.idempotency_key(sent.request)
    found = reading.json_object(sent.raw)
    contact = reading.shaped(found, shapes.ContactSent)
    arrival = _arrival(sent, key=key, contact=contact, digest=_digest(found))
    _let_send(sent.source, contact.channel)
    receipt = sent.intake.accept_contact(arrival)
    if receipt.outcome == "conflict":
        raise _other_words(receipt.reference)
    body = {
        "reference": receipt.reference,
        "received_at": receipt.received_at.isoformat(),
        "state": "journalled" if receipt.outcome == "journalled" else "stored",
        "unknown_fields": reading.unknown_fields(contact),
    }
    return json_answer(body, status=_STATUS[receipt.outcome])


def _arrival(sent: Sent, *, key: str, contact: shapes.ContactSent, digest: bytes) -> ContactArrival:
    now = clock.now()
    return ContactArrival(
        source=sent.source.code,
        key=key,
        reference=sent.intake.reference_of(source=sent.source.code, key=key),
        channel=contact.channel.value,
        received_at=_received_at(contact, now=now),
        body=sent.raw.decode(),
        digest=digest,
        at=now,
    )


def _digest(found: dict[str, Any]) -> bytes:
    try:
        return digest_of(found)
    except Unreadable as unreadable:
        raise reading.problem_of(unreadable) from None


def _let_send(source: KnownSource, channel: IntakeChannel) -> None:
    if channel not in source.channels:
        allowed = ", ".join(source.channels)
        raise Problem(403, "channel", f"This source may not send {channel}.", allowed, is_kept=True)
    if channel not in NEVER_REFUSED:
        senders().charge(source)


def _received_at(contact: shapes.ContactSent, *, now: datetime) -> datetime:
    # Nothing is received before it happens: where the sender's clock runs ahead, ours stands (its own is kept with the words).
    if contact.received_at is None:
        return now
    claimed = instant_or_problem(contact.received_at, field="received_at")
    return now if claimed > now + MOST_AHEAD else claimed


def _other_words(reference: str) -> Problem:
    return Problem(
        409,
        "other_words",
        "This key was used before with other words; both are kept, and a person will look.",
        "a new Idempotency-Key for a new contact",
        more={"reference": reference},
    )

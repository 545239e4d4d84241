"""How does what intake received become a contact? The one place where the intake's words meet the journey's."""

from datetime import datetime
from typing import Any

from standfast.foundation.intake.operations import Filers
from standfast.foundation.intake.queries import Received, ReceivedCallEvent, ReceivedUnitReport
from standfast.foundation.kernel.actor import Actor
from standfast.journey.contact import operations as contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.incidents import operations as incidents


def file_submission(received: Received, *, by: Actor, now: datetime) -> str:
    """File one submission as a contact and return its reference."""
    fields = received.fields
    new = contact.NewContact(
        reference=received.reference,
        channel=Channel(received.channel.value),
        received_at=received.received_at,
        source=received.source,
        source_ref=_text(fields, "source_ref"),
        words=_text(fields, "words"),
        kind=_text(fields, "kind"),
        source_priority=fields.get("priority"),
        caller=fields.get("caller") or {},
        place=_place(fields.get("place") or {}),
    )
    return contact.file_intake(new=new, by=by, now=now).reference


def file_call_event(received: ReceivedCallEvent, *, by: Actor, now: datetime) -> str:
    """File one queue event of a call and return the reference of its contact, if it has one."""
    call = contact.file_call_event(
        stamp=contact.CallStamp(
            source=received.source,
            source_ref=received.source_ref,
            event=received.event.value,
            at=received.at,
            channel=received.channel,
        ),
        by=by,
        now=now,
    )
    return call.contact.reference if call.contact else ""


def _place(given: dict[str, Any]) -> dict[str, Any]:
    # Half a point is none.
    if given.get("lat") is None or given.get("lon") is None:
        return {"text": given.get("text", "")}
    return given


def file_unit_report(received: ReceivedUnitReport, *, by: Actor, now: datetime) -> str:
    """File what a unit reported; it belongs to no contact."""
    report = incidents.Report(
        callsign=received.callsign,
        code=received.code,
        at=received.at,
        source=f"{received.source}:{received.device}"[:120],
        device=received.device,
        lat=received.lat,
        lon=received.lon,
    )
    incidents.file_report(report=report, by=by, now=now)
    return ""


FILERS = Filers(submission=file_submission, call_event=file_call_event, unit_report=file_unit_report)


def _text(fields: dict[str, Any], name: str) -> str:
    return str(fields.get(name) or "")

"""What can arrive at the intake, and how is it spelt in the journal?"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standfast.foundation.kernel.days import UnclearTime, parse_instant


class UnknownArrival(Exception):
    """A whole entry of the journal that another release wrote."""


@dataclass(frozen=True, kw_only=True)
class ContactArrival:
    """A contact: `received_at` is the event time, `at` when this process had it whole."""

    source: str
    key: str
    reference: str
    channel: str
    received_at: datetime
    body: str
    digest: bytes
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CallArrival:
    """A queue event of a call: `happened_at` is telephony's time, `channel` its line where it was told."""

    source: str
    source_ref: str
    event: str
    happened_at: datetime
    at: datetime
    # Absent from the journal entries of earlier releases.
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class UnitArrival:
    """What a unit reported: `happened_at` is its terminal's time; a status code or none, a position or none."""

    source: str
    callsign: str
    code: int | None
    happened_at: datetime
    device: str
    lat: float | None
    lon: float | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RefusedArrival:
    """Something a registered source sent that could not be taken, as bytes."""

    source: str
    kind: str
    at: datetime
    body: bytes


Arrival = ContactArrival | CallArrival | UnitArrival | RefusedArrival
_KINDS: dict[str, type[ContactArrival] | type[CallArrival] | type[UnitArrival] | type[RefusedArrival]] = {
    "contact": ContactArrival,
    "call_event": CallArrival,
    "unit_report": UnitArrival,
    "refused": RefusedArrival,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_INSTANTS = {"at", "received_at", "happened_at"}


def payload_of(arrival: Arrival) -> bytes:
    """Return an arrival as the journal keeps it."""
    spelt = {name: _spelt(value) for name, value in vars(arrival).items()}
    return json.dumps({"arrival": _NAMES[type(arrival)], **spelt}, ensure_ascii=False).encode()


def arrival_of(payload: bytes) -> Arrival:
    """
    Return what a journal's payload says arrived.

    :raises UnknownArrival: if it is not one this release writes
    """
    try:
        found: dict[str, Any] = json.loads(payload)
        kind = _KINDS[found.pop("arrival")]
        return kind(**{name: _read(name, value) for name, value in found.items()})
    except (KeyError, TypeError, ValueError, UnclearTime) as error:
        raise UnknownArrival("A journal entry is not one this release knows.") from error


def _spelt(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _read(name: str, value: Any) -> Any:
    if name in _INSTANTS:
        return parse_instant(value)
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value

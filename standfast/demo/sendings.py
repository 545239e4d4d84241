"""
What is sent to the intake, when, and under which key? Pure: the contract's requests, made from demo contacts and replayed calls.

A contact is one request; a call also has its queue events. Each is keyed, so that sending all of it again stores nothing twice.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from standfast.demo.day import DemoContact

CONTACTS_PATH = "/api/v1/contacts"
LONGEST_KEY = 64


@dataclass(frozen=True, order=True)
class Sending:
    """One request: when it is due, its key, where it goes, and its JSON. `about` tells a person which line or contact it is."""

    due_at: datetime
    key: str
    path: str = field(compare=False)
    body: dict[str, Any] = field(compare=False)
    about: str = field(compare=False)

    @property
    def is_contact(self) -> bool:
        """Whether it is a contact rather than a queue event of a call."""
        return self.path == CONTACTS_PATH


def contact_sending(*, key: str, due_at: datetime, body: dict[str, Any], about: str) -> Sending:
    """Return the request for a contact; fields without a value are left out."""
    given = {name: value for name, value in body.items() if value not in (None, "", {})}
    return Sending(due_at, key, CONTACTS_PATH, given, about)


def event_sendings(
    *, source_ref: str, channel: str, times: dict[str, datetime | None], about: str
) -> Iterator[Sending]:
    """Yield the requests for the queue events of a call (presented, answered, abandoned, ended), each due when it happened."""
    path = f"/api/v1/calls/{quote(source_ref, safe='')}/events"
    for event, at in times.items():
        if at is not None:
            body = {"event": event, "at": stamp(at), "channel": channel}
            yield Sending(at, f"{source_ref[: LONGEST_KEY - 10]}-{event}", path, body, about)


def sendings_of(contact: DemoContact) -> tuple[Sending, ...]:
    """Return the requests of a demo contact in order. A call nobody answered has queue events and no contact."""
    setting, about = contact.setting, f"{contact.channel} {contact.key}"
    times = {
        "presented": contact.presented_at,
        "answered": contact.answered_at,
        "abandoned": contact.abandoned_at,
        "ended": contact.ended_at,
    }
    found: list[Sending] = []
    if contact.presented_at:
        found.extend(event_sendings(source_ref=contact.key, channel=contact.channel, times=times, about=about))
    if not contact.abandoned_at:
        body = {
            "channel": contact.channel,
            "received_at": stamp(contact.received_at),
            "words": contact.words,
            "caller": _given(name=setting.caller_name, phone=setting.phone, relation=setting.relation),
            "place": _given(text=setting.place_text, lat=setting.lat, lon=setting.lon),
            "kind": contact.matter.kind,
            "source_ref": contact.key,
        }
        due_at = contact.answered_at or contact.received_at
        found.append(contact_sending(key=contact.key, due_at=due_at, body=body, about=about))
    return tuple(sorted(found))


def in_time_order(groups: Iterable[Iterable[Sending]]) -> Iterator[Sending]:
    """Yield sendings by due time from groups that begin in order of time, without ever holding more than overlap."""
    waiting: list[Sending] = []
    for group in groups:
        new = sorted(group)
        while waiting and new and waiting[0].due_at < new[0].due_at:
            yield heapq.heappop(waiting)
        for sending in new:
            heapq.heappush(waiting, sending)
    while waiting:
        yield heapq.heappop(waiting)


def stamp(at: datetime) -> str:
    """Return an instant as RFC 3339, to the millisecond."""
    return at.isoformat(timespec="milliseconds")


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}

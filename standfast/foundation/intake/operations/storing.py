"""How is what arrived put into the database? By one call of a function of its own: one round trip, one transaction."""

from datetime import datetime
from typing import Literal

from standfast.foundation.intake.operations.key_ring import KnownSource
from standfast.foundation.intake.operations.store import Store
from standfast.foundation.intake.rules.arrival import (
    CallArrival,
    ContactArrival,
    RefusedArrival,
    UnitArrival,
)

LARGEST_BODY = 256 * 1024

_ACCEPT = {
    "intake": "SELECT * FROM public.intake_accept(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
    "public": "SELECT * FROM public.public_accept(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
}

Stored = Literal["stored", "again", "conflict"]
RefusedHour = tuple[str, str, datetime]


def store_contact(
    store: Store, arrival: ContactArrival, *, journalled_at: datetime | None = None
) -> tuple[Stored, str, datetime]:
    """
    Store a contact with its outbox row and its event; sent again, nothing changes. Returns what was found and what stands.

    :raises NotCommitted: if the database did not commit in time
    :raises Unacceptable: if it never will
    """
    rows = store.call(
        _ACCEPT[store.door],
        (
            arrival.source,
            arrival.key,
            arrival.reference,
            arrival.channel,
            arrival.received_at,
            arrival.body,
            arrival.digest,
            arrival.at,
            journalled_at,
        ),
    )
    outcome, reference, received_at = rows[0]
    return outcome, reference, received_at


def store_call_event(store: Store, arrival: CallArrival, *, journalled_at: datetime | None = None) -> Stored:
    """
    Store a queue event of a call with its outbox row; sent again, nothing changes.

    :raises NotCommitted: if the database did not commit in time
    :raises Unacceptable: if it never will
    """
    rows = store.call(
        "SELECT public.intake_call_event_received(%s, %s, %s, %s, %s, %s)",
        (
            arrival.source,
            arrival.source_ref,
            arrival.event,
            arrival.happened_at,
            journalled_at,
            arrival.channel,
        ),
    )
    outcome: Stored = rows[0][0]
    return outcome


def store_unit_report(store: Store, arrival: UnitArrival, *, journalled_at: datetime | None = None) -> Stored:
    """
    Store what a unit reported with its outbox row; sent again, nothing changes.

    :raises NotCommitted: if the database did not commit in time
    :raises Unacceptable: if it never will
    """
    rows = store.call(
        "SELECT public.intake_unit_report_received(%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            arrival.source,
            arrival.callsign,
            arrival.code,
            arrival.happened_at,
            arrival.device,
            arrival.lat,
            arrival.lon,
            journalled_at,
        ),
    )
    outcome: Stored = rows[0][0]
    return outcome


def store_refusal(store: Store, arrival: RefusedArrival) -> None:
    """
    Count what a registered source sent and could not be taken, and keep it byte for byte.

    :raises NotCommitted: if the database did not commit in time
    """
    given = (arrival.source, arrival.kind, arrival.at, 1, arrival.body[:LARGEST_BODY])
    store.call("SELECT public.intake_refused(%s, %s, %s, %s, %s)", given)


def store_count(store: Store, which: RefusedHour, count: int) -> None:
    """
    Add to the count of refusals, of one source and cause in one hour, of which nothing is kept.

    :raises NotCommitted: if the database did not commit in time
    """
    source, kind, hour = which
    store.call("SELECT public.intake_refused(%s, %s, %s, %s, NULL)", (source, kind, hour, count))


def known_sources(store: Store) -> list[KnownSource]:
    """
    Return the active sources.

    :raises NotCommitted: if the database did not answer in time
    """
    rows = store.call("SELECT code, key_hash, channels, rate_per_minute FROM public.intake_sources()")
    return [
        KnownSource(
            code=code,
            key_hash=bytes(key_hash).hex(),
            channels=tuple(channels),
            rate_per_minute=rate,
        )
        for code, key_hash, channels, rate in rows
    ]

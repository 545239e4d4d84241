"""How do the journal's entries get into the database? By the same functions, with the times they had; twice changes nothing."""

import logging
import math
import time
from pathlib import Path
from typing import assert_never

from standfast.foundation.intake.operations import journal, storing
from standfast.foundation.intake.operations.store import Store, Unacceptable
from standfast.foundation.intake.rules.arrival import (
    Arrival,
    CallArrival,
    ContactArrival,
    RefusedArrival,
    UnitArrival,
)
from standfast.foundation.intake.rules.journal_frame import Seal

log = logging.getLogger(__name__)


class TimeIsUp(Exception):
    """A replay stopped where it was, for others to have their turn."""


def replay_folder(*, address: str, folder: Path, secret: str, seconds: float = math.inf) -> journal.Replayed:
    """
    Bring every whole entry of a journal folder into the database at an address. Does nothing where there is no such folder.

    :raises TimeIsUp: if `seconds` are over and entries are left: call again
    :raises ReplayIsRunning: if another replay is at it
    :raises NotCommitted: if the database is away: the rest waits
    """
    if not journal.waiting_files(folder):
        return journal.Replayed()
    store = Store(address)
    try:
        return replay_into(store, folder=folder, seal=Seal(secret.encode()), seconds=seconds)
    finally:
        store.close()


def replay_into(store: Store, *, folder: Path, seal: Seal, seconds: float = math.inf) -> journal.Replayed:
    """
    Bring every whole entry of a journal folder into a store, for at most so many seconds.

    :raises ReplayIsRunning: if another replay is at it
    :raises NotCommitted: if the database is away: the rest waits
    :raises TimeIsUp: if there are entries left: call again
    """
    until = time.monotonic() + seconds

    def send_on(arrival: Arrival) -> None:
        if time.monotonic() > until:
            raise TimeIsUp("There are journal entries left.")
        _send_on(store, arrival)

    found = journal.replay(folder, seal=seal, accept=send_on)
    if found.unopened:
        log.error(
            "intake: %d journal entries were written under another secret or by another release: see unopened/",
            found.unopened,
        )
    return found


def _send_on(store: Store, arrival: Arrival) -> None:
    try:
        match arrival:
            case ContactArrival():
                storing.store_contact(store, arrival, journalled_at=arrival.at)
            case CallArrival():
                storing.store_call_event(store, arrival, journalled_at=arrival.at)
            case UnitArrival():
                storing.store_unit_report(store, arrival, journalled_at=arrival.at)
            case RefusedArrival():
                storing.store_refusal(store, arrival)
            case _:
                assert_never(arrival)
    except Unacceptable as refusal:
        # Kept as refused: it neither holds up the rest nor disappears.
        log.error(
            "intake: a journal entry cannot be stored: %s",
            str(refusal).partition("\n")[0],
        )
        body = arrival.body.encode() if isinstance(arrival, ContactArrival) else repr(arrival).encode()
        storing.store_refusal(
            store,
            RefusedArrival(source=arrival.source, kind="database", at=arrival.at, body=body),
        )

"""
How is a contact taken so that it cannot be lost? Into the database within two seconds, else into the journal; then it is acknowledged.

One `Intake` a process. A thread of its own brings the journal's entries into the database when that is back, keeps the list of sources
fresh, and writes the counts of refusals.
"""

import logging
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from standfast.foundation.intake.operations import journal, storing
from standfast.foundation.intake.operations.key_ring import KeyRing
from standfast.foundation.intake.operations.replaying import TimeIsUp, replay_into
from standfast.foundation.intake.operations.store import Door, NotCommitted, Store
from standfast.foundation.intake.rules.arrival import (
    CallArrival,
    ContactArrival,
    RefusedArrival,
    UnitArrival,
)
from standfast.foundation.intake.rules.journal_frame import Seal
from standfast.foundation.kernel import refs

log = logging.getLogger(__name__)

PROBE_SECONDS = 0.5
REFRESH_SECONDS = 2.0
REPLAY_SECONDS = 1.5

Outcome = Literal["stored", "again", "conflict", "journalled"]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a sender is told: where its contact is, under which reference, received when."""

    outcome: Outcome
    reference: str
    received_at: datetime


class Intake:
    """The way in: the database's functions, and the journal behind them."""

    def __init__(self, *, address: str, folder: Path, secret: str, door: Door = "intake") -> None:
        journal.prepare_folder(folder)
        self._secret = secret.encode()
        self._seal = Seal(self._secret)
        self._folder = folder
        self._store = Store(address, door=door)
        # Of its own, because the other refuses every call while the database counts as away.
        self._house_store = Store(address, door=door)
        self._journal = journal.Journal(folder, seal=self._seal)
        self.keys = KeyRing(folder)
        self._uncounted: Counter[storing.RefusedHour] = Counter()
        self._count_lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._keep_house, name="intake-house", daemon=True)

    def open(self) -> "Intake":
        """Bring in what the last process left in the journal, learn the sources, and begin to keep house."""
        self._store.is_away = True
        self._come_back_if_possible()
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop keeping house, and let go of the journal and the database."""
        self._closed.set()
        self._thread.join(timeout=5)
        self._journal.close()
        self._store.close()
        self._house_store.close()

    @property
    def is_journalling(self) -> bool:
        """Say whether contacts go into the journal now, because the database is away."""
        return self._store.is_away

    def reference_of(self, *, source: str, key: str) -> str:
        """Return the reference of what this source sends under this key, now and for ever."""
        return refs.derive_reference(self._secret, source, key)

    def accept_contact(self, arrival: ContactArrival) -> Receipt:
        """
        Take a contact. When this returns, it is on the disk, in the database or in the journal.

        :raises Unacceptable: if the database can never take it
        :raises JournalUnwritable: if it could be put nowhere: it must not be acknowledged
        """
        try:
            outcome, reference, received_at = storing.store_contact(self._store, arrival)
        except NotCommitted:
            self._journal.append(arrival)
            return Receipt(
                outcome="journalled",
                reference=arrival.reference,
                received_at=arrival.received_at,
            )
        return Receipt(outcome=outcome, reference=reference, received_at=received_at)

    def accept_call_event(self, arrival: CallArrival) -> Outcome:
        """
        Take a queue event of a call, as a contact is taken.

        :raises Unacceptable: if the database can never take it
        :raises JournalUnwritable: if it could be put nowhere
        """
        try:
            return storing.store_call_event(self._store, arrival)
        except NotCommitted:
            self._journal.append(arrival)
            return "journalled"

    def accept_unit_report(self, arrival: UnitArrival) -> Outcome:
        """
        Take what a unit reported, as a contact is taken.

        :raises Unacceptable: if the database can never take it
        :raises JournalUnwritable: if it could be put nowhere
        """
        try:
            return storing.store_unit_report(self._store, arrival)
        except NotCommitted:
            self._journal.append(arrival)
            return "journalled"

    def keep_refusal(self, arrival: RefusedArrival) -> None:
        """
        Count what a registered source sent and could not be taken, and keep it byte for byte.

        :raises JournalUnwritable: if it could be put nowhere
        """
        try:
            storing.store_refusal(self._store, arrival)
        except NotCommitted:
            self._journal.append(arrival)

    def count_refusal(self, *, kind: str, at: datetime, source: str = "") -> None:
        """Count a refusal of which nothing is kept: in memory first, so that an unknown sender cannot make us write."""
        with self._count_lock:
            self._uncounted[source, kind, at.replace(minute=0, second=0, microsecond=0)] += 1

    def _keep_house(self) -> None:
        waited = 0.0
        while not self._closed.wait(PROBE_SECONDS):
            waited += PROBE_SECONDS
            try:
                if self.is_journalling:
                    self._come_back_if_possible()
                elif waited >= REFRESH_SECONDS:
                    waited = 0.0
                    self._tidy()
            except NotCommitted:
                continue
            except Exception:
                # The house is kept for as long as the process lives: whatever failed is tried again.
                log.exception("intake: housekeeping failed")

    def _come_back_if_possible(self) -> None:
        if not self._house_store.answers():
            return
        self._house_store.is_away = False
        # The journal first: a contact sent again before its entry is in would be stored with the later time of receipt. But
        # not the whole of a long one: under load more would arrive meanwhile than is brought in.
        if not self._bring_in_journal():
            return
        self._store.is_away = False
        self._tidy()

    def _bring_in_journal(self) -> bool:
        """Bring in what is there, as far as it goes; say whether the database was there. What is left comes next time."""
        try:
            if journal.waiting_files(self._folder):
                replay_into(self._house_store, folder=self._folder, seal=self._seal, seconds=REPLAY_SECONDS)
        except NotCommitted:
            return False
        except (journal.ReplayIsRunning, TimeIsUp):
            return True
        except Exception:
            # A journal that cannot be read must not keep new contacts out of the database; the replay is tried again.
            log.exception("intake: the journal could not be replayed")
        return True

    def _tidy(self) -> None:
        if self._house_store.is_away:
            self._house_store.is_away = not self._house_store.answers()
        # Each time, not only on return: a call that failed just before may have begun a file after it.
        self._journal.close()
        self._bring_in_journal()
        if self._house_store.door == "intake":
            self.keys.refresh(storing.known_sources(self._house_store))
        self._write_counts()

    def _write_counts(self) -> None:
        with self._count_lock:
            counted, self._uncounted = self._uncounted, Counter()
        while counted:
            which, count = counted.popitem()
            try:
                storing.store_count(self._house_store, which, count)
            except NotCommitted:
                with self._count_lock:
                    self._uncounted += Counter({which: count, **counted})
                return

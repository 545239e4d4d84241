"""
What does the worker do? It files what intake received, within a second, and runs what has come due.

Nothing lives in its memory: kill it at any instant and the next one goes on from the rows.
"""

import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import close_old_connections

from standfast.cli.chat_filing import CHAT_FILER
from standfast.cli.filing import FILERS
from standfast.foundation.intake import operations as intake
from standfast.foundation.intake.operations import chat_filing
from standfast.foundation.kernel import clock
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations import queries as duties
from standfast.foundation.people.access import WORKER
from standfast.foundation.runtime.memory import settle_memory
from standfast.schedule import JOBS, Job

PAUSE_SECONDS = 0.1
AT_A_TIME = 20
HELD_UP_SECONDS = 0.5
# A long journal must not keep what is already stored from being filed.
REPLAY_SECONDS = 1.0
PUBLIC_FOLDER = "public"
"""Where the public pages keep their journal, beside that of the intake API."""
# A row that is left to people is still tried, this long after the last time.
TRY_AGAIN_AFTER = timedelta(minutes=5)
ASKING = ""
"""The reference under which a job has a setback that could not even ask which rows are due."""
_log = structlog.get_logger(__name__)


def run_worker() -> None:
    """Work until asked to stop."""
    settle_memory()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    schedule, journal = Schedule(), Journal()

    def keep_up() -> bool:
        journal.replay_now_and_then()
        schedule.run_due(now=clock.now())
        return False

    # Chats have a thread of their own: a rush of reports must not keep words of somebody in danger from being read.
    filing = Filing()
    work = [filing.file, filing.help_out, file_chats_once]
    threads = [threading.Thread(target=_repeat, args=(each, stop)) for each in work]
    for thread in threads:
        thread.start()
    _repeat(keep_up, stop)
    for thread in threads:
        thread.join()


def _repeat(work: Callable[[], bool], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            busy = work()
        except Exception:  # noqa: BLE001 - the worker outlives every fault
            # The database may be away for a while: what waits in it or in the journal is still there afterwards.
            _log.exception("worker pass failed")
            close_old_connections()
            busy = False
            stop.wait(1)
        if not busy:
            stop.wait(PAUSE_SECONDS)


def file_chats_once() -> bool:
    """File what visitors wrote. Returns whether there may be more."""
    return chat_filing.file_waiting_chats(filer=CHAT_FILER, by=WORKER, now=clock.now(), limit=AT_A_TIME) > 0


def file_once() -> bool:
    """
    File what waits, oldest first. Returns whether there is more: a pass that was not full is followed by a rest.

    What comes meanwhile is then claimed together. Claimed one by one, a fourth of all that is asked of the database would be about claims.
    """
    return intake.file_waiting(filers=FILERS, by=WORKER, now=clock.now(), limit=AT_A_TIME) == AT_A_TIME


class Filing:
    """
    Two threads that file. Neither takes a row the other holds.

    One is enough most of the time, and leaves a core to those who send units. The other helps in a rush, which is when a pass was full, and
    while the first is held up: a row that waits for somebody's lock must not keep those behind it from being filed.
    """

    def __init__(self) -> None:
        self._is_rush = False
        self._began: float | None = None

    def file(self) -> bool:
        """File what waits. Returns whether there is more."""
        self._began = time.monotonic()
        try:
            self._is_rush = file_once()
        finally:
            self._began = None
        return self._is_rush

    def help_out(self) -> bool:
        """File too, if that is needed. Returns whether there is more."""
        began = self._began
        held_up = began is not None and time.monotonic() - began > HELD_UP_SECONDS
        return (self._is_rush or held_up) and file_once()


class Journal:
    """Brings what was journalled while the database was away into it, whenever there is some."""

    def __init__(self) -> None:
        self._asked = 0.0

    def replay_now_and_then(self) -> None:
        """Look at the journal folder, at most once a second."""
        if time.monotonic() - self._asked < 1 or not settings.ENVIRONMENT.journal_dir:
            return
        self._asked = time.monotonic()
        top = Path(settings.ENVIRONMENT.journal_dir)
        try:
            for folder in (top, top / PUBLIC_FOLDER):
                intake.replay_folder(
                    address=settings.ENVIRONMENT.database_url,
                    folder=folder,
                    secret=settings.ENVIRONMENT.reference_secret,
                    seconds=REPLAY_SECONDS,
                )
        except (intake.ReplayIsRunning, intake.NotCommitted, intake.TimeIsUp) as wait:
            _log.info("journal replay waits", because=str(wait))


class Schedule:
    """
    When each job last asked.

    A row that fails three times in a row is shown to people, and tried again at longer intervals: what time should have done is never
    given up.
    """

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}

    def run_due(self, *, now: datetime) -> None:
        """Run every job whose time has come."""
        for job in JOBS:
            last = self._asked.get(job.name)
            if last is None or time.monotonic() - last >= job.every.total_seconds():
                self._asked[job.name] = time.monotonic()
                run_job(job, now=now)


def run_job(job: Job, *, now: datetime) -> None:
    """Run a job on each row that has come due. A row it cannot do is noted as a setback, and the other rows go on."""
    standing = duties.setbacks_of(job.name)
    try:
        due = job.due(now)
    except Exception as fault:  # noqa: BLE001 - the other jobs go on
        _note(job, ASKING, fault, now=now)
        return
    failing = {reference for reference in due if not _is_done(job, reference, standing.get(reference), now=now)}
    for reference in standing.keys() - failing:
        obligations.end_setback(job=job.name, reference=reference, by=WORKER, now=now)


def _is_done(job: Job, reference: str, setback: duties.SetbackRecord | None, *, now: datetime) -> bool:
    if setback and setback.tries >= duties.TRIES and now - setback.last_at < TRY_AGAIN_AFTER:
        return False
    try:
        job.operation(reference, now)
    except Exception as fault:  # noqa: BLE001 - the other rows go on
        _note(job, reference, fault, now=now)
        return False
    return True


def _note(job: Job, reference: str, fault: Exception, *, now: datetime) -> None:
    _log.exception("job failed", job=job.name, reference=reference)
    obligations.note_setback(job=job.name, reference=reference, fault=fault, by=WORKER, now=now)

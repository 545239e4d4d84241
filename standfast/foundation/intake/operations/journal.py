"""
Where do contacts go while the database is away? Into a file of this process, flushed to the disk before anybody is told.

A process appends to one file and holds its lock; a replay reads every file, from its cursor, and moves those that are finished and
that nobody appends to any more into `done/`. Entries are replayed by their keys, so one that is replayed twice changes nothing.
"""

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from standfast.foundation.intake.rules.arrival import Arrival, UnknownArrival, arrival_of, payload_of
from standfast.foundation.intake.rules.journal_frame import (
    Seal,
    SealedOtherwise,
    frame_of,
    whole_frames,
)
from standfast.foundation.kernel.errors import Refusal

SUFFIX = ".journal"
_REPLAY_LOCK = "replay.lock"


class JournalUnwritable(Refusal):
    """The journal cannot be written: nothing may be acknowledged."""


class ReplayIsRunning(Refusal):
    """Another replay of this folder is running."""


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What a replay found: entries sent on, files finished, bytes of torn entries, entries another secret or release wrote."""

    entries: int = 0
    finished: int = 0
    torn_bytes: int = 0
    unopened: int = 0

    def __add__(self, other: "Replayed") -> "Replayed":
        """Return both together."""
        return Replayed(
            entries=self.entries + other.entries,
            finished=self.finished + other.finished,
            torn_bytes=self.torn_bytes + other.torn_bytes,
            unopened=self.unopened + other.unopened,
        )


class Journal:
    """The file this process appends to; made at the first entry after each time the database was there."""

    def __init__(self, folder: Path, *, seal: Seal) -> None:
        self.folder = folder
        self._seal = seal
        self._lock = threading.Lock()
        self._file: int | None = None
        self._whole = 0

    def append(self, arrival: Arrival) -> None:
        """
        Write one entry and flush it to the disk. When this returns, the entry survives the machine.

        :raises JournalUnwritable: if it could not be written whole
        """
        frame = frame_of(payload_of(arrival), self._seal)
        with self._lock:
            try:
                if self._file is None:
                    self._file, self._whole = _begin(self.folder), 0
                _write_all(self._file, frame)
                os.fsync(self._file)
                self._whole += len(frame)
            except OSError as error:
                self._give_up()
                raise JournalUnwritable(f"The journal cannot be written: {error.strerror}.") from error

    def close(self) -> None:
        """Append no more to this file, so that a replay may finish it."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _give_up(self) -> None:
        # The torn entry is cut off if that still works; if not, its checksum tells it from a whole one.
        if self._file is None:
            return
        with suppress(OSError):
            os.ftruncate(self._file, self._whole)
        with suppress(OSError):
            os.close(self._file)
        self._file = None


def replay(folder: Path, *, seal: Seal, accept: Callable[[Arrival], None]) -> Replayed:
    """
    Send on every whole entry that was not sent yet, oldest file first. What `accept` raises ends the replay; nothing is lost by it.

    :raises ReplayIsRunning: if another one is at it
    """
    found = Replayed()
    with _only_one(folder):
        for path in waiting_files(folder):
            found += _replay_file(path, seal=seal, accept=accept)
    return found


def waiting_files(folder: Path) -> list[Path]:
    """Return the files not yet replayed to their end, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def shares_device(folder: Path, other: Path) -> bool:
    """Say whether a folder lies on the same device as another: one broken disk would then take both."""
    return folder.stat().st_dev == other.stat().st_dev


def prepare_folder(folder: Path) -> None:
    """
    Make the folder, for this user only, and see that it can be written.

    :raises JournalUnwritable: if not
    """
    try:
        for path in (folder, folder / "done", folder / "unopened"):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        trial = folder / f".trial-{os.getpid()}-{secrets.token_hex(4)}"
        trial.write_bytes(b"")
        trial.unlink()
    except OSError as error:
        raise JournalUnwritable(f"The journal folder {folder} cannot be written: {error.strerror}.") from error


def replace_file(path: Path, content: bytes) -> None:
    """Write a small file whole or not at all, for this user only, and flush it to the disk."""
    trial = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    number = os.open(trial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write_all(number, content)
        os.fsync(number)
    finally:
        os.close(number)
    trial.replace(path)
    _flush_folder(path.parent)


def _begin(folder: Path) -> int:
    # Locked under another name first: a replay that saw it unlocked would take it for finished.
    name = f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}"
    path = folder / f".{name}"
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.rename(folder / f"{name}{SUFFIX}")
        _flush_folder(folder)
    except OSError:
        os.close(number)
        raise
    return number


def _replay_file(path: Path, *, seal: Seal, accept: Callable[[Arrival], None]) -> Replayed:
    # Asked before reading: what nobody appends to now is whole in what is read next.
    finished = _nobody_appends(path)
    cursor_path = path.with_suffix(".cursor")
    begun = sent_to = int(cursor_path.read_text()) if cursor_path.exists() else 0
    data = path.read_bytes()
    entries = unopened = 0
    try:
        for frame in whole_frames(data, begun):
            try:
                arrival = arrival_of(seal.open(frame.sealed))
            except (SealedOtherwise, UnknownArrival):
                unopened += 1
            else:
                accept(arrival)
                entries += 1
            sent_to = frame.end
    finally:
        if sent_to > begun:
            replace_file(cursor_path, str(sent_to).encode())
    if not finished:
        return Replayed(entries=entries, unopened=unopened)
    _put_away(path, cursor_path, folder=path.parent / ("unopened" if unopened else "done"))
    return Replayed(entries=entries, unopened=unopened, finished=1, torn_bytes=len(data) - sent_to)


def _put_away(path: Path, cursor_path: Path, *, folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    path.rename(folder / path.name)
    cursor_path.unlink(missing_ok=True)
    _flush_folder(folder)
    _flush_folder(path.parent)


def _nobody_appends(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with (folder / _REPLAY_LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReplayIsRunning("A replay of this journal is running already.") from None
        yield


def _write_all(number: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(number, view) :]


def _flush_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)

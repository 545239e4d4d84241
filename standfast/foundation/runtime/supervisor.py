"""
What keeps every process running on one machine?

    Supervisor([ProcessSpec(name="staff", argv=[...], env={...})], postgres=server, home=home).run(ready_urls=[...], on_ready=say_so)

It starts them, starts again what dies, and stops them in order: the database last. If it is killed itself, its children are told so by
the kernel and end too: nothing is left running that nobody watches. What ignores that is ended by the next start.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from standfast.foundation.runtime.home import write_private
from standfast.foundation.runtime.postgres import EmbeddedPostgres, die_with_parent
from standfast.foundation.runtime.problems import RuntimeProblem

STATUS_FILE = "run/status.json"
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
STEADY_SECONDS = 10.0
LOOK_SECONDS = 0.1
LONGEST_LINE_BYTES = 65_536
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """
    One process to keep running.

    `kill_after` is how many seconds it may take to stop. One that is not `essential` may finish: with exit code 0 it is not started again.
    One that is `after_ready` talks to the others: it is started once they have answered.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    kill_after: float = 3.0
    essential: bool = True
    after_ready: bool = False


@dataclass
class _Turn:
    """When something that died may be started again: at once after a steady life, ever later after short ones."""

    pause: float = FIRST_PAUSE / 2
    started_at: float = 0.0
    due_at: float = 0.0
    starts: int = 0

    def begin(self) -> None:
        self.started_at = time.monotonic()
        self.due_at = 0.0
        self.starts += 1

    def is_due(self) -> bool:
        now = time.monotonic()
        if not self.due_at:
            steady = now - self.started_at > STEADY_SECONDS
            self.pause = FIRST_PAUSE if steady else min(self.pause * 2, LONGEST_PAUSE)
            self.due_at = now + (self.pause if self.starts else 0)
        return now >= self.due_at


@dataclass
class _Child:
    spec: ProcessSpec
    process: subprocess.Popen[bytes] | None = None
    turn: _Turn = field(default_factory=_Turn)
    finished: bool = False

    def start(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            list(self.spec.argv),
            env=dict(self.spec.env),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            # A session of its own: Ctrl-C in a terminal is for us alone, and what it starts can be ended with it.
            start_new_session=True,
            # Only ever called in the main thread: the kernel ties a child to the thread that made it.
            preexec_fn=die_with_parent(self.spec.stop_signal),  # noqa: PLW1509 - one call, no locks
        )
        self.turn.begin()
        threading.Thread(target=_forward, args=(self.spec.name, self.process), daemon=True).start()

    def is_running(self) -> bool:
        """Return whether it runs; of one that has died, whatever it left running is ended too, so that it holds no port."""
        if self.process is None:
            return False
        if self.process.returncode is None and os.waitid(
            os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT
        ):
            # Before it is reaped, its number can belong to nobody else.
            _end_group(self.process.pid)
            self.process.wait()
            self.finished = not self.spec.essential and self.process.returncode == 0
        return self.process.returncode is None


class Supervisor:
    """Keeps processes, and the embedded PostgreSQL if there is one, running until asked to stop."""

    def __init__(self, specs: Sequence[ProcessSpec], *, postgres: EmbeddedPostgres | None, home: Path) -> None:
        self._children = [_Child(spec) for spec in specs]
        self._postgres = postgres
        self._postgres_turn = _Turn(starts=1)
        self._home = home
        self._status = home / STATUS_FILE
        self._stop = threading.Event()
        self._ready = threading.Event()

    def run(self, *, ready_urls: Sequence[str] = (), on_ready: Callable[[], None] = lambda: None) -> None:
        """
        Keep everything running until SIGTERM, SIGINT or SIGHUP; `on_ready` is called once every URL has answered 200.

        To be called in the main thread.

        :raises RuntimeProblem: if another supervisor runs on this home, or a program cannot be started at all
        """
        end_leftovers(self._home)
        self._status.parent.mkdir(mode=0o711, exist_ok=True)
        waiter = threading.Thread(target=self._say_ready, args=(list(ready_urls), on_ready), daemon=True)
        with self._listening_for_stops():
            try:
                self._look()
                waiter.start()
                while not self._stop.wait(LOOK_SECONDS):
                    self._look()
            finally:
                self._end()

    @contextlib.contextmanager
    def _listening_for_stops(self) -> Iterator[None]:
        def stop(_number: int, _frame: FrameType | None) -> None:
            self._stop.set()

        before = {each: signal.signal(each, stop) for each in STOPPING}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _look(self) -> None:
        changed = self._look_at_postgres()
        for child in self._children:
            is_early = child.spec.after_ready and not self._ready.is_set()
            if is_early or child.is_running() or child.finished or not child.turn.is_due():
                continue
            try:
                child.start()
            except OSError as error:
                raise RuntimeProblem(f"{child.spec.name} cannot be started: {error}.") from None
            changed = True
        if changed:
            self._write_status()

    def _look_at_postgres(self) -> bool:
        if self._postgres is None or not self._postgres.is_dead() or not self._postgres_turn.is_due():
            return False
        self._postgres_turn.begin()
        try:
            # Its recovery is not waited for: meanwhile the other processes need watching, and intake keeps its journal.
            self._postgres.launch()
        except RuntimeProblem as problem:
            _say("postgres", str(problem))
        return True

    def _write_status(self) -> None:
        found = {"supervisor": _entry(os.getpid(), restarts=0)}
        for child in self._children:
            if child.process:
                found[child.spec.name] = _entry(child.process.pid, restarts=child.turn.starts - 1)
        if self._postgres:
            found["postgres"] = _entry(self._postgres.pid, restarts=self._postgres_turn.starts - 1)
        write_private(self._status, json.dumps(found))

    def _end(self) -> None:
        self._stop.set()
        running = [child for child in self._children if child.is_running() and child.process]
        began = time.monotonic()
        for child in running:
            _send(child, child.spec.stop_signal)
        while running:
            for child in running:
                if time.monotonic() - began > child.spec.kill_after:
                    _send(child, signal.SIGKILL)
            running = [child for child in running if child.is_running()]
            time.sleep(LOOK_SECONDS / 5)
        if self._postgres:
            self._postgres.stop()
        self._status.unlink(missing_ok=True)

    def _say_ready(self, urls: list[str], on_ready: Callable[[], None]) -> None:
        while urls and not self._stop.wait(LOOK_SECONDS):
            urls = [url for url in urls if not answers(url)]
        if not self._stop.is_set():
            self._ready.set()
            on_ready()


def ready(urls: Iterable[str], *, within: float = 60.0) -> None:
    """
    Return once every URL has answered 200.

    :raises RuntimeProblem: naming those that have not after `within` seconds
    """
    waiting = list(urls)
    end = time.monotonic() + within
    while waiting := [url for url in waiting if not answers(url)]:
        if time.monotonic() > end:
            raise RuntimeProblem(f"No healthy answer within {within:g} seconds from {', '.join(waiting)}.")
        time.sleep(LOOK_SECONDS)


def answers(url: str) -> bool:
    """Say whether a URL answers 200 within a second."""
    try:
        with urllib.request.urlopen(url, timeout=1) as reply:  # noqa: S310 - our own addresses
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def read_status(home: Path) -> dict[str, dict[str, int]]:
    """Return the process ids and restarts of a running supervisor and its children; none when none runs."""
    try:
        found: dict[str, dict[str, int]] = json.loads((home / STATUS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def end_leftovers(home: Path) -> None:
    """
    End what a supervisor that was killed left running: whatever did not obey the kernel's signal.

    :raises RuntimeProblem: if that supervisor still runs
    """
    found = {name: entry for name, entry in read_status(home).items() if _is_same(entry)}
    if living := found.get("supervisor"):
        raise RuntimeProblem(
            f"Another Standfast already runs on {home} (process {living['pid']}); stop that one first."
        )
    for name, entry in found.items():
        # PostgreSQL is ended by the lawful owner of its folder, and in good order.
        if name != "postgres":
            _end_group(entry["pid"])


def _entry(pid: int, *, restarts: int) -> dict[str, int]:
    return {"pid": pid, "restarts": restarts, "started": _started(pid)}


def _is_same(entry: dict[str, int]) -> bool:
    # A number is used again, but not by a process that started at the same tick.
    return bool(entry["pid"]) and _started(entry["pid"]) == entry["started"] != 0


def _started(pid: int) -> int:
    """When a process started, in kernel ticks since boot; 0 if it does not run."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] == "Z" else int(fields[19])


def _send(child: _Child, number: signal.Signals) -> None:
    if child.process is None:
        return
    if number == signal.SIGKILL:
        _end_group(child.process.pid)
    else:
        child.process.send_signal(number)


def _end_group(leader: int) -> None:
    # Each child leads a group of its own, made with its session.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _forward(name: str, process: subprocess.Popen[bytes]) -> None:
    if process.stdout is None:
        return
    with process.stdout as lines:
        while line := lines.readline(LONGEST_LINE_BYTES):
            _say(name, line.decode(errors="replace").rstrip("\n"))


def _say(name: str, line: str) -> None:
    # A closed terminal is no reason to let a child wait for its words to be read.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{name:>8} | {line}\n")
        sys.stderr.flush()

"""What is left of an earlier PostgreSQL server on the same data, and how is it ended so that the next is not refused?"""

import contextlib
import os
import signal
import time
from pathlib import Path

from standfast.foundation.runtime.problems import RuntimeProblem

STOP_SECONDS = 60.0
PAUSE_SECONDS = 0.02


def end_predecessors(data: Path) -> None:
    """
    End every server process that still works on this data. Only the data's lawful owner may call this.

    A server whose owner was killed is asked to stop; of a server that was itself killed, the orphans are told what it would have
    told them: a busy one would not notice before its question ends. Where the kernel lists no processes, PostgreSQL's own check is
    all there is.

    :raises RuntimeProblem: if an earlier server does not stop within a minute
    """
    first = _recorded_pid(data / "postmaster.pid")
    asked: set[int] = set()
    end = time.monotonic() + STOP_SECONDS
    while left := _servers_on(data):
        if time.monotonic() > end:
            raise RuntimeProblem(f"An earlier PostgreSQL on {data} does not stop (process {min(left)}); end it first.")
        for pid in ({first} if first in left else left) - asked:
            asked.add(pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT if pid == first else signal.SIGQUIT)
        time.sleep(PAUSE_SECONDS)


def remove_false_lock(path: Path) -> None:
    """
    Remove a lock file that names a living process which is no server: a number used again, as after a restart of the machine.

    PostgreSQL would take that process for a rival. Every other lock file is left to PostgreSQL. Call it after `end_predecessors`.
    """
    pid = _recorded_pid(path)
    if pid is not None and Path(f"/proc/{pid}").exists():
        path.unlink(missing_ok=True)


def _recorded_pid(path: Path) -> int | None:
    try:
        return abs(int(path.read_text(encoding="utf-8").split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


def _servers_on(data: Path) -> set[int]:
    # Every process of a server works in its data folder; so may an administrator's shell, which is left alone.
    place = data.resolve()
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == place and (entry / "exe").readlink().name.startswith("postgres"):
                found.add(int(entry.name))
    return found

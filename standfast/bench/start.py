"""How long until everything answers? A demonstration is started in an empty folder, stopped, and started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from standfast.foundation.runtime.supervisor import answers

GOAL_SECONDS = 10.0
PATIENCE_SECONDS = 180
PROCESSES = ("staff", "live", "public", "intake")


def run() -> dict[str, Any]:
    """Return the seconds from the command to the last process's answer: the first time, with the force made up, and again."""
    home = Path(tempfile.mkdtemp(prefix="standfast-bench-"))
    home.chmod(0o711)
    try:
        first, again = _seconds_to_ready(home), _seconds_to_ready(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    goal = {
        "name": "seconds to ready once installed",
        "value": again,
        "goal": f"<= {GOAL_SECONDS:g}",
        "met": again <= GOAL_SECONDS,
    }
    figures = {"first_start_seconds": first, "start_seconds": again}
    return {"figures": figures, "yardstick": {}, "ratios": {}, "goals": [goal]}


def _seconds_to_ready(home: Path) -> float:
    ports = {process: _free_port() for process in PROCESSES}
    options = [part for process, port in ports.items() for part in (f"--{process}-port", str(port))]
    began = perf_counter()
    with (home / "up.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "standfast.cli.main", "up", "--demo", *options],
            env={**os.environ, "STANDFAST_HOME": str(home)},
            stdout=log,
            stderr=log,
        )
    try:
        waiting = [f"http://127.0.0.1:{port}/healthz" for port in ports.values()]
        while waiting:
            waiting = [url for url in waiting if not answers(url)]
            if process.poll() is not None or perf_counter() - began > PATIENCE_SECONDS:
                raise RuntimeError(f"It did not start; see {home / 'up.log'}: {waiting}")
            sleep(0.02)
        return round(perf_counter() - began, 2)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

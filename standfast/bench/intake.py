"""
How many contacts a second are acknowledged after their commit, through the real endpoint, and how soon is each filed?

Two server processes; PostgreSQL, servers and load share the machine. Beside it, in turn: the same rows committed by bare psycopg with
as many clients, and taken by a bare web program. The worker runs only where the filing is measured.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from standfast.bench.intake_load import has_wrk, press, send_steadily
from standfast.bench.intake_raw import commits_per_second
from standfast.bench.serving import WORKER, environment, running, served

CLIENTS = (8, 32)
THREADS = 8
STEADY_PER_SECOND = 60
WANTED_RATIO, WANTED_P99_MS, WANTED_LAG_SECONDS = 0.20, 100.0, 1.0
_WAIT_SECONDS = 60
_PREPARE = """
import django; django.setup()
from standfast.config.database import migrate_and_grant; migrate_and_grant()
from standfast.foundation.intake import operations
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
by = Actor(ref="bench", name="Bench", roles=frozenset({"administrator"}))
new = operations.NewSource(code="bench", name="Bench", rate_per_minute=100_000_000)
print(operations.register_source(new=new, by=by, now=clock.now()))
"""
_LAG = """
SELECT extract(epoch FROM percentile_disc(0.99) WITHIN GROUP (ORDER BY c.stored_at - s.stored_at))::float8, count(*)
FROM intake_submission s JOIN contact_contact c ON c.reference = s.reference WHERE s.id > %s
"""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A prepared, empty database, the key and id of one source in it, and a folder for the journal."""

    urls: dict[str, str]
    key: str
    source: int
    folder: Path

    def ask(self, query: str, *given: object) -> Any:
        """Return the first row."""
        with psycopg.connect(self.urls["migrator"]) as connection:
            row = connection.execute(query.encode(), given).fetchone()
            assert row is not None  # noqa: S101 - every query here has a row
            return row


def run(*, urls: dict[str, str], rounds: int = 3, seconds: int = 4, steady_seconds: int = 20) -> dict[str, Any]:
    """
    Measure on an empty prepared database, given by the address of each of its log-ins.

    :raises RuntimeProblem: if a server or the load generator does not start
    """
    folder = Path(tempfile.mkdtemp(prefix="standfast-bench-intake-"))
    try:
        bench = prepare(urls, folder)
        figures, yardstick = _pressed(bench, rounds=rounds, seconds=seconds)
        figures |= _steady(bench, seconds=steady_seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ratios = _ratios(figures, yardstick)
    notes = [
        f"load by {'wrk' if has_wrk() else 'our own client, which takes part of the machine from what it measures'}"
    ]
    return {
        "figures": figures,
        "yardstick": yardstick,
        "ratios": ratios,
        "goals": _goals(figures, ratios),
        "notes": notes,
    }


def prepare(urls: dict[str, str], folder: Path) -> Bench:
    """Make the tables where there are none, and the source that sends."""
    found = subprocess.run(
        [sys.executable, "-c", _PREPARE],
        env=_environment("migrator", urls["migrator"], folder),
        check=True,
        capture_output=True,
        text=True,
    )
    bench = Bench(urls=urls, key=found.stdout.split()[-1], source=0, folder=folder)
    (source,) = bench.ask("SELECT id FROM intake_source WHERE code = 'bench'")
    return Bench(urls=urls, key=bench.key, source=source, folder=folder)


def _pressed(bench: Bench, *, rounds: int, seconds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Measure ours and the yardsticks in turn, and return the median of each over the rounds."""
    found: dict[str, list[float]] = {}
    with served_intake(bench) as ours, served_intake(bench, "standfast.bench.intake_bare") as bare:
        for port in (ours, bare):
            press(port=port, key=bench.key, clients=max(CLIENTS), seconds=1)
        for _ in range(rounds):
            for clients in CLIENTS:
                for name, value in _pressed_once(bench, ports=(ours, bare), clients=clients, seconds=seconds).items():
                    found.setdefault(name, []).append(value)
    medians = {name: round(statistics.median(values), 1) for name, values in found.items()}
    figures = {name: value for name, value in medians.items() if name.startswith("acknowledged")}
    return figures, {name: value for name, value in medians.items() if name not in figures}


def _pressed_once(bench: Bench, *, ports: tuple[int, int], clients: int, seconds: int) -> dict[str, float]:
    found = {}
    for name, at_once in (("raw_one_statement", True), ("raw_three_statements", False)):
        found[f"{name}_{clients}_per_second"] = commits_per_second(
            url=bench.urls["migrator"], source=bench.source, clients=clients, seconds=seconds, at_once=at_once
        )
    for name, port in zip(("acknowledged", "bare_web"), ports, strict=True):
        load = press(port=port, key=bench.key, clients=clients, seconds=seconds)
        found |= {
            f"{name}_{clients}_per_second": load.per_second,
            f"{name}_{clients}_p99_ms": load.p99_ms,
            f"{name}_{clients}_failed": float(load.failed),
        }
    return found


def _steady(bench: Bench, *, seconds: int) -> dict[str, float]:
    """Send at the rate of a storm while the worker files, and return what senders waited and how late the contacts were."""
    (before,) = bench.ask("SELECT coalesce(max(id), 0) FROM intake_submission")
    # What the presses left is not to be filed: this measures how late a contact is, not how long a backlog takes.
    with psycopg.connect(bench.urls["migrator"], autocommit=True) as owner:
        owner.execute("UPDATE intake_filing SET filed_at = now() WHERE filed_at IS NULL")
    with served_intake(bench) as port, working(bench) as worker:
        send_steadily(port=port, key=bench.key, per_second=10, seconds=3)
        (before,) = bench.ask("SELECT coalesce(max(id), 0) FROM intake_submission")
        used = _cpu_seconds(worker)
        load = send_steadily(port=port, key=bench.key, per_second=STEADY_PER_SECOND, seconds=seconds)
        until = time.monotonic() + _WAIT_SECONDS
        while bench.ask("SELECT count(*) FROM intake_filing WHERE filed_at IS NULL")[0] and time.monotonic() < until:
            time.sleep(0.2)
        used = _cpu_seconds(worker) - used
        lag, filed = bench.ask(_LAG, before)
    return {
        "steady_p99_ms": load.p99_ms,
        "steady_failed": load.failed,
        "filing_lag_p99_seconds": round(lag or _WAIT_SECONDS, 3),
        "steady_not_filed": STEADY_PER_SECOND * seconds - filed,
        # What the worker itself used, PostgreSQL's part not counted: unlike the lag it says little of what else the machine does.
        "filing_cpu_ms_a_contact": round(1000 * used / max(filed, 1), 2),
    }


@contextlib.contextmanager
def served_intake(bench: Bench, target: str = "standfast.config.wsgi") -> Iterator[int]:
    """Serve the intake, or a yardstick of it, by two processes."""
    given = _environment("intake", bench.urls["intake"], bench.folder)
    if target.endswith("bare"):
        given |= {"DATABASE_URL": bench.urls["migrator"], "BARE_SOURCE": str(bench.source)}
    with served(target, given, workers=2, threads=THREADS) as port:
        yield port


@contextlib.contextmanager
def working(bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    """Let a worker file what comes in."""
    with running([*WORKER], _environment("worker", bench.urls["worker"], bench.folder)) as process:
        yield process


def _cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _environment(process: str, url: str, folder: Path) -> dict[str, str]:
    return environment(process, url, STANDFAST_JOURNAL_DIR=str(folder / "journal"))


def _ratios(figures: dict[str, float], yardstick: dict[str, float]) -> dict[str, float]:
    return {
        f"ours_to_{name}_{clients}": round(
            figures[f"acknowledged_{clients}_per_second"] / yardstick[f"{name}_{clients}_per_second"], 3
        )
        for clients in CLIENTS
        for name in ("raw_one_statement", "raw_three_statements", "bare_web")
    }


def _goals(figures: dict[str, float], ratios: dict[str, float]) -> list[dict[str, Any]]:
    goals = []
    for clients in CLIENTS:
        # Against the faster of the two ways to commit the same rows.
        value = min(ratios[f"ours_to_raw_one_statement_{clients}"], ratios[f"ours_to_raw_three_statements_{clients}"])
        goals.append(
            {
                "name": f"acknowledged to raw commits, {clients} clients",
                "value": value,
                "goal": f">= {WANTED_RATIO}",
                "met": value >= WANTED_RATIO and not figures[f"acknowledged_{clients}_failed"],
            }
        )
    p99, lag = figures["steady_p99_ms"], figures["filing_lag_p99_seconds"]
    steady = figures["steady_failed"] == 0 and figures["steady_not_filed"] == 0
    return [
        *goals,
        {
            "name": f"p99 of the acknowledgement at {STEADY_PER_SECOND} a second, ms",
            "value": p99,
            "goal": f"<= {WANTED_P99_MS:g}",
            "met": p99 <= WANTED_P99_MS and figures["steady_failed"] == 0,
        },
        {
            "name": f"p99 from stored to filed at {STEADY_PER_SECOND} a second, s",
            "value": lag,
            "goal": f"<= {WANTED_LAG_SECONDS:g}",
            "met": lag <= WANTED_LAG_SECONDS and steady,
        },
    ]

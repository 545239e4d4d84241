"""
How fast are an incident opened, a unit sent and a status taken while sixty contacts a second arrive?

Over HTTP, by a signed-in contact officer and a dispatcher, one round after the other: the route of a graded contact is confirmed, which
opens its incident; a unit is sent; its arrival is noted by voice; its terminal reports that it is free. The intake takes its storm and the
worker files it all the while, on the same machine. After each of our acts the same rows are written by bare SQL.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psycopg

from standfast.bench import intake
from standfast.bench.dispatch_bare import ACKNOWLEDGED, BareCopies, Rows, rows_of, written
from standfast.bench.intake_load import Load, send_steadily
from standfast.bench.serving import form_token, served, signed_in, staff_environment
from standfast.foundation.runtime.problems import RuntimeProblem

WHOLE, SHORT = (2000, 300, 120), (200, 30, 25)
"""Open incidents, units on duty, rounds."""
WARM_UP = 5
ROUND_SECONDS = 0.5
WANTED_MS = 50.0
LONGEST_WAIT_SECONDS = 30.0
MOST_SETTLING_SECONDS, QUIET_SECONDS = 180.0, 8.0
AT_SCENE, FREE = 6, 2
ACTS = {
    "create": "an incident opened",
    "assign": "a unit sent",
    "status": "a status noted by voice",
    "report": "a terminal's status acknowledged",
}


def run(*, urls: dict[str, str], short: bool = False) -> dict[str, Any]:
    """
    Measure on an empty prepared database, given by the address of each of its log-ins.

    :raises RuntimeProblem: if a process does not start, or an act is not done
    """
    size = SHORT if short else WHOLE
    folder = Path(tempfile.mkdtemp(prefix="standfast-bench-dispatch-"))
    try:
        graded = _made(urls, size)
        bench = intake.prepare(urls, folder)
        with _desk(bench, units=size[1]) as desk:
            rows = _warmed_up(desk, graded)
            with intake.working(bench):
                _wait_until_settled(desk)
                load = _measured(desk, graded[WARM_UP:], rows)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _result(desk, rows, load, size)


def _made(urls: dict[str, str], size: tuple[int, int, int]) -> list[str]:
    incidents, units, rounds = size
    command = [sys.executable, "-m", "standfast.bench.board_made", *map(str, (incidents, units, rounds + WARM_UP))]
    given = staff_environment("migrator", urls["migrator"])
    return subprocess.run(command, env=given, check=True, capture_output=True, text=True).stdout.split()


@dataclass(kw_only=True)
class Desk:
    """Who acts, on what, and how long each act took in milliseconds: ours, and the same rows by bare SQL."""

    officer: httpx.Client
    dispatcher: httpx.Client
    terminal: httpx.Client
    tokens: tuple[str, str]
    owner: psycopg.Connection
    intake_port: int
    key: str
    callsigns: list[str]
    ours: dict[str, list[float]] = field(default_factory=dict)
    bare: dict[str, list[float]] = field(default_factory=dict)
    until_free: list[float] = field(default_factory=list)

    def act(self, name: str, contact: str, callsign: str) -> float:
        """
        Do one act and return the milliseconds until it was answered.

        :raises RuntimeProblem: if it was not done
        """
        send = _REQUESTS[name](self, contact, callsign)
        began = time.perf_counter()
        answer = send()
        took = (time.perf_counter() - began) * 1000
        if answer.status_code not in {201, 302}:
            raise RuntimeProblem(f"{ACTS[name]}: answered {answer.status_code}: {answer.text[-500:]}")
        return took

    def incident_of(self, contact: str) -> str:
        """Return the reference of the incident opened for a contact."""
        row = self.owner.execute("SELECT reference FROM incidents_incident WHERE journey = %s", [contact]).fetchone()
        if row is None:
            raise RuntimeProblem("No incident was opened.")
        return str(row[0])

    def wait_until_free(self, callsign: str) -> float:
        """
        Wait until what the terminal reported is the unit's state, and return the milliseconds.

        :raises RuntimeProblem: if it never is
        """
        began = time.perf_counter()
        while time.perf_counter() - began < LONGEST_WAIT_SECONDS:
            query = "SELECT state FROM incidents_unit WHERE callsign = %s"
            if self.owner.execute(query, [callsign]).fetchone() == (FREE,):
                return (time.perf_counter() - began) * 1000
            time.sleep(0.005)
        raise RuntimeProblem(f"{callsign} reported that it is free, and is not after {LONGEST_WAIT_SECONDS:g} s.")


def _create(desk: Desk, contact: str, _callsign: str) -> Callable[[], httpx.Response]:
    form = {"csrfmiddlewaretoken": desk.tokens[0]}
    return lambda: desk.officer.post(f"/contact/{contact}/route", data=form)


def _assign(desk: Desk, contact: str, callsign: str) -> Callable[[], httpx.Response]:
    form = {
        "csrfmiddlewaretoken": desk.tokens[1],
        "callsign": callsign,
        "how": "send",
        "reason": "measured, not chosen",
    }
    address = f"/dispatch/incidents/{desk.incident_of(contact)}/send"
    return lambda: desk.dispatcher.post(address, data=form)


def _status(desk: Desk, _contact: str, callsign: str) -> Callable[[], httpx.Response]:
    form = {"csrfmiddlewaretoken": desk.tokens[1], "code": str(AT_SCENE)}
    return lambda: desk.dispatcher.post(f"/dispatch/units/{callsign}/status", data=form)


def _report(desk: Desk, contact: str, callsign: str) -> Callable[[], httpx.Response]:
    report = {"status": FREE, "at": datetime.now(tz=UTC).isoformat()}
    headers = {"Authorization": f"Bearer {desk.key}", "Idempotency-Key": f"free-{contact}"}
    return lambda: desk.terminal.post(f"/api/v1/units/{callsign}/reports", json=report, headers=headers)


_REQUESTS: dict[str, Callable[[Desk, str, str], Callable[[], httpx.Response]]] = {
    "create": _create,
    "assign": _assign,
    "status": _status,
    "report": _report,
}


@contextmanager
def _desk(bench: intake.Bench, *, units: int) -> Iterator[Desk]:
    """Start everything; the second half of the units are those that were sent nowhere."""
    with ExitStack() as stack:
        staff = stack.enter_context(served("standfast.config.wsgi", staff_environment("staff", bench.urls["staff"])))
        port = stack.enter_context(intake.served_intake(bench))
        owner = stack.enter_context(psycopg.connect(bench.urls["migrator"], autocommit=True))
        officer, dispatcher = (
            stack.enter_context(closing(signed_in(staff, role))) for role in ("contact_officer", "dispatcher")
        )
        yield Desk(
            officer=officer,
            dispatcher=dispatcher,
            terminal=stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)),
            tokens=(form_token(officer, "/contact"), form_token(dispatcher, "/dispatch/book")),
            owner=owner,
            intake_port=port,
            key=bench.key,
            callsigns=[f"U{number:03d}" for number in range(units // 2, units)],
        )


def _warmed_up(desk: Desk, graded: list[str]) -> dict[str, Rows]:
    """Do the first rounds with nothing else going on, not even a worker, and return what each act writes."""
    found: dict[str, Rows] = {}
    for number, contact in enumerate(graded[:WARM_UP]):
        callsign = desk.callsigns[number % len(desk.callsigns)]
        for name in ACTS:
            before = rows_of(desk.owner)
            desk.act(name, contact, callsign)
            found[name] = written(before, rows_of(desk.owner))
    return found | {"report": ACKNOWLEDGED}


def _wait_until_settled(desk: Desk) -> None:
    """Wait until the worker has filed the first reports and told of the made incidents that are overdue: in a force not all are new."""
    for number in range(WARM_UP):
        desk.wait_until_free(desk.callsigns[number % len(desk.callsigns)])
    told, until = -1, time.monotonic() + MOST_SETTLING_SECONDS
    while time.monotonic() < until:
        row = desk.owner.execute("SELECT count(*) FROM incidents_escalation").fetchone()
        if row == (told,):
            return
        told = row[0] if row else 0
        time.sleep(QUIET_SECONDS)


def _wait_for_the_storm(desk: Desk) -> None:
    """Wait until contacts arrive: the process that sends them needs a while to start."""
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while desk.owner.execute("SELECT EXISTS (SELECT FROM intake_submission)").fetchone() == (False,):
        if time.monotonic() > until:
            raise RuntimeProblem(f"No contact arrived within {LONGEST_WAIT_SECONDS:g} s.")
        time.sleep(0.05)


def _measured(desk: Desk, graded: list[str], rows: dict[str, Rows]) -> Load:
    """Do the rounds while contacts arrive; what begins after the last contact was sent does not count."""
    bare = BareCopies(desk.owner)
    storm = {"port": desk.intake_port, "key": desk.key, "per_second": intake.STEADY_PER_SECOND}
    # In a process of its own: its threads would hold up what is measured here.
    with get_context("spawn").Pool(1) as pool:
        sending = pool.apply_async(send_steadily, kwds={**storm, "seconds": round(len(graded) * ROUND_SECONDS) + 2})
        _wait_for_the_storm(desk)
        for number, contact in enumerate(graded):
            if sending.ready():
                break
            began = time.monotonic()
            callsign = desk.callsigns[number % len(desk.callsigns)]
            for name in ACTS:
                desk.ours.setdefault(name, []).append(desk.act(name, contact, callsign))
                if name == "report":
                    desk.until_free.append(desk.wait_until_free(callsign))
                desk.bare.setdefault(name, []).append(bare.write(rows[name]))
            time.sleep(max(0.0, ROUND_SECONDS - (time.monotonic() - began)))
        return sending.get(LONGEST_WAIT_SECONDS + len(graded))


def _result(desk: Desk, rows: dict[str, Rows], load: Load, size: tuple[int, int, int]) -> dict[str, Any]:
    incidents, units, _ = size
    figures: dict[str, float] = {"incidents": incidents, "units": units, "rounds": len(desk.until_free)}
    yardstick: dict[str, float] = {}
    for name in ACTS:
        figures |= _of(name, desk.ours[name]) | {f"{name}_rows": sum(rows[name].values())}
        yardstick |= _of(f"bare_sql_{name}", desk.bare[name])
    figures |= _of("report_until_it_is_the_state", desk.until_free)
    figures |= {"contacts_per_second": round(load.per_second, 1), "contacts_failed": load.failed}
    figures["contacts_p99_ms"] = load.p99_ms
    return {
        "figures": figures,
        "yardstick": yardstick,
        "ratios": {
            f"{name}_to_bare_p50": round(figures[f"{name}_p50_ms"] / yardstick[f"bare_sql_{name}_p50_ms"], 2)
            for name in ACTS
        },
        "goals": [
            {
                "name": f"{what} p95 while {intake.STEADY_PER_SECOND} contacts a second arrive, ms",
                "value": figures[f"{name}_p95_ms"],
                "goal": f"≤ {WANTED_MS:g}",
                "met": figures[f"{name}_p95_ms"] <= WANTED_MS and not load.failed,
            }
            for name, what in ACTS.items()
        ],
        "notes": ["bare SQL has no HTTP, no sign-in and no rule, and changes no row that stands already"],
    }


def _of(name: str, times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {f"{name}_p50_ms": round(median(ordered), 1), f"{name}_p95_ms": round(ordered[int(0.95 * len(ordered))], 1)}

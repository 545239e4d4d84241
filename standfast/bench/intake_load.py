"""How many contacts a second does the endpoint acknowledge, and how long does each sender wait?"""

import http.client
import json
import random
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from standfast.foundation.runtime.problems import RuntimeProblem

SENTENCE = "There is a man at my door shouting and he will not go away, my children are upstairs"
CONTACT = {
    "channel": "999",
    "received_at": "2026-11-23T14:00:00+00:00",
    "words": SENTENCE,
    "caller": {"name": "Made Up", "phone": "07700 900123", "relation": "victim"},
    "place": {"text": "12 High Street, Knotford", "lat": 52.8, "lon": -2.1},
    "kind": "disturbance",
    "priority": 1,
}
# Each wrk thread has a number, each run a word of its own: no key is sent twice.
_SCRIPT = """
local threads = 0
function setup(thread) threads = threads + 1; thread:set("number", threads) end
function init(args) sent = 0; stamp = args[1] .. "-" .. number end
function request()
  sent = sent + 1
  return wrk.format("POST", "/api/v1/contacts",
    {["Authorization"] = "Bearer KEY", ["Content-Type"] = "application/json", ["Idempotency-Key"] = stamp .. "-" .. sent},
    BODY .. stamp .. "-" .. sent .. '"}')
end
function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format('RESULT {"requests": %d, "seconds": %.6f, "failed": %d, "p99_ms": %.3f}\\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(99) / 1000))
end
"""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one run of a load found."""

    per_second: float
    p99_ms: float
    failed: int


def has_wrk() -> bool:
    """Say whether Debian's load generator is here; a slower one of our own takes its place."""
    return shutil.which("wrk") is not None


def press(*, port: int, key: str, clients: int, seconds: int) -> Load:
    """
    Send as fast as the answers come, with so many clients.

    :raises RuntimeProblem: if the load generator fails
    """
    if has_wrk():
        return _press_with_wrk(port=port, key=key, clients=clients, seconds=seconds)
    return _press_ourselves(port=port, key=key, clients=clients, seconds=seconds)


def send_steadily(*, port: int, key: str, per_second: int, seconds: int, senders: int = 12) -> Load:
    """
    Send at a steady rate, whatever the answers do; a wait counts from when its contact was due to be sent.

    A sender that is late sends at once, so a stall is seen by every contact that fell into it.
    """
    due = [number / per_second for number in range(per_second * seconds)]
    waits: list[float] = []
    failed: list[int] = []
    began = time.perf_counter() + 0.2
    stamp = secrets.token_hex(4)

    def send(mine: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for number in range(mine, len(due), senders):
            time.sleep(max(0.0, began + due[number] - time.perf_counter()))
            status = _post(connection, key=key, contact=f"{stamp}-{number}")
            waits.append(time.perf_counter() - began - due[number])
            if status != 201:
                failed.append(status)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(per_second=len(due) / max(waits[-1] + due[-1], 1e-9), p99_ms=_p99(waits), failed=len(failed))


def body_of(number: str) -> bytes:
    """Return the JSON of one made-up contact."""
    return json.dumps({**CONTACT, "source_ref": number}).encode()


def _press_with_wrk(*, port: int, key: str, clients: int, seconds: int) -> Load:
    start = json.dumps({**CONTACT, "source_ref": ""})[:-2]
    script = f"local BODY = [==[{start}]==]\n" + _SCRIPT.replace("KEY", key)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.lua"
        path.write_text(script, encoding="utf-8")
        done = subprocess.run(
            [
                *("wrk", "-t2", f"-c{clients}", f"-d{seconds}s", "-s", str(path), f"http://127.0.0.1:{port}"),
                *("--", secrets.token_hex(4)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if line is None:
        raise RuntimeProblem(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    found = json.loads(line.removeprefix("RESULT "))
    return Load(per_second=found["requests"] / found["seconds"], p99_ms=found["p99_ms"], failed=found["failed"])


def _press_ourselves(*, port: int, key: str, clients: int, seconds: int) -> Load:
    with get_context("spawn").Pool(2) as pool:
        parts = pool.starmap(_press_part, [(port, key, clients // 2, seconds)] * 2)
    waits = [wait for part, _ in parts for wait in part]
    return Load(per_second=len(waits) / seconds, p99_ms=_p99(waits), failed=sum(failed for _, failed in parts))


def _press_part(port: int, key: str, clients: int, seconds: int) -> tuple[list[float], int]:
    until, waits, failed = time.perf_counter() + seconds, list[float](), list[int]()

    def send(_: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        while (sent := time.perf_counter()) < until:
            status = _post(connection, key=key, contact=f"{random.getrandbits(80):x}")
            waits.append(time.perf_counter() - sent)
            if status != 201:
                failed.append(status)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits, len(failed)


def _post(connection: http.client.HTTPConnection, *, key: str, contact: str) -> int:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": contact}
    connection.request("POST", "/api/v1/contacts", body=body_of(contact), headers=headers)
    reply = connection.getresponse()
    reply.read()
    return reply.status


def _p99(seconds: list[float]) -> float:
    return round(sorted(seconds)[int(len(seconds) * 0.99)] * 1000, 1)

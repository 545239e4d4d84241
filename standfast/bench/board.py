"""
How fast is the dispatchers' board with two thousand open incidents and three hundred units, and how heavy is it?

Asked over HTTP of the real staff process by a signed-in dispatcher, one page after the other. Beside it, in the same run and served
alike: the same rows by a bare Django page with no session, no clocks and no reasons.
"""

import re
import subprocess
import sys
import time
from statistics import median
from typing import Any

import httpx

from standfast.bench.serving import served, signed_in, staff_environment

WHOLE, SHORT = (2000, 300, 120), (200, 30, 30)
"""Open incidents, units on duty, how often each page is asked for."""
WARM_UP = 10
WANTED_PAGE_MS, WANTED_FRAGMENT_MS, WANTED_KB = 150.0, 50.0, 60.0


def run(*, urls: dict[str, str], short: bool = False) -> dict[str, Any]:
    """
    Measure on an empty prepared database, given by the address of each of its log-ins.

    :raises RuntimeError: if a process does not start, or a page is not the board
    """
    incidents, units, asked = SHORT if short else WHOLE
    made = [sys.executable, "-m", "standfast.bench.board_made", str(incidents), str(units)]
    subprocess.run(made, env=staff_environment("migrator", urls["migrator"]), check=True)
    staff = staff_environment("staff", urls["staff"])
    with served("standfast.config.wsgi", staff) as port:
        figures = {"incidents": incidents, "units": units, **_ours(signed_in(port, "dispatcher"), asked=asked)}
    with served("standfast.bench.board_bare", staff) as port:
        other = httpx.Client(base_url=f"http://127.0.0.1:{port}")
        plain, plain_size = _timed(other, "/board", {}, asked=asked, shows="<tr>")
    yardstick = {**_of("bare_page", plain), "bare_page_kb": plain_size}
    return {
        "figures": figures,
        "yardstick": yardstick,
        "ratios": {"page_to_bare_p50": round(figures["page_p50_ms"] / yardstick["bare_page_p50_ms"], 2)},
        "goals": [
            _goal("first page p95, ms", figures["page_p95_ms"], WANTED_PAGE_MS),
            _goal("refresh fragment p95, ms", figures["fragment_p95_ms"], WANTED_FRAGMENT_MS),
            _goal("first page, kB as sent", figures["page_kb"], WANTED_KB),
        ],
        "notes": ["TicketsCAD, measured beforehand on 200 incidents: 242 ms and 196 kB"],
    }


def _ours(client: httpx.Client, *, asked: int) -> dict[str, float]:
    """Ask for the page, the page with an incident chosen, the fragment of a refresh and the map's marks."""
    chosen = re.search(r"incident=([\w-]+)", client.get("/dispatch").text)
    fragment = {"HX-Request": "true", "HX-Target": "board-rows", "Standfast-Background": "1"}
    asks: dict[str, tuple[str, dict[str, str], str]] = {
        "page": ("/dispatch", {}, "board-rows"),
        "page_with_a_choice": (f"/dispatch?incident={chosen[1] if chosen else ''}", {}, "Recommended"),
        "fragment": ("/dispatch", fragment, "data-row"),
        "map": ("/dispatch/map", {}, "incidents"),
    }
    figures: dict[str, float] = {}
    for name, (path, headers, shows) in asks.items():
        times, size = _timed(client, path, headers, asked=asked, shows=shows)
        figures |= {**_of(name, times), f"{name}_kb": size}
    return figures


def _timed(
    client: httpx.Client, path: str, headers: dict[str, str], *, asked: int, shows: str
) -> tuple[list[float], float]:
    """Ask one page again and again; return each time in milliseconds, sorted, and its size in kB as sent."""
    times = []
    for number in range(asked + WARM_UP):
        began = time.perf_counter()
        answer = client.get(path, headers=headers)
        took = (time.perf_counter() - began) * 1000
        if answer.status_code != 200 or shows not in answer.text:
            raise RuntimeError(f"{path} was answered {answer.status_code} and does not show {shows}.")
        if number >= WARM_UP:
            times.append(took)
    return sorted(times), round(answer.num_bytes_downloaded / 1000, 1)


def _of(name: str, times: list[float]) -> dict[str, float]:
    return {f"{name}_p50_ms": round(median(times), 1), f"{name}_p95_ms": round(times[int(0.95 * len(times))], 1)}


def _goal(name: str, value: float, goal: float) -> dict[str, Any]:
    return {"name": name, "value": value, "goal": f"≤ {goal:g}", "met": value <= goal}

"""Which benches are there, on what do they run, and in which form do they answer?"""

import os
import platform
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

from standfast.foundation.runtime.logins import ROLES, prepare_database
from standfast.foundation.runtime.postgres import EmbeddedPostgres

Result = dict[str, Any]
PLANNING_PACKAGES = ("lightgbm", "ortools", "prophet", "statsforecast")
PACKAGES = ("standfast", "Django", "psycopg", "granian", "zen-engine", "splink", *PLANNING_PACKAGES)


def run_bench(name: str, *, tell: Callable[[str], None], short: bool = False) -> Result:
    """Run one bench, short if it can be, and return figures, yardstick, ratios and goals, with the machine and the versions."""
    tell(f"{name}: running")
    began = perf_counter()
    found = _run(name, {"short": True} if short and name in WITH_SHORT_FORM else {})
    return {
        **found,
        "bench": name,
        "machine": machine(),
        "versions": versions(),
        "seconds": round(perf_counter() - began, 1),
    }


def told(result: Result) -> str:
    """Return a bench's result as a person reads it: each goal first, then every figure beside the yardstick's."""
    lines = [f"{result['bench']} ({result['seconds']} s)"]
    for goal in result["goals"]:
        verdict = {True: "met", False: "MISSED", None: "not measured here"}[goal["met"]]
        lines.append(f"  {goal['name']}: {goal['value']} (goal {goal['goal']}) {verdict}")
    for part in ("figures", "yardstick", "ratios"):
        lines += [f"  {part}: {name} = {value}" for name, value in result.get(part, {}).items()]
    return "\n".join(lines)


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """Run a PostgreSQL of the bench's own, with an empty prepared database, and give the address of each of its log-ins."""
    folder = Path(tempfile.mkdtemp(prefix="standfast-bench-"))
    folder.chmod(0o711)
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    try:
        passwords = {role: secrets.token_urlsafe(16) for role in ROLES}
        urls = prepare_database(
            admin_url=postgres.address(database="postgres"), database="standfast_bench", passwords=passwords
        )
        yield urls
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    return {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def versions() -> dict[str, str]:
    """Return the versions of what was measured, those installed."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _run(name: str, given: dict[str, Any]) -> Result:
    """Run a bench, reading only its own module: some peers cannot live in one process."""
    module = import_module(f"standfast.bench.{name}")
    if name not in ON_A_SERVER:
        return module.run(**given)  # type: ignore[no-any-return]
    with server() as urls:
        return module.run(**ON_A_SERVER[name](urls), **given)  # type: ignore[no-any-return]


ON_A_SERVER: dict[str, Callable[[dict[str, str]], dict[str, Any]]] = {
    "board": lambda urls: {"urls": urls},
    "chat": lambda urls: {"urls": urls},
    "dispatch": lambda urls: {"urls": urls},
    "intake": lambda urls: {"urls": urls},
    "match": lambda urls: {"database_url": urls["migrator"]},
}
"""What benches that need a PostgreSQL are told of it."""
BENCHES = (
    *("assess", "board", "chat", "decide", "dispatch", "forecast", "intake", "match", "policy"),
    *("rank", "roster", "simulate", "staffing", "start"),
)
WITH_SHORT_FORM = frozenset({"board", "chat", "dispatch", "forecast"})

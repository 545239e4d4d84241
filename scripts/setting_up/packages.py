"""Which Python packages does this tree run on? Those of uv.lock, and no other: by uv, or by pip from an export of the same lock."""

import json
import os
import sys
import tomllib
from collections.abc import Sequence

from setting_up import stamps
from setting_up.places import ENVIRONMENT, REQUIREMENTS, ROOT
from setting_up.running import Failed, can_run, run_over_network, say, told
from setting_up.tools import PIP, install_locked, make_environment, tool

RUN = "packages-run"
TEST = "packages-test"
UV = {
    "UV_HTTP_TIMEOUT": "120",
    "UV_HTTP_RETRIES": "5",
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
    "UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT),
    "VIRTUAL_ENV": str(ENVIRONMENT),
}
WITHOUT_UV = "WITHOUT_UV"
"""Set to 1 to use pip although uv could be had."""


def install_for_running() -> None:
    """Install what `standfast` needs. What is there for the tests stays."""
    digest = _digest()
    if not _is_installed([RUN, TEST], digest):
        stamps.forget(TEST)
        _install(RUN, digest=digest, uv_options=["--no-dev", "--inexact"], requirements="run.txt")


def install_for_tests() -> None:
    """Install everything: what `standfast` needs, what the tests need, and what the benches compare with."""
    digest = _digest()
    if not _is_installed([TEST], digest):
        stamps.forget(RUN)
        _install(TEST, digest=digest, uv_options=["--all-groups", "--all-extras"], requirements="test.txt")


def _digest() -> str:
    # Of pyproject.toml only what is installed: a new rule of the linter needs no new environment.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [project["build-system"], project["project"], project["dependency-groups"]]
    return stamps.digest_of(files=[ROOT / "uv.lock"], words=[json.dumps(part, sort_keys=True) for part in parts])


def _is_installed(steps: Sequence[str], digest: str) -> bool:
    return any(stamps.is_done(step, digest) for step in steps) and can_run(
        str(ENVIRONMENT / "bin" / "python"), "-c", "import standfast"
    )


def _install(step: str, *, digest: str, uv_options: Sequence[str], requirements: str) -> None:
    stamps.forget(step)
    with told("install the Python packages"):
        if not (os.environ.get(WITHOUT_UV) != "1" and _sync(uv_options)):
            _install_with_pip(requirements)
    stamps.mark_done(step, digest)


def _sync(options: Sequence[str]) -> bool:
    try:
        uv = tool("uv")
    except Failed as failed:
        if failed.was_network:
            raise
        say(f"uv cannot be had here, so pip does it, more slowly: {str(failed).splitlines()[0]}")
        return False
    run_over_network(
        [str(uv / "bin" / "uv"), "sync", "--frozen", "--quiet", "--python", _python(), *options], variables=UV
    )
    return True


def _python() -> str:
    """An environment that works is kept, whichever Python made it."""
    own = str(ENVIRONMENT / "bin" / "python")
    return own if can_run(own, "-c", "import sys; sys.exit(sys.version_info < (3, 11))") else sys.executable


def _install_with_pip(requirements: str) -> None:
    make_environment(ENVIRONMENT)
    install_locked(ENVIRONMENT, REQUIREMENTS / requirements)
    pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", *PIP]
    run_over_network([*pip, "install", "--no-deps", "--editable", str(ROOT)])

"""Where do uv and Node come from? From PyPI, pinned by hash, each in an environment of its own under .state."""

import shutil
import sys
from pathlib import Path

from setting_up import machine, stamps
from setting_up.places import REQUIREMENTS, STATE
from setting_up.problem import SetUpProblem
from setting_up.running import can_run, run, run_over_network, told

PIP = ("--disable-pip-version-check", "--no-input", "-q", "--retries", "3", "--timeout", "60")


def tool(name: str) -> Path:
    """
    Return the environment that holds a tool, made if need be from `scripts/requirements/<name>.txt`.

    :raises SetUpProblem: if it cannot be made
    """
    folder = STATE / "tools" / name
    wanted = REQUIREMENTS / f"{name}.txt"
    digest = stamps.digest_of(files=[wanted])
    if not (stamps.is_done(name, digest) and can_run(str(folder / "bin" / "python"), "-c", "")):
        stamps.forget(name)
        with told(f"fetch {name}"):
            make_environment(folder)
            install_locked(folder, wanted)
        stamps.mark_done(name, digest)
    return folder


def make_environment(folder: Path) -> None:
    """
    Make an empty virtual environment with pip, in place of what is there.

    :raises SetUpProblem: if this Python cannot, and its missing half cannot be installed
    """
    if not _can_make_environments():
        if machine.may_install():
            machine.fetch_lists()
        machine.install(["python3-venv"])
        if not _can_make_environments():
            raise SetUpProblem(f"{sys.executable} cannot make environments; name another with PYTHON=…")
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(folder)])


def _can_make_environments() -> bool:
    # Debian's Python is divided: what remains without python3-venv can still be imported, but does nothing.
    return can_run(sys.executable, "-c", "import venv; from ensurepip import version")


def install_locked(folder: Path, requirements: Path) -> None:
    """
    Install exactly what a requirements file lists, by hash.

    :raises Failed: if pip cannot
    """
    pip = [str(folder / "bin" / "python"), "-m", "pip", *PIP]
    run_over_network([*pip, "install", "--require-hashes", "--only-binary", ":all:", "-r", str(requirements)])

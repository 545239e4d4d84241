"""What may the set-up install on this machine? As root, or with a sudo that asks no password: what is missing. Else: nothing."""

import os
import shutil
from collections.abc import Sequence

from setting_up.problem import SetUpProblem
from setting_up.running import Failed, can_run, run, run_over_network, told

APT_LINE = "sudo apt-get install -y python3-venv make chromium"
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1", "RUNLEVEL": "1"}
"""Ask nothing, restart nothing, and start no server that a package brings."""
OPTIONS = (
    *("-q", "-y", "-o", "Acquire::Retries=3", "-o", "Acquire::http::Timeout=60", "-o", "Acquire::https::Timeout=60"),
    *("-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"),
)


def may_install() -> bool:
    """Say whether packages of the system can be installed without asking anybody."""
    return bool(shutil.which("apt-get")) and (os.geteuid() == 0 or can_run("sudo", "-n", "true"))


def offers(package: str) -> bool:
    """Say whether the system's archive has a package, by the list it last fetched."""
    try:
        answer = run(["apt-cache", "policy", package])
    except Failed:
        return False
    return "Candidate:" in answer and "Candidate: (none)" not in answer


def install(packages: Sequence[str]) -> None:
    """
    Install packages of the system.

    :raises SetUpProblem: if that is not allowed here (with the line to type), or fails
    """
    if not may_install():
        raise SetUpProblem(f"{' and '.join(packages)} must be installed first: {APT_LINE}")
    with told(f"install {' '.join(packages)}"):
        _apt_get("install", "--no-install-recommends", *packages)


def fetch_lists() -> None:
    """
    Fetch the list of what the system's archive has: a new machine has none.

    :raises SetUpProblem: if it cannot be fetched
    """
    _apt_get("update")


def _apt_get(*words: str) -> None:
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    settings = [f"{name}={value}" for name, value in QUIET.items()]
    # Through `env`, for sudo drops the variables it is given.
    run_over_network([*prefix, "env", *settings, "apt-get", *OPTIONS, *words])

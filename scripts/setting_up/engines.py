"""Which routing engines do the nightly tests ask? OSRM and Valhalla, whose real programs come in packages of PyPI, pinned by hash."""

import shutil

from setting_up import stamps
from setting_up.packages import UV
from setting_up.places import REQUIREMENTS, STATE
from setting_up.running import Failed, run_over_network, say, told
from setting_up.tools import tool

FOLDER = STATE / "engines"
"""The packages lie here unpacked: of each only the programs are used."""
WANTED = REQUIREMENTS / "engines.txt"
FOR_PYTHON = "3.12"
"""The packages are made for this Python and later ones. Their programs ask for none."""


def are_here() -> bool:
    """Say whether exactly the wanted engines were fetched."""
    return stamps.is_done("engines", _digest()) and FOLDER.is_dir()


def install_if_offered() -> None:
    """
    Fetch the engines where there are packages of them for this machine; say so where there are none.

    :raises SetUpProblem: if the network fails
    """
    if are_here():
        return
    stamps.forget("engines")
    shutil.rmtree(FOLDER, ignore_errors=True)
    uv = [str(tool("uv") / "bin" / "uv"), "pip", "install", "--quiet", "--target", str(FOLDER)]
    options = ["--python-version", FOR_PYTHON, "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    try:
        with told("fetch the routing engines"):
            run_over_network([*uv, *options, "-r", str(WANTED)], variables=UV)
    except Failed as failed:
        if failed.was_network:
            raise
        say(f"no routing engines for this machine, so their tests are left out: {str(failed).splitlines()[-1]}")
        return
    stamps.mark_done("engines", _digest())


def _digest() -> str:
    return stamps.digest_of(files=[WANTED])

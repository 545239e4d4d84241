"""Is there a PostgreSQL 15 of the system to test on, besides the one that Standfast brings? Where there is none, we say so."""

from pathlib import Path

from setting_up import machine
from setting_up.running import say

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
PACKAGE = "postgresql-15"


def install_if_offered() -> None:
    """
    Install the system's PostgreSQL 15 where the system has one and we may; say so where not.

    :raises SetUpProblem: if the installation itself fails
    """
    if (PROGRAMS / "postgres").exists():
        return
    if machine.may_install():
        if not machine.offers(PACKAGE):
            machine.fetch_lists()
        if machine.offers(PACKAGE):
            machine.install([PACKAGE])
            return
    say(f"no {PACKAGE} here, so the tests run on the PostgreSQL that Standfast brings only")

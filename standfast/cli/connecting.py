"""How does a command that needs the database get to it?"""

import os
from pathlib import Path

from standfast.foundation.runtime.home import locate_home
from standfast.foundation.runtime.logins import read_addresses
from standfast.foundation.runtime.problems import RuntimeProblem


def connect(*, role: str) -> None:
    """
    Set Django up as one of the log-ins: the address in DATABASE_URL, else the one `standfast up` wrote down.

    :raises RuntimeProblem: if neither is there
    """
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "standfast.config.settings")
    os.environ["STANDFAST_PROCESS"] = role
    if not os.environ.get("DATABASE_URL"):
        addresses = read_addresses(locate_home())
        if role not in addresses:
            raise RuntimeProblem("No database is known here; start one with `standfast up`, or set DATABASE_URL.")
        os.environ["DATABASE_URL"] = addresses[role]
    django.setup()


def readable(path: Path) -> Path:
    """
    Return the path of a file that can be read.

    :raises RuntimeProblem: if there is none
    """
    if not path.is_file():
        raise RuntimeProblem(f"{path}: there is no such file.")
    return path

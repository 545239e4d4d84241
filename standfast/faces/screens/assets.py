"""Under which address is a static file served? Its content is part of the address, so that a new release is never mixed with an old one."""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
URL = "/static/"


@cache
def asset(name: str) -> str:
    """
    Return the address of a file under `static/`, such as `src/main.js`.

    :raises FileNotFoundError: if there is no such file: `make assets` builds those under `built/`
    """
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"{URL}{name}?v={digest}"


def is_built(name: str) -> bool:
    """Say whether a file that `make assets` builds is there."""
    return (STATIC / name).is_file()

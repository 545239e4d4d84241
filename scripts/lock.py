"""Which packages does this tree run on from now on? Locks what pyproject.toml allows, and exports the lock for pip. `make lock`."""

import hashlib
import sys

from setting_up.places import REQUIREMENTS, ROOT
from setting_up.running import run, run_over_network
from setting_up.tools import tool

EXPORTS = {"run.txt": ["--no-dev"], "test.txt": ["--all-groups", "--all-extras"]}


def main() -> int:
    """Lock, and write each export with the digest of the lock it was made from: a test keeps them in step."""
    uv = str(tool("uv") / "bin" / "uv")
    run_over_network([uv, "lock", "--quiet"])
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()
    for name, options in EXPORTS.items():
        made = run([uv, "export", "--frozen", "--quiet", "--no-emit-project", "--no-header", "--no-annotate", *options])
        heading = f"# Made by `make lock`. Do not edit.\n# uv.lock sha256: {digest}\n"
        (REQUIREMENTS / name).write_text(heading + made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

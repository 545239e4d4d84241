"""May this tree be packed? Only with its front-end files: they are built, not committed, and a user of the wheel has no Node."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = Path("standfast/faces/screens/static/built")


class FrontEndFiles(BuildHookInterface[Any]):
    """Refuses to pack a tree whose front-end files are missing. An editable install needs none: they are built in place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """
        Look for the folder of built files. It appears whole or not at all, so that one look is enough.

        :raises SystemExit: if it is not there
        """
        if version != "editable" and not (Path(self.root) / BUILT).is_dir():
            raise SystemExit(f"{BUILT} is missing: run `make assets` first, or `make wheel`, which does both.")

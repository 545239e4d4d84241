"""Where are the data sets that development is measured on? They come with no licence to ship them, so they may be absent."""

import os
from pathlib import Path

VARIABLE = "STANDFAST_DATA_DIR"
BESIDE = Path(__file__).parents[3] / "shared" / "data"


def shared_data() -> Path | None:
    """Return the folder the variable names, or the one beside the repository; None if there is neither."""
    folder = Path(os.environ.get(VARIABLE, "") or BESIDE)
    return folder if folder.is_dir() else None

"""Would one broken disk take both the database and the journal that stands in for it?"""

import os
from pathlib import Path

JOURNAL_VARIABLE = "STANDFAST_JOURNAL_DIR"
DATABASE_FOLDER = "postgres"
"""Where in the home the embedded PostgreSQL keeps its data; a force's own server keeps its data where we cannot see it."""


def journal_folder(home: Path) -> Path:
    """Return where the journal is, or will be once something is written to it."""
    return Path(os.environ.get(JOURNAL_VARIABLE) or home / "journal")


def device_warnings(home: Path) -> list[str]:
    """Return a warning if the embedded database and the journal lie on one device. Django must be set up."""
    from standfast.foundation.intake.operations import shares_device

    database, journal = home / DATABASE_FOLDER, journal_folder(home)
    if not database.is_dir() or not shares_device(_there(journal), database):
        return []
    where = f"The journal in {journal} lies on the same device as the database: one broken disk would take both."
    return [f"{where} Set {JOURNAL_VARIABLE} to a folder on another."]


def _there(folder: Path) -> Path:
    # The journal's folder is made by the first process that may write there.
    return next(each for each in (folder, *folder.absolute().parents) if each.is_dir())

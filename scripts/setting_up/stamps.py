"""Was this step done already, with exactly these inputs? Then it is not done again, and needs no network."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from setting_up.places import ROOT, STATE


def digest_of(*, files: Iterable[Path] = (), words: Iterable[str] = ()) -> str:
    """Return one digest of the contents of files and of some words; of where the tree lies too, for environments cannot move."""
    total = hashlib.sha256()
    for part in [str(ROOT).encode(), *(path.read_bytes() for path in files), *(word.encode() for word in words)]:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()


def is_done(step: str, digest: str) -> bool:
    """Say whether a step was completed with these inputs."""
    stamp = STATE / f"{step}.stamp"
    return stamp.is_file() and stamp.read_text(encoding="ascii").strip() == digest


def mark_done(step: str, digest: str) -> None:
    """Remember that a step was completed with these inputs."""
    (STATE / f"{step}.stamp").write_text(digest + "\n", encoding="ascii")


def forget(step: str) -> None:
    """Forget a step, before its outcome is changed: an interrupted step must not look done."""
    (STATE / f"{step}.stamp").unlink(missing_ok=True)

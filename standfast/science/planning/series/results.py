"""How is a result written so that it names what it was made from, and nothing half written is ever left behind?"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from standfast.science.planning.series.history import Source
from standfast.science.planning.series.problems import BadSeries

CHUNK = 1 << 20


def source_of(path: Path) -> Source:
    """
    Return a file's name and the SHA-256 of its bytes.

    :raises BadSeries: if it cannot be read
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except OSError as wrong:
        raise BadSeries(f"{path}: {wrong.strerror or wrong}; a file that can be read was expected.") from None
    return Source(name=path.name, sha256=digest.hexdigest())


def about_path(path: Path) -> Path:
    """Return where a result says what it was made from and why it is so: FORECAST.csv has FORECAST.about.json beside it."""
    return path.with_suffix(".about.json")


def check_place(path: Path, *, not_over: Path | None = None) -> None:
    """
    Refuse a place that a result cannot be written to, or that holds what it is made from, before a long search and not after it.

    :raises BadSeries: naming what was expected
    """
    if not_over is not None and path.resolve() == not_over.resolve():
        raise BadSeries.of(path, "the result would overwrite its own input", expected="another name was")
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise BadSeries.of(
            path, "nothing can be written there", expected="a file in a folder that can be written to was"
        )


def write_result(path: Path, text: str | bytes, *, inputs: Iterable[Source], about: dict[str, Any]) -> None:
    """
    Write a result and, beside it, what it was made from; both whole or not at all.

    :raises BadSeries: if the folder cannot be written to
    """
    told = {"result": path.name, "inputs": [{"name": each.name, "sha256": each.sha256} for each in inputs], **about}
    write_whole(about_path(path), json.dumps(told, indent=1, ensure_ascii=False, default=_plain) + "\n")
    try:
        write_whole(path, text)
    except BadSeries:
        about_path(path).unlink(missing_ok=True)
        raise


def write_whole(path: Path, text: str | bytes) -> None:
    """
    Write a file to a temporary name and rename it, so that nobody ever sees half of it.

    :raises BadSeries: if the folder cannot be written to
    """
    given = text.encode("utf-8") if isinstance(text, str) else text
    temporary = ""
    try:
        number, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(number, "wb") as stream:
            stream.write(given)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as wrong:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink(missing_ok=True)
        raise BadSeries(f"{path}: {wrong.strerror or wrong}; a place that can be written to was expected.") from None


def _plain(value: Any) -> Any:
    # numpy's numbers know their plain twins.
    return value.item() if hasattr(value, "item") else str(value)

"""`standfast assess`: which vulnerability do texts show? JSON lines in, JSON lines out; needs no database and no network."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from standfast.cli.extras import needing
from standfast.cli.problems import FOUND_WRONG
from standfast.foundation.runtime.memory import settle_memory
from standfast.science.detector.assessment import assess_words
from standfast.science.detector.lines import LineError, assess_stream, texts_of

AT_ONCE = 256


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("assess")(assess)


def assess(
    model: Annotated[
        Path | None, typer.Option(help="A model trained for research (detector train); else the packaged detector")
    ] = None,
) -> None:
    """Read {"id","text"} lines from standard input and write what each shows; a bad line is reported and the rest goes on."""
    bad = 0
    for line in _assessed(model):
        if isinstance(line, LineError):
            bad += 1
            typer.echo(str(line), err=True)
        else:
            typer.echo(json.dumps(line, ensure_ascii=False))
    if bad:
        raise typer.Exit(FOUND_WRONG)


def _assessed(model: Path | None) -> Iterator[dict[str, Any] | LineError]:
    if model is None:
        assess_words("")
        # What was loaded for that stays until the end.
        settle_memory()
        return assess_stream(sys.stdin.buffer, assess=assess_words)
    with needing("planning"):
        from standfast.science.detector.learning import research
    strong = research.read_model(model)
    return assess_stream(_read_ahead(sys.stdin.buffer, strong.read_ahead), assess=strong.assess_words)


def _read_ahead(lines: Iterable[bytes], read: Callable[[Sequence[str]], None]) -> Iterator[bytes]:
    """Yield the lines, the texts of some hundred at a time having been read by a process a core: encoders take long."""
    waiting = iter(lines)
    while some := list(islice(waiting, AT_ONCE)):
        read(texts_of(some))
        yield from some

"""`standfast assess`: which vulnerability do texts show? JSON lines in, JSON lines out; needs no database and no network."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from standfast.cli.extras import needing
from standfast.cli.problems import FOUND_WRONG
from standfast.science.detector.assessment import assess_words
from standfast.science.detector.lines import Assess, LineError, assess_stream


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
    for line in assess_stream(sys.stdin.buffer, assess=_with(model)):
        if isinstance(line, LineError):
            bad += 1
            typer.echo(str(line), err=True)
        else:
            typer.echo(json.dumps(line, ensure_ascii=False))
    if bad:
        raise typer.Exit(FOUND_WRONG)


def _with(model: Path | None) -> Assess:
    if model is None:
        return assess_words
    with needing("planning"):
        from standfast.science.detector.learning import research
    return research.read_model(model).assess_words

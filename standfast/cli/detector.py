"""`standfast detector`: how are the packaged weights made again, and how is a stronger detector trained for research?"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from standfast.cli.extras import needing

detector = typer.Typer(help="The detector of vulnerability in words.", no_args_is_help=True)
Shares = Annotated[Path, typer.Option("--on", help="Folder of the labelled sets: text_dreaddit, text_sdcnl and so on")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(detector, name="detector")


@detector.command("tune")
def tune(
    on: Shares,
    edition: Annotated[str, typer.Option(help="The day the weights are named for, as 2026-04-01")] = "2026-04-01",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where the weights go; else where they are packaged")
    ] = None,
) -> None:
    """Tune the few hundred weights of the packaged blend on labelled texts. No word has a weight of its own."""
    with needing("planning"):
        from standfast.science.detector.learning import making
    written = making.make_blend(on=on, edition=date.fromisoformat(edition), out=out)
    typer.echo(f"{written.weights} weights on {written.texts} texts -> {written.path}")


@detector.command("train")
def train(
    on: Shares,
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the model goes: one file")],
) -> None:
    """
    Train a detector for research over words and letters, and over what a text is about where the extra `research` is installed. Never
    ship it: the licences of the labelled sets differ.
    """
    with needing("planning"):
        from standfast.science.detector.learning import research
    written = research.train_model(on=on, out=out, watched=_watched)
    typer.echo(f"{written.weights} weights on {written.texts} texts -> {written.path}")


def _watched(texts: Sequence[str]) -> Iterator[str]:
    with typer.progressbar(texts, label="posts read", file=sys.stderr) as bar:
        yield from bar

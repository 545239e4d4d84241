"""`standfast forecast`: how much demand will come, series by series, and how sure is that?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from standfast.cli.extras import needing
from standfast.cli.history_options import with_history_options
from standfast.cli.progress import bar

MOST_NOTES = 8


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("forecast")(with_history_options(forecast))


def forecast(
    history: Annotated[Path, typer.Argument(help="A CSV of counts, start,count, or of calls with --time")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Where the forecast goes; else it is printed")] = None,
    choice: Annotated[
        Path | None, typer.Option(help="The .about.json of an earlier forecast: choose as it did")
    ] = None,
    also: Annotated[str, typer.Option(help="Sums written beside it, with commas: 1d,1mo")] = "",
    against: Annotated[Path | None, typer.Option(help="An earlier forecast: say where demand left its band")] = None,
    parts: Annotated[Path | None, typer.Option(help="What makes each day: level, week, year, holiday, event")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw it, as .svg or .png")] = None,
    **given: Any,
) -> None:
    """Forecast each series of a history with quantiles, by the models that did best on that series before."""
    with needing("planning"):
        from standfast.science.planning.forecast import answering, asked, drawing
        from standfast.science.planning.forecast.engines import engine_named
    drawing.check_drawable(plot)
    answering.check_places(history, results=(out, parts, plot))
    wanted = asked.Asked(**given, choice=choice, also=also, against=against)
    with bar(("comparing models", "forecasting")) as tell:
        found = answering.answer(history, wanted, run=engine_named(given["engine"], tell=tell))
        found.write(out, parts=parts, picture=plot)
    if out is None:
        typer.echo(found.text, nl=False)
    for line in found.remarks(most=MOST_NOTES):
        typer.echo(line, err=True)

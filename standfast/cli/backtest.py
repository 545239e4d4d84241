"""`standfast backtest`: how well would `standfast forecast` have forecast this history, and how honest were its bands?"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from standfast.cli.extras import needing
from standfast.cli.history_options import with_history_options
from standfast.cli.progress import bar

USUAL_ORIGINS = 6
STAGES = ("comparing models", "forecasting", "measuring")


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backtest")(with_history_options(backtest))


def backtest(
    history: Annotated[Path, typer.Argument(help="A CSV of counts, start,count, or of calls with --time")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the report goes, as JSON")],
    origins: Annotated[
        int, typer.Option(help="How many earlier dates to forecast from, a horizon apart", rich_help_panel="What")
    ] = USUAL_ORIGINS,
    **given: Any,
) -> None:
    """Forecast a history from earlier dates, knowing only what came before each, and report how near and how honest it was."""
    with needing("planning"):
        from standfast.science.planning.forecast import asked, measuring
        from standfast.science.planning.forecast.engines import engine_named
        from standfast.science.planning.series.results import check_place, write_whole
    check_place(out, not_over=history)
    wanted = asked.Asked(**given)
    question = asked.read_question(history, wanted)
    stages = [f"origin {place} of {origins}: {stage}" for place in range(1, origins + 1) for stage in STAGES]
    with bar(stages) as tell:
        report = measuring.measure(question, wanted, origins=origins, run=engine_named(given["engine"], tell=tell))
        write_whole(out, json.dumps(report.as_json(out.name), indent=1, ensure_ascii=False) + "\n")
    for line in report.lines():
        typer.echo(line)

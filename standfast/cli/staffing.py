"""`standfast staffing`: how many people does a forecast take, interval by interval?"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from standfast.cli.extras import needing


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("staffing")(staffing)


def staffing(  # noqa: PLR0913, PLR0917 - an option each
    forecast: Annotated[Path, typer.Argument(help="A forecast: series,start,mean,q0.1,…")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the requirement goes, as CSV")],
    aht: Annotated[float, typer.Option(help="Mean handling time in seconds, wrap-up included")],
    answer: Annotated[
        str, typer.Option(help="Share and seconds, as 0.9/10; of a backlog the seconds each may wait")
    ] = "",
    average_wait: Annotated[float, typer.Option(help="Longest mean wait in seconds")] = float("inf"),
    abandoned: Annotated[float, typer.Option(help="Largest share that may hang up; wants a patience")] = 1.0,
    patience: Annotated[float, typer.Option(help="Mean seconds callers wait before they hang up")] = float("inf"),
    max_occupancy: Annotated[float, typer.Option(help="Largest share of their time people may be busy")] = 1.0,
    shrinkage: Annotated[float, typer.Option(help="Share of paid time not on the task: leave, sickness, breaks")] = 0.0,
    quantile: Annotated[float | None, typer.Option(help="Staff to this quantile of the forecast, not its mean")] = None,
    channel: Annotated[str, typer.Option(help="voice, chat:2 (two at once) or backlog")] = "voice",
    method: Annotated[str, typer.Option(help="transient, offered-load, lagged or stationary")] = "transient",
    line: Annotated[
        list[str] | None, typer.Option(help="Other figures of one series: 101:aht=540,answer=0.8/60")
    ] = None,
    pool: Annotated[str, typer.Option(help="One pool for these series, answered in this order: 999,101")] = "",
) -> None:
    """Work out how many people each interval of a forecast takes to reach a target, and how many on the roster."""
    given = {key: value for key, value in locals().items() if key not in {"forecast", "out", "line"}}
    with needing("planning"):
        from standfast.science.planning.series.forecasts import read_forecast
        from standfast.science.planning.series.results import check_place, write_result
        from standfast.science.planning.staffing import asked, requirement
    check_place(out, not_over=forecast)
    wanted = asked.Asked(**given, lines=tuple(line or ()))
    table = read_forecast(forecast)
    found = asked.plan(table, wanted)
    about = {"asked": {key: value for key, value in asdict(wanted).items() if value != float("inf")}}
    write_result(out, requirement.written(found), inputs=[table.source], about=about)

"""`standfast resourcing`: which roster and which forecast of units hold, so that a late attendance can be held against them?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from standfast.cli.connecting import connect, readable
from standfast.cli.extras import needing
from standfast.foundation.kernel import clock, days
from standfast.foundation.kernel.errors import Refusal

resourcing = typer.Typer(help="Published rosters and forecasts of units.", no_args_is_help=True)
Series = Annotated[str, typer.Option(help="Which series of the file, where it has several")]


class TimesUnknown(Refusal):
    """A roster that says who works which shift, without the file that says when a shift is."""


def add_to(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(resourcing, name="resourcing")


@resourcing.command("roster")
def publish_roster(
    file: Annotated[
        Path, typer.Argument(help="Coverage as `standfast roster --coverage` writes it, or with --problem its roster")
    ],
    problem: Annotated[
        Path | None, typer.Option(help="The roster problem in TOML, which knows when each shift is")
    ] = None,
    series: Series = "",
    column: Annotated[str, typer.Option(help="The column that holds the number of units on duty")] = "rostered",
) -> None:
    """Publish a roster of response units: how many are on duty when. It holds from now on, until another is published."""
    path = readable(file)
    with needing("planning"):
        from standfast.science.planning.roster.on_duty import looks_like_a_roster, roster_stretches
        from standfast.science.planning.series.stretches import people_stretches
    if problem is not None:
        found = roster_stretches(path, problem=readable(problem))
    elif looks_like_a_roster(path):
        raise TimesUnknown(
            f"{file}, line 1: it says who works which shift, not when; --problem with its TOML, or the file that "
            "`standfast roster --coverage` writes, was expected."
        )
    else:
        found = people_stretches(path, column=column, series=series)
    connect(role="staff")
    from standfast.cli.operator import OPERATOR
    from standfast.force.resourcing import operations

    stretches = [
        operations.RosterStretch(starts_at=each.starts_at, ends_at=each.ends_at, units=each.people) for each in found
    ]
    new = operations.NewRoster(file=path.name, stretches=stretches, series=series)
    _tell(operations.publish_roster(new=new, by=OPERATOR, now=clock.now()))


@resourcing.command("forecast")
def publish_forecast(
    file: Annotated[Path, typer.Argument(help="A forecast of incidents for units, as `standfast forecast` writes it")],
    series: Series = "",
) -> None:
    """Publish a forecast of how many incidents units will be asked for. It holds from now on, until another is published."""
    path = readable(file)
    with needing("planning"):
        from standfast.science.planning.series.stretches import demand_stretches
    found = demand_stretches(path, series=series)
    connect(role="staff")
    from standfast.cli.operator import OPERATOR
    from standfast.force.resourcing import operations

    intervals = [operations.ForecastInterval(**vars(each)) for each in found]
    new = operations.NewForecast(file=path.name, intervals=intervals, series=series)
    _tell(operations.publish_forecast(new=new, by=OPERATOR, now=clock.now()))


@resourcing.command("list")
def list_publications() -> None:
    """Print every roster and forecast that was published, newest first: when, by whom, for which time and from which file."""
    connect(role="staff")
    from standfast.cli.operator import OPERATOR
    from standfast.force.resourcing import queries

    for each in queries.list_publications(by=OPERATOR):
        typer.echo(f"{days.wall_clock(each.published_at)} {each.published_by}: {_told(each)}")


def _tell(publication: Any) -> None:
    typer.echo(f"Published: {_told(publication)}")


def _told(each: Any) -> str:
    begins, ends = (days.wall_clock(at) for at in (each.starts_at, each.ends_at))
    return f"{each.get_kind_display().lower()} from {begins} until {ends} ({each.file})"

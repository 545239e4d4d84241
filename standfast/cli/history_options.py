"""Which options say how a history is read and what is wanted of it? The same for every command that reads one."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

LEVELS = "0.025,0.1,0.5,0.9,0.975"

Horizon = Annotated[
    str, typer.Option(help="How far ahead: 28d, 12w, 12mo; else 28 days, 13 weeks or 12 months", rich_help_panel="What")
]
Quantiles = Annotated[
    str,
    typer.Option(help="Quantiles wanted, with commas; 0.9: nine times in ten it is no more", rich_help_panel="What"),
]
Models = Annotated[
    str,
    typer.Option(help="auto (those that did best), cheap (quick ones), or names with commas", rich_help_panel="What"),
]
Totals = Annotated[
    bool, typer.Option("--totals", help="Also every total over the series, adding up", rich_help_panel="What")
]
AsOf = Annotated[
    str,
    typer.Option(help="Know only what came before: 2026-11-23 or 2026-11-23T21:00", rich_help_panel="What"),
]
Engine = Annotated[
    str, typer.Option(help="Where it runs: local, dask, ray or spark; same answers", rich_help_panel="What")
]

Time = Annotated[
    str, typer.Option(help="The column of times; without --count every row is one call", rich_help_panel="History")
]
Count = Annotated[str, typer.Option(help="The column of counts", rich_help_panel="History")]
By = Annotated[
    str, typer.Option(help="Columns that name series, with commas: area,type,channel", rich_help_panel="History")
]
Counted = Annotated[
    str,
    typer.Option(help="Count by 5min, 15min, 1h, 1d, 1w or 1mo; else as the file does", rich_help_panel="History"),
]
Zone = Annotated[
    str, typer.Option(help="Time zone of the clock on the wall, as Europe/London", rich_help_panel="History")
]

Holidays = Annotated[
    str, typer.Option(help="Whose holidays: England, none or a country code", rich_help_panel="Unlike days")
]
Occasions = Annotated[
    list[str] | None,
    typer.Option(
        help="A nation as england, or a CSV of local occasions: date,name and until,lead,lag; may be given again",
        rich_help_panel="Unlike days",
    ),
]
Breaks = Annotated[
    list[str] | None,
    typer.Option("--break", help="A day the level changed, as 2026-04-01", rich_help_panel="Unlike days"),
]

ASKED: dict[str, tuple[Any, Any]] = {
    "horizon": (Horizon, ""),
    "quantiles": (Quantiles, LEVELS),
    "time": (Time, ""),
    "count": (Count, ""),
    "by": (By, ""),
    "interval": (Counted, ""),
    "zone": (Zone, ""),
    "as_of": (AsOf, ""),
    "holidays": (Holidays, "England"),
    "calendar": (Occasions, None),
    "models": (Models, "auto"),
    "totals": (Totals, False),
    "breaks": (Breaks, None),
    "engine": (Engine, "local"),
}
"""Each option by the name it is handed on under, with what it is unless given."""


def with_history_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes these options besides its own; it is handed them by name, lists as tuples."""

    def asked(**given: Any) -> None:
        command(**{name: tuple(each or ()) if name in {"calendar", "breaks"} else each for name, each in given.items()})

    own = [each for each in inspect.signature(command).parameters.values() if each.kind is not each.VAR_KEYWORD]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=usual, annotation=kind)
        for name, (kind, usual) in ASKED.items()
    ]
    every = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *more)]
    asked.__signature__ = inspect.Signature(every)  # type: ignore[attr-defined]
    asked.__annotations__ = {each.name: each.annotation for each in every}
    asked.__name__, asked.__doc__ = command.__name__, command.__doc__
    return asked

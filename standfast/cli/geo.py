"""`standfast geo import`: how does a force load its own boundaries?"""

from pathlib import Path
from typing import Annotated

import typer

from standfast.cli.connecting import connect, readable
from standfast.foundation.kernel import clock

geo = typer.Typer(help="Areas and boundaries.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(geo, name="geo")


@geo.command("import")
def import_boundaries(
    file: Annotated[Path, typer.Argument(help="GeoJSON, or GeoJSON.gz, with polygons")],
    kind: Annotated[str, typer.Option(help="district, cell or boundary")] = "boundary",
) -> None:
    """Load the boundaries of a file, all or none."""
    path = readable(file)
    connect(role="staff")
    from standfast.cli.operator import OPERATOR
    from standfast.foundation.kernel.errors import Refusal
    from standfast.foundation.places import operations
    from standfast.foundation.places.models import AreaKind

    if kind not in AreaKind.__members__.values():
        raise Refusal(f"{kind} is no kind of area; {', '.join(AreaKind)} were expected.")
    counts = operations.import_boundaries(path=path, kind=AreaKind(kind), by=OPERATOR, now=clock.now())
    typer.echo(str(counts))

"""`standfast journal` and `standfast source`: what did intake write down while the database was away, and who may send to it?"""

from pathlib import Path
from typing import Annotated

import typer

from standfast.cli.connecting import connect
from standfast.foundation.kernel import clock
from standfast.foundation.runtime.problems import RuntimeProblem

journal = typer.Typer(help="What intake wrote down while the database was away.", no_args_is_help=True)
source = typer.Typer(help="Who may send contacts to the intake API.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the command groups."""
    app.add_typer(journal, name="journal")
    app.add_typer(source, name="source")


@journal.command("replay")
def replay_journal(folder: Annotated[str, typer.Option(help="By default STANDFAST_JOURNAL_DIR")] = "") -> None:
    """Bring every whole entry of the journal into the database; twice changes nothing."""
    connect(role="worker")
    from django.conf import settings

    from standfast.cli.worker import PUBLIC_FOLDER
    from standfast.foundation.intake import operations

    where = folder or settings.ENVIRONMENT.journal_dir
    if not where or not settings.ENVIRONMENT.reference_secret:
        raise RuntimeProblem(
            "STANDFAST_JOURNAL_DIR and STANDFAST_REFERENCE_SECRET say where the journal lies and its secret."
        )
    for part in (Path(where), Path(where) / PUBLIC_FOLDER):
        found = operations.replay_folder(
            address=settings.ENVIRONMENT.database_url, folder=part, secret=settings.ENVIRONMENT.reference_secret
        )
        typer.echo(f"{part}: {found}")


@source.command("add")
def add_source(
    code: Annotated[str, typer.Argument(help="Short code, such as telephony")],
    name: Annotated[str, typer.Option(help="What people call it")] = "",
    rate: Annotated[int, typer.Option(help="Contacts a minute; 999 is never refused")] = 600,
) -> None:
    """Register a source and print its key, which cannot be shown again."""
    connect(role="staff")
    from standfast.cli.operator import OPERATOR
    from standfast.foundation.intake import operations

    new = operations.NewSource(code=code, name=name or code, rate_per_minute=rate)
    typer.echo(operations.register_source(new=new, by=OPERATOR, now=clock.now()))

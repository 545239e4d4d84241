"""`standfast database`: how does a force's own PostgreSQL get its database, log-ins, tables and grants?"""

from typing import Annotated

import typer

from standfast.cli.connecting import connect
from standfast.foundation.runtime.home import keep_secrets, locate_home
from standfast.foundation.runtime.logins import ROLES, prepare_database, write_addresses

database = typer.Typer(help="The database: log-ins, tables, grants.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(database, name="database")


@database.command("prepare")
def prepare(
    admin_url: Annotated[str, typer.Option(help="Address of an administrator on PostgreSQL 15 or later")],
    name: Annotated[str, typer.Option(help="Name of the database")] = "standfast",
) -> None:
    """Make the database and its log-ins, bring it to this release, and write the addresses down."""
    home = locate_home()
    urls = prepare_database(admin_url=admin_url, database=name, passwords=keep_secrets(home, roles=ROLES).passwords)
    write_addresses(home, urls)
    connect(role="migrator")
    from standfast.config.database import migrate_and_grant

    migrate_and_grant()
    typer.echo(f"{name} is ready; the addresses of its log-ins are in {home}.")


@database.command("migrate")
def migrate() -> None:
    """Bring the database to this release and apply the grants."""
    connect(role="migrator")
    from standfast.config.database import migrate_and_grant

    migrate_and_grant()
    typer.echo("The database is at this release.")

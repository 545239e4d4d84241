"""`standfast rules`: which policy tables are there, what do they say, and what would one have decided? Needs no database."""

import json
from datetime import date
from typing import Annotated, Any

import typer

from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.kernel.tables import DecisionTable
from standfast.foundation.kernel.tables.facts import load_tables, plain, read_facts

rules = typer.Typer(help="Policy tables: their editions, and what one would have decided.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(rules, name="rules")


@rules.command("list")
def list_tables() -> None:
    """List every table with its editions."""
    for name, table in load_tables().items():
        for edition in table.editions.all:
            typer.echo(f"{name}\t{edition.effective_from}\t{len(edition.rows)} rows\t{edition.subject}")


@rules.command("show")
def show_table(name: str, on: Annotated[str, typer.Option(help="London day, such as 2026-11-23")] = "") -> None:
    """Print one table as it stands on a day (by default its newest edition), as JSON."""
    table = _table(name)
    edition = table.editions.on(_day(on)) if on else table.editions.all[-1]
    rows = [plain(row) for row in edition.rows]
    head = {"table": str(edition), "subject": edition.subject, "owner": edition.owner, "source": edition.source}
    typer.echo(json.dumps({**head, "rows": rows}, indent=2, ensure_ascii=False))


@rules.command("try")
def try_table(
    name: str,
    facts: Annotated[str, typer.Option(help='JSON object, such as {"danger_to_life": "yes"}')],
    on: Annotated[str, typer.Option(help="London day, such as 2026-11-23")],
) -> None:
    """Print what a decision table decides on some facts, why, what nearly fired, and what would change it."""
    table = _table(name)
    if not isinstance(table, DecisionTable):
        raise NotFound(f"{name} lists values and decides nothing; `standfast rules show {name}` prints it.")
    explanation = table.explain(read_facts(table.facts, _object(facts)), on=_day(on))
    typer.echo(json.dumps(plain(explanation), indent=2, ensure_ascii=False))


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refusal(f"--facts is no JSON at character {error.pos + 1}; an object was expected.") from None
    if not isinstance(found, dict):
        raise Refusal("--facts is no JSON object; one such as {} was expected.")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{text} is no day; one such as 2026-11-23 was expected.") from None


def _table(name: str) -> Any:
    tables = load_tables()
    if name not in tables:
        raise NotFound(f"There is no table {name}; `standfast rules list` prints them all.")
    return tables[name]

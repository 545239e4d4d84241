"""The `standfast` command: what can be asked of it, and how does it answer when something is wrong?"""

import sys
from typing import NoReturn

import typer

from standfast.cli import (
    assess,
    backtest,
    bench,
    checks,
    database,
    demo,
    detector,
    forecast,
    geo,
    journal,
    people,
    policy,
    replay,
    resourcing,
    roster,
    simulate,
    staffing,
    travel,
    up,
)
from standfast.cli.problems import BAD_INPUT, PROBLEMS

app = typer.Typer(
    name="standfast",
    help="Follows a victim from the first contact with the police to the outcome.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for part in (
    up,
    replay,
    assess,
    detector,
    policy,
    checks,
    journal,
    database,
    geo,
    people,
    demo,
    forecast,
    backtest,
    staffing,
    roster,
    resourcing,
    simulate,
    travel,
    bench,
):
    part.add_to(app)


def run() -> NoReturn:
    """Run the command line; a foreseen problem is one sentence on standard error and exit code 2."""
    try:
        app()
    except PROBLEMS as problem:
        sys.stderr.write(f"standfast: {problem}\n")
        sys.exit(BAD_INPUT)
    sys.exit(0)


if __name__ == "__main__":
    run()

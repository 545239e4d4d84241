"""`standfast bench`: how fast and how right is it, each figure beside its yardstick from the same run?"""

import json
import sys
from typing import Annotated

import typer

from standfast.foundation.kernel.errors import NotFound


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench")(bench)


def bench(
    name: Annotated[str, typer.Argument(help="One bench, or all")] = "all",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line")] = False,  # noqa: FBT002 - an option
    short: Annotated[bool, typer.Option("--short", help="Less of each bench that can be shortened")] = False,  # noqa: FBT002
) -> None:
    """Run the benches and print each figure with its yardstick and its goal. A missed goal is said, never hidden."""
    from standfast.bench.running import BENCHES, run_bench, told

    names = list(BENCHES) if name == "all" else [name]
    if unknown := set(names) - set(BENCHES):
        raise NotFound(f"There is no bench {min(unknown)}; {', '.join(BENCHES)} were expected.")
    for each in names:
        result = run_bench(each, tell=_tell, short=short)
        typer.echo(json.dumps(result) if as_json else told(result))


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")

"""`standfast simulate`: what would happen to callers and calls, as it is and with each change a planner asks about?"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from standfast.cli.extras import needing


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(
    scenario: Annotated[Path, typer.Argument(help="A scenario in TOML; docs/how-to/simulate-a-change.md shows one")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the result goes, as JSON")],
    days: Annotated[float | None, typer.Option(help="Days to simulate; no longer than its forecasts", min=0.01)] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same answer", min=0)] = None,
    calls: Annotated[
        Path | None, typer.Option(help="Real calls (CSV or CSV.gz) to replay; the scenario is then a lab file")
    ] = None,
) -> None:
    """Simulate a contact centre or the units that attend; or replay real calls through two ways of sending units, same chance."""
    if calls is not None:
        _replay(scenario, calls, out=out, days=days, seed=seed)
        return
    with needing("planning"):
        from standfast.science.planning.series.results import check_place, write_whole
        from standfast.science.planning.simulate import scenario as scenarios

    found = scenarios.read_scenario(scenario, days=days, seed=seed)
    for place in (scenario, *(each.path for each in found.centre.files)):
        check_place(out, not_over=place)
    results = scenarios.simulate(found, tell=_tell)
    written = scenarios.as_json(found, results)
    write_whole(out, json.dumps(written, indent=1, ensure_ascii=False) + "\n")
    for line in scenarios.told(results):
        typer.echo(line)


def _replay(lab_file: Path, calls: Path, *, out: Path, days: float | None, seed: int | None) -> None:
    from standfast.bench.policy_lab import as_json, read_lab, run_lab, told
    from standfast.foundation.kernel import clock
    from standfast.foundation.kernel.days import london_day

    lab = read_lab(lab_file)
    lab = replace(lab, days=int(days) if days else lab.days, seed=lab.seed if seed is None else seed)
    result = run_lab(lab, calls, on=london_day(clock.now()), tell=lambda line: typer.echo(line, err=True))
    waiting = out.with_name(f".{out.name}.part")
    waiting.write_text(json.dumps(as_json(lab, result), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    waiting.replace(out)
    for line in told(result):
        typer.echo(line)


def _tell(done: int, whole: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {whole} replications" + ("\n" if done == whole else ""))
        sys.stderr.flush()

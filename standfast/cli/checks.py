"""`standfast verify`, `eventlog verify` and `doctor`: is everything true that must be, and is anything about to go wrong?"""

import json
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from standfast.cli.connecting import connect
from standfast.cli.devices import device_warnings
from standfast.cli.problems import FOUND_WRONG
from standfast.foundation.kernel import clock
from standfast.foundation.runtime.checks import MOST_SKEW_SECONDS, clock_skew_seconds, durability_warnings
from standfast.foundation.runtime.home import locate_home
from standfast.foundation.runtime.supervisor import read_status
from standfast.foundation.runtime.tiles import tile_warnings

eventlog = typer.Typer(help="The event log.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("verify")(verify)
    app.command("doctor")(doctor)
    app.command("seal", hidden=True)(seal)
    app.command("work", hidden=True)(work)
    app.add_typer(eventlog, name="eventlog")


def verify() -> None:
    """Check every invariant and print what breaks it, as JSON; exit code 1 on a breach."""
    connect(role="auditor")
    found = verify_all(anchors=_anchors())
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    if not found["whole"]:
        raise typer.Exit(FOUND_WRONG)


def verify_all(*, anchors: Path | None = None) -> dict[str, Any]:
    """Return every check with what must be true and what breaks it, and whether all is well."""
    from standfast.cli import invariants
    from standfast.foundation.eventlog import queries

    checks = {each.name: (each.truth, invariants.find_breaches(each)) for each in invariants.CHECKS}
    checks["grades-still-hold"] = (
        "every grade names an edition and a row that still give the same answer",
        list(invariants.grades_that_changed()),
    )
    checks["routes-still-hold"] = (
        "every route names an edition and a row that still give the same answer",
        list(invariants.routes_that_changed()),
    )
    checks["words-as-received"] = (
        "the words of every submission are those whose digest was taken on receipt",
        list(islice(invariants.words_that_changed(), invariants.MOST_SHOWN)),
    )
    faults = [f"position {fault.position}: {fault.what}" for fault in queries.find_faults(anchors=anchors)]
    checks["seals-unbroken"] = ("every event is sealed once, in order, and unchanged", faults[: invariants.MOST_SHOWN])
    return {
        "whole": not any(breaches for _, breaches in checks.values()),
        "checks": {name: {"truth": truth, "breaches": breaches} for name, (truth, breaches) in checks.items()},
    }


@eventlog.command("verify")
def verify_eventlog(anchors: Annotated[str, typer.Option(help="Folder of the anchors kept outside")] = "") -> None:
    """Walk the chain of seals and print the first faults; exit code 1 if there are any."""
    connect(role="auditor")
    from standfast.foundation.eventlog import queries

    faults = list(queries.find_faults(anchors=Path(anchors) if anchors else _anchors()))
    for fault in faults[:100]:
        typer.echo(f"position {fault.position}: {fault.what}")
    typer.echo("The event log is whole." if not faults else f"{len(faults)} faults.")
    if faults:
        raise typer.Exit(FOUND_WRONG)


def doctor() -> None:
    """Print how the installation stands: processes, database, clocks, what waits; exit code 1 if something needs a person."""
    import os

    connect(role="auditor")
    from django.conf import settings

    from standfast.foundation.eventlog import queries as log
    from standfast.foundation.intake import queries as intake
    from standfast.foundation.obligations import queries as duties

    url, now = os.environ["DATABASE_URL"], clock.now()
    state, skew = intake.intake_state(now=now), clock_skew_seconds(url, now=now)
    lag, setbacks = log.seal_lag_seconds(now=now), duties.count_setbacks()
    for name, child in read_status(locate_home()).items():
        typer.echo(f"{name}: process {child['pid']}, started again {child['restarts']} times")
    worries = [
        *durability_warnings(url),
        *device_warnings(locate_home()),
        *tile_warnings(settings.MAP_TILES),
        *([f"The database's clock is {skew:.1f} s ahead of ours."] if abs(skew) > MOST_SKEW_SECONDS else []),
        *([f"{state.parked} entries were put aside and wait for a person."] if state.parked else []),
        *([f"{setbacks} rows of timed jobs fail and wait for a person."] if setbacks else []),
        *([f"{state.conflicts} keys were used for two different messages."] if state.conflicts else []),
        *(
            [f"The oldest unfiled entry waits {state.oldest_wait.total_seconds():.0f} s."]
            if state.oldest_wait.total_seconds() > 1
            else []
        ),
        *([f"The oldest unsealed event waits {lag:.0f} s."] if lag > 5 else []),
    ]
    for worry in worries:
        typer.echo(worry)
    typer.echo("Nothing needs a person." if not worries else f"{len(worries)} things to look at.")
    if worries:
        raise typer.Exit(FOUND_WRONG)


def work() -> None:
    """Run the worker."""
    connect(role="worker")
    from standfast.cli.worker import run_worker

    run_worker()


def seal() -> None:
    """Run the sealer."""
    connect(role="sealer")
    from standfast.cli.sealer import run_sealer

    run_sealer()


def _anchors() -> Path | None:
    folder = locate_home() / "anchors"
    return folder if folder.is_dir() else None

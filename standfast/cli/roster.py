"""`standfast roster`: who works when?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from standfast.cli.extras import needing
from standfast.cli.searching import run_apart, stopping, telling

USUAL_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command was asked for."""

    problem: Path
    out: Path
    seconds: float | None
    work: float | None
    seed: int
    repair: Path | None
    spare_changes: int
    calendar: Path | None
    page: Path | None
    coverage: Path | None
    plot: Path | None

    @property
    def forms(self) -> dict[str, Path]:
        """The other forms that were asked for, and where they go."""
        given = {"calendar": self.calendar, "page": self.page, "coverage": self.coverage, "plot": self.plot}
        return {form: path for form, path in given.items() if path is not None}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("roster")(roster)


def roster(  # noqa: PLR0913, PLR0917 - an option each
    problem: Annotated[Path, typer.Argument(help="A roster problem in TOML, or a shift-scheduling benchmark instance")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the roster goes, as CSV")],
    seconds: Annotated[
        float | None, typer.Option(help="Search no longer than this; 60 unless --work is given", min=0.1)
    ] = None,
    work: Annotated[
        float | None, typer.Option(help="Search for so much work: the same roster on every run", min=0.01)
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same roster", min=0, max=2**31 - 1)] = 1,
    repair: Annotated[Path | None, typer.Option(help="A published roster: change as little of it as may be")] = None,
    spare_changes: Annotated[int, typer.Option(help="Changes a repair may make beyond the fewest", min=0)] = 0,
    calendar: Annotated[Path | None, typer.Option(help="Also write every duty as iCalendar")] = None,
    page: Annotated[Path | None, typer.Option(help="Also write a page to print, as HTML")] = None,
    coverage: Annotated[Path | None, typer.Option(help="Also write who covers each interval, as CSV")] = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw need against roster, as SVG or PNG")] = None,
) -> None:
    """Find the cheapest roster that keeps every hard rule. Ctrl-C ends the search with the best so far."""
    options = Options(**locals())
    with needing("planning"):
        from standfast.science.planning.roster import finding
        from standfast.science.planning.series.results import check_place
    asked = finding.read_problem(problem)
    for place in (out, *options.forms.values()):
        for file in asked.files:  # a published roster may be replaced by its repair
            check_place(place, not_over=file)
    finding.check_forms(asked, options.forms)
    found, about = _find(asked, options)
    _write(asked, found, about, options)


def _find(asked: Any, options: Options) -> tuple[Any, dict[str, Any]]:
    """Search, showing how it goes, until a proof, a limit or somebody ends it."""
    from standfast.science.planning.roster import finding, grid, report
    from standfast.science.planning.roster.effort import Budget

    problem = asked.problem
    published = None if options.repair is None else grid.read_published(options.repair, problem)
    limit = USUAL_SECONDS if options.seconds is None and options.work is None else options.seconds
    with telling(seconds=limit, work=options.work) as tell:
        budget = Budget(seconds=limit, work=options.work, seed=options.seed, tell=tell)
        with stopping(budget.stop):
            if published is None:
                found = run_apart(lambda: finding.find_roster(problem, budget=budget), look=tell.look)
                return found, report.about(problem, found, seed=options.seed)
            spare = options.spare_changes
            mended = run_apart(
                lambda: finding.repair_roster(problem, published, budget=budget, spare=spare), look=tell.look
            )
    about = report.about(problem, mended.outcome, seed=options.seed)
    return mended.outcome, {**about, **report.about_repair(problem, published, mended)}


def _write(asked: Any, found: Any, about: dict[str, Any], options: Options) -> None:
    """Make every form before the first is written, write them, and tell what came of it."""
    from standfast.foundation.kernel import clock
    from standfast.science.planning.roster import finding, grid, report
    from standfast.science.planning.series.results import source_of, write_result, write_whole

    told = report.told(found, seed=options.seed)
    made = {
        path: finding.FORMS[form](asked, found.cells, finding.Edition(note=told, at=clock.now(), path=path))
        for form, path in options.forms.items()
    }
    for path, content in made.items():
        write_whole(path, content)
    about = {**about, **report.about_asked(asked)}
    files = [*asked.files, *([options.repair] if options.repair else [])]
    write_result(options.out, grid.as_csv(asked.problem, found.cells), inputs=map(source_of, files), about=about)
    for line in (told, *report.changes_told(about), *report.coverage_told(asked, found.cells)):
        typer.echo(line)

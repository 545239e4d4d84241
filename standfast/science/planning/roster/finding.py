"""How does a file become a roster that keeps every hard rule, or a sentence that says why there is none?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from standfast.foundation.kernel.errors import Refusal
from standfast.science.planning.roster import coverage
from standfast.science.planning.roster.benchmark import looks_like_an_instance, read_instance
from standfast.science.planning.roster.costs import missing_covers
from standfast.science.planning.roster.effort import Budget, End
from standfast.science.planning.roster.explaining import Clash, clash_of_minimums, clash_of_people, in_words
from standfast.science.planning.roster.outcome import NoLine, Outcome
from standfast.science.planning.roster.own import Asked, read_own
from standfast.science.planning.roster.problem import Cells, Problem
from standfast.science.planning.roster.publishing import as_calendar, as_page
from standfast.science.planning.roster.repairing import Repaired, repair
from standfast.science.planning.roster.rules import hard_breaches
from standfast.science.planning.roster.search import search

EXPLAINING_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What a form of a roster says besides: how good it is, when it was made, and the file it goes to."""

    note: str
    at: datetime
    path: Path


FORMS: dict[str, Callable[[Asked, Cells, Edition], str | bytes]] = {
    "calendar": lambda asked, cells, edition: as_calendar(asked, cells, published=edition.at),
    "page": lambda asked, cells, edition: as_page(asked, cells, note=edition.note),
    "coverage": lambda asked, cells, _: coverage.as_table(coverage.covered(asked, cells)),
    "plot": lambda asked, cells, edition: coverage.as_plot(
        asked, coverage.covered(asked, cells), form=edition.path.suffix[1:]
    ),
}
"""How each other form of a roster is made, by the option that asks for it."""
PICTURES = (".svg", ".png")


class NoForm(Refusal):
    """A form of a roster that this problem cannot have."""


class NoRoster(Refusal):
    """There is no roster that keeps every hard rule, or none was found in the time given."""


class BrokenRule(RuntimeError):
    """A roster was found that breaks a hard rule: a fault of the search, which must never reach a planner."""


def read_problem(path: Path) -> Asked:
    """
    Return the problem a file states: a benchmark instance, or one of a force's own in TOML.

    :raises BadRoster: or another refusal, naming the line and what was expected there
    """
    if looks_like_an_instance(path):
        return Asked(name=path.stem, problem=read_instance(path), files=(path,))
    return read_own(path)


def check_forms(asked: Asked, forms: Mapping[str, Path]) -> None:
    """
    Refuse a form that a problem has nothing for, before the search.

    :raises NoForm: saying what was expected
    """
    if asked.duties is None and (lacking := {"calendar", "coverage", "plot"} & set(forms)):
        raise NoForm(f"A benchmark instance has no times; a problem in TOML was expected for --{min(lacking)}.")
    if not asked.needs and (lacking := {"coverage", "plot"} & set(forms)):
        raise NoForm(f"The problem has no [[need]]; at least one was expected for --{min(lacking)}.")
    if "plot" in forms and forms["plot"].suffix not in PICTURES:
        raise NoForm(f"{forms['plot']}: a picture that ends in {' or '.join(PICTURES)} was expected.")


def find_roster(problem: Problem, *, budget: Budget) -> Outcome:
    """
    Return the best roster found within the budget; it breaks no hard rule.

    :raises NoRoster: if there is none, telling the smallest set of demands that clash, or none was found in time
    """
    try:
        outcome = search(problem, budget=budget)
    except NoLine as stuck:
        raise NoRoster(_told(problem, clash_of_people(problem, stuck.officers, budget=_explaining(budget)))) from None
    if outcome.cells is None or outcome.missing:
        raise NoRoster(_why_none(problem, outcome, budget))
    _check(problem, outcome.cells)
    return outcome


def repair_roster(problem: Problem, published: Cells, *, budget: Budget, spare: int = 0) -> Repaired:
    """
    Return a published roster repaired with the fewest changes; it breaks no hard rule.

    :raises NoRoster: if there is none, telling the smallest set of demands that clash, or none was found in time
    """
    repaired = repair(problem, published, budget=budget, spare=spare)
    if repaired.outcome.cells is None:
        raise NoRoster(_why_none(problem, repaired.outcome, budget))
    _check(problem, repaired.outcome.cells)
    return repaired


def _check(problem: Problem, cells: Cells) -> None:
    if broken := hard_breaches(problem, cells):
        raise BrokenRule(f"{len(broken)} hard rules are broken, the first: {broken[0].words}")


def _why_none(problem: Problem, outcome: Outcome, budget: Budget) -> str:
    if outcome.end is End.PROOF and outcome.cells is None:
        for officer in range(len(problem.officers)):
            if clash := clash_of_people(problem, [officer], budget=_explaining(budget)):
                return _told(problem, clash)
    missing = [] if outcome.cells is None else missing_covers(problem, outcome.cells)
    if outcome.end is not End.STOPPED and any(cover.least for cover in problem.covers):
        clash = clash_of_minimums(problem, missing, budget=_explaining(budget))
        if clash is not None or outcome.end is End.PROOF:
            return _told(problem, clash)
    found = "none was found" if outcome.cells is None else f"the best lacks {outcome.missing} people that must be there"
    return f"The search for a roster ended ({outcome.end}) and {found}; more --seconds or --work was expected."


def _told(problem: Problem, clash: Clash | None) -> str:
    if clash is None:
        return "No roster keeps every hard rule; looser limits or more people were expected."
    return f"{in_words(problem, clash)}. One of them must be given up or loosened."


def _explaining(budget: Budget) -> Budget:
    """An explanation has a time of its own: a search that found nothing has used up the other."""
    return Budget(seconds=EXPLAINING_SECONDS, seed=budget.seed)

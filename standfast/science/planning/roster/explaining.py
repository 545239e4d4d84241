"""
Why is there no roster? The smallest set of demands that cannot be met together, in plain words.

A set is smallest when every way to meet all demands but a few gives up at least one of it, and no smaller set has that. It is found
by hitting sets: what must be given up to make the rest possible is gathered, the smallest set that hits all of it is tried, and the
first that is impossible is the answer. If the limit comes first, the set is at least one of which nothing can be left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from standfast.science.planning.roster.demands import PERSONAL, closed_days, minimum_people
from standfast.science.planning.roster.effort import Budget
from standfast.science.planning.roster.problem import OFF, Problem
from standfast.science.planning.roster.sheet import Effort, Ended, Reason, Sheet

MOST_ROUNDS = 300
WORK_A_CHECK = 5.0


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Demands that cannot be met together; nothing can be left out, and if it is the smallest set, no other has fewer."""

    reasons: tuple[Reason, ...]
    is_smallest: bool


def clash_of_people(problem: Problem, officers: Sequence[int], *, budget: Budget) -> Clash | None:
    """Return why some officers cannot be given any line: the smallest clash of the first of them."""
    sheet = _sheet(problem, officers[:1])
    return _smallest(sheet, budget)


def clash_of_minimums(problem: Problem, covers: Sequence[int], *, budget: Budget) -> Clash | None:
    """Return why minimums cannot be met: by one of these covers alone if it can be said so, else by all of them together."""
    everyone = range(len(problem.officers))
    for place in covers:
        officers = problem.covers[place].officers
        sheet = _sheet(problem, sorted(everyone if officers is None else officers))
        minimum_people(sheet, place)
        if found := _smallest(sheet, budget):
            return found
    sheet = _sheet(problem, everyone)
    for place, cover in enumerate(problem.covers):
        if cover.least:
            minimum_people(sheet, place)
    return _smallest(sheet, budget)


def in_words(problem: Problem, clash: Clash) -> str:
    """Return a clash as one sentence: the demands that cannot all be met."""
    told = "; ".join(_said(problem, reason) for reason in _in_order(clash.reasons))
    more = "" if clash.is_smallest else " (nothing here can be left out, though a shorter list may exist)"
    return f"No roster keeps all of these together: {told}{more}"


def _sheet(problem: Problem, officers: Iterable[int]) -> Sheet:
    """Return a sheet of every rule of some officers, each of which can be given up."""
    sheet = Sheet(problem, may=problem.could, free=list(officers)).explaining()
    for officer in sheet.free:
        for rule in (closed_days, *PERSONAL):
            rule(sheet, officer)
    return sheet


def _smallest(sheet: Sheet, budget: Budget) -> Clash | None:
    """Return the smallest clash of a sheet; None if there is none, or none was found within the budget."""
    ended, core = sheet.clash(sheet.because or {}, effort=_effort(budget))
    if ended is not Ended.IMPOSSIBLE:
        return None
    core = _nothing_spare(sheet, core, budget)
    given_up: list[set[Reason]] = []
    for _ in range(MOST_ROUNDS):
        hit = _hitting(sheet.because or {}, given_up)
        if len(hit) >= len(core):
            return Clash(reasons=tuple(core), is_smallest=True)
        if budget.is_over():
            break
        kept = sheet.most_kept(hit, effort=_effort(budget))
        if kept is None:
            ended, found = sheet.clash(hit, effort=_effort(budget))
            if ended is Ended.IMPOSSIBLE:
                return Clash(reasons=tuple(found), is_smallest=True)
            break
        given_up.append(set(sheet.because or {}) - kept)
    return Clash(reasons=tuple(core), is_smallest=False)


def _nothing_spare(sheet: Sheet, core: list[Reason], budget: Budget) -> list[Reason]:
    """Leave out of a clash everything it does not need."""
    for reason in list(core):
        if reason in core and not budget.is_over():
            ended, fewer = sheet.clash([each for each in core if each != reason], effort=_effort(budget))
            if ended is Ended.IMPOSSIBLE:
                core = fewer
    return core


def _hitting(reasons: Iterable[Reason], given_up: Sequence[set[Reason]]) -> list[Reason]:
    """Return the fewest reasons that hit each set at least once."""
    model = cp_model.CpModel()
    chosen = {reason: model.new_bool_var("") for reason in reasons}
    for each in given_up:
        model.add_bool_or([chosen[reason] for reason in each])
    model.minimize(sum(chosen.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.solve(model)
    return [reason for reason, literal in chosen.items() if given_up and solver.boolean_value(literal)]


def _effort(budget: Budget) -> Effort:
    return Effort(work=WORK_A_CHECK, seconds=budget.seconds_left(), seed=budget.seed)


def _in_order(reasons: Iterable[Reason]) -> list[Reason]:
    return sorted(reasons, key=lambda each: (each.officer is not None, each.officer or 0, each.rule, each.place or 0))


def _said(problem: Problem, reason: Reason) -> str:
    """Return one demand in words."""
    if reason.officer is None:
        cover = problem.covers[reason.place or 0]
        return f"{cover.name} has at least {cover.least}"
    terms = problem.officers[reason.officer]
    return f"{terms.called} {_of_one(problem, reason)}"


def _of_one(problem: Problem, reason: Reason) -> str:
    terms = problem.officers[reason.officer or 0]
    place = reason.place or 0
    if reason.rule == "closed_days":
        closed = problem.closed[place]
        first, last = problem.day(closed.days[0]), problem.day(closed.days[-1])
        when = first if first == last else f"{first} to {last}"
        return (
            f"has {closed.why} on {when}"
            if closed.only == (OFF,)
            else f"has {closed.why} ({_choices(problem, closed.only)}) on {when}"
        )
    if reason.rule == "duties_of_a_kind":
        group = terms.groups[place]
        return f"works at most {group.most} duties of {group.name}"
    return {
        "rest_between_duties": "rests long enough between duties",
        "forward_rotation": "rotates forward from duty to duty",
        "succession": "works no shift that may not follow the one before",
        "run_of_duties": f"works at most {terms.most_run} days in a row",
        "shortest_run": f"works at least {terms.least_run} days in a row",
        "rest_days_in_blocks": f"rests at least {terms.least_rest} days together",
        "nights_in_a_row": f"works at most {terms.most_nights_run} nights in a row",
        "contract_hours": f"works at most {terms.most_minutes / 60:g} hours by contract",
        "average_week": f"works at most {terms.most_minutes / 60:g} hours by the average week",
        "least_hours": f"works at least {terms.least_minutes / 60:g} hours",
        "weekends": f"works at most {terms.most_weekends} weekends",
    }[reason.rule]


def _choices(problem: Problem, only: Sequence[int]) -> str:
    return " or ".join("a day off" if choice == OFF else problem.shifts[choice].id for choice in only)

"""What does a roster cost, part by part? Counted from its cells alone."""

import numpy as np

from standfast.science.planning.roster.problem import OFF, SUNDAY, Cells, Cover, Line, Problem, counted

HARD = 50
"""A person missing from a hard minimum costs this many times the dearest shortfall, so that none is left while it can be helped."""


def hard_cost(problem: Problem) -> int:
    """Return what one person missing from a hard minimum is taken to cost while a roster is searched for."""
    dearest = max((sum(level.under for level in cover.levels) for cover in problem.covers), default=0)
    return HARD * max(dearest, int(np.abs(problem.price).max(initial=0)), 10)


def slopes(cover: Cover, *, hard: int) -> list[tuple[int, int]]:
    """Return the convex cost of a cover as (up to how many people, what each one more costs), the last without end (-1)."""
    levels = [(level.required, level.under, level.over) for level in cover.levels]
    if cover.least:
        levels.append((cover.least, hard, 0))
    points = sorted({required for required, _, _ in levels if required > 0})
    return [
        (upper, sum(-under if upper != -1 and required >= upper else over for required, under, over in levels))
        for upper in [*points, -1]
    ]


def cost_of_count(cover: Cover, count: int, *, hard: int) -> int:
    """Return what so many people on a cover cost."""
    cost = sum(
        level.under * max(0, level.required - count) + level.over * max(0, count - level.required)
        for level in cover.levels
    )
    return cost + hard * max(0, cover.least - count)


def line_cost(problem: Problem, officer: int, line: Line) -> int:
    """Return what one officer's line costs by itself: choices, and weekends and groups above the fair share."""
    terms = problem.officers[officer]
    cost = int(problem.price[officer, np.arange(problem.days), line].sum())
    if terms.fair_weekends is not None and terms.weekend_cost:
        cost += terms.weekend_cost * max(0, weekends_worked(problem, officer, line) - terms.fair_weekends)
    for group in terms.groups:
        if group.fair is not None and group.cost:
            cost += group.cost * max(0, int(np.isin(line, list(group.shifts)).sum()) - group.fair)
    return cost


def weekends_worked(problem: Problem, officer: int, line: Line) -> int:
    """Return how many weekends a line works that were not begun before the roster."""
    spans = problem.weekends()
    if begun_before(problem, officer):
        spans = spans[1:]
    return sum(any(line[day] != OFF for day in span) for span in spans)


def begun_before(problem: Problem, officer: int) -> bool:
    """Tell whether the roster begins on a Sunday whose Saturday the officer worked: that weekend is counted already."""
    before = problem.officers[officer].before
    return bool(before) and problem.weekday == SUNDAY and before is not None and before[-1] != OFF


def total_cost(problem: Problem, cells: Cells) -> int:
    """Return what a whole roster costs, people missing from hard minimums included."""
    hard = hard_cost(problem)
    own = sum(line_cost(problem, number, cells[number]) for number in range(len(problem.officers)))
    people = counted(problem, cells)
    cover = sum(cost_of_count(each, int(people[n]), hard=hard) for n, each in enumerate(problem.covers))
    return problem.fixed + own + cover


def least_cost(problem: Problem) -> int:
    """Return what every roster costs at the least, each choice and each count taken by itself: a bound known without a search."""
    choices = int(np.where(problem.may, problem.price, problem.price.max(initial=0)).min(axis=2).sum())
    return problem.fixed + choices


def missing_from_minimums(problem: Problem, cells: Cells) -> int:
    """Return how many people are missing from hard minimums."""
    people = counted(problem, cells)
    return sum(max(0, cover.least - int(people[n])) for n, cover in enumerate(problem.covers))


def missing_covers(problem: Problem, cells: Cells) -> list[int]:
    """Return the covers that have fewer people than their hard minimum, by number."""
    people = counted(problem, cells)
    return [number for number, cover in enumerate(problem.covers) if people[number] < cover.least]

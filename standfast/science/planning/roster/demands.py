"""How is each rule said to CP-SAT? One function a rule, by the names that `rules.py` checks them under."""

from collections.abc import Iterable, Sequence

import numpy as np
from ortools.sat.python import cp_model

from standfast.science.planning.roster.costs import begun_before, cost_of_count, hard_cost, line_cost, slopes
from standfast.science.planning.roster.problem import OFF, Cover
from standfast.science.planning.roster.sheet import Literal, Reason, Sheet, negated


def closed_days(sheet: Sheet, officer: int) -> None:
    """Leave, training and duties that must be: said only where the question is what makes a problem impossible."""
    for place, closed in enumerate(sheet.problem.closed):
        if closed.officer == officer:
            for day in closed.days:
                for choice in np.flatnonzero(sheet.problem.could[officer, day]).tolist():
                    if choice not in {each % len(sheet.problem.could[officer, day]) for each in closed.only}:
                        sheet.never(officer, day, choice, Reason("closed_days", officer, place))


def successions(sheet: Sheet, officer: int) -> None:
    """A duty never follows another too soon, or against the rotation: eleven hours' rest, forward rotation, a file's own list."""
    problem = sheet.problem
    before = sheet.officer(officer).before or (OFF,)
    for rule, barred in problem.barred_by.items():
        for day, earlier in np.argwhere(barred.any(axis=2)).tolist():
            later = sheet.cells_of(officer, day, np.flatnonzero(barred[day, earlier]).tolist())
            first = sheet.cells_of(officer, day - 1, [earlier]) if day else []
            stands = int(before[-1] == earlier) if day == 0 else 0
            if later and (first or stands):
                sheet.demand(sheet.model.add(sum([*first, *later]) + stands <= 1), Reason(rule, officer))


def run_of_duties(sheet: Sheet, officer: int) -> None:
    """No more days worked in a row than the limit."""
    most = sheet.officer(officer).most_run
    for day in range(-_known(sheet, officer), sheet.problem.days - most):
        if day + most >= 0:
            window = [sheet.off(officer, each) for each in range(day, day + most + 1)]
            sheet.any_of(window, Reason("run_of_duties", officer))


def shortest_run(sheet: Sheet, officer: int) -> None:
    """Once at work, at least so many days in a row, but at the edges of the roster."""
    for ends, middle in _short_spells(sheet, officer, sheet.officer(officer).least_run):
        sheet.any_of([*(negated(each) for each in ends), *middle], Reason("shortest_run", officer))


def rest_days_in_blocks(sheet: Sheet, officer: int) -> None:
    """Rest days come at least so many together, but at the edges of the roster."""
    for ends, middle in _short_spells(sheet, officer, sheet.officer(officer).least_rest):
        sheet.any_of([*ends, *(negated(each) for each in middle)], Reason("rest_days_in_blocks", officer))


def nights_in_a_row(sheet: Sheet, officer: int) -> None:
    """No more nights in a row than the limit."""
    most, nights = sheet.officer(officer).most_nights_run, sheet.problem.night_shifts()
    if most >= sheet.officer(officer).most_run or not nights:
        return
    before = sheet.officer(officer).before or ()
    for day in range(-len(before), sheet.problem.days - most):
        window = range(day, day + most + 1)
        past = sum(1 for each in window if each < 0 and before[each] in nights)
        cells = [cell for each in window if each >= 0 for cell in sheet.cells_of(officer, each, nights)]
        if cells:
            sheet.demand(sheet.model.add(sum(cells) + past <= most), Reason("nights_in_a_row", officer))


def contract_hours(sheet: Sheet, officer: int) -> None:
    """The minutes worked lie within the contract, and below the average week allowed."""
    terms, everything = sheet.officer(officer), range(len(sheet.problem.shifts))
    minutes = [
        sheet.problem.shifts[number].minutes * cell
        for day in range(sheet.problem.days)
        for number in everything
        for cell in sheet.cells_of(officer, day, [number])
    ]
    sheet.demand(sheet.model.add(sum(minutes) <= terms.most_minutes), Reason(terms.most_because, officer))
    sheet.demand(sheet.model.add(sum(minutes) >= terms.least_minutes), Reason("least_hours", officer))


def weekends(sheet: Sheet, officer: int) -> None:
    """No more weekends worked than the limit; each above the fair share costs."""
    terms, spans = sheet.officer(officer), sheet.problem.weekends()
    if terms.most_weekends >= len(spans) and terms.fair_weekends is None:
        return
    worked = []
    for span in spans[1:] if begun_before(sheet.problem, officer) else spans:
        one = sheet.model.new_bool_var("")
        for day in span:
            sheet.model.add(one + sheet.off(officer, day) >= 1)
        worked.append(one)
    sheet.demand(sheet.model.add(sum(worked) <= terms.most_weekends), Reason("weekends", officer))
    _charge_above(sheet, worked, terms.fair_weekends, terms.weekend_cost)


def duties_of_a_kind(sheet: Sheet, officer: int) -> None:
    """No more duties of a group of shifts than the limit; each above the fair share costs."""
    for place, group in enumerate(sheet.officer(officer).groups):
        cells = [cell for day in range(sheet.problem.days) for cell in sheet.cells_of(officer, day, group.shifts)]
        sheet.demand(sheet.model.add(sum(cells) <= group.most), Reason("duties_of_a_kind", officer, place))
        _charge_above(sheet, cells, group.fair, group.cost)


PERSONAL = (
    successions,
    run_of_duties,
    shortest_run,
    rest_days_in_blocks,
    nights_in_a_row,
    contract_hours,
    weekends,
    duties_of_a_kind,
)
"""The rules that concern one person alone."""


def say_personal(sheet: Sheet) -> None:
    """Write the rules of each person who is free on a sheet."""
    for officer in sheet.free:
        for rule in PERSONAL:
            rule(sheet, officer)


def say_all(sheet: Sheet) -> None:
    """Write every rule and every cost on a sheet."""
    say_personal(sheet)
    sheet.constant += sheet.problem.fixed
    if sheet.standing is not None:
        others = set(range(len(sheet.problem.officers))) - set(sheet.free)
        sheet.constant += sum(line_cost(sheet.problem, number, sheet.standing[number]) for number in others)
    for cover in sheet.problem.covers:
        enough_people(sheet, cover)


def enough_people(sheet: Sheet, cover: Cover) -> None:
    """Too few and too many people cost by level; below a hard minimum each missing person costs beyond all measure."""
    cells, standing = people_on(sheet, cover)
    hard = hard_cost(sheet.problem)
    sheet.constant += cost_of_count(cover, standing, hard=hard)
    below, parts = standing, []
    for upper, slope in slopes(cover, hard=hard):
        top = standing + len(cells) if upper == -1 else min(upper, standing + len(cells))
        if top > below:
            part = sheet.whole(0, top - below)
            parts.append(part)
            sheet.charge(part, slope)
            below = top
    if cells:
        sheet.model.add(sum(cells) == sum(parts))


def minimum_people(sheet: Sheet, place: int) -> None:
    """A cover has its hard minimum: said only where the question is what makes a problem impossible."""
    cover = sheet.problem.covers[place]
    cells, standing = people_on(sheet, cover)
    sheet.demand(sheet.model.add(sum(cells) + standing >= cover.least), Reason("minimum_people", None, place))


def people_on(sheet: Sheet, cover: Cover) -> tuple[list[cp_model.IntVar], int]:
    """Return the open cells of a cover, and how many officers who stand as given are on it."""
    free = set(sheet.free)
    cells: list[cp_model.IntVar] = []
    for officer in sheet.free if cover.officers is None else sorted(free & cover.officers):
        cells += [cell for day, shift in cover.cells for cell in sheet.cells_of(officer, day, [shift])]
    if sheet.standing is None:
        return cells, 0
    rows = [
        number
        for number in range(len(sheet.problem.officers))
        if number not in free and (cover.officers is None or number in cover.officers)
    ]
    return cells, sum(int((sheet.standing[rows, day] == shift).sum()) for day, shift in cover.cells)


def _known(sheet: Sheet, officer: int) -> int:
    return len(sheet.officer(officer).before or ())


def _short_spells(
    sheet: Sheet, officer: int, least: int
) -> Iterable[tuple[tuple[Literal, Literal], Sequence[Literal]]]:
    """Give every stretch of days shorter than the least that lies inside what is known: its neighbours, and its days."""
    for length in range(1, least):
        for day in range(-_known(sheet, officer), sheet.problem.days - length - 1):
            if day + length + 1 >= 0:
                days = [sheet.off(officer, day + step) for step in range(length + 2)]
                yield (days[0], days[-1]), days[1:-1]


def _charge_above(sheet: Sheet, cells: Sequence[cp_model.IntVar], share: int | None, cost: int) -> None:
    if share is not None and cost and len(cells) > share:
        above = sheet.whole(0, len(cells) - share)
        sheet.model.add(above >= sum(cells) - share)
        sheet.charge(above, cost)

"""
Which rules does a roster break, and what does it cost by each? One named function a rule, read from the cells alone.

Hard rules may never be broken: a roster that breaks one is not written. Soft rules cost. `demands.py` says the same rules to the
solver and `walks.py` to the shortest path; this is what their answers are held against before anybody sees them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from standfast.science.planning.roster.costs import weekends_worked
from standfast.science.planning.roster.problem import OFF, Cells, Problem, counted


@dataclass(frozen=True, kw_only=True)
class Breach:
    """Where a roster breaks a rule: whose row, which day (None: over the whole roster), in words, and what a soft one costs."""

    rule: str
    officer: int | None
    day: int | None
    words: str
    cost: int = 0


Rule = Callable[[Problem, Cells], Iterator[Breach]]


def closed_days(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """Leave, training days, duties that must be, and shifts somebody may not work are kept."""
    for officer, day in np.argwhere(~_chosen(problem.may, cells)).tolist():
        whys = [each.why for each in problem.closed if each.officer == officer and day in each.days]
        words = f"works {_shift(problem, cells[officer, day])} against {whys[0] if whys else 'what they may work'}"
        yield _breach(problem, "closed_days", (officer, day), words)


def rest_between_duties(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """At least the hours of rest (eleven by default) between the end of one duty and the start of the next."""
    return _successions(problem, cells, "rest_between_duties")


def forward_rotation(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """From one day to the next duties start no earlier than the day before: they rotate forward."""
    return _successions(problem, cells, "forward_rotation")


def succession(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """A shift never follows one that a file bars it from following."""
    return _successions(problem, cells, "succession")


def run_of_duties(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """No more days worked in a row than the limit."""
    for officer, spell in _spells(problem, cells):
        most = problem.officers[officer].most_run
        if spell.works and spell.length > most and spell.ends >= 0:
            yield _breach(
                problem, "run_of_duties", (officer, spell.ends), f"{spell.length} duties in a row, {most} at most"
            )


def shortest_run(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """Once at work, at least so many days in a row, but at the edges of the roster."""
    for officer, spell in _spells(problem, cells):
        least = problem.officers[officer].least_run
        if spell.works and spell.is_inside and spell.ends >= 0 and spell.length < least:
            words = f"{spell.length} duties in a row, {least} at least"
            yield _breach(problem, "shortest_run", (officer, spell.ends), words)


def rest_days_in_blocks(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """Rest days come at least so many together, but at the edges of the roster."""
    for officer, spell in _spells(problem, cells):
        least = problem.officers[officer].least_rest
        if not spell.works and spell.is_inside and spell.ends >= 0 and spell.length < least:
            words = f"{spell.length} rest days together, {least} at least"
            yield _breach(problem, "rest_days_in_blocks", (officer, spell.ends), words)


def nights_in_a_row(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """No more nights in a row than the limit."""
    nights = problem.night_shifts()
    for officer, terms in enumerate(problem.officers):
        row = [*(terms.before or ()), *cells[officer].tolist()]
        ends = -len(terms.before or ())
        for is_night, spell in groupby(row, key=lambda choice: choice in nights):
            length = len(list(spell))
            ends += length
            if is_night and length > terms.most_nights_run and ends > 0:
                words = f"{length} nights in a row, {terms.most_nights_run} at most"
                yield _breach(problem, "nights_in_a_row", (officer, ends - 1), words)


def contract_hours(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """The hours worked lie within the contract."""
    for officer, minutes in enumerate(_minutes(problem, cells)):
        terms = problem.officers[officer]
        if minutes < terms.least_minutes:
            words = f"{_hours(minutes)} rostered, {_hours(terms.least_minutes)} at least"
            yield _breach(problem, "contract_hours", (officer, None), words)
        elif minutes > terms.most_minutes and terms.most_because == "contract_hours":
            words = f"{_hours(minutes)} rostered, {_hours(terms.most_minutes)} at most"
            yield _breach(problem, "contract_hours", (officer, None), words)


def average_week(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """The average week, over the roster, is no longer than allowed (48 hours by default)."""
    for officer, minutes in enumerate(_minutes(problem, cells)):
        terms = problem.officers[officer]
        if minutes > terms.most_minutes and terms.most_because == "average_week":
            words = f"{_hours(minutes)} rostered, {_hours(terms.most_minutes)} at most by the average week"
            yield _breach(problem, "average_week", (officer, None), words)


def weekends(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """No more weekends worked than the limit."""
    for officer, terms in enumerate(problem.officers):
        worked = weekends_worked(problem, officer, cells[officer])
        if worked > terms.most_weekends:
            words = f"{worked} weekends worked, {terms.most_weekends} at most"
            yield _breach(problem, "weekends", (officer, None), words)


def duties_of_a_kind(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """No more duties of a group of shifts (nights, one shift) than the limit."""
    for officer, terms in enumerate(problem.officers):
        for group in terms.groups:
            worked = int(np.isin(cells[officer], list(group.shifts)).sum())
            if worked > group.most:
                words = f"{worked} duties of {group.name}, {group.most} at most"
                yield _breach(problem, "duties_of_a_kind", (officer, None), words)


def minimum_people(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """Each shift has at least the people, and the people with each skill, that it must never be without."""
    for cover, people in zip(problem.covers, counted(problem, cells), strict=True):
        if people < cover.least:
            words = f"{cover.name}: {people} rostered, {cover.least} at least"
            yield Breach(rule="minimum_people", officer=None, day=cover.cells[0][0], words=words)


def requests(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """Requests for a duty or a day off are granted where they can be; each one refused costs its weight."""
    days = np.arange(problem.days)
    for officer, row in enumerate(cells):
        wanted = np.minimum(problem.price[officer].min(axis=1), 0)
        for day in np.flatnonzero(problem.price[officer, days, row] != wanted).tolist():
            cost = int(problem.price[officer, day, row[day]] - wanted[day])
            words = f"{_shift(problem, row[day])} is not what was asked for"
            yield _breach(problem, "requests", (officer, day), words, cost)


def enough_people(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """The people needed are there, neither too few nor too many; each level of need costs by itself."""
    for cover, people in zip(problem.covers, counted(problem, cells).tolist(), strict=True):
        short = sum(level.under * max(0, level.required - people) for level in cover.levels)
        over = sum(level.over * max(0, people - level.required) for level in cover.levels)
        if short or over:
            words = (
                f"{cover.name}: {people} rostered, {', '.join(str(level.required) for level in cover.levels)} wanted"
            )
            yield Breach(rule="enough_people", officer=None, day=cover.cells[0][0], words=words, cost=short + over)


def fair_weekends(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """Nobody works more weekends than their fair share; each above it costs."""
    for officer, terms in enumerate(problem.officers):
        if terms.fair_weekends is not None:
            above = weekends_worked(problem, officer, cells[officer]) - terms.fair_weekends
            if above > 0 and terms.weekend_cost:
                words = f"{above} weekends above the fair share"
                yield _breach(problem, "fair_weekends", (officer, None), words, above * terms.weekend_cost)


def fair_duties(problem: Problem, cells: Cells) -> Iterator[Breach]:
    """Nobody works more nights than their fair share; each above it costs."""
    for officer, terms in enumerate(problem.officers):
        for group in terms.groups:
            above = 0 if group.fair is None else int(np.isin(cells[officer], list(group.shifts)).sum()) - group.fair
            if above > 0 and group.cost:
                words = f"{above} {group.name} above the fair share"
                yield _breach(problem, "fair_duties", (officer, None), words, above * group.cost)


HARD: tuple[Rule, ...] = (
    closed_days,
    rest_between_duties,
    forward_rotation,
    succession,
    run_of_duties,
    shortest_run,
    rest_days_in_blocks,
    nights_in_a_row,
    contract_hours,
    average_week,
    weekends,
    duties_of_a_kind,
    minimum_people,
)
SOFT: tuple[Rule, ...] = (requests, enough_people, fair_weekends, fair_duties)


def hard_breaches(problem: Problem, cells: Cells) -> list[Breach]:
    """Return every hard rule a roster breaks, with whom and when."""
    return [breach for rule in HARD for breach in rule(problem, cells)]


def soft_breaches(problem: Problem, cells: Cells) -> list[Breach]:
    """Return everything a roster costs, by rule, whom and when."""
    return [breach for rule in SOFT for breach in rule(problem, cells)]


def costs_by_rule(problem: Problem, cells: Cells) -> dict[str, int]:
    """Return what a roster costs by each soft rule."""
    officers, days = np.indices(cells.shape)
    found = {"requests": problem.fixed + int(problem.price[officers, days, cells].sum())}
    for rule in SOFT[1:]:
        found[rule.__name__] = sum(breach.cost for breach in rule(problem, cells))
    return found


@dataclass(frozen=True, kw_only=True)
class _Spell:
    works: bool
    length: int
    ends: int
    """Its last day; below zero if it lies before the roster."""
    is_inside: bool
    """Whether both its ends are known."""


def _spells(problem: Problem, cells: Cells) -> Iterator[tuple[int, _Spell]]:
    for officer, terms in enumerate(problem.officers):
        before = terms.before or ()
        row = [*before, *cells[officer].tolist()]
        ends = -len(before)
        for works, days in groupby(row, key=lambda choice: choice != OFF):
            length = len(list(days))
            is_inside = ends > -len(before) and ends + length < problem.days
            ends += length
            yield officer, _Spell(works=works, length=length, ends=ends - 1, is_inside=is_inside)


def _successions(problem: Problem, cells: Cells, rule: str) -> Iterator[Breach]:
    barred = problem.barred_by.get(rule)
    for officer, terms in enumerate(problem.officers if barred is not None else ()):
        earlier = terms.before[-1] if terms.before else OFF
        for day, later in enumerate(cells[officer].tolist()):
            if OFF not in {earlier, later} and barred is not None and barred[day, earlier, later]:
                words = f"{_shift(problem, later)} follows {_shift(problem, earlier)}"
                yield _breach(problem, rule, (officer, day), words)
            earlier = later


def _breach(problem: Problem, rule: str, where: tuple[int, int | None], words: str, cost: int = 0) -> Breach:
    officer, day = where
    when = "" if day is None else f", {problem.day(day)}"
    return Breach(
        rule=rule, officer=officer, day=day, words=f"{problem.officers[officer].called}{when}: {words}", cost=cost
    )


def _chosen(table: np.ndarray, cells: Cells) -> np.ndarray:
    officers, days = np.indices(cells.shape)
    return table[officers, days, cells]


def _minutes(problem: Problem, cells: Cells) -> list[int]:
    minutes = np.array([*(shift.minutes for shift in problem.shifts), 0], dtype=np.int64)
    return minutes[cells].sum(axis=1).tolist()


def _shift(problem: Problem, choice: int) -> str:
    return "a day off" if choice == OFF else problem.shifts[choice].id


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g} h"

"""
What does a force's own roster problem say? A TOML file, and the CSV files that it names.

`[roster]` says when and names the files; `[[shift]]` the kinds of duty; `[[need]]` how many are wanted, by the requirement file that
staffing writes or by shift; `[[minimum]]` how many there must be at the least; `[limits]` and `[costs]` what differs from the usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from standfast.science.planning.roster.duties import Calendar, Duties
from standfast.science.planning.roster.grid import Grid, read_grid
from standfast.science.planning.roster.limits import Limit, edition_for, limits_on
from standfast.science.planning.roster.needs import (
    Need,
    Standing,
    covers_of,
    expected_duties,
    read_minimums,
    read_needs,
)
from standfast.science.planning.roster.people import Person, Requests, Terms, read_absences, read_people, read_requests
from standfast.science.planning.roster.problem import BadRoster, Cover, Flags, Problem, Shift
from standfast.science.planning.series.clock import DEFAULT_ZONE, read_zone
from standfast.science.planning.simulate.toml_fields import Fields, read_fields

FILES = ("people", "absences", "requests", "before")
MOST_DAYS = 400
LONGEST_DUTY = 16 * 60
USUAL_COSTS = {"short": 100.0, "over": 4.0, "weekend": 40.0, "night": 20.0}
"""What one person too few or too many costs an hour, and a weekend or night above the fair share. Suggested, not sourced."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """A problem, and what its printed roster, its calendar and its report want besides. A benchmark instance has no duties in time."""

    name: str
    problem: Problem
    files: tuple[Path, ...]
    duties: Duties | None = None
    needs: tuple[Need, ...] = ()
    people: tuple[Person, ...] = ()
    standing: Standing = field(default_factory=dict)
    limits: str = ""
    """The edition of the usual limits, if it has any."""


def read_own(path: Path) -> Asked:
    """
    Read a roster problem in TOML and the files it names.

    :raises BadRoster: or another refusal, naming file, line and what was expected
    """
    fields = read_fields(path, holding="a roster problem")
    head = fields.table("roster")
    calendar = _calendar(head)
    limits = _limits(fields.table("limits"), calendar.start)
    shifts, training = _shifts(fields, limits)
    duties = Duties(shifts=shifts, training=training, calendar=calendar, costs=_costs(fields.table("costs")))
    files = _files(head)
    name = head.text("name", path.stem)
    head.all_read()
    people = read_people(files["people"], shifts=shifts)
    needs = read_needs(fields, duties=duties, people=people)
    minimums = read_minimums(fields, duties=duties, people=people)
    fields.all_read()
    terms = Terms(
        people=people,
        duties=duties,
        limits=limits,
        expected=expected_duties(needs, minimums, duties=duties),
        absences=read_absences(files["absences"], people=people, duties=duties) if "absences" in files else [],
        before=_before(files["before"], people, duties) if "before" in files else None,
    )
    standing = terms.standing()
    covers = covers_of(needs, minimums, duties=duties, people=people, standing=standing)
    problem = _problem(terms, covers, read_requests(files.get("requests"), people=people, duties=duties), limits)
    used = (path, *files.values(), *(need.file for need in needs if need.file))
    return Asked(
        name=name,
        problem=problem,
        files=tuple(dict.fromkeys(used)),
        duties=duties,
        needs=needs,
        people=people,
        standing=standing,
        limits=str(edition_for(calendar.start)),
    )


def _problem(terms: Terms, covers: tuple[Cover, ...], requests: Requests, limits: Mapping[Limit, float]) -> Problem:
    duties = terms.duties
    return Problem(
        days=duties.calendar.days,
        shifts=duties.shifts,
        officers=terms.officers(),
        covers=covers,
        could=terms.could(),
        closed=(*terms.absences, *requests.musts),
        price=requests.price,
        barred_by=_barred(duties, limits),
        fixed=requests.fixed,
        start=duties.calendar.start,
    )


def _files(head: Fields) -> dict[str, Path]:
    found = {name: head.path.parent / head.text(name) for name in FILES if head.has(name)}
    if "people" not in found:
        raise head.wrong("people", "the name of a CSV of people")
    return found


def _before(path: Path, people: tuple[Person, ...], duties: Duties) -> Grid:
    """Return the days just before the roster, no more of them than its rules look back."""
    grid = read_grid(path, employees=[person.id for person in people], shifts=duties.shifts)
    eve = duties.calendar.start - timedelta(days=1)
    if not grid.days or grid.days[-1] != eve.isoformat():
        raise BadRoster(
            f"{path}, line 1: the last day is {grid.days[-1] if grid.days else 'missing'}; {eve} was expected."
        )
    return grid


def _calendar(head: Fields) -> Calendar:
    start, days = head.day("start"), head.whole("days", least=1)
    if days > MOST_DAYS:
        raise head.wrong("days", f"a whole number from 1 to {MOST_DAYS}")
    zone = head.text("zone", DEFAULT_ZONE)
    read_zone(zone)
    return Calendar(start=start, days=days, zone=ZoneInfo(zone))


def _limits(given: Fields, start: date) -> dict[Limit, float]:
    found: dict[Limit, float] = {}
    for limit, value in limits_on(start).items():
        turns = limit == Limit.FORWARD_ROTATION
        found[limit] = float(given.flag(limit, default=bool(value))) if turns else given.number(limit, value)
    given.all_read()
    return found


def _costs(given: Fields) -> dict[str, float]:
    found = {name: given.number(name, value) for name, value in USUAL_COSTS.items()}
    given.all_read()
    return found


def _shifts(fields: Fields, limits: Mapping[Limit, float]) -> tuple[tuple[Shift, ...], frozenset[int]]:
    found: list[Shift] = []
    training = set()
    for each in fields.tables("shift"):
        name = each.text("id")
        if not name or name in {shift.id for shift in found} or name == "off" or "|" in name or name.startswith("not "):
            raise each.wrong("id", "a name no other shift has")
        start, end = each.clock_time("starts"), each.clock_time("ends")
        starts, ends = start.hour * 60 + start.minute, end.hour * 60 + end.minute
        ends += 24 * 60 * (ends <= starts)
        unpaid = each.whole("unpaid_minutes", 0)
        if ends - starts > LONGEST_DUTY or unpaid >= ends - starts:
            raise each.wrong("ends", f"a duty of {LONGEST_DUTY // 60} hours at most, longer than its unpaid minutes,")
        night = each.flag("night", default=_is_night(starts, ends, limits))
        if each.flag("training", default=False):
            training.add(len(found))
        each.all_read()
        found.append(Shift(id=name, minutes=ends - starts - unpaid, starts=starts, ends=ends, night=night))
    if len(found) == len(training):
        raise BadRoster(
            f"{fields.path}: there is no duty to work; at least one [[shift]] that is no training was expected."
        )
    return tuple(found), frozenset(training)


def _is_night(starts: int, ends: int, limits: Mapping[Limit, float]) -> bool:
    """Tell whether a duty works long enough in the night, this one or the next."""
    begins, over = round(limits[Limit.NIGHT_FROM_HOUR] * 60), round(limits[Limit.NIGHT_TO_HOUR] * 60)
    over += 24 * 60 * (over <= begins)
    nights = [(begins + shift, over + shift) for shift in (-24 * 60, 0, 24 * 60)]
    inside = sum(max(0, min(ends, last) - max(starts, first)) for first, last in nights)
    return inside >= limits[Limit.NIGHT_HOURS] * 60


def _barred(duties: Duties, limits: Mapping[Limit, float]) -> dict[str, Flags]:
    """Return which duty may not follow which: too little rest, in true hours on the nights clocks change, or against the rotation."""
    shifts, calendar = duties.shifts, duties.calendar
    shape = (calendar.days, len(shifts), len(shifts))
    rest, rotation = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
    least = timedelta(hours=limits[Limit.REST_HOURS])
    for day in range(calendar.days):
        for a, earlier in enumerate(shifts):
            for b, later in enumerate(shifts):
                gap = calendar.begins(day, later) - calendar.ends(day - 1, earlier)
                rest[day, a, b] = gap < least
                plain = not {a, b} & duties.training
                rotation[day, a, b] = plain and (later.starts or 0) < (earlier.starts or 0)
    found = {"rest_between_duties": rest}
    return {**found, "forward_rotation": rotation} if limits[Limit.FORWARD_ROTATION] else found

"""Who can be rostered, on which terms; who is away when; and who asks for what? CSV files with a header each."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from standfast.science.planning.roster.duties import Duties
from standfast.science.planning.roster.grid import Grid
from standfast.science.planning.roster.limits import Limit
from standfast.science.planning.roster.problem import (
    OFF,
    SATURDAY,
    SUNDAY,
    BadRoster,
    Closed,
    Flags,
    Group,
    Officer,
    Shift,
)
from standfast.science.planning.series.table import Table, read_table

TRAINING = "training"
AWAY = ("leave", "sickness", "court", "other")
"""Kinds of absence that take the day off the contract hours, a seventh of the week each; training is worked, and counts."""
MUST = "must"
NO_LIMIT = 99
MOST_HOURS = 80
LOOKING_BACK = 14
"""No rule on runs, rests or nights looks back further than so many days."""
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person as the file of people has them."""

    id: str
    name: str
    hours_a_week: float
    skills: frozenset[str]
    shifts: frozenset[int]
    most_weekends: int
    most_nights: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Requests:
    """What people asked for: prices of choices, a cost that every roster has, and what must be."""

    price: npt.NDArray[np.int64]
    fixed: int
    musts: tuple[Closed, ...]


def holders(people: Sequence[Person], skill: str) -> frozenset[int] | None:
    """Return who holds a skill, None for everybody."""
    return frozenset(number for number, each in enumerate(people) if skill in each.skills) if skill else None


@dataclass(frozen=True, kw_only=True)
class _Row:
    """One row of a file, its cells checked as they are read."""

    table: Table
    number: int

    def text(self, column: str) -> str:
        cells = self.table.columns.get(column)
        return "" if cells is None else str(cells[self.number]).strip()

    def wrong(self, column: str, expected: str) -> BadRoster:
        where = f"{self.table.path}, line {self.table.line(self.number)}"
        return BadRoster(f"{where}: {column} is “{self.text(column)[:40]}”; {expected} was expected.")

    def whole(self, column: str, default: int) -> int:
        text = self.text(column)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            raise self.wrong(column, "a whole number from 0")
        return int(text)

    def hours(self, column: str) -> float:
        try:
            value = float(self.text(column))
        except ValueError:
            value = -1.0
        if not 0 < value <= MOST_HOURS:
            raise self.wrong(column, f"hours above 0, {MOST_HOURS} at most,")
        return value

    def listed(self, column: str) -> list[str]:
        return [each.strip() for each in self.text(column).split("|") if each.strip()]

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            raise self.wrong(column, "a date such as 2026-11-30") from None

    def one_of(self, column: str, known: Mapping[str, int], what: str) -> int:
        if self.text(column) not in known:
            raise self.wrong(column, what)
        return known[self.text(column)]


def _rows(path: Path, *columns: str) -> list[_Row]:
    table = read_table(path)
    table.require(*columns)
    return [_Row(table=table, number=number) for number in range(len(table))]


def read_people(path: Path, *, shifts: Sequence[Shift]) -> tuple[Person, ...]:
    """
    Read people: `person,hours_a_week`, and if there `name,skills,shifts,most_weekends,most_nights` (lists with | between).

    :raises BadRoster: with the line and what was expected
    """
    numbers = {shift.id: number for number, shift in enumerate(shifts)}
    found: dict[str, Person] = {}
    for row in _rows(path, "person", "hours_a_week"):
        name = row.text("person")
        if not name or name in found:
            raise row.wrong("person", "a person not named before")
        may = row.listed("shifts") or list(numbers)
        if set(may) - set(numbers):
            raise row.wrong("shifts", f"shifts of the problem ({', '.join(numbers)})")
        found[name] = Person(
            id=name,
            name=row.text("name"),
            hours_a_week=row.hours("hours_a_week"),
            skills=frozenset(row.listed("skills")),
            shifts=frozenset(numbers[each] for each in may),
            most_weekends=row.whole("most_weekends", NO_LIMIT),
            most_nights=row.whole("most_nights", NO_LIMIT),
        )
    return tuple(found.values())


def read_absences(path: Path, *, people: Sequence[Person], duties: Duties) -> list[Closed]:
    """
    Read absences: `person,from,to,kind`, and for training the `shift` it is.

    :raises BadRoster: with the line and what was expected
    """
    known = {person.id: number for number, person in enumerate(people)}
    courses = {duties.shifts[number].id: number for number in duties.training}
    found = []
    for row in _rows(path, "person", "from", "to", "kind"):
        officer = row.one_of("person", known, "a person of the problem")
        first, last = row.day("from"), row.day("to")
        if last < first:
            raise row.wrong("to", f"{first} or later")
        kind = row.text("kind")
        if kind not in {TRAINING, *AWAY}:
            raise row.wrong("kind", f"one of {', '.join((TRAINING, *AWAY))}")
        only = OFF
        if kind == TRAINING:
            named = len(courses) > 1 or row.text("shift")
            expected = f"a shift with training = true ({', '.join(courses) or 'there is none'})"
            if not courses:
                raise row.wrong("kind", expected)
            only = row.one_of("shift", courses, expected) if named else next(iter(courses.values()))
        if days := _inside(first, last, duties):
            found.append(Closed(officer=officer, days=days, only=(only,), why=kind))
    return found


def read_requests(path: Path | None, *, people: Sequence[Person], duties: Duties) -> Requests:
    """
    Read requests: `person,day,wants,weight`: wants a shift, “off”, or “not SHIFT”; the weight is a number or “must”.

    :raises BadRoster: with the line and what was expected
    """
    shape = (len(people), duties.calendar.days, len(duties.shifts) + 1)
    price, fixed, musts = np.zeros(shape, dtype=np.int64), 0, []
    known = {person.id: number for number, person in enumerate(people)}
    choices = {shift.id: number for number, shift in enumerate(duties.shifts) if number not in duties.training}
    wants: dict[str, int] = {**choices, "off": OFF}
    for row in [] if path is None else _rows(path, "person", "day", "wants", "weight"):
        officer = row.one_of("person", known, "a person of the problem")
        days = _inside(row.day("day"), row.day("day"), duties)
        text = row.text("wants")
        against = text.startswith("not ")
        choice = wants.get(text.removeprefix("not ").strip())
        if choice is None:
            raise row.wrong("wants", f"{', '.join(wants)}, or “not” and one of them,")
        must = row.text("weight") == MUST
        weight = 0 if must else row.whole("weight", 1)
        for day in days:
            if must:
                others = tuple(each for each in wants.values() if each != choice)
                musts.append(
                    Closed(
                        officer=officer,
                        days=(day,),
                        only=others if against else (choice,),
                        why="a request that must be",
                    )
                )
            else:
                price[officer, day, choice] += weight if against else -weight
                fixed += 0 if against else weight
    return Requests(price=price, fixed=fixed, musts=tuple(musts))


def _inside(first: date, last: date, duties: Duties) -> tuple[int, ...]:
    """Return the days of the roster from one date to another."""
    start = duties.calendar.start
    begin, end = (first - start).days, (last - start).days
    return tuple(range(max(0, begin), min(duties.calendar.days - 1, end) + 1))


@dataclass(frozen=True, kw_only=True, eq=False)
class Terms:
    """On which terms everybody is rostered: contract, absences, what they worked before, and their fair share."""

    people: tuple[Person, ...]
    duties: Duties
    limits: Mapping[Limit, float]
    expected: npt.NDArray[np.float64]
    absences: list[Closed]
    before: Grid | None

    def officers(self) -> tuple[Officer, ...]:
        """Return everybody as the search knows them."""
        return tuple(self._officer(number, person) for number, person in enumerate(self.people))

    def could(self) -> Flags:
        """Return who could work what on which day, absences apart; training only by those and when it is booked."""
        shape = (len(self.people), self.duties.calendar.days, len(self.duties.shifts) + 1)
        could = np.zeros(shape, dtype=np.bool_)
        could[:, :, OFF] = True
        for number, person in enumerate(self.people):
            could[number, :, sorted(person.shifts - self.duties.training)] = True
        for absence in self.absences:
            for day in absence.days:
                could[absence.officer, day, list(absence.only)] = True
        return could

    def standing(self) -> dict[str, npt.NDArray[np.int64]]:
        """Return by skill how many worked each shift on the day before the first; empty if that is not known."""
        if self.before is None:
            return {}
        last = self.before.cells[:, -1]
        skills = {"", *(skill for person in self.people for skill in person.skills)}
        found = {}
        for skill in skills:
            rows = sorted(holders(self.people, skill) or range(len(self.people)))
            found[skill] = np.array([(last[rows] == shift).sum() for shift in range(len(self.duties.shifts))])
        return found

    def _officer(self, number: int, person: Person) -> Officer:
        weeks = self.duties.calendar.days / 7
        away = {day for each in self.absences if each.officer == number and each.only == (OFF,) for day in each.days}
        contract = person.hours_a_week * 60 * (weeks - len(away) / 7)
        within = self.limits[Limit.CONTRACT_HOURS_WITHIN] * 60
        average = self.limits[Limit.AVERAGE_WEEK_HOURS] * 60 * weeks
        return Officer(
            id=person.id,
            name=person.name,
            most_minutes=int(min(contract + within, average)),
            least_minutes=max(0, math.ceil(contract - within)),
            most_because="average_week" if average < contract + within else "contract_hours",
            most_run=self._days(Limit.DUTIES_IN_A_ROW),
            least_run=self._days(Limit.FEWEST_DUTIES_IN_A_ROW),
            least_rest=self._days(Limit.REST_DAYS_TOGETHER),
            most_weekends=person.most_weekends,
            most_nights_run=self._days(Limit.NIGHTS_IN_A_ROW),
            groups=self._groups(person),
            fair_weekends=self._fair(person, self._weekends, lambda _: True),
            weekend_cost=round(self.duties.costs["weekend"]),
            before=tuple(self.before.cells[number, -LOOKING_BACK:].tolist()) if self.before else None,
        )

    def _days(self, limit: Limit) -> int:
        return max(1, round(self.limits[limit]))

    def _groups(self, person: Person) -> tuple[Group, ...]:
        nights = self._nights & person.shifts
        if not nights:
            return ()
        total = float(self.expected[:, sorted(self._nights)].sum())
        fair = self._fair(person, total, lambda each: bool(each.shifts & self._nights))
        most = min(person.most_nights, self.duties.calendar.days)
        return (Group(name="nights", shifts=nights, most=most, fair=fair, cost=round(self.duties.costs["night"])),)

    def _fair(self, person: Person, total: float, able: Callable[[Person], bool]) -> int:
        """Return a person's share of something by their contract hours, rounded up."""
        hours = sum(each.hours_a_week for each in self.people if able(each))
        return math.ceil(total * person.hours_a_week / hours - ROUNDING) if hours else 0

    @cached_property
    def _nights(self) -> frozenset[int]:
        shifts = enumerate(self.duties.shifts)
        return frozenset(number for number, shift in shifts if shift.night and number not in self.duties.training)

    @cached_property
    def _weekends(self) -> float:
        """About how many weekends everybody together has to work: those on duty on the busier of its days."""
        calendar, people = self.duties.calendar, self.expected.sum(axis=1)
        weekends: dict[int, float] = {}
        for day in range(calendar.days):
            at = calendar.start + timedelta(days=day)
            if at.weekday() in {SATURDAY, SUNDAY}:
                week = at.isocalendar().week
                weekends[week] = max(weekends.get(week, 0.0), float(people[day]))
        return sum(weekends.values())

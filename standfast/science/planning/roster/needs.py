"""
How many people are wanted when, how sure is that, and which duties cover it?

A duty counts in an interval if it covers the middle of it. Needs of the same people at several quantiles of a forecast are one need
that is not sure: each level then costs by the chance it stands for, so the roster with the least expected shortfall is the cheapest.
Intervals that only duties of the day before could cover are left out where those are not known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from standfast.science.planning.roster.duties import Calendar, Cell, Duties
from standfast.science.planning.roster.people import Person, holders
from standfast.science.planning.roster.problem import Cover, Level
from standfast.science.planning.simulate.toml_fields import Fields
from standfast.science.planning.staffing.requirement import ONLY_SERIES, read_requirement

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLUMNS = ("required", "scheduled")
Key = tuple[str, tuple[Cell, ...]]
"""Which skill on which duties: what counts together."""
Standing = Mapping[str, npt.NDArray[np.int64]]
"""By skill (or "" for everybody), how many people worked each shift on the day before the first; empty if that is not known."""


@dataclass(frozen=True, kw_only=True)
class Want:
    """How many are wanted over a stretch of hours, on any of some duties. `start` is as the file wrote it, `label` for people."""

    start: str
    label: str
    cells: tuple[Cell, ...]
    hours: float
    people: int


@dataclass(frozen=True, kw_only=True)
class Need:
    """One need: of whom, how sure, what a person too few or too many costs an hour, and every stretch of it."""

    skill: str
    share: float
    quantile: float | None
    short: float
    over: float
    wants: tuple[Want, ...]
    shift: str = ""
    """The shift it is a need of; none where it is by the clock."""
    file: Path | None = None

    @property
    def series(self) -> str:
        """What the need is called in a file: the skill, or `all`; and the shift, if it is by shift."""
        return " ".join(filter(None, (self.shift, self.skill))) or ONLY_SERIES


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """How many of a skill there must be on one duty of one day."""

    skill: str
    cell: Cell
    people: int


def read_needs(fields: Fields, *, duties: Duties, people: Sequence[Person]) -> tuple[Need, ...]:
    """
    Return the needs of a problem, with the chance each quantile stands for.

    :raises BadScenario: or BadSeries, with file, line and what was expected
    """
    found = []
    for each in fields.tables("need"):
        skill = _skill(each, people)
        quantile = each.number("quantile", most=1.0) if each.has("quantile") else None
        short, over = each.number("short", duties.costs["short"]), each.number("over", duties.costs["over"])
        path = fields.path.parent / each.text("file") if each.has("file") else None
        wants = _of_shift(each, duties) if path is None else _of_file(each, path, duties)
        shift = duties.shifts[wants[0].cells[0][1]].id if path is None and wants else ""
        each.all_read()
        found.append(
            Need(skill=skill, share=1.0, quantile=quantile, short=short, over=over, wants=wants, shift=shift, file=path)
        )
    return tuple(_shared(found))


def read_minimums(fields: Fields, *, duties: Duties, people: Sequence[Person]) -> tuple[Minimum, ...]:
    """
    Return how many there must be at the least, duty by duty.

    :raises BadScenario: with file, line and what was expected
    """
    found = []
    for each in fields.tables("minimum"):
        skill = _skill(each, people)
        found += [
            Minimum(skill=skill, cell=cell, people=want.people)
            for want in _of_shift(each, duties)
            for cell in want.cells
        ]
        each.all_read()
    return tuple(found)


def covers_of(
    needs: Sequence[Need],
    minimums: Sequence[Minimum],
    *,
    duties: Duties,
    people: Sequence[Person],
    standing: Standing,
) -> tuple[Cover, ...]:
    """Return the covers of a problem: stretches that the same duties cover are one, with a level for each number wanted."""
    levels, labels = _levels(needs, standing)
    least: dict[Key, int] = {}
    for each in minimums:
        at = (each.skill, (each.cell,))
        least[at] = max(each.people, least.get(at, 0))
        day, shift = each.cell
        labels[at] = f"{duties.shifts[shift].id} on {_day(duties.calendar, day)}"
    return tuple(
        Cover(
            name=f"{labels[key]}{f' ({key[0]})' if key[0] else ''}",
            cells=key[1],
            levels=tuple(
                Level(required=required, under=_whole(under), over=_whole(over))
                for required, (under, over) in sorted(levels.get(key, {}).items())
            ),
            officers=holders(people, key[0]),
            least=least.get(key, 0),
        )
        for key in sorted({*levels, *least}, key=lambda key: (key[1], key[0]))
    )


def _levels(needs: Sequence[Need], standing: Standing) -> tuple[dict[Key, dict[int, list[float]]], dict[Key, str]]:
    """Return what too few and too many cost by the number wanted, gathered over all stretches that the same duties cover."""
    levels: dict[Key, dict[int, list[float]]] = defaultdict(dict)
    labels: dict[Key, str] = {}
    for need in needs:
        for want in need.wants:
            cells, there = known(want.cells, need.skill, standing)
            if not cells or there is None:
                continue
            key = (need.skill, cells)
            labels.setdefault(key, want.label)
            level = levels[key].setdefault(max(0, want.people - there), [0.0, 0.0])
            level[0] += need.share * need.short * want.hours
            level[1] += need.share * need.over * want.hours
    return levels, labels


def known(cells: tuple[Cell, ...], skill: str, standing: Standing) -> tuple[tuple[Cell, ...], int | None]:
    """Return the duties of the roster itself, and how many of the day before stand there already (None: not known)."""
    inside = tuple(cell for cell in cells if cell[0] >= 0)
    earlier = [shift for day, shift in cells if day < 0]
    if not earlier:
        return inside, 0
    if skill not in standing:
        return inside, None
    return inside, int(sum(standing[skill][shift] for shift in earlier))


def _skill(each: Fields, people: Sequence[Person]) -> str:
    skill = each.text("skill", "")
    if skill and not any(skill in person.skills for person in people):
        raise each.wrong("skill", "a skill that somebody holds")
    return skill


def _of_shift(each: Fields, duties: Duties) -> tuple[Want, ...]:
    """Return a number of people wanted on one shift, every day or on some weekdays."""
    name, wanted = each.text("shift"), each.whole("people")
    numbers = {shift.id: number for number, shift in enumerate(duties.shifts) if number not in duties.training}
    if name not in numbers:
        raise each.wrong("shift", f"one of {', '.join(numbers)}")
    weekdays = each.texts("days") if each.has("days") else WEEKDAYS
    if not weekdays or set(weekdays) - set(WEEKDAYS):
        raise each.wrong("days", f"some of {', '.join(WEEKDAYS)}")
    shift, calendar = duties.shifts[numbers[name]], duties.calendar
    hours = ((shift.ends or 0) - (shift.starts or 0)) / 60
    return tuple(
        Want(
            start=f"{calendar.begins(day, shift).astimezone(calendar.zone):%Y-%m-%d %H:%M}",
            label=f"{name} on {_day(calendar, day)}",
            cells=((day, numbers[name]),),
            hours=hours,
            people=wanted,
        )
        for day in range(calendar.days)
        if WEEKDAYS[(calendar.start + timedelta(days=day)).weekday()] in weekdays
    )


def _of_file(each: Fields, path: Path, duties: Duties) -> tuple[Want, ...]:
    """Return what a requirement file wants within the days of the roster."""
    column = each.text("column", "scheduled")
    if column not in COLUMNS:
        raise each.wrong("column", " or ".join(COLUMNS))
    series = {found.series: found for found in read_requirement(path)}
    name = each.text("series") if each.has("series") else next(iter(series))
    if name not in series:
        raise each.wrong("series", f"one of {', '.join(series)}")
    wants = []
    first, last = duties.calendar.at(0, 0), duties.calendar.at(duties.calendar.days, 0)
    for need in series[name].needs:
        begins = duties.calendar.instant(need.moment)
        length = timedelta(minutes=need.minutes)
        if first <= begins < last:
            cells = duties.covering(begins + length / 2)
            wants.append(
                Want(
                    start=need.start,
                    label=f"{begins.astimezone(duties.calendar.zone):%a %-d %b %Y %H:%M}",
                    cells=cells,
                    hours=need.minutes / 60,
                    people=getattr(need, column),
                )
            )
    if not wants:
        raise each.wrong("file", f"a requirement with intervals from {duties.calendar.start} on")
    return tuple(wants)


def _shared(needs: Sequence[Need]) -> Iterable[Need]:
    """Give each need the chance it stands for: several quantiles of the same people share the whole."""
    groups: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        if need.quantile is None:
            yield need
        else:
            groups[need.skill].append(need)
    for same in groups.values():
        same.sort(key=lambda need: need.quantile or 0.0)
        at = [need.quantile or 0.0 for need in same]
        edges = [0.0, *((a + b) / 2 for a, b in pairwise(at)), 1.0]
        for number, need in enumerate(same):
            yield Need(**{**vars(need), "share": edges[number + 1] - edges[number]})


def expected_duties(needs: Sequence[Need], minimums: Sequence[Minimum], *, duties: Duties) -> npt.NDArray[np.float64]:
    """Return about how many duties of each shift each day takes, for the fair shares of nights and weekends."""
    found = np.zeros((duties.calendar.days, len(duties.shifts)))
    for need in needs:
        if need.skill:
            continue
        for want in need.wants:
            inside = [cell for cell in want.cells if cell[0] >= 0]
            for day, shift in inside:
                length = ((duties.shifts[shift].ends or 0) - (duties.shifts[shift].starts or 0)) / 60
                found[day, shift] += need.share * want.people * want.hours / len(inside) / length
    for each in minimums:
        day, shift = each.cell
        found[day, shift] = max(found[day, shift], each.people)
    return found


def _whole(cost: float) -> int:
    return max(1, round(cost)) if cost > 0 else 0


def _day(calendar: Calendar, day: int) -> str:
    return f"{calendar.start + timedelta(days=day):%a %-d %b %Y}"

"""
What may a benchmark roster not do, and what does it cost? Read from the instance's text and the CSV alone.

Written from the published description of the instances, not from our model: nothing of the package is imported here.
"""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Instance:
    days: int = 0
    minutes: dict[str, Any] = field(default_factory=dict)
    not_after: dict[str, Any] = field(default_factory=dict)
    staff: dict[str, Any] = field(default_factory=dict)
    off: dict[str, Any] = field(default_factory=lambda: defaultdict(set))
    want: list[Any] = field(default_factory=list)
    avoid: list[Any] = field(default_factory=list)
    cover: list[Any] = field(default_factory=list)


def parse(text):
    instance, section = Instance(), ""
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("SECTION_"):
            section = line
        elif line and not line.startswith("#"):
            _add(instance, section, [cell.strip() for cell in line.split(",")])
    return instance


def _add(instance, section, cells):
    if section == "SECTION_HORIZON":
        instance.days = int(cells[0])
    elif section == "SECTION_SHIFTS":
        instance.minutes[cells[0]] = int(cells[1])
        instance.not_after[cells[0]] = {each for each in cells[2].split("|") if each}
    elif section == "SECTION_STAFF":
        most = dict(each.split("=") for each in cells[1].split("|"))
        instance.staff[cells[0]] = ({shift: int(n) for shift, n in most.items()}, *map(int, cells[2:]))
    elif section == "SECTION_DAYS_OFF":
        instance.off[cells[0]] |= {int(day) for day in cells[1:]}
    elif section.endswith("REQUESTS"):
        into = instance.want if "_ON_" in section else instance.avoid
        into.append((cells[0], int(cells[1]), cells[2], int(cells[3])))
    else:
        instance.cover.append((int(cells[0]), cells[1], *map(int, cells[2:])))


def read_rows(text):
    rows = list(csv.reader(io.StringIO(text)))
    return rows[0], {row[0]: row[1:] for row in rows[1:]}


def breaches(instance, header, rows):
    """Every hard rule a roster breaks, as text."""
    if header != ["employee", *map(str, range(instance.days))]:
        yield "the header is not employee,0,1,2,…"
    if set(rows) != set(instance.staff):
        yield "not one row for each employee"
    for name, row in rows.items():
        if len(row) != instance.days or any(cell and cell not in instance.minutes for cell in row):
            yield f"{name}: cells that are no shifts"
        else:
            yield from (f"{name}: {wrong}" for wrong in own_breaches(instance, name, row))


def own_breaches(instance, name, row):
    """Every hard rule one row breaks."""
    yield from _total_breaches(instance, instance.staff[name], row)
    if any(row[day] for day in instance.off[name]):
        yield "works on a day off"
    for day in range(1, instance.days):
        if row[day] and row[day] in instance.not_after.get(row[day - 1], set()):
            yield f"{row[day]} after {row[day - 1]} on day {day}"
    yield from _spell_breaches(instance, instance.staff[name], row)


def _total_breaches(instance, limits, row):
    most, max_minutes, min_minutes, *_, max_weekends = limits
    for shift, limit in most.items():
        if list(row).count(shift) > limit:
            yield f"more than {limit} of {shift}"
    total = sum(instance.minutes[cell] for cell in row if cell)
    if not min_minutes <= total <= max_minutes:
        yield f"{total} minutes"
    weekends = {day // 7 for day in range(instance.days) if day % 7 >= 5 and row[day]}
    if len(weekends) > max_weekends:
        yield f"{len(weekends)} weekends"


def _spell_breaches(instance, limits, row):
    *_, max_run, min_run, min_rest, _ = limits
    day = 0
    while day < instance.days:
        end = day
        while end < instance.days and bool(row[end]) == bool(row[day]):
            end += 1
        inside = day > 0 and end < instance.days
        if row[day] and (end - day > max_run or (inside and end - day < min_run)):
            yield f"{end - day} duties in a row from day {day}"
        if not row[day] and inside and end - day < min_rest:
            yield f"{end - day} rest days from day {day}"
        day = end


def price(instance, rows):
    """What a roster costs: requests refused, and people too few or too many."""
    cost = sum(weight for name, day, shift, weight in instance.want if rows[name][day] != shift)
    cost += sum(weight for name, day, shift, weight in instance.avoid if rows[name][day] == shift)
    for day, shift, needed, under, over in instance.cover:
        there = sum(row[day] == shift for row in rows.values())
        cost += under * max(0, needed - there) + over * max(0, there - needed)
    return cost

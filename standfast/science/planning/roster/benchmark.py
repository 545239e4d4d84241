"""How are the published shift-scheduling instances (Curtois and Qu) read?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from standfast.science.planning.roster.problem import (
    OFF,
    BadRoster,
    Closed,
    Cover,
    Flags,
    Group,
    Level,
    Officer,
    Problem,
    Shift,
)

SECTIONS = {
    "SECTION_HORIZON": 1,
    "SECTION_SHIFTS": 3,
    "SECTION_STAFF": 8,
    "SECTION_DAYS_OFF": 2,
    "SECTION_SHIFT_ON_REQUESTS": 4,
    "SECTION_SHIFT_OFF_REQUESTS": 4,
    "SECTION_COVER": 5,
}
"""The sections of an instance and how many fields a line of each has (at least, for days off)."""


@dataclass(frozen=True, kw_only=True)
class _Line:
    path: Path
    number: int
    section: str
    fields: tuple[str, ...]

    def wrong(self, expected: str) -> BadRoster:
        return BadRoster(f"{self.path}, line {self.number}: {expected} expected.")

    def whole(self, place: int) -> int:
        try:
            value = int(self.fields[place])
        except ValueError:
            raise self.wrong(f"“{self.fields[place]}” stands where a whole number is") from None
        if value < 0:
            raise self.wrong("a number not below zero is")
        return value

    def one_of(self, place: int, known: dict[str, int], what: str) -> int:
        if self.fields[place] not in known:
            raise self.wrong(f"“{self.fields[place]}” is no {what} of this instance; one of those listed is")
        return known[self.fields[place]]


@dataclass
class _Draft:
    days: int = 0
    shifts: dict[str, int] = field(default_factory=dict)
    kinds: list[Shift] = field(default_factory=list)
    follows: list[tuple[_Line, int, str]] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    officers: list[Officer] = field(default_factory=list)
    days_off: list[tuple[int, int]] = field(default_factory=list)
    wanted: list[tuple[int, int, int, int]] = field(default_factory=list)
    unwanted: list[tuple[int, int, int, int]] = field(default_factory=list)
    covers: dict[tuple[int, int], Cover] = field(default_factory=dict)


def looks_like_an_instance(path: Path) -> bool:
    """Tell whether a file is a benchmark instance, rather than a problem of one's own."""
    lines = [line.strip() for line in read_text(path).splitlines()]
    return any(line.startswith("SECTION_") for line in lines) or path.suffix != ".toml"


def read_text(path: Path) -> str:
    """
    Return the text of a file.

    :raises BadRoster: if it cannot be read, or is no text
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as wrong:
        raise BadRoster(f"{path}: {wrong.strerror or wrong}; a roster problem that can be read was expected.") from None
    except UnicodeDecodeError:
        raise BadRoster(f"{path}: it is not text in UTF-8; a roster problem was expected.") from None


def read_instance(path: Path) -> Problem:
    """
    Return the problem a benchmark instance states.

    :raises BadRoster: naming the line and what was expected there
    """
    draft = _Draft()
    for line in _lines(path):
        _READERS[line.section](draft, line)
    for name, found in (
        ("SECTION_HORIZON", draft.days),
        ("SECTION_SHIFTS", draft.shifts),
        ("SECTION_STAFF", draft.people),
    ):
        if not found:
            raise BadRoster(f"{path}: a {name} with at least one line is expected.")
    return _problem(draft)


def _lines(path: Path) -> Iterator[_Line]:
    section = ""
    for number, text in enumerate(read_text(path).splitlines(), start=1):
        bare = text.strip()
        if not bare or bare.startswith("#"):
            continue
        if bare.startswith("SECTION_"):
            section = bare
            if section not in SECTIONS:
                raise BadRoster(
                    f"{path}, line {number}: no section is called {bare}; one of {', '.join(SECTIONS)} expected."
                )
            continue
        fields = tuple(each.strip() for each in bare.split(","))
        line = _Line(path=path, number=number, section=section, fields=fields)
        if not section:
            raise line.wrong("a section is")
        short = len(fields) < SECTIONS[section]
        if short or (len(fields) > SECTIONS[section] and section != "SECTION_DAYS_OFF"):
            raise line.wrong(f"{SECTIONS[section]} fields are")
        yield line


def _read_horizon(draft: _Draft, line: _Line) -> None:
    draft.days = line.whole(0)
    if not 1 <= draft.days <= 400:
        raise line.wrong("a horizon of 1 to 400 days is")


def _read_shift(draft: _Draft, line: _Line) -> None:
    name = line.fields[0]
    if not name or name in draft.shifts:
        raise line.wrong("a shift not named before is")
    draft.shifts[name] = len(draft.kinds)
    draft.kinds.append(Shift(id=name, minutes=line.whole(1)))
    draft.follows += [(line, draft.shifts[name], after) for after in line.fields[2].split("|") if after]


def _read_officer(draft: _Draft, line: _Line) -> None:
    name = line.fields[0]
    if not name or name in draft.people:
        raise line.wrong("an employee not named before is")
    limits = {}
    for part in line.fields[1].split("|"):
        shift, _, most = part.partition("=")
        if shift not in draft.shifts or not most.isdigit():
            raise line.wrong(f"“{part}” stands where SHIFT=NUMBER is")
        limits[draft.shifts[shift]] = int(most)
    numbers = [line.whole(place) for place in range(2, 8)]
    draft.people[name] = len(draft.officers)
    draft.officers.append(
        Officer(
            id=name,
            most_minutes=numbers[0],
            least_minutes=numbers[1],
            most_run=numbers[2],
            least_run=numbers[3],
            least_rest=numbers[4],
            most_weekends=numbers[5],
            groups=tuple(
                Group(name=draft.kinds[shift].id, shifts=frozenset({shift}), most=most)
                for shift, most in limits.items()
                if most < draft.days
            ),
        )
    )


def _day(draft: _Draft, line: _Line, place: int) -> int:
    day = line.whole(place)
    if day >= draft.days:
        raise line.wrong(f"a day from 0 to {draft.days - 1} is")
    return day


def _read_day_off(draft: _Draft, line: _Line) -> None:
    officer = line.one_of(0, draft.people, "employee")
    draft.days_off += [(officer, _day(draft, line, place)) for place in range(1, len(line.fields))]


def _read_request(draft: _Draft, line: _Line) -> None:
    officer, day = line.one_of(0, draft.people, "employee"), _day(draft, line, 1)
    request = (officer, day, line.one_of(2, draft.shifts, "shift"), line.whole(3))
    (draft.wanted if line.section == "SECTION_SHIFT_ON_REQUESTS" else draft.unwanted).append(request)


def _read_cover(draft: _Draft, line: _Line) -> None:
    cell = (_day(draft, line, 0), line.one_of(1, draft.shifts, "shift"))
    if cell in draft.covers:
        raise line.wrong("a day and shift not covered before are")
    level = Level(required=line.whole(2), under=line.whole(3), over=line.whole(4))
    draft.covers[cell] = Cover(name=f"day {cell[0]} {line.fields[1]}", cells=(cell,), levels=(level,))


_READERS: dict[str, Callable[[_Draft, _Line], None]] = {
    "SECTION_HORIZON": _read_horizon,
    "SECTION_SHIFTS": _read_shift,
    "SECTION_STAFF": _read_officer,
    "SECTION_DAYS_OFF": _read_day_off,
    "SECTION_SHIFT_ON_REQUESTS": _read_request,
    "SECTION_SHIFT_OFF_REQUESTS": _read_request,
    "SECTION_COVER": _read_cover,
}


def _problem(draft: _Draft) -> Problem:
    shape = (len(draft.officers), draft.days, len(draft.kinds) + 1)
    could, price = np.ones(shape, dtype=np.bool_), np.zeros(shape, dtype=np.int64)
    for number, officer in enumerate(draft.officers):
        for group in officer.groups:
            if group.most == 0:
                could[number, :, list(group.shifts)] = False
    for number, day, shift, weight in draft.wanted:
        price[number, day, shift] -= weight
    for number, day, shift, weight in draft.unwanted:
        price[number, day, shift] += weight
    return Problem(
        days=draft.days,
        shifts=tuple(draft.kinds),
        officers=tuple(draft.officers),
        covers=tuple(draft.covers.values()),
        could=could,
        closed=tuple(
            Closed(officer=number, days=(day,), only=(OFF,), why="a day off") for number, day in draft.days_off
        ),
        price=price,
        barred_by={"succession": _barred(draft)},
        fixed=sum(weight for _, _, _, weight in draft.wanted),
    )


def _barred(draft: _Draft) -> Flags:
    found = np.zeros((draft.days, len(draft.kinds), len(draft.kinds)), dtype=np.bool_)
    for line, shift, after in draft.follows:
        if after not in draft.shifts:
            raise line.wrong(f"“{after}” is no shift of this instance; one of those listed is")
        found[:, shift, draft.shifts[after]] = True
    return found

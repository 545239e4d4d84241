"""
Which way of sending units reaches emergencies sooner, on the same real calls with the same chance?

A lab file states what is not in the calls: how many units, where, how long they stay. Times and places are real; a grade comes from the
dated table `replay_grade`. The load is thinned until the nearest free unit keeps a stated share of immediate calls in target: a fleet that
reaches everybody, or nobody, tells no two ways apart.
"""

import csv
import gzip
import math
import random
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from standfast.bench.lab_figures import Compared, compare
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.tables import DatedTable
from standfast.foundation.places.rules.travel import straight_km, travel_model
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.incidents.rules.dispatch_policy import BY_RANK, Point, SendByRank
from standfast.science.planning.simulate.response import (
    Call,
    Place,
    ResponseCall,
    ResponseUnit,
    nearest_free,
    simulate_response,
)

LABS = Path(__file__).parent / "labs"
DAY = 86400.0
ROUNDS_OF_POSTS, MOST_LEARNT = 8, 1500


class LabUnclear(Refusal):
    """A lab file, or a file of calls, that cannot be used: what and where, and what was expected."""


@dataclass(frozen=True, kw_only=True)
class GradeRow:
    """The grade for the types of a layout that match a pattern."""

    id: str
    layout: str
    matches: tuple[str, ...]
    grade: ResponseGrade


GRADES = DatedTable.beside(__file__, "replay_grade", row=GradeRow)


@dataclass(frozen=True, kw_only=True)
class Lab:
    """What a lab file states: which calls, which fleet, how long a unit stays, and what is in target."""

    name: str
    first_day: date
    days: int
    seed: int
    columns: Mapping[str, str]
    layout: str
    within: Mapping[str, Sequence[float]]
    units: int
    areas: int
    learnt_days: int
    scene: Mapping[ResponseGrade, tuple[float, float]]
    target: float
    kept: tuple[float, float]


@dataclass(frozen=True, slots=True)
class RealCall:
    """A call of the file: seconds from the first day of the lab, where, and its grade."""

    at: float
    place: Point
    grade: ResponseGrade


@dataclass(frozen=True, kw_only=True)
class LabResult:
    """What came of a lab: how the calls were thinned, and the two ways beside each other by grade."""

    name: str
    calls: int
    left_out: int
    kept_share: float
    compared: Mapping[ResponseGrade, Compared]
    table: str


class RoadTravel:
    """Travel by the distance model in force."""

    def __init__(self, *, on: date) -> None:
        self._seconds, self.error, self.model = travel_model("urban", on=on)

    def __call__(self, origin: Place, destination: Place, at: float) -> float:
        """Return the seconds a journey takes."""
        return self._seconds(straight_km(*_point(origin), *_point(destination)))

    def part_way(self, origin: Place, destination: Place, share: float) -> Place:
        """Return the place after a share of the journey, along the straight line."""
        begin, end = _point(origin), _point(destination)
        return begin[0] + (end[0] - begin[0]) * share, begin[1] + (end[1] - begin[1]) * share


def _point(place: Place) -> Point:
    return cast("Point", place)


def read_lab(path: Path) -> Lab:
    """
    Read a lab file.

    :raises LabUnclear: if it cannot be used
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LabUnclear(f"{path.name}: a lab in TOML was expected; {error}.") from None
    try:
        return _lab(given)
    except KeyError as lacking:
        raise LabUnclear(f"{path.name}: {lacking.args[0]} was expected.") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise LabUnclear(f"{path.name}: {error}.") from None


def run_lab(lab: Lab, calls: Path, *, on: date, tell: Callable[[str], None]) -> LabResult:
    """
    Replay the calls of a file through the nearest free unit and through the ranking, with the same chance.

    :raises LabUnclear: if the file cannot be read, or no load keeps the stated share in target
    """
    learnt, counted, left_out = read_real_calls(lab, calls, on=on)
    posts = posts_of([call.place for call in learnt], lab.units)
    centres = posts_of([call.place for call in learnt], lab.areas)
    units = [ResponseUnit(ref=f"U{number:02d}", home=post) for number, post in enumerate(posts)]
    travel = RoadTravel(on=on)
    share = _load(lab, counted, units, travel)
    tell(f"{lab.name}: {share:.0%} of {len(counted):,} calls kept")
    drawn = _drawn(lab, counted, share)
    nearest = simulate_response(drawn, units, nearest_free, travel, lab.seed).calls
    policy = SendByRank(on=on, area_of=lambda place: str(_nearest(place, centres)))
    ours = simulate_response(drawn, units, policy, travel, lab.seed).calls
    return LabResult(
        name=lab.name,
        calls=len(drawn),
        left_out=left_out,
        kept_share=share,
        compared={
            grade: compare(_waits(nearest, rank), _waits(ours, rank), target=lab.target)
            for rank, grade in enumerate(BY_RANK)
            if any(call.about.rank == rank for call in ours)
        },
        table=str(GRADES.on(on)),
    )


def told(result: LabResult) -> list[str]:
    """Return what came of a lab as a person reads it."""
    lines = [
        f"{result.name}: {result.calls:,} real calls ({result.kept_share:.0%} kept, {result.left_out:,} rows left out)"
    ]
    for grade, each in result.compared.items():
        lines.append(
            f"  {grade.label}: in target {each.ours.in_target:.1%}, nearest free unit {each.nearest.in_target:.1%}; "
            f"ahead by {each.ahead:+.1%} (95 % interval {each.low:+.1%} to {each.high:+.1%})"
        )
        lines.append(
            f"    nine in ten within {each.ours.ninth_decile:.1f} min, nearest free unit {each.nearest.ninth_decile:.1f} min"
        )
    return lines


def as_json(lab: Lab, result: LabResult) -> dict[str, Any]:
    """Return what came of a lab, and under which statements, as plain data."""
    return {
        "lab": lab.name,
        "from": lab.first_day.isoformat(),
        "days": lab.days,
        "seed": lab.seed,
        "units": lab.units,
        "grades": result.table,
        "calls": result.calls,
        "share_of_calls_kept": result.kept_share,
        "rows_left_out": result.left_out,
        "by_grade": {grade.value: asdict(each) for grade, each in result.compared.items()},
    }


def read_real_calls(lab: Lab, path: Path, *, on: date) -> tuple[list[RealCall], list[RealCall], int]:
    """
    Return the calls of the days before the lab, those of its days, and how many rows were left out as unreadable or outside.

    :raises LabUnclear: if the file cannot be read, or has no call in the lab's days
    """
    learnt, counted, left_out = [], [], 0
    grades: dict[str, ResponseGrade | None] = {}
    for row in _rows(lab, path):
        call = _call(lab, row, grades, on)
        if call is None:
            left_out += 1
        elif 0 <= call.at < lab.days * DAY:
            counted.append(call)
        elif -lab.learnt_days * DAY <= call.at < 0:
            learnt.append(call)
    if not counted or not learnt:
        until = lab.first_day + timedelta(days=lab.days)
        raise LabUnclear(
            f"{path.name}: calls from {lab.first_day - timedelta(days=lab.learnt_days)} to {until} were expected."
        )
    return learnt, sorted(counted, key=lambda call: call.at), left_out


def posts_of(places: Sequence[Point], number: int) -> list[Point]:
    """Return so many posts, each in the middle of the calls nearest to it: the same every time."""
    chance = random.Random(1)
    some = chance.sample(list(places), min(len(places), MOST_LEARNT))
    posts = some[:number]
    for _ in range(ROUNDS_OF_POSTS):
        around: list[list[Point]] = [[] for _ in posts]
        for place in some:
            around[_nearest(place, posts)].append(place)
        posts = [_middle(each) if each else post for each, post in zip(around, posts, strict=True)]
    return posts


def _load(lab: Lab, calls: Sequence[RealCall], units: Sequence[ResponseUnit], travel: RoadTravel) -> float:
    """Return the share of the calls, in twentieths, of which the nearest free unit keeps the middle of the stated share in target."""
    low, high = lab.kept
    best: tuple[float, float] | None = None
    for twentieths in range(20, 5, -1):
        share = twentieths / 20
        found = simulate_response(_drawn(lab, calls, share), units, nearest_free, travel, lab.seed).calls
        waits = [took for _, took in _waits(found, 0)]
        kept = sum(took <= lab.target for took in waits) / max(1, len(waits))
        if low <= kept <= high and (best is None or abs(kept - (low + high) / 2) < best[0]):
            best = abs(kept - (low + high) / 2), share
        if kept > high:
            break
    if best is None:
        raise LabUnclear(
            f"{lab.name}: no load keeps {low:.0%} to {high:.0%} in target; another number of units was expected."
        )
    return best[1]


def _drawn(lab: Lab, calls: Sequence[RealCall], share: float) -> list[ResponseCall]:
    """Return the calls kept at a share, each with the time a unit stays; the chance of a call is its own, whatever the share."""
    chance = random.Random(lab.seed)
    found = []
    for number, call in enumerate(calls):
        mark, normal = chance.random(), chance.gauss(0, 1)
        minutes, variation = lab.scene[call.grade]
        spread = math.sqrt(math.log1p(variation**2))
        seconds = minutes * 60 * math.exp(spread * normal - spread**2 / 2)
        if mark < share:
            rank = BY_RANK.index(call.grade)
            found.append(ResponseCall(ref=str(number), at=call.at, place=call.place, rank=rank, scene_seconds=seconds))
    return found


def _waits(calls: Iterable[Call], rank: int) -> list[tuple[int, float]]:
    return [(int(call.about.at // DAY), call.arrived_at - call.about.at) for call in calls if call.about.rank == rank]


def _rows(lab: Lab, path: Path) -> Iterable[Mapping[str, str]]:
    try:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            lacking = [name for name in lab.columns.values() if name not in (rows.fieldnames or ())]
            if lacking:
                raise LabUnclear(f"{path.name}, line 1: the column {lacking[0]} was expected.")
            yield from rows
    except (OSError, UnicodeDecodeError, EOFError, csv.Error) as error:
        raise LabUnclear(f"{path.name}: a whole CSV file of calls was expected; {error}.") from None


def _call(lab: Lab, row: Mapping[str, str], grades: dict[str, ResponseGrade | None], on: date) -> RealCall | None:
    try:
        came = datetime.fromisoformat(row[lab.columns["time"]])
        lat, lon = float(row[lab.columns["lat"]]), float(row[lab.columns["lon"]])
    except (ValueError, TypeError):
        return None
    inside = all(low <= value <= high for value, (low, high) in ((lat, lab.within["lat"]), (lon, lab.within["lon"])))
    what = (row[lab.columns["type"]] or "").removesuffix("-").strip()
    if what not in grades:
        grades[what] = _grade(lab.layout, what, on)
    grade = grades[what]
    if not inside or grade is None:
        return None
    at = (came.replace(tzinfo=None) - datetime.combine(lab.first_day, datetime.min.time())).total_seconds()
    return RealCall(at, (lat, lon), grade)


def _grade(layout: str, what: str, on: date) -> ResponseGrade | None:
    for row in GRADES.on(on).rows:
        if row.layout == layout and any(fnmatchcase(what, pattern) for pattern in row.matches):
            return row.grade
    return None


def _nearest(place: Point, posts: Sequence[Point]) -> int:
    return min(range(len(posts)), key=lambda number: straight_km(*place, *posts[number]))


def _middle(places: Sequence[Point]) -> Point:
    return sum(lat for lat, _ in places) / len(places), sum(lon for _, lon in places) / len(places)


def _lab(given: Mapping[str, Any]) -> Lab:
    about, calls, fleet, target = given["lab"], given["calls"], given["fleet"], given["target"]
    first_day = about["from"]
    if not isinstance(first_day, date):
        raise ValueError("lab.from was expected to be a day such as 2016-04-04")
    numbers = {
        "days": about["days"],
        "units": fleet["units"],
        "areas": fleet["areas"],
        "learnt_days": fleet["learnt_days"],
    }
    for name, number in numbers.items():
        if not isinstance(number, int) or number < 1:
            raise ValueError(f"{name} was expected to be a whole number from 1")
    return Lab(
        name=str(about["name"]),
        first_day=first_day,
        seed=int(about.get("seed", 1)),
        columns={name: str(calls[name]) for name in ("time", "lat", "lon", "type")},
        layout=str(calls["layout"]),
        within={name: [float(each) for each in calls["within"][name]] for name in ("lat", "lon")},
        scene={
            ResponseGrade(grade): (float(each["minutes"]), float(each["variation"]))
            for grade, each in given["scene"].items()
        },
        target=float(target["minutes"]) * 60,
        kept=(float(target["kept_from"]), float(target["kept_to"])),
        **numbers,
    )

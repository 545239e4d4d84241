"""What would happen if: a scenario file, its base and each of its changes, simulated with the same chance?"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from standfast.science.planning.series.history import Source
from standfast.science.planning.series.results import source_of
from standfast.science.planning.simulate.centre import BadScenario, changes_of, rules_of
from standfast.science.planning.simulate.kernel import run_kernel
from standfast.science.planning.simulate.measures import Estimate, Figures, Window, difference, estimate, measure
from standfast.science.planning.simulate.runs import Chance
from standfast.science.planning.simulate.scenario_centre import (
    CentrePart,
    Change,
    read_kind,
    read_team,
    setting_of,
)
from standfast.science.planning.simulate.scenario_response import (
    ResponsePart,
    check_response,
    read_response,
    run_response,
)
from standfast.science.planning.simulate.streams import draw_contacts
from standfast.science.planning.simulate.times import DAY, HOUR, MONDAY, Span, When, read_clock
from standfast.science.planning.simulate.toml_fields import Fields, read_fields

BASE = Change(name="as it is")
Tell = Callable[[int, int], None]
TOLD = ("answered_in_time", "wait_seconds", "abandoned", "occupancy", "attended_in_time", "response_minutes")


@dataclass(frozen=True)
class Scenario:
    """A scenario file, read: what is there, what a planner asks, over which time, with which chance."""

    name: str
    source: Source
    centre: CentrePart
    response: ResponsePart
    changes: tuple[Change, ...]
    span: Span
    window: Window
    chance: Chance
    confidence: float

    @property
    def sources(self) -> list[Source]:
        """The scenario and every file it names, with their hashes, each once."""
        return list(dict.fromkeys([self.source, *self.centre.sources]))


@dataclass(frozen=True)
class Result:
    """What one change (or the base) would reach, and how that differs from the base."""

    name: str
    figures: dict[str, Estimate]
    differences: dict[str, Estimate]


def read_scenario(path: Path, *, days: float | None = None, seed: int | None = None) -> Scenario:
    """
    Read a scenario file and the files it names. `days` and `seed` win over those in it.

    :raises BadScenario: with file, line and what was expected there
    :raises BadSeries: if a file it names cannot be used
    """
    fields = read_fields(path)
    name = fields.text("name", path.stem)
    asked = fields.number("days", 28.0, least=0.01, most=3660.0)
    start = _start(fields)
    chance = Chance(seed=fields.whole("seed", 1), replications=fields.whole("replications", 20, least=1))
    confidence = fields.number("confidence", 0.95, least=0.5, most=0.999)
    warm_up = fields.number("warm_up_hours", 2.0) * HOUR
    kinds = tuple(read_kind(each) for each in fields.tables("kind"))
    centre = CentrePart(kinds, tuple(read_team(each) for each in fields.tables("team")))
    response = read_response(fields)
    changes = tuple(_change(each) for each in fields.tables("change"))
    fields.all_read()
    span = _span(centre, start, days if days is not None else asked)
    if warm_up >= span.seconds:
        raise BadScenario(f"{path}: the floor warms up longer than the {span.seconds / HOUR:g} hours simulated.")
    chance = chance if seed is None else Chance(seed=seed, replications=chance.replications)
    found = Scenario(
        name, source_of(path), centre, response, changes, span, Window(warm_up, span.seconds), chance, confidence
    )
    _check(found, path)
    return found


def simulate(scenario: Scenario, *, tell: Tell | None = None) -> list[Result]:
    """Return what the base and each change would reach; `tell` hears how many of all replications are done."""
    base: list[Figures] = []
    results = []
    changes = (BASE, *scenario.changes)
    runs_each = scenario.chance.replications
    for number, change in enumerate(changes):
        runs = []
        for replication in range(runs_each):
            runs.append(_once(scenario, change, replication))
            if tell is not None:
                tell(number * runs_each + replication + 1, len(changes) * runs_each)
        base = base or runs
        differences = difference(runs, base, confidence=scenario.confidence) if number else {}
        results.append(Result(change.name, estimate(runs, confidence=scenario.confidence), differences))
    return results


def as_json(scenario: Scenario, results: list[Result]) -> dict[str, Any]:
    """Return a result as it is written: every figure with its interval, every change with its difference from the base."""
    return {
        "scenario": scenario.name,
        "inputs": [{"name": each.name, "sha256": each.sha256} for each in scenario.sources],
        "start": scenario.span.start.isoformat(sep=" "),
        "days": scenario.span.seconds / DAY,
        "warm_up_hours": scenario.window.begin / HOUR,
        "seed": scenario.chance.seed,
        "replications": scenario.chance.replications,
        "confidence": scenario.confidence,
        "base": _plain(results[0].figures),
        "changes": [
            {"name": each.name, "figures": _plain(each.figures), "differences": _plain(each.differences)}
            for each in results[1:]
        ],
    }


def told(results: list[Result]) -> Iterator[str]:
    """Return a result as a person reads it: the figures a planner asks for first, and where a change makes a sure difference."""
    for result in results:
        yield result.name
        for name, each in result.figures.items():
            if name.rpartition(".")[2] not in TOLD or not math.isfinite(each.mean):
                continue
            change = result.differences.get(name)
            more = f", {change.mean:+.3g} ({change.low:+.3g} to {change.high:+.3g})" if change else ""
            yield f"  {name}: {each.mean:.3g} ({each.low:.3g} to {each.high:.3g}){more}"


def _once(scenario: Scenario, change: Change, replication: int) -> Figures:
    figures: Figures = {}
    seed, span, window = scenario.chance.seed, scenario.span, scenario.window
    if scenario.centre.kinds:
        setting = setting_of(scenario.centre, change, span=span, window=window)
        contacts = draw_contacts(setting.centre, list(setting.demands), seed=seed, replication=replication)
        steps = changes_of(setting.centre)
        outcome = run_kernel(contacts, rules_of(setting.centre), steps)
        figures |= measure(setting.centre, contacts, outcome, changes=steps, window=window)
    if scenario.response.incidents:
        figures |= run_response(scenario.response, change, span=span, window=window, key=(seed, replication))
    return figures


def _start(fields: Fields) -> datetime | None:
    if not fields.has("start"):
        return None
    given = fields.text("start")
    try:
        return datetime.fromisoformat(given).replace(tzinfo=None)
    except ValueError:
        raise fields.wrong("start", "a time such as 2026-06-01 00:00") from None


def _span(centre: CentrePart, start: datetime | None, days: float) -> Span:
    """Return the time simulated: as long as asked, and no longer than the files that demand and people come from."""
    files = centre.files
    if not files:
        return Span(start or MONDAY, days * DAY)
    first = max(each.moments.min() for each in files)
    begin = np.datetime64(start, "s") if start else first
    last = min(each.moments.max() + np.timedelta64(int(each.seconds), "s") for each in files)
    seconds = min(days * DAY, float((last - begin).astype(int)))
    if seconds <= 0 or begin < first:
        told = " and ".join(dict.fromkeys(each.source.name for each in files))
        raise BadScenario(
            f"{told} cover {first} to {last} together, not {begin}; files and a start that fit were expected."
        )
    return Span(begin.astype("datetime64[s]").item(), seconds)


def _change(fields: Fields) -> Change:
    first, last = fields.whole("first_day", 1, least=1), fields.whole("last_day", 10**6, least=1)
    begins, ends = 0.0, DAY
    if fields.has("hours"):
        given = fields.text("hours")
        try:
            begins, ends = (read_clock(each) for each in given.split("-"))
        except ValueError:
            raise fields.wrong("hours", "two times such as 18:00-02:00") from None
    moves = []
    for each in fields.tables("move"):
        moves.append((each.text("from"), each.text("to"), each.number("share", 1.0, most=1.0)))
        each.all_read()
    closed = []
    for each in fields.tables("closed"):
        closed.append(frozenset((each.text("from"), each.text("to"))))
        each.all_read()
    found = Change(
        name=fields.text("name"),
        people=fields.amounts("people", least=-math.inf),
        demand=fields.amounts("demand"),
        handling=fields.amounts("handling"),
        move=tuple(moves),
        closed=tuple(closed),
        speed=fields.number("speed", 1.0, least=0.01),
        when=When(first, last, begins, ends),
    )
    fields.all_read()
    return found


def _check(scenario: Scenario, path: Path) -> None:
    """Refuse names that nothing has, and a scenario of nothing."""
    if not scenario.centre.kinds and not scenario.response.incidents:
        raise BadScenario(
            f"{path} has nothing to simulate; a [[kind]] with a [[team]], or an [[incident]], was expected."
        )
    kinds = {each.kind.name for each in scenario.centre.kinds}
    teams = {each.name for each in scenario.centre.teams} | {each.name for each in scenario.response.stations}
    comes = kinds | {each.name for each in scenario.response.incidents}
    for change in scenario.changes:
        moved = {name for origin, destination, _ in change.move for name in (origin, destination)}
        wanted = (set(change.people), teams), (set(change.demand) | set(change.handling), comes), (moved, kinds)
        for given, there in wanted:
            if unknown := given - there:
                told = ", ".join(sorted(there)) or "none"
                raise BadScenario(
                    f"{path}: “{change.name}” names {min(unknown)}, which is not there; {told} was expected."
                )
        if unknown_roads := set(change.closed) - set(scenario.response.roads):
            ends = " and ".join(sorted(min(unknown_roads, key=sorted)))
            raise BadScenario(
                f"{path}: “{change.name}” closes a road between {ends}; one of the [[road]] was expected."
            )
    check_response(scenario.response)
    if kinds:
        setting = setting_of(scenario.centre, BASE, span=scenario.span, window=scenario.window)
        rules_of(setting.centre)


def _plain(estimates: dict[str, Estimate]) -> dict[str, Any]:
    return {
        name: {part: _figure(value) for part, value in vars(each).items()}
        for name, each in estimates.items()
        if math.isfinite(each.mean)
    }


def _figure(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None

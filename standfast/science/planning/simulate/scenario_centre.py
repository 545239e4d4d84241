"""What does a scenario file say of a contact centre, and what would each change in it alter?"""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from standfast.science.planning.series.history import Source
from standfast.science.planning.simulate.centre import Centre, Kind, Spread, Steps, Team
from standfast.science.planning.simulate.measures import Window
from standfast.science.planning.simulate.runs import Setting
from standfast.science.planning.simulate.streams import Demand
from standfast.science.planning.simulate.times import (
    FiledFigures,
    Span,
    When,
    forecast_figures,
    people_figures,
    read_clock,
    steps_of,
)
from standfast.science.planning.simulate.toml_fields import Fields
from standfast.science.planning.staffing.targets import BadStaffing, read_answer

NO_PATIENCE = 0.0
ALWAYS = When()


@dataclass(frozen=True, kw_only=True)
class Change:
    """
    One thing a planner asks about. `people` is how many more a team has, `demand` and `handling` how many times as much.

    `move` sends a share of one kind to another: (from, to, share). `closed` are roads nobody can use, `speed` is how many times
    as fast units travel.
    """

    name: str
    people: dict[str, float] = field(default_factory=dict)
    demand: dict[str, float] = field(default_factory=dict)
    handling: dict[str, float] = field(default_factory=dict)
    move: tuple[tuple[str, str, float], ...] = ()
    closed: tuple[frozenset[str], ...] = ()
    speed: float = 1.0
    when: When = ALWAYS


@dataclass(frozen=True)
class KindPart:
    """A kind as the file gives it, with what comes."""

    kind: Kind
    per_hour: list[float] | float | None
    filed: FiledFigures | None


@dataclass(frozen=True)
class TeamPart:
    """
    A team as the file gives it: people by hour or from a file, and how many are on a break when.

    `on_task` is the share of them who take contacts, where the figures count everybody on the roster.
    """

    name: str
    takes: tuple[str, ...]
    people: list[float] | float | None
    filed: FiledFigures | None
    breaks: tuple[tuple[float, float, float], ...]
    on_task: float = 1.0


@dataclass(frozen=True)
class CentrePart:
    """The contact centre of a scenario file."""

    kinds: tuple[KindPart, ...]
    teams: tuple[TeamPart, ...]

    @property
    def files(self) -> list[FiledFigures]:
        """The files it names."""
        filed = [*(each.filed for each in self.kinds), *(each.filed for each in self.teams)]
        return [each for each in filed if each is not None]

    @property
    def sources(self) -> list[Source]:
        """The files it names, with their hashes."""
        return [each.source for each in self.files]


def read_kind(fields: Fields) -> KindPart:
    """
    Read one kind of contact.

    :raises BadScenario: at what cannot be used
    """
    answer = fields.text("answer", "0.9/20")
    try:
        _, within = read_answer(answer)
    except BadStaffing:
        raise fields.wrong("answer", "a target such as 0.9/10") from None
    patience = fields.number("patience_seconds", NO_PATIENCE)
    kind = Kind(
        name=fields.text("name"),
        handling=Spread(mean=fields.number("handling_seconds", least=1e-6), variation=fields.number("variation", 1.0)),
        rank=fields.whole("rank", 0),
        within=within,
        patience=patience or np.inf,
        at_once=fields.whole("at_once", 1, least=1),
        held_back=fields.whole("held_back", 0),
        call_back_after=fields.number("call_back_after_seconds", np.inf),
        call_back_share=fields.number("call_back_share", 0.0, most=1.0),
        call_back_as=fields.text("call_back_as", ""),
    )
    filed = None
    if fields.has("forecast"):
        filed = forecast_figures(_beside(fields, fields.text("forecast")), series=fields.text("series", ""))
    needs_rate = filed is None and fields.has("per_hour")
    per_hour = fields.row("per_hour") if needs_rate else None
    fields.all_read()
    return KindPart(kind, per_hour, filed)


def read_team(fields: Fields) -> TeamPart:
    """
    Read one team.

    :raises BadScenario: at what cannot be used
    """
    name, takes, filed, people = fields.text("name"), fields.texts("takes"), None, None
    if fields.has("requirement"):
        path = _beside(fields, fields.text("requirement"))
        filed = people_figures(path, series=fields.text("series", ""), column=fields.text("column", "required"))
    else:
        people = fields.row("people")
    breaks = tuple(_break(each) for each in fields.tables("breaks"))
    on_task = fields.number("on_task", 1.0, most=1.0)
    fields.all_read()
    return TeamPart(name, takes, people, filed, breaks, on_task)


def setting_of(part: CentrePart, change: Change, *, span: Span, window: Window) -> Setting:
    """Return what a change makes of a contact centre, ready to be simulated."""
    kinds = tuple(_changed_kind(each.kind, change) for each in part.kinds)
    teams = tuple(Team(name=each.name, takes=each.takes, people=_people(each, change, span)) for each in part.teams)
    return Setting(
        name=change.name,
        centre=Centre(kinds=kinds, teams=teams),
        demands=_demands(part, change, span),
        window=window,
    )


def _changed_kind(kind: Kind, change: Change) -> Kind:
    times = change.handling.get(kind.name, 1.0)
    return replace(kind, handling=replace(kind.handling, mean=kind.handling.mean * times)) if times != 1 else kind


def _people(part: TeamPart, change: Change, span: Span) -> Steps:
    """Return how many are there when: those of the file or the hour, fewer by breaks, more or fewer by the change."""
    if part.filed is not None:
        base = steps_of(part.filed, span)
    else:
        base = Steps(at=span.hours, values=span.by_hour(part.people if part.people is not None else 0.0))
    edges = [base.at, _edges(change.when, span) if part.name in change.people else np.zeros(1)]
    edges += [_edges(_daily(each), span) for each in part.breaks]
    at = np.unique(np.concatenate(edges))
    values = base.values[np.searchsorted(base.at, at, side="right") - 1] * part.on_task
    for each in part.breaks:
        values -= each[2] * _daily(each).holds(at, span)
    values += change.people.get(part.name, 0.0) * change.when.holds(at, span)
    return Steps(at=at, values=np.maximum(np.round(values), 0.0))


def _demands(part: CentrePart, change: Change, span: Span) -> list[Demand]:
    found = []
    for each in part.kinds:
        base = _base(each, span)
        if base is None:
            continue
        holds = change.when.holds(base.starts, span)
        leaving = sum(share for origin, _, share in change.move if origin == each.kind.name)
        times = change.demand.get(each.kind.name, 1.0)
        found.append(replace(base, factor=np.where(holds, times * (1 - leaving), 1.0)))
        for origin, destination, share in change.move:
            if origin == each.kind.name:
                factor = np.where(holds, times * share, 0.0)
                found.append(replace(base, kind=destination, factor=factor, stream=f"{origin} to {destination}"))
    return found


def _base(part: KindPart, span: Span) -> Demand | None:
    name = part.kind.name
    if part.filed is not None:
        starts = span.since(part.filed.moments)
        inside = (starts >= 0) & (starts < span.seconds)
        starts, expected, seconds = starts[inside], part.filed.values[inside], part.filed.seconds
    elif part.per_hour is not None:
        starts, expected, seconds = span.hours, span.by_hour(part.per_hour), 3600.0
    else:
        return None
    return Demand(kind=name, starts=starts, seconds=seconds, expected=expected, factor=np.ones(len(starts)))


def _break(fields: Fields) -> tuple[float, float, float]:
    try:
        begins = read_clock(fields.text("start"))
    except ValueError:
        raise fields.wrong("start", "a time such as 12:30") from None
    found = begins, fields.number("minutes", least=1.0, most=1440.0) * 60.0, fields.number("people", least=1.0)
    fields.all_read()
    return found


def _daily(part: tuple[float, float, float]) -> When:
    begins, seconds, _ = part
    return When(begins=begins, ends=(begins + seconds) % 86400.0 or 86400.0)


def _edges(when: When, span: Span) -> np.ndarray:
    """Return the moments within a span at which it may begin or cease to hold."""
    first = -(span.start.hour * 3600.0 + span.start.minute * 60.0 + span.start.second)
    midnights = np.arange(first, span.seconds, 86400.0)
    edges = np.concatenate([midnights, midnights + when.begins, midnights + when.ends])
    return np.append(0.0, edges[(edges > 0) & (edges < span.seconds)])


def _beside(fields: Fields, name: str) -> Path:
    # Files a scenario names lie beside it.
    return fields.path.parent / name

"""How many people does a forecast take, interval by interval: from a forecast file to a requirement?"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from standfast.science.planning.series.forecasts import ForecastTable, SeriesForecast
from standfast.science.planning.series.interval import Interval
from standfast.science.planning.staffing.backlog import Items, required_for_backlog
from standfast.science.planning.staffing.grid import Counts, Numbers
from standfast.science.planning.staffing.priorities import Line, Moment, pool_over, required_pool_over
from standfast.science.planning.staffing.ramps import METHODS, STATIONARY, Arrivals, mean_busy
from standfast.science.planning.staffing.requirement import Need, Requirement
from standfast.science.planning.staffing.targets import BadStaffing, Target, Work, check_target, check_work
from standfast.science.planning.staffing.transient import Course, course_reached

ROUNDING, SMALLEST = 1e-9, 1e-300
SHARES = (1 / 6, 4 / 6, 1 / 6)
"""How much the beginning, the middle and the end of an interval count in what is reached over it (Simpson's rule)."""
LONGEST_INTERVAL = 6 * 3600
VOICE, CHAT, BACKLOG = "voice", "chat", "backlog"


@dataclass(frozen=True)
class Channel:
    """How contacts are answered: one at a time, several chats at once, or later, before a deadline."""

    name: str
    at_once: int = 1


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a planner asks of one line: the work of a caller, the target, and how it is answered."""

    work: Work
    target: Target
    channel: Channel = Channel(VOICE)
    method: str = "transient"


@dataclass(frozen=True, kw_only=True)
class Staffing:
    """What a planner asks of a whole forecast: a share of paid time that is not on the task, and which quantile to staff to."""

    shrinkage: float = 0.0
    quantile: float | None = None


def read_channel(text: str) -> Channel:
    """
    Read voice, backlog, or chat with how many at once, as chat:2.

    :raises BadStaffing: if it is none
    """
    found = re.fullmatch(r"(voice|backlog|chat)(?::([1-9]\d?))?", text.strip())
    if not found or (found[2] and found[1] != CHAT):
        raise BadStaffing(f"“{text[:30]}” is no channel; voice, chat:2 or backlog was expected.")
    return Channel(found[1], int(found[2] or 2) if found[1] == CHAT else 1)


def plan_series(table: ForecastTable, order: Callable[[str], Order], staffing: Staffing) -> list[Requirement]:
    """
    Return what each series of a forecast takes; `order` says what is asked of which.

    :raises NoStaffingMeets: if no staffing meets a target
    :raises BadStaffing: if a figure is out of its range
    """
    _check(table.interval, staffing)
    return [_one(each, table.interval, order(each.name), staffing) for each in table.series]


def plan_pool(table: ForecastTable, orders: Sequence[tuple[str, Order]], staffing: Staffing) -> Requirement:
    """
    Return what one pool takes that answers some series in the order given, the first before the others.

    Where the load ramps, an interval reaches its targets on average over its beginning, middle and end, each with as many callers as
    would be busy then if nobody waited, unless the method is stationary.

    :raises BadStaffing: if a series is not there, is no line of calls, or the series do not cover the same intervals
    :raises NoStaffingMeets: if no staffing meets the targets
    """
    _check(table.interval, staffing)
    there = {each.name: each for each in table.series}
    if missing := [name for name, _ in orders if name not in there]:
        raise BadStaffing(f"{table.path} has no series “{missing[0]}”; {', '.join(there)} were expected.")
    parts = [there[name] for name, _ in orders]
    if any(each.written != parts[0].written for each in parts):
        raise BadStaffing(
            f"{table.path}: the series of a pool do not cover the same intervals; the same starts were expected."
        )
    if other := [order.channel.name for _, order in orders if order.channel.name != VOICE]:
        raise BadStaffing(f"A pool answers calls and not {other[0]}; --channel voice was expected with --pool.")
    busy = [_busy(each, table.interval, order, staffing) for each, (_, order) in zip(parts, orders, strict=True)]
    needs = [
        _pooled(
            start,
            [
                (share, [_line(rows[moment][place], order) for rows, (_, order) in zip(busy, orders, strict=True)])
                for moment, share in enumerate(SHARES)
            ],
            table.interval,
            staffing,
        )
        for place, start in enumerate(parts[0].written)
    ]
    return Requirement(series=">".join(name for name, _ in orders), needs=tuple(needs))


def scheduled_for(required: int, shrinkage: float) -> int:
    """Return how many must be on the roster for so many to be on the task."""
    return math.ceil(required / (1 - shrinkage) - ROUNDING)


def _line(busy: float, order: Order) -> Line:
    work = order.work
    return Line(per_second=float(busy) / work.aht, aht=work.aht, target=order.target, patience=work.patience)


def _pooled(start: str, moments: list[Moment], interval: Interval, staffing: Staffing) -> Need:
    agents = required_pool_over(moments)
    reached = pool_over(moments, agents)
    lines = moments[1][1]
    load = sum(line.per_second * line.aht for line in lines)
    callers = max(sum(line.per_second for line in lines), SMALLEST)
    measures = {
        "load": load,
        "answered": reached[0].answered,
        "wait_seconds": reached[0].average_wait,
        "occupancy": load / agents if agents else 0.0,
        "abandoned": sum(line.per_second / callers * each.abandoned for line, each in zip(lines, reached, strict=True)),
    }
    return _need(start, agents, interval, staffing, measures)


def _busy(series: SeriesForecast, interval: Interval, order: Order, staffing: Staffing) -> list[Numbers]:
    """Return how many callers of a line would be busy if nobody had to wait: as each interval begins, on average, and as it ends."""
    _check_order(order)
    seconds, expected = float(interval.length), _expected(series, staffing)
    level: Numbers = expected / seconds * order.work.aht
    found = [level.copy(), level.copy(), level.copy()]
    if order.method == STATIONARY:
        return found
    for begin, end in _runs(series, interval):
        means, edges = mean_busy(Arrivals(expected=expected[begin:end], seconds=seconds), work=order.work)
        for rows, part in zip(found, (edges[:-1], means, edges[1:]), strict=True):
            rows[begin:end] = part
    return found


def _one(series: SeriesForecast, interval: Interval, order: Order, staffing: Staffing) -> Requirement:
    expected = _expected(series, staffing)
    needs: list[Need] = []
    for begin, end in _runs(series, interval):
        agents, rows = _staffed(expected[begin:end], interval, order)
        load = expected[begin:end] / interval.length * order.work.aht
        for place, start in enumerate(series.written[begin:end]):
            measures = {"load": float(load[place]), **{name: float(row[place]) for name, row in rows.items()}}
            needs.append(_need(start, int(agents[place]), interval, staffing, measures))
    return Requirement(series=series.name, needs=tuple(needs))


def _staffed(expected: Numbers, interval: Interval, order: Order) -> tuple[Counts, dict[str, Numbers]]:
    """Return the people of a row of intervals and what they reach."""
    _check_order(order)
    seconds, work, target = float(interval.length), order.work, order.target
    if order.channel.name == BACKLOG:
        if not target.within > 0:
            raise BadStaffing(
                "Work that may wait needs a deadline; an answer target such as 1/14400 (4 hours) was expected."
            )
        items = Items(expected=expected, seconds=seconds, aht=work.aht, deadline=target.within)
        return required_for_backlog(items, occupancy=target.occupancy), {}
    check_target(target)
    if seconds > LONGEST_INTERVAL:
        raise BadStaffing(
            f"The forecast is by {interval.name}, in which the load is not level; 6 hours at most were expected."
        )
    places = METHODS[order.method](Arrivals(expected=expected, seconds=seconds), work=work, target=target)
    agents = -(-places // order.channel.at_once)
    course = Course(expected / seconds, seconds, 1.0 / work.aht, 1.0 / work.patience)
    answered, wait, lost, busy = course_reached(course, agents * order.channel.at_once, within=target.within).T
    return agents, {"answered": answered, "wait_seconds": wait, "abandoned": lost, "occupancy": busy}


def _need(start: str, agents: int, interval: Interval, staffing: Staffing, measures: dict[str, float]) -> Need:
    return Need(
        start=start,
        required=agents,
        scheduled=scheduled_for(agents, staffing.shrinkage),
        minutes=round(interval.length / 60),
        measures=measures,
    )


def _expected(series: SeriesForecast, staffing: Staffing) -> Numbers:
    return series.mean if staffing.quantile is None else series.at(staffing.quantile)


def _runs(series: SeriesForecast, interval: Interval) -> list[tuple[int, int]]:
    """Return the stretches without a gap: what one interval leaves behind reaches only the one right after it."""
    gaps = np.flatnonzero(np.diff(interval.between(series.starts[0], series.starts)) != 1) + 1
    edges = [0, *gaps.tolist(), len(series.starts)]
    return list(pairwise(edges))


def _check_order(order: Order) -> None:
    check_work(order.work)
    if order.target.abandoned < 1 and math.isinf(order.work.patience):
        raise BadStaffing("Nobody hangs up without a patience; --patience was expected with --abandoned.")


def _check(interval: Interval, staffing: Staffing) -> None:
    if not 0 <= staffing.shrinkage < 1:
        raise BadStaffing(f"The shrinkage is {staffing.shrinkage:g}; a share from 0 to below 1 was expected.")
    if interval.months:
        raise BadStaffing("The forecast is by month; an interval of a day at most was expected.")

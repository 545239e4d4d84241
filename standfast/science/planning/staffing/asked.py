"""What does a planner ask for in words: targets, channels and figures of single lines, as they are typed?"""

import re
from dataclasses import dataclass, replace

from standfast.science.planning.series.forecasts import ForecastTable
from standfast.science.planning.staffing.plan import Order, Staffing, plan_pool, plan_series, read_channel
from standfast.science.planning.staffing.ramps import METHODS
from standfast.science.planning.staffing.requirement import Requirement
from standfast.science.planning.staffing.targets import BadStaffing, Target, Work, read_answer

ENDLESS = float("inf")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of a requirement, as typed. Seconds and shares throughout."""

    aht: float
    answer: str = ""
    average_wait: float = ENDLESS
    abandoned: float = 1.0
    patience: float = ENDLESS
    max_occupancy: float = 1.0
    shrinkage: float = 0.0
    quantile: float | None = None
    channel: str = "voice"
    method: str = "transient"
    lines: tuple[str, ...] = ()
    pool: str = ""


def plan(table: ForecastTable, asked: Asked) -> list[Requirement]:
    """
    Return what a forecast takes.

    :raises BadStaffing: if something typed cannot be used
    :raises NoStaffingMeets: if no staffing meets a target
    """
    order = _order(asked)
    orders = dict(_line(each, order) for each in asked.lines)
    if unknown := set(orders) - {each.name for each in table.series}:
        raise BadStaffing(
            f"{table.path} has no series “{min(unknown)}”; one of its series was expected before the colon."
        )
    staffing = Staffing(shrinkage=asked.shrinkage, quantile=asked.quantile)
    if asked.pool:
        names = [each.strip() for each in asked.pool.split(",")]
        return [plan_pool(table, [(name, orders.get(name, order)) for name in names], staffing)]
    return plan_series(table, lambda name: orders.get(name, order), staffing)


def _order(asked: Asked) -> Order:
    if asked.method not in METHODS:
        raise BadStaffing(f"“{asked.method[:30]}” is no method; {', '.join(METHODS)} were expected.")
    share, within = read_answer(asked.answer) if asked.answer else (0.0, 0.0)
    target = Target(
        answered=share,
        within=within,
        average_wait=asked.average_wait,
        abandoned=asked.abandoned,
        occupancy=asked.max_occupancy,
    )
    if target == Target():
        options = "--answer 0.9/10, --average-wait, --abandoned or --max-occupancy"
        raise BadStaffing(f"There is no target; {options} was expected.")
    work = Work(aht=asked.aht, patience=asked.patience)
    return Order(work=work, target=target, channel=read_channel(asked.channel), method=asked.method)


def _line(text: str, order: Order) -> tuple[str, Order]:
    """Read the figures of one series, on top of those for all."""
    name, _, rest = text.rpartition(":")
    parts = [each.partition("=") for each in rest.split(",")]
    given = {key.strip(): value for key, _, value in parts}
    expected = "one such as 101:aht=540,answer=0.8/60,patience=240 was"
    if not name or set(given) - {"aht", "answer", "patience"}:
        raise BadStaffing(f"“{text[:60]}” says nothing of a line; {expected} expected.")
    numbers = {key: value for key, value in given.items() if key != "answer"}
    if wrong := [value for value in numbers.values() if not re.fullmatch(r"\s*\d*\.?\d+\s*", value)]:
        raise BadStaffing(f"“{wrong[0][:30]}” is no number of seconds; {expected} expected.")
    work = replace(order.work, **{key: float(value) for key, value in numbers.items()})
    share, within = read_answer(given["answer"]) if "answer" in given else (order.target.answered, order.target.within)
    return name, replace(order, work=work, target=replace(order.target, answered=share, within=within))

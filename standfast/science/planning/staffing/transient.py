"""
Who is in the queue as it changes? The chances of each number of callers, followed through intervals of different load and staffing.

A birth and death process by uniformisation: exact but for the far tail of the queue, which is cut. When people leave, a call in hand
counts as waiting until another ends, which is a little more cautious than handing over at the end of the call.

Plain loops over plain arrays: they are compiled in a tenth of the time that array expressions take.
"""

import math
from typing import NamedTuple

import numpy as np

from standfast.science.planning.staffing.compiling import compiled
from standfast.science.planning.staffing.grid import Counts, Numbers
from standfast.science.planning.staffing.targets import NoStaffingMeets, Target

ROUNDING = 1e-12
TAIL = 1e-13
ROOM = 240
"""How many more than twice the people of any interval may be in the queue."""


class Course(NamedTuple):
    """Callers a second in each interval, the length of each, and the rates at which a call ends and a waiting caller hangs up."""

    per_second: Numbers
    seconds: float
    ends: float
    leaves: float


class People(NamedTuple):
    """How many in each interval: where to look first, how few are allowed, and room for what is found."""

    guess: Counts
    least: Counts
    found: Counts


class Flow(NamedTuple):
    """The chances of each number of callers: at the start of an interval, at its end, on average over it, and two to work with."""

    start: Numbers
    end: Numbers
    mean: Numbers
    now: Numbers
    then: Numbers


def follow(course: Course, guess: Counts, least: Counts, target: Target) -> Counts:
    """
    Return the fewest people of each interval in turn, at least `least`, searched from `guess`.

    :raises NoStaffingMeets: if even a crowd would not do
    """
    limits = np.array([target.answered, target.within, target.average_wait, target.abandoned, target.occupancy])
    found = np.zeros(len(guess), dtype=np.int64)
    short = _follow(course, People(guess, least, found), limits, _flow(guess))
    if short >= 0:
        raise NoStaffingMeets(
            f"No staffing meets the target in interval {short + 1}, after the queue of the one before."
        )
    return found


def course_reached(course: Course, agents: Counts, *, within: float) -> Numbers:
    """Return for each interval, with so many people: the share answered in time, the mean wait, the share that hangs up, the occupancy."""
    rows = np.zeros((len(agents), 4))
    rows[:, 0] = 1.0
    _shares(course, agents, within, _flow(agents), rows)
    return rows


def _flow(people: Counts) -> Flow:
    width = int(people.max(initial=0)) * 2 + ROOM
    return Flow(*(np.zeros(width) for _ in Flow._fields))


@compiled
def _follow(course: Course, people: People, limits: Numbers, flow: Flow) -> int:
    """Fill in the people of each interval; return the interval nobody could staff, -1 if there is none."""
    kept = np.zeros(len(flow.end))
    _settle(course, course.per_second[0], people.guess[0], flow.start)
    for interval in range(len(people.guess)):
        rate = course.per_second[interval]
        if rate <= 0.0:
            _empty(course, flow.start, flow.end)
            _copy(flow.end, flow.start)
            continue
        agents = max(1, people.guess[interval])
        while not _meets(course, rate, agents, limits, flow):
            agents += 1
            if agents + ROOM // 2 > len(flow.end):
                return interval
        _copy(flow.end, kept)
        while agents > max(1, people.least[interval]) and _meets(course, rate, agents - 1, limits, flow):
            agents -= 1
            _copy(flow.end, kept)
        people.found[interval] = agents
        _copy(kept, flow.start)
    return -1


@compiled
def _shares(course: Course, agents: Counts, within: float, flow: Flow, rows: Numbers) -> None:
    _settle(course, course.per_second[0], agents[0], flow.start)
    for interval in range(len(agents)):
        rate, people = course.per_second[interval], agents[interval]
        if rate <= 0.0:
            _empty(course, flow.start, flow.end)
        else:
            _pass(course, rate, people, flow)
            waiting, busy = _means(flow.mean, people)
            rows[interval, 0] = _answered(course, people, flow.mean, within, flow.now, flow.then)
            rows[interval, 1] = waiting / rate
            rows[interval, 2] = course.leaves * waiting / rate
            rows[interval, 3] = busy / max(1, people)
        _copy(flow.end, flow.start)


@compiled
def _means(chances: Numbers, agents: int) -> tuple[float, float]:
    """Return how many wait and how many people are busy on average."""
    waiting, busy = 0.0, 0.0
    for number in range(len(chances)):
        waiting += max(number - agents, 0) * chances[number]
        busy += min(number, agents) * chances[number]
    return waiting, busy


@compiled
def _meets(course: Course, rate: float, agents: int, limits: Numbers, flow: Flow) -> bool:
    """Return whether an interval with so many people meets every limit; the flow then holds the chances at its end."""
    _pass(course, rate, agents, flow)
    waiting, busy = _means(flow.mean, agents)
    if waiting > limits[2] * rate or course.leaves * waiting > limits[3] * rate or busy > limits[4] * agents:
        return False
    return _answered(course, agents, flow.mean, limits[1], flow.now, flow.then) >= limits[0] - ROUNDING


@compiled
def _down(course: Course, agents: int, number: int) -> float:
    """Return the rate at which callers leave, answered or not."""
    return min(number, agents) * course.ends + max(number - agents, 0) * course.leaves


@compiled
def _pass(course: Course, rate: float, agents: int, flow: Flow) -> None:
    """Let an interval pass: the chances on average over it and at its end, from those at its start."""
    now, then = flow.now, flow.then
    top = len(now) - 1
    _copy(flow.start, now)
    for number in range(top + 1):
        flow.mean[number] = flow.end[number] = 0.0
    whole = rate + _down(course, agents, top)
    expected = whole * course.seconds
    log_weight, behind, jump = -expected, 0.0, 0
    while jump <= expected + 12.0 * math.sqrt(expected) + 60.0:
        weight = math.exp(log_weight)
        behind += weight
        over = max(0.0, 1.0 - behind) / expected
        for number in range(top + 1):
            flow.end[number] += weight * now[number]
            flow.mean[number] += over * now[number]
        _jump(course, rate / whole, agents, now, then)
        now, then = then, now
        jump += 1
        log_weight += math.log(expected / jump)
        if jump > expected and over * expected < TAIL:
            break
    _make_whole(flow.mean)
    _make_whole(flow.end)


@compiled
def _jump(course: Course, up: float, agents: int, now: Numbers, then: Numbers) -> None:
    """Let one thing happen: a caller comes (by the chance `up`), one leaves, or nothing."""
    top = len(now) - 1
    per_rate = (1.0 - up) / _down(course, agents, top)
    then[0] = now[0] * (1.0 - up) + now[1] * _down(course, agents, 1) * per_rate
    for number in range(1, top):
        stays = now[number] * (1.0 - up - _down(course, agents, number) * per_rate)
        leaves = now[number + 1] * _down(course, agents, number + 1) * per_rate
        then[number] = stays + now[number - 1] * up + leaves
    then[top] = now[top] * up + now[top - 1] * up


@compiled
def _answered(course: Course, agents: int, mean: Numbers, within: float, now: Numbers, then: Numbers) -> float:
    """
    Return the share of arrivals answered within a time, given the chances of what they find.

    Whoever finds somebody waiting has so many ahead; each that ends or hangs up brings them on, unless they hang up themselves.
    """
    answered = 0.0
    for number in range(agents):
        answered += mean[number]
    places = len(mean) - agents
    whole = agents * course.ends + places * course.leaves
    expected = whole * within
    for place in range(places):
        now[place] = 0.0
    log_weight, behind, jump = -expected, 0.0, 0
    while within > 0.0 and jump <= expected + 12.0 * math.sqrt(expected) + 60.0:
        weight = math.exp(log_weight)
        behind += weight
        for place in range(places):
            answered += weight * now[place] * mean[agents + place]
            moves = (agents * course.ends + place * course.leaves) / whole
            ahead = now[place - 1] if place else 1.0
            then[place] = moves * ahead + (1.0 - moves - course.leaves / whole) * now[place]
        now, then = then, now
        jump += 1
        log_weight += math.log(expected / jump)
        if jump > expected and 1.0 - behind < TAIL:
            break
    return answered


@compiled
def _settle(course: Course, rate: float, agents: int, chances: Numbers) -> None:
    """Fill in the chances once a load has gone on for long."""
    chances[0] = 1.0
    for number in range(1, len(chances)):
        chances[number] = chances[number - 1] * rate / _down(course, max(1, agents), number)
        if chances[number] > 1e100:
            for earlier in range(number + 1):
                chances[earlier] *= 1e-100
    _make_whole(chances)


@compiled
def _empty(course: Course, start: Numbers, end: Numbers) -> None:
    """Fill in the chances after an interval in which nobody comes and everybody there is seen to."""
    remains = math.exp(-course.ends * course.seconds)
    for number in range(len(end)):
        end[number] = 0.0
    for number in range(len(start)):
        if start[number] < TAIL:
            continue
        log_share = number * math.log1p(-remains)
        for left in range(number + 1):
            end[left] += start[number] * math.exp(log_share)
            log_share += math.log((number - left + 1e-300) / (left + 1.0)) + math.log(remains) - math.log1p(-remains)
    _make_whole(end)


@compiled
def _copy(given: Numbers, into: Numbers) -> None:
    for number in range(len(given)):
        into[number] = given[number]


@compiled
def _make_whole(chances: Numbers) -> None:
    total = 0.0
    for number in range(len(chances)):
        total += chances[number]
    for number in range(len(chances)):
        chances[number] /= total

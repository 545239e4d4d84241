"""
How many events a second does the simulation of a contact centre take, beside SimPy and Ciw, and is it right?

All are given the same callers of ten people with exponential times: an event is a caller who comes or an end of handling. We and SimPy
are given the callers drawn, Ciw draws its own; our rate with the drawing stands beside. Compiling is timed apart. Rates are by
processor time, one thread each: other programs on the machine weigh on none. Right means: the compiled kernel, the general engine and
SimPy answer every caller at the same moment, and the exact queue lies in the interval of the replications.
"""

import math
from collections.abc import Callable, Generator
from contextlib import suppress
from time import perf_counter, process_time
from typing import Any

import numpy as np

from standfast.science.planning.simulate.by_policy import run_by_policy
from standfast.science.planning.simulate.centre import Centre, Kind, Numbers, Spread, Steps, Team, changes_of, rules_of
from standfast.science.planning.simulate.kernel import Outcome, run_kernel
from standfast.science.planning.simulate.measures import Window, estimate
from standfast.science.planning.simulate.runs import Chance, Setting, simulate_centre
from standfast.science.planning.simulate.streams import Contacts, Demand, draw_contacts, steady
from standfast.science.planning.staffing import formulas

PEOPLE, HANDLING, PER_HOUR = 10, 300.0, 102.0
WITHIN, PATIENCE = 20.0, 120.0
MANY, SOME = 400_000, 60_000
HOUR, DAY = 3600.0, 86400.0
YEAR_DAYS = 365
FASTER_COMPILED, FASTER_GENERAL, YEAR_SECONDS = 20.0, 3.0, 30.0


def run() -> dict[str, Any]:
    """Measure the engines on ten people beside SimPy and Ciw, check them against exact queues, and simulate a year."""
    began = perf_counter()
    _ours(run_kernel, 100)
    compiling = perf_counter() - began
    (kernel, with_drawing), (general, _) = _rates(run_kernel, MANY), _rates(run_by_policy, SOME)
    simpy, ciw = _simpy(SOME), _ciw(SOME)
    year = _year()
    peers = [each for each in (simpy, ciw) if each is not None]
    fastest = max(peers, default=None)
    figures = {
        "compiled_events_per_second": round(kernel),
        "compiled_events_per_second_with_drawing": round(with_drawing),
        "general_events_per_second": round(general),
        "compile_seconds": round(compiling, 2),
        "year_contacts": year[1],
    }
    yardstick = {"simpy_events_per_second": _whole(simpy), "ciw_events_per_second": _whole(ciw)}
    ratios = {} if fastest is None else {"compiled": round(kernel / fastest, 1), "general": round(general / fastest, 2)}
    goals = [
        _goal("compiled kernel to the faster peer", ratios.get("compiled"), at_least=FASTER_COMPILED),
        _goal("general engine to the faster peer", ratios.get("general"), at_least=FASTER_GENERAL),
        _same("callers the engines and SimPy answer at another moment", _different()),
        _same("exact figures outside their 99.9 % interval", _outside()),
        {
            "name": "seconds for a year of a contact centre",
            "value": round(year[0], 1),
            "goal": f"<= {YEAR_SECONDS:g}",
            "met": year[0] <= YEAR_SECONDS,
        },
    ]
    return {"figures": figures, "yardstick": yardstick, "ratios": ratios, "goals": goals}


def _goal(name: str, value: float | None, *, at_least: float) -> dict[str, Any]:
    met = None if value is None else value >= at_least
    shown = "no peer is installed (extra: bench)" if value is None else value
    return {"name": name, "value": shown, "goal": f">= {at_least:g}", "met": met}


def _same(name: str, wrong: int) -> dict[str, Any]:
    return {"name": name, "value": wrong, "goal": "0", "met": wrong == 0}


def _whole(rate: float | None) -> int | None:
    return None if rate is None else round(rate)


def _desk(*, patience: float = math.inf) -> Centre:
    kind = Kind(name="999", handling=Spread(mean=HANDLING), patience=patience, within=WITHIN)
    people = Steps(at=np.zeros(1), values=np.array([float(PEOPLE)]))
    return Centre(kinds=(kind,), teams=(Team(name="desk", takes=("999",), people=people),))


def _drawn(callers: int) -> Contacts:
    demand = steady("999", per_hour=PER_HOUR, seconds=callers / PER_HOUR * HOUR)
    return draw_contacts(_desk(), [demand], seed=1)


def _ours(engine: Callable[..., Outcome], callers: int) -> tuple[Contacts, Outcome]:
    contacts, centre = _drawn(callers), _desk()
    return contacts, engine(contacts, rules_of(centre), changes_of(centre))


def _rates(engine: Callable[..., Outcome], callers: int) -> tuple[float, float]:
    """Return the events a second of an engine, without and with drawing the callers: the best of three."""
    alone = whole = math.inf
    for _ in range(3):
        began = process_time()
        contacts, centre = _drawn(callers), _desk()
        drawn = process_time()
        engine(contacts, rules_of(centre), changes_of(centre))
        alone, whole = min(alone, process_time() - drawn), min(whole, process_time() - began)
    events = 2 * len(contacts.arrive)
    return events / alone, events / whole


def _simpy(callers: int) -> float | None:
    contacts = _drawn(callers)
    try:
        began = process_time()
        _answered_by_simpy(contacts)
    except ImportError:
        return None
    return 2 * len(contacts.arrive) / (process_time() - began)


def _answered_by_simpy(contacts: Contacts) -> Numbers:
    import simpy

    floor = simpy.Environment()
    desk = simpy.Resource(floor, capacity=PEOPLE)
    answered = np.full(len(contacts.arrive), math.nan)

    def caller(number: int, hold: float) -> Generator[Any, Any, None]:
        with desk.request() as turn:
            yield turn
            answered[number] = floor.now
            yield floor.timeout(hold)

    def arrivals() -> Generator[Any, Any, None]:
        for number, (arrive, hold) in enumerate(zip(contacts.arrive.tolist(), contacts.hold.tolist(), strict=True)):
            yield floor.timeout(arrive - floor.now)
            floor.process(caller(number, hold))

    floor.process(arrivals())
    floor.run()
    return answered


def _ciw(callers: int) -> float | None:
    try:
        import ciw
    except ImportError:
        return None
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(PER_HOUR / HOUR)],
        service_distributions=[ciw.dists.Exponential(1 / HANDLING)],
        number_of_servers=[PEOPLE],
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    began = process_time()
    simulation.simulate_until_max_customers(callers // 2, method="Finish")
    return 2 * (callers // 2) / (process_time() - began)


def _different() -> int:
    """Count callers whom the compiled kernel, the general engine and SimPy do not answer at the same moment (to a microsecond)."""
    contacts, compiled = _ours(run_kernel, SOME)
    _, general = _ours(run_by_policy, SOME)
    wrong = compiled.answered != general.answered
    with suppress(ImportError):
        wrong |= np.abs(_answered_by_simpy(contacts) - compiled.answered) > 1e-6
    return int(wrong.sum())


def _outside() -> int:
    """Count the exact figures of queues with and without patience that do not lie in their 99.9 % interval."""
    outside = 0
    for patience in (math.inf, PATIENCE):
        span = 12 * DAY
        setting = Setting(
            name="",
            centre=_desk(patience=patience),
            demands=[steady("999", per_hour=PER_HOUR, seconds=span)],
            window=Window(6 * HOUR, span),
        )
        found = estimate(simulate_centre(setting, chance=Chance(seed=11, replications=30)), confidence=0.999)
        load = PER_HOUR * HANDLING / HOUR
        answered, lost, waits, _, busy = formulas.measures(load, PEOPLE, WITHIN / HANDLING, HANDLING / patience)
        exact = {"answered_in_time": answered, "abandoned": lost, "waited": waits}
        outside += sum(not found[f"999.{name}"].holds(value) for name, value in exact.items())
        outside += not found["desk.occupancy"].holds(busy)
    return outside


def _year() -> tuple[float, int]:
    """Return the seconds a year takes, and its contacts: three lines with call backs and chats, as many as a force of 1,100,000 has."""
    kinds = (
        Kind(name="999", rank=0, handling=Spread(mean=420.0), patience=90.0, within=10, held_back=0),
        Kind(
            name="101",
            rank=1,
            handling=Spread(mean=540.0, variation=0.9),
            patience=240.0,
            held_back=1,
            call_back_after=120,
            call_back_share=0.3,
            call_back_as="call back",
        ),
        Kind(name="chat", rank=2, handling=Spread(mean=1200.0, variation=0.7), at_once=3, patience=600.0),
        Kind(name="call back", rank=3, handling=Spread(mean=480.0)),
    )
    seconds = YEAR_DAYS * DAY
    hours = np.arange(0.0, seconds, HOUR)
    shape = 1 + 0.6 * np.sin((hours / HOUR % 24 - 9) / 24 * 2 * math.pi)
    demands = [
        Demand(kind=name, starts=hours, seconds=HOUR, expected=per_hour * shape, factor=np.ones(len(hours)))
        for name, per_hour in (("999", 24.0), ("101", 40.0), ("chat", 6.0))
    ]
    people = Steps(at=hours, values=np.ceil(14 * shape + 4))
    centre = Centre(kinds=kinds, teams=(Team(name="all", takes=tuple(each.name for each in kinds), people=people),))
    setting = Setting(name="", centre=centre, demands=demands, window=Window(2 * HOUR, seconds))
    began = perf_counter()
    (figures,) = simulate_centre(setting, chance=Chance(replications=1))
    return perf_counter() - began, round(sum(figures[f"{each}.offered"] for each in ("999", "101", "chat")))

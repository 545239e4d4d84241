"""
How near does a forecast come, how honest are its bands, and how long does it take, beside what a planner would pick instead?

Four weeks ahead at monthly origins of every series of the development data; peers from PyPI in the same run on the same past. The best
peer of a series is chosen with hindsight, after all its errors are known; ours chooses before.
"""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from statistics import fmean
from time import perf_counter
from typing import Any

import numpy as np
from scipy import stats

from standfast.bench.forecast_data import AHEAD_DAYS, ONE_DAY, Case, cases, data_folder
from standfast.bench.forecast_peers import LEVELS, PEERS, Told, eight_week_mean
from standfast.science.planning.forecast.calendar import Calendar
from standfast.science.planning.forecast.forecasting import CHEAP_ONLY, Wanted, forecast_history
from standfast.science.planning.series.history import History, Numbers, Series, Source
from standfast.science.planning.series.interval import DAY, Interval

OURS, REFIT = "ours", "ours, choice stored"
MONTHS, SHORT_MONTHS = range(6), (1, 4)
MANY, SHORT_MANY, MINUTES = 10_000, 2_000, 5.0
FLOORED = ("Iowa", "Denver")
Q10, Q50, Q90 = LEVELS.index(0.1), LEVELS.index(0.5), LEVELS.index(0.9)


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one forecast of one series from one origin came out."""

    case: str
    who: str
    seconds: float
    mase: float
    pinball: float
    known: int
    within_80: int
    within_95: int
    floor: float = float("nan")
    median_error: float = float("nan")


def run(*, short: bool = False) -> dict[str, Any]:
    """Forecast every series from six origins, in the short form from two, beside six peers."""
    skipped: list[str] = []
    found = list(cases(data_folder(), skipped))
    asked = [(case, month) for month in (SHORT_MONTHS if short else MONTHS) for case in found]
    with ProcessPoolExecutor(os.cpu_count(), initializer=_warm_up) as pool:
        scores = [score for each in pool.map(_scores, asked, chunksize=1) for score in each]
    figures, yardstick = _table(scores)
    minutes = _minutes_for_many(SHORT_MANY if short else MANY)
    figures["minutes for 10,000 daily series on 2 cores"] = round(minutes, 2)
    ratios = _ratios(scores) if scores else {}
    told = {f"skipped {place}": reason for place, reason in enumerate(skipped, 1)}
    goals = [*_goals(scores, ratios), _goal("10,000 daily series, minutes on 2 cores", minutes, most=MINUTES)]
    return {"figures": {**figures, **told}, "yardstick": yardstick, "ratios": ratios, "goals": goals}


def _scores(asked: tuple[Case, int]) -> list[Score]:
    case, month = asked
    if (split := case.at(month)) is None:
        return []
    known, actual = split
    scores = list(_ours(case, known, actual))
    for name, peer in PEERS.items():
        began = perf_counter()
        told = peer(known, len(actual))
        scores.append(_score(case, name, perf_counter() - began, told, split))
    return scores


def _ours(case: Case, known: Series, actual: Numbers) -> Iterable[Score]:
    wanted = Wanted(horizon=Interval(seconds=AHEAD_DAYS * DAY), levels=LEVELS, calendar=Calendar(nation=case.nation))
    began = perf_counter()
    found = forecast_history(history_of([known]), wanted)[0]
    chosen = perf_counter()
    forecast_history(history_of([known]), replace(wanted, choices={known.name: found.choice}))
    again = perf_counter() - chosen
    told = Told(found.forecast.mean, np.stack([found.forecast.quantiles[level] for level in LEVELS]))
    score = _score(case, OURS, chosen - began, told, (known, actual))
    yield replace(score, floor=_floor(known, actual), median_error=_absolute(told.quantiles[Q50], actual))
    yield replace(score, who=REFIT, seconds=again)


def history_of(series: Sequence[Series]) -> History:
    """Return series as a history of their own."""
    return History(tuple(series), series[0].interval, ("series",), Source("bench", ""))


def _score(case: Case, who: str, seconds: float, told: Told, split: tuple[Series, Numbers]) -> Score:
    past, actual = split
    counts, season, known = past.counts, case.season, np.isfinite(actual)
    scale = float(np.nanmean(np.abs(counts[season:] - counts[:-season])))
    came, bounds = actual[known], told.quantiles[:, known]
    pinball = [np.maximum(q * (came - b), (q - 1) * (came - b)).mean() for q, b in zip(LEVELS, bounds, strict=True)]
    return Score(
        case=case.name,
        who=who,
        seconds=seconds,
        mase=_absolute(told.mean, actual) / scale,
        pinball=float(np.mean(pinball)) / scale,
        known=len(came),
        within_80=int(((bounds[Q10] <= came) & (came <= bounds[Q90])).sum()),
        within_95=int(((bounds[0] <= came) & (came <= bounds[-1])).sum()),
    )


def _absolute(expected: Numbers, actual: Numbers) -> float:
    known = np.isfinite(actual)
    return float(np.abs(expected[known] - actual[known]).mean())


def _floor(known: Series, actual: Numbers) -> float:
    # What is left if every count were pure chance about the mean of its slot in the last eight weeks.
    mean = np.maximum(eight_week_mean(known, len(actual)).mean, 1e-9)[np.isfinite(actual)]
    counts = np.arange(int(mean.max() + 12 * np.sqrt(mean.max()) + 20))
    distance = np.abs(counts - stats.poisson.median(mean)[:, None])
    return float((stats.poisson.pmf(counts, mean[:, None]) * distance).sum(axis=1).mean())


def _mean(scores: Iterable[Score], what: str) -> float:
    values = [getattr(each, what) for each in scores]
    return fmean(values) if values else float("nan")


def _of(scores: Sequence[Score], who: str) -> list[Score]:
    return [each for each in scores if each.who == who]


def _errors(scores: Sequence[Score], who: str, what: str = "mase") -> dict[str, float]:
    mine = _of(scores, who)
    return {case: _mean([each for each in mine if each.case == case], what) for case in {each.case for each in mine}}


def _table(scores: Sequence[Score]) -> tuple[dict[str, Any], dict[str, Any]]:
    figures = {f"MASE {case}": round(error, 3) for case, error in sorted(_errors(scores, OURS).items())}
    for who in (OURS, REFIT):
        figures[f"seconds, {who}"] = round(_mean(_of(scores, who), "seconds"), 3)
    yardstick: dict[str, Any] = {}
    for who in PEERS:
        yardstick |= {f"MASE {case}, {who}": round(error, 3) for case, error in sorted(_errors(scores, who).items())}
        yardstick[f"seconds, {who}"] = round(_mean(_of(scores, who), "seconds"), 3)
        yardstick[f"pinball, {who}"] = round(_mean(_of(scores, who), "pinball"), 4)
        yardstick[f"80 % band, {who}"] = round(_covered(scores, who, "within_80"), 4)
    figures["pinball"] = round(_mean(_of(scores, OURS), "pinball"), 4)
    return figures, yardstick


def _covered(scores: Sequence[Score], who: str, what: str) -> float:
    mine = _of(scores, who)
    return float(sum(getattr(each, what) for each in mine) / max(1, sum(each.known for each in mine)))


def _ratios(scores: Sequence[Score]) -> dict[str, float]:
    ours = _errors(scores, OURS)
    peers = {who: _errors(scores, who) for who in PEERS}
    ratios = {f"error to {who}": fmean(ours[case] / peers[who][case] for case in ours) for who in PEERS}
    ratios["error to the best peer in hindsight"] = fmean(
        ours[case] / min(peers[who][case] for who in PEERS) for case in ours
    )
    pinball = _mean(_of(scores, OURS), "pinball")
    ratios["pinball to the best peer"] = pinball / min(_mean(_of(scores, who), "pinball") for who in PEERS)
    slow = _mean(_of(scores, "Prophet"), "seconds")
    ratios["seconds with the choice to Prophet"] = _mean(_of(scores, OURS), "seconds") / slow
    ratios["seconds with a stored choice to Prophet"] = _mean(_of(scores, REFIT), "seconds") / slow
    for name in FLOORED:
        if mine := [each for each in _of(scores, OURS) if each.case == name]:
            ratios[f"error to pure chance, {name}"] = _mean(mine, "median_error") / _mean(mine, "floor")
    return {name: round(value, 4) for name, value in ratios.items()}


def _goals(scores: Sequence[Score], ratios: dict[str, float]) -> list[dict[str, Any]]:
    if not scores:
        return [
            {
                "name": "error to the best peer in hindsight",
                "value": "no data set is here",
                "goal": "<= 1.0",
                "met": None,
            }
        ]
    goals = [
        _goal("error to the best peer in hindsight", ratios["error to the best peer in hindsight"], most=1.0),
        _goal("pinball to the best peer", ratios["pinball to the best peer"], most=1.0),
        _goal("80 % band covers", _covered(scores, OURS, "within_80"), least=0.78, most=0.82),
        _goal("95 % band covers", _covered(scores, OURS, "within_95"), least=0.935, most=0.965),
        _goal("seconds with the choice to Prophet", ratios["seconds with the choice to Prophet"], most=1.0),
        _goal("seconds with a stored choice to Prophet", ratios["seconds with a stored choice to Prophet"], most=0.1),
    ]
    return goals + [_goal(name, ratios[name], most=1.02) for name in ratios if name.startswith("error to pure chance")]


def _goal(name: str, value: float, *, most: float, least: float | None = None) -> dict[str, Any]:
    met = value <= most and (least is None or value >= least)
    goal = f"<= {most}" if least is None else f"{least} to {most}"
    return {"name": name, "value": round(value, 4), "goal": goal, "met": bool(met)}


def _minutes_for_many(number: int) -> float:
    """Return how long 10,000 made-up daily series of three years take by the cheap models on two cores, from the time of so many."""
    chance = np.random.default_rng(1)
    week = 1 + 0.2 * np.sin(np.arange(3 * 365) / 7 * 2 * np.pi)
    first = np.datetime64("2023-01-02T00:00:00")
    series = [
        Series(f"{place}", (f"{place}",), first, chance.poisson(40 * week).astype(float), ONE_DAY)
        for place in range(number)
    ]
    wanted = Wanted(horizon=Interval(seconds=AHEAD_DAYS * DAY), levels=LEVELS, models=(CHEAP_ONLY,))
    began = perf_counter()
    forecast_history(history_of(series), wanted)
    return (perf_counter() - began) / number * MANY * (os.cpu_count() or 1) / 2 / 60


def _warm_up() -> None:
    # Compiling and importing is not what is timed.
    week = Series("warm", ("warm",), np.datetime64("2025-01-06T00:00:00"), np.arange(400.0) % 7 + 20, ONE_DAY)
    for peer in PEERS.values():
        peer(week, AHEAD_DAYS)
    wanted = Wanted(horizon=Interval(seconds=AHEAD_DAYS * DAY), levels=LEVELS)
    forecast_history(history_of([week]), wanted)

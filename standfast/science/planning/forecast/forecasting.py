"""What will come? One call from a history to the forecast of each of its series, with quantiles and reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from standfast.science.planning.forecast.calendar import Calendar
from standfast.science.planning.forecast.choosing import Choice, Tried, blend, choose
from standfast.science.planning.forecast.coarse import COARSE_MODELS, coarse_past
from standfast.science.planning.forecast.coherence import Tree, in_step
from standfast.science.planning.forecast.engines import Run, run_here
from standfast.science.planning.forecast.explaining import parts_by_day, parts_of
from standfast.science.planning.forecast.models import CHEAP, MODELS, Model
from standfast.science.planning.forecast.noticing import notes_of, with_breaks
from standfast.science.planning.forecast.past import Past, past_of, places_of
from standfast.science.planning.forecast.spread import put_right, scores_at_knots
from standfast.science.planning.series.forecasts import DECIMALS, SeriesForecast
from standfast.science.planning.series.history import History, Note, Numbers, Series
from standfast.science.planning.series.interval import DAY, Interval
from standfast.science.planning.series.problems import BadSeries

AUTO, CHEAP_ONLY = "auto", "cheap"
MANY_SERIES = 200
"""From how many series on the cheap models are taken unless others are asked for."""
LEAST_SERIES_TO_BORROW = 3
LEAST = {"day": 14, "week": 8, "month": 6}
OPEN_LATELY = 26 * 7
WEEKS_TO_BE_SURE = 3


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked of a forecast; `models` are auto, cheap, or names."""

    horizon: Interval
    levels: tuple[float, ...]
    models: tuple[str, ...] = (AUTO,)
    calendar: Calendar = field(default_factory=Calendar)
    choices: Mapping[str, Choice] = field(default_factory=dict)
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Found:
    """The forecast of one series, from what it was made, and what is to be known of its past."""

    forecast: SeriesForecast
    choice: Choice
    parts: dict[str, Any] = field(default_factory=dict)
    by_day: tuple[tuple[Any, ...], ...] = ()
    notes: tuple[Note, ...] = ()


def forecast_history(history: History, wanted: Wanted, *, run: Run = run_here) -> list[Found]:
    """
    Return the forecast of every series of a history.

    :raises BadSeries: if a model is unknown or the history too short
    """
    check_models(wanted.models, history.interval)
    check_length(history)
    names = _names(wanted.models, history.interval, number=len(history.series))
    tried = run(partial(_tried, wanted=wanted, names=names), history.series)
    usual = _usual(tried)
    chosen = [(series, _put_right(each, usual)) for series, each in zip(history, tried, strict=True)]
    return run(partial(_forecast_chosen, wanted=wanted), chosen)


def forecast_totals(tree: Tree, history: History, wanted: Wanted, *, run: Run = run_here) -> list[Found]:
    """Return the forecast of every series and of every total over them, put in step so that they add up."""
    found = forecast_history(replace(history, series=tree.series), wanted, run=run)
    means = in_step(tree, [each.forecast.mean for each in found], decimals=DECIMALS)
    levels = sorted(wanted.levels)
    return [
        replace(each, forecast=replace(each.forecast, mean=mean, quantiles=each.choice.spread.quantiles(mean, levels)))
        for each, mean in zip(found, means, strict=True)
    ]


def _forecast_chosen(chosen: tuple[Series, Choice], *, wanted: Wanted) -> Found:
    return forecast_series(chosen[0], wanted, choice=chosen[1])


def forecast_series(series: Series, wanted: Wanted, *, choice: Choice) -> Found:
    """Return the forecast of one series by models already chosen."""
    coming = series.coming(series.interval.number_in(wanted.horizon))
    past = known_of(series, coming, wanted)
    models = all_models(series.interval)
    mean = blend([models[name].fit(past).expect(past) for name in choice.models], choice.shares)
    path = _along(coming, past, mean)
    quantiles = choice.spread.quantiles(path, sorted(wanted.levels))
    forecast = SeriesForecast(series.name, coming.starts, tuple(coming.written_starts()), path, quantiles)
    if not isinstance(past, Past):
        return Found(forecast, choice)
    return Found(forecast, choice, parts_of(past), tuple(parts_by_day(past)), tuple(notes_of(series.name, past)))


def expectations(series: Series, wanted: Wanted) -> dict[str, Numbers]:
    """Return what each model asked for, on its own, expects of every interval ahead; nothing where nothing ever came."""
    if not np.nansum(series.counts) > 0:
        return {}
    coming = series.coming(series.interval.number_in(wanted.horizon))
    past = known_of(series, coming, wanted)
    models = fitting(series, past, _names(wanted.models, series.interval, number=1))
    return {each.name: _along(coming, past, each.fit(past).expect(past)) for each in models}


def fitting(series: Series, past: Any, names: Sequence[str]) -> list[Any]:
    """Return those of the models named that have something to say of such a series."""
    models = [all_models(series.interval)[name] for name in names]
    return [
        each
        for each in models
        if each.days <= len(past.days) and not (isinstance(each, Model) and each.within_day_only and past.slots == 1)
    ]


def known_of(series: Series, coming: Series, wanted: Wanted) -> Any:
    """Return what is known of a series as models see it: days by slots, or weeks or months."""
    if series.interval.length > DAY:
        return coarse_past(series, ahead=len(coming))
    past = past_of(series, ahead=1, calendar=wanted.calendar)
    last, _ = places_of(coming)
    return with_breaks(replace(past, ahead=int(last[-1] - past.days[-1])), wanted.breaks)


def all_models(interval: Interval) -> Mapping[str, Any]:
    """Return the models there are for an interval."""
    return COARSE_MODELS if interval.length > DAY else MODELS


def check_models(names: Sequence[str], interval: Interval) -> None:
    """
    Refuse a model nobody knows.

    :raises BadSeries: naming those there are
    """
    known = all_models(interval)
    for name in names:
        if name not in known and name not in {AUTO, CHEAP_ONLY}:
            there = ", ".join((AUTO, CHEAP_ONLY, *known))
            raise BadSeries(f"There is no model “{name[:40]}”; {there} were expected.")


def least_length(interval: Interval) -> int:
    """Return how many intervals a history must hold."""
    return LEAST[_unit(interval)] * interval.per_day


def _unit(interval: Interval) -> str:
    return "month" if interval.months else "week" if interval.length > DAY else "day"


def check_length(history: History) -> None:
    """
    Refuse a history from which no week, or no year, can be told.

    :raises BadSeries: naming the file
    """
    interval = history.interval
    unit = _unit(interval)
    there = max(len(each) for each in history)
    held = there // interval.per_day if unit == "day" else there
    if held < LEAST[unit]:
        wrong = f"it holds {held} {unit}s of history"
        raise BadSeries.of(history.source.name, wrong, expected=f"{LEAST[unit]} {unit}s or more were")


def _names(asked: Sequence[str], interval: Interval, *, number: int) -> tuple[str, ...]:
    if interval.length > DAY:
        there: tuple[str, ...] = tuple(all_models(interval))
        cheap: tuple[str, ...] = ("level",)
    else:
        there, cheap = tuple(MODELS), CHEAP
    if CHEAP_ONLY in asked or (AUTO in asked and number > MANY_SERIES):
        return cheap
    return there if AUTO in asked else tuple(asked)


def _tried(series: Series, *, wanted: Wanted, names: Sequence[str]) -> Tried:
    if series.name in wanted.choices:
        return Tried(wanted.choices[series.name], np.empty(0))
    past = known_of(series, series.coming(series.interval.number_in(wanted.horizon)), wanted)
    return choose(
        past, fitting(series, past, names), fallback="level" if series.interval.length > DAY else "regression"
    )


def _usual(tried: Sequence[Tried]) -> tuple[float, ...]:
    scores = [each.scores for each in tried if each.scores.size]
    if len(scores) < LEAST_SERIES_TO_BORROW:
        return ()
    return tuple(float(each) for each in scores_at_knots(np.concatenate(scores)))


def _put_right(tried: Tried, usual: Sequence[float]) -> Choice:
    if tried.choice.spread.bent:
        return tried.choice
    return replace(tried.choice, spread=put_right(tried.choice.spread, tried.scores, usual=usual))


def _along(coming: Series, past: Any, mean: Numbers) -> Numbers:
    if not isinstance(past, Past):
        return mean[: len(coming), 0]
    day, slot = places_of(coming)
    opened = _open(past)[day % 7, slot]
    return np.where(opened, mean[day - int(past.days[-1]) - 1, slot], 0.0)


def _open(past: Past) -> Any:
    """Return which slots of the week are counted at all of late; a slot never counted is closed, and nothing comes."""
    recent, days = past.counts[-OPEN_LATELY:], past.days[-OPEN_LATELY:]
    known = np.isfinite(recent)
    there, rows = np.zeros((7, past.slots)), np.zeros(7)
    np.add.at(there, days % 7, known)
    np.add.at(rows, days % 7, 1)
    closed = (there == 0) & (rows >= WEEKS_TO_BE_SURE)[:, None]
    return np.ones_like(closed) if closed.all() else ~closed

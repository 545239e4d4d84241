"""How well would this command have forecast this very history? Asked again at earlier origins, knowing only what came before each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from statistics import fmean
from typing import Any

import numpy as np

from standfast.science.planning.forecast.asked import Asked, Question
from standfast.science.planning.forecast.coherence import with_totals
from standfast.science.planning.forecast.engines import Run
from standfast.science.planning.forecast.forecasting import (
    Found,
    Wanted,
    all_models,
    check_models,
    expectations,
    forecast_history,
    forecast_totals,
    least_length,
)
from standfast.science.planning.series.forecasts import SeriesForecast
from standfast.science.planning.series.history import History, Numbers, Series
from standfast.science.planning.series.problems import BadSeries

MOST_ORIGINS = 60
NAIVE = "seasonal_naive"
NAIVE_TOLD = "the same slot of the last season"
DECIMALS = 4
TELL_OF_SERIES = 20


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How the forecast of one series from one origin came out; an error is None where nothing was counted or nothing varied."""

    series: str
    origin: str
    known: int
    counted: int
    mase: float | None
    mae: float | None
    pinball: float | None
    within: Mapping[str, int]
    models: tuple[str, ...]
    why: str
    alone: Mapping[str, float | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the measure with its coverage as shares, and each model's own error, the best first."""
        ranked = sorted(self.alone.items(), key=lambda each: float("inf") if each[1] is None else each[1])
        coverage = {name: _rounded(number / self.counted) for name, number in self.within.items() if self.counted}
        told = {name: value for name, value in asdict(self).items() if name not in {"within", "alone"}}
        return {**told, "coverage": coverage, "mase of each model": dict(ranked)}


@dataclass(frozen=True, eq=False)
class Report:
    """All measures of a history."""

    measures: Sequence[Measure]
    question: Question
    asked: Asked
    left_out: tuple[str, ...]

    def as_json(self, result: str) -> dict[str, Any]:
        """Return the report as it is written: what was asked, the measures, and their means by series and over all."""
        names = list(dict.fromkeys(each.series for each in self.measures))
        told = {name: model.told for name, model in all_models(self.question.history.interval).items()}
        by_series = {name: _mean_of([each for each in self.measures if each.series == name]) for name in names}
        return {
            "result": result,
            "inputs": [asdict(each) for each in self.question.inputs],
            "asked": {name: value for name, value in asdict(self.asked).items() if value},
            "interval": self.question.history.interval.name,
            "horizon": self.question.wanted.horizon.name,
            "what is measured": MEANINGS,
            "models": {**told, NAIVE: NAIVE_TOLD},
            "overall": _mean_of(self.measures, groups=names),
            "series": by_series,
            "origins": [each.as_json() for each in self.measures],
            "notes": [*map(asdict, self.question.history.notes), *self.left_out],
        }

    def lines(self) -> Iterator[str]:
        """Give what a planner reads first: a line for each series, then one for all."""
        told = self.as_json("")
        for name, mean in list(told["series"].items())[:TELL_OF_SERIES]:
            yield f"{name}: {_in_words(mean)}"
        if (more := len(told["series"]) - TELL_OF_SERIES) > 0:
            yield f"… and {more} more series"
        if len(told["series"]) > 1:
            yield f"all {len(told['series'])} series: {_in_words(told['overall'])}"


MEANINGS = {
    "mae": "mean absolute error of the mean, in counts an interval",
    "mase": "mae divided by that of repeating the last season (a week; a year of weeks or months) inside the known past",
    "pinball": "mean quantile loss over the quantiles asked for, in counts an interval; lower is better",
    "coverage": "share of counts inside each band that the quantiles asked for make; near its name is honest",
    "known": "how many intervals were known at the origin",
    "counted": "how many intervals after it were counted",
    "mase of each model": "what each model alone would have come to, known only afterwards",
}


def measure(question: Question, asked: Asked, *, origins: int, run: Run) -> Report:
    """
    Return how forecasts from so many origins, a horizon apart and the last a horizon before the end, came out.

    :raises BadSeries: if that many cannot be asked for, or the history holds not one
    """
    if not 1 <= origins <= MOST_ORIGINS:
        raise BadSeries(f"{origins} is no number of origins; a whole number from 1 to {MOST_ORIGINS} was expected.")
    history, wanted = question.history, question.wanted
    check_models(wanted.models, history.interval)
    ahead = history.interval.number_in(wanted.horizon)
    moments = _moments(history, ahead=ahead, origins=origins)
    whole = with_totals(history).series if _has_totals(history, asked) else history.series
    measures, left_out = [], []
    for moment in moments:
        then = history_before(history, moment)
        if gone := sorted({each.name for each in history} - {each.name for each in then}):
            left_out.append(f"{moment}: nothing was known yet of {', '.join(gone)}.")
        found = _forecast(then, wanted, asked, run)
        before = {each.name: each for each in whole}
        cases = [(before[each.forecast.name], each) for each in found]
        measures.extend(run(partial(_measured, moment=moment, wanted=wanted), cases))
    if len(moments) < origins:
        left_out.append(f"The history is long enough for {len(moments)} of {origins} origins.")
    return Report(measures, question, asked, tuple(left_out))


def history_before(history: History, moment: np.datetime64) -> History:
    """Return what was known at a moment; a series of which nothing was counted yet is left out."""
    cut = [each.before(moment) for each in history]
    return replace(history, series=tuple(each for each in cut if np.isfinite(each.counts).any()))


def _has_totals(history: History, asked: Asked) -> bool:
    return asked.totals and len(history.series) > 1


def _forecast(then: History, wanted: Wanted, asked: Asked, run: Run) -> list[Found]:
    if _has_totals(then, asked):
        return forecast_totals(with_totals(then), then, wanted, run=run)
    return forecast_history(then, wanted, run=run)


def _moments(history: History, *, ahead: int, origins: int) -> list[np.datetime64]:
    longest = max(history, key=len)
    least = least_length(history.interval)
    edges = longest.interval.after(longest.first, len(longest) + 1)
    places = [len(longest) - ahead * back for back in range(origins, 0, -1)]
    if not (kept := [place for place in places if place >= least]):
        wrong = f"it holds {len(longest)} intervals of {history.interval.name}, and {ahead} are to be forecast"
        raise BadSeries.of(
            history.source.name, wrong, expected=f"{least + ahead} or more for one origin, or a shorter --horizon, were"
        )
    return [edges[place] for place in kept]


def _measured(case: tuple[Series, Found], *, moment: np.datetime64, wanted: Wanted) -> Measure:
    whole, found = case
    known, forecast = whole.before(moment), found.forecast
    came = _came(whole, known, len(forecast.mean))
    there = np.isfinite(came)
    scale, naive = _naive(known, len(came))
    alone = {name: _error(mean, came, scale) for name, mean in expectations(known, wanted).items()}
    mae = float(np.abs(forecast.mean - came)[there].mean()) if there.any() else None
    told = {name: model.told for name, model in all_models(whole.interval).items()}
    return Measure(
        series=forecast.name,
        origin=forecast.written[0],
        known=len(known),
        counted=int(there.sum()),
        mase=_error(forecast.mean, came, scale),
        mae=_rounded(mae),
        pinball=_pinball(forecast, came),
        within={
            f"{high - low:.6g}": int(((low_ <= came) & (came <= high_)).sum())
            for low, high, low_, high_ in _bands(forecast)
        },
        models=found.choice.models,
        why=found.choice.reason(told),
        alone={**alone, NAIVE: _error(naive, came, scale)},
    )


def _came(whole: Series, known: Series, number: int) -> Numbers:
    came = whole.counts[len(known) : len(known) + number]
    return np.r_[came, np.full(number - len(came), np.nan)]


def _naive(known: Series, number: int) -> tuple[float, Numbers]:
    """Return the mean error of repeating the last season inside what is known, and the last season repeated."""
    counts, season = known.counts, known.interval.per_week
    if not known.interval.is_within_day and season == 1:
        year = 12 // known.interval.months if known.interval.months else 52
        season = year if len(counts) >= 2 * year else 1
    if len(counts) <= season:
        return float("nan"), np.full(number, np.nan)
    apart = np.abs(counts[season:] - counts[:-season])
    scale = float(np.nanmean(apart)) if np.isfinite(apart).any() else float("nan")
    return scale, np.tile(counts[-season:], -(-number // season))[:number]


def _error(mean: Numbers, came: Numbers, scale: float) -> float | None:
    apart = np.abs(mean - came)
    there = np.isfinite(apart)
    if not there.any() or not scale > 0:
        return None
    return _rounded(float(apart[there].mean()) / scale)


def _pinball(forecast: SeriesForecast, came: Numbers) -> float | None:
    there = np.isfinite(came)
    if not there.any() or not forecast.quantiles:
        return None
    losses = []
    for level, bound in forecast.quantiles.items():
        over = (came - bound)[there]
        losses.append(float(np.maximum(level * over, (level - 1) * over).mean()))
    return _rounded(fmean(losses))


def _bands(forecast: SeriesForecast) -> Iterator[tuple[float, float, Numbers, Numbers]]:
    levels = sorted(forecast.quantiles)
    for low in levels:
        for high in levels:
            if low < high and abs(low + high - 1) < 1e-9:
                yield low, high, forecast.quantiles[low], forecast.quantiles[high]


def _mean_of(measures: Sequence[Measure], *, groups: Sequence[str] = ()) -> dict[str, Any]:
    """Return the means of measures; over all series each series counts the same, whatever number of origins it had."""
    parts = [[each for each in measures if each.series == name] for name in groups] or [list(measures)]

    def mean(of: Callable[[Measure], float | None]) -> float | None:
        means = [fmean(values) for part in parts if (values := [v for each in part if (v := of(each)) is not None])]
        return _rounded(fmean(means)) if means else None

    counted = sum(each.counted for each in measures)
    bands = {name: sum(each.within[name] for each in measures) for name in measures[0].within} if measures else {}
    alone = {name: mean(_alone(name)) for name in dict.fromkeys(name for each in measures for name in each.alone)}
    ranked = sorted(alone.items(), key=lambda each: float("inf") if each[1] is None else each[1])
    return {
        "origins": len({each.origin for each in measures}),
        "mase": mean(lambda each: each.mase),
        "mae": mean(lambda each: each.mae),
        "pinball": mean(lambda each: each.pinball),
        "coverage": {name: _rounded(number / counted) for name, number in bands.items() if counted},
        "mase of each model": dict(ranked),
    }


def _alone(name: str) -> Callable[[Measure], float | None]:
    return lambda each: each.alone.get(name)


def _in_words(mean: Mapping[str, Any]) -> str:
    said = [f"MASE {mean['mase']}", f"off by {mean['mae']} on average"]
    said += [f"{float(name):.0%} band held {share:.1%}" for name, share in mean["coverage"].items()]
    return f"{', '.join(said)} (mean of {mean['origins']} origins)"


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), DECIMALS)

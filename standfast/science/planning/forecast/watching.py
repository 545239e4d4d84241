"""Has demand left the band it was forecast in, so that somebody should look? Three intervals in a row do not by chance."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from standfast.science.planning.series.forecasts import ForecastTable, SeriesForecast
from standfast.science.planning.series.history import History, Note, Numbers, Series
from standfast.science.planning.series.problems import BadSeries

IN_A_ROW = 3


def departures(history: History, earlier: ForecastTable, *, path: Path) -> list[Note]:
    """
    Return where counts that have come since lie outside the widest band of an earlier forecast, three or more in a row.

    :raises BadSeries: if the forecast has no band, or is of other series or another time
    """
    by_name = {each.name: each for each in earlier.series}
    if any(len(each.quantiles) < 2 for each in earlier.series):
        raise BadSeries.of(path, "it has no band", expected="two quantiles or more were")
    pairs = [(series, by_name[series.name]) for series in history if series.name in by_name]
    if not any(np.isin(forecast.starts, series.starts).any() for series, forecast in pairs):
        raise BadSeries.of(path, "nothing it forecast is in the history", expected="the same series and times were")
    return [note for series, forecast in pairs for note in _notes(series, forecast)]


def _notes(series: Series, forecast: SeriesForecast) -> Iterator[Note]:
    levels = sorted(forecast.quantiles)
    low, high = forecast.quantiles[levels[0]], forecast.quantiles[levels[-1]]
    came = _came(series, forecast)
    side = np.where(came > high, 1, np.where(came < low, -1, 0))
    for begin, end in runs(side):
        above = side[begin] > 0
        edge = float(high[begin:end].sum() if above else low[begin:end].sum())
        words = ("above", "at most") if above else ("below", "at least")
        sentence = (
            f"{end - begin} intervals in a row came {words[0]} the {levels[0]:g} to {levels[-1]:g} band: "
            f"{came[begin:end].sum():.4g} where {words[1]} {edge:.4g} was expected."
        )
        yield Note(series.name, "anomaly", forecast.written[begin], forecast.written[end - 1], sentence)


def runs(side: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Give the first place and the one after the last of each run of three or more on one side of a band."""
    place = 0
    for which, members in groupby(side.tolist()):
        length = len(list(members))
        if which and length >= IN_A_ROW:
            yield place, place + length
        place += length


def _came(series: Series, forecast: SeriesForecast) -> Numbers:
    counted = dict(zip(series.starts.astype(np.int64).tolist(), series.counts.tolist(), strict=True))
    return np.array(
        [counted.get(each, np.nan) for each in forecast.starts.astype("datetime64[s]").astype(np.int64).tolist()]
    )

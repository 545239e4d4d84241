"""How does a forecast look? What came, what is expected and its bands, drawn as SVG or PNG."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from standfast.science.planning.series.forecasts import SeriesForecast
from standfast.science.planning.series.history import Numbers, Series
from standfast.science.planning.series.interval import DAY
from standfast.science.planning.series.problems import BadSeries

MOST_DRAWN = 12
WIDE, HIGH = 9.0, 3.2
INK, BLUE, GREY = "#0b0c0c", "#1d70b8", "#505a5f"
SHADES = (0.18, 0.3, 0.42)
DAYS_SHOWN = 14
FORMS = {".svg": "svg", ".png": "png"}


def check_drawable(path: Path | None) -> None:
    """
    Refuse a picture, where one is wanted, in a form that is not drawn.

    :raises BadSeries: naming the forms there are
    """
    if path is not None and path.suffix.lower() not in FORMS:
        raise BadSeries(
            f"{path}: it cannot be drawn as “{path.suffix}”; a name that ends in .svg or .png was expected."
        )


def drawn(pairs: Sequence[tuple[Series, SeriesForecast]], *, form: str) -> bytes:
    """Return a picture of the first series, one below the other: the last of the past, and the forecast with its bands."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    shown = pairs[:MOST_DRAWN]
    # The same forecast gives the same bytes: no date, no random names in the picture.
    with rc_context(
        {"svg.hashsalt": "standfast", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
    ):
        figure = Figure(figsize=(WIDE, HIGH * len(shown)), layout="constrained")
        panels = figure.subplots(len(shown), 1, squeeze=False)[:, 0]
        for panel, (series, forecast) in zip(panels, shown, strict=True):
            _draw(panel, series, forecast)
        panels[0].legend(loc="upper left", ncols=4, frameon=False, fontsize=9)
        stream = io.BytesIO()
        figure.savefig(stream, format=form, dpi=110, metadata={"Date": None} if form == "svg" else None)
    return stream.getvalue()


def _draw(panel: Any, series: Series, forecast: SeriesForecast) -> None:
    coming = series.coming(len(forecast.mean)).walls
    past, ahead = _shown(series, len(forecast.mean))
    when = coming[:ahead].astype("datetime64[m]")
    panel.plot(series.walls[-past:].astype("datetime64[m]"), series.counts[-past:], color=INK, lw=0.9, label="counted")
    levels = sorted(forecast.quantiles)
    bands = [(low, high) for low, high in zip(levels, reversed(levels), strict=True) if low < high]
    for (low, high), shade in zip(bands, SHADES, strict=False):
        lower, upper = (forecast.quantiles[level][:ahead] for level in (low, high))
        panel.fill_between(when, lower, upper, color=BLUE, alpha=shade, lw=0, label=f"{high - low:.0%} band")
    panel.plot(when, forecast.mean[:ahead], color=BLUE, lw=1.4, label="expected")
    panel.axvline(when[0], color=GREY, lw=0.8, ls=":")
    panel.set_title(f"{forecast.name}, by {series.interval.name}", loc="left", fontsize=11, color=INK)
    panel.set_ylim(0, _top(series.counts[-past:], forecast, ahead))
    panel.tick_params(colors=GREY)
    panel.margins(x=0.01)


def _shown(series: Series, ahead: int) -> tuple[int, int]:
    if series.interval.seconds and series.interval.seconds < DAY:
        fortnight = DAYS_SHOWN * series.interval.per_day
        return min(len(series), fortnight), min(ahead, fortnight)
    return min(len(series), 3 * ahead), ahead


def _top(counts: Numbers, forecast: SeriesForecast, ahead: int) -> float:
    highest = [forecast.mean[:ahead].max(), *(each[:ahead].max() for each in forecast.quantiles.values())]
    return 1.15 * float(max(np.nanmax(np.r_[counts, 1.0]), *highest))

"""Of what is a forecast made? Level, trend, week, year, holidays and events of a series, each as a planner would say it."""

from typing import Any

import numpy as np

from standfast.science.planning.forecast.calendar import Days
from standfast.science.planning.forecast.past import Past
from standfast.science.planning.series.history import Numbers

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONDAY = 4
"""1 January 1970 was a Thursday; the fourth day after it a Monday."""
YEAR = 365
SMALL_TREND = 0.02
BY_DAY = ("day", "level", "week", "year", "holiday", "event")
"""What a row of the parts of each day ahead holds: the day, the level with its trend in counts, and factors."""


def parts_of(past: Past) -> dict[str, Any]:
    """Return what each part does to an ordinary day: the level in counts a day, the rest as factors (1.2: a fifth more)."""
    found = past.regression
    ahead = past.all_days[len(past.days) :]
    trend = found.parts["trend"][: len(past.days)]
    return {
        "level a day": round(float(found.forecast.mean()), 3),
        "trend over the last year": _round(np.exp(trend[-1] - trend[max(0, len(trend) - YEAR)])),
        "recent departure": _round(found.departure),
        "week": _week(found.factor("week"), past.all_days),
        "year": _months(found.factor("season"), past.all_days) if found.parts["season"].any() else {},
        "holidays and events ahead": _coming(past, ahead),
        "breaks": {str(np.datetime64(each, "D")): _round(_step(past, each)) for each in past.breaks},
    }


def sentence_of(parts: dict[str, Any]) -> str:
    """Return the parts in words an inspector can follow."""
    busy, quiet = (pick(parts["week"], key=lambda day: parts["week"][day]) for pick in (max, min))
    said = [
        f"About {parts['level a day']:.4g} a day",
        _trend_in_words(parts["trend over the last year"]),
        f"{busy} is the busiest day ({_percent(parts['week'][busy])}) and {quiet} the quietest ({_percent(parts['week'][quiet])})",
    ]
    if year := parts["year"]:
        peak, low = (pick(year, key=lambda month: year[month]) for pick in (max, min))
        said.append(f"the year runs from {low} ({_percent(year[low])}) to {peak} ({_percent(year[peak])})")
    said += [
        f"{name} moves its day by {_percent(factor)}" for name, factor in parts["holidays and events ahead"].items()
    ]
    return "; ".join(said) + "."


def parts_by_day(past: Past) -> list[tuple[Any, ...]]:
    """Return a row for each day ahead: the day, level with trend, and the factors of week, year, holiday and event."""
    found, begin = past.regression, len(past.days)
    fading = found.forecast / found.fitted[begin:]
    level = np.exp(found.parts["level"][begin:] + found.parts["trend"][begin:]) * fading
    factors = [found.factor(part)[begin:] for part in ("week", "season", "holiday", "event")]
    days = past.all_days[begin:].astype("datetime64[D]")
    return [
        tuple(row) for row in zip(days.astype(str), *(np.round(each, 4) for each in (level, *factors)), strict=True)
    ]


def _week(factor: Numbers, days: Days) -> dict[str, float]:
    usual = {name: float(factor[(days - MONDAY) % 7 == place].mean()) for place, name in enumerate(WEEKDAYS)}
    mean = sum(usual.values()) / 7
    return {name: _round(each / mean) for name, each in usual.items()}


def _months(factor: Numbers, days: Days) -> dict[str, float]:
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    usual = {name: float(factor[month == place].mean()) for place, name in enumerate(MONTHS) if (month == place).any()}
    mean = sum(usual.values()) / len(usual)
    return {name: _round(each / mean) for name, each in usual.items()}


def _coming(past: Past, ahead: Days) -> dict[str, float]:
    names = {name for called in past.calendar.named_on(ahead) for name in called.split(", ") if name}
    return {name: _round(np.exp(effect)) for name, effect in past.regression.effects.items() if name in names}


def _step(past: Past, day: int) -> float:
    before = past.regression.factor("break")[int(np.clip(day - 1 - past.days[0], 0, len(past.all_days) - 1))]
    after = past.regression.factor("break")[int(np.clip(day - past.days[0], 0, len(past.all_days) - 1))]
    return float(after / before)


def _trend_in_words(trend: float) -> str:
    if abs(trend - 1) < SMALL_TREND:
        return "about level over the last year"
    return f"{'up' if trend > 1 else 'down'} {abs(trend - 1):.0%} over the last year"


def _percent(factor: float) -> str:
    return f"{factor - 1:+.0%}"


def _round(value: Any) -> float:
    return round(float(value), 3)

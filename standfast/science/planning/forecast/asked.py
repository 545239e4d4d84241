"""What did the planner ask for in words? From the options of a command to a history and what is wanted of it."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np

from standfast.science.planning.forecast.calendar import read_calendar
from standfast.science.planning.forecast.choosing import Choice
from standfast.science.planning.forecast.forecasting import Wanted
from standfast.science.planning.series.history import History, Series, Source
from standfast.science.planning.series.interval import DAY, Interval, read_counting_interval, read_interval
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.series.reading import Layout, read_history
from standfast.science.planning.series.results import source_of

FOUR_WEEKS, A_QUARTER, A_YEAR = Interval(seconds=28 * DAY), Interval(seconds=13 * 7 * DAY), Interval(months=12)
LONGEST = 3 * 366 * DAY


LONGEST_SILENCE = 28
"""Days after the last count from which a forecast may still begin."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of the command, as they were typed."""

    horizon: str = ""
    quantiles: str = "0.025,0.1,0.5,0.9,0.975"
    time: str = ""
    count: str = ""
    by: str = ""
    interval: str = ""
    zone: str = ""
    as_of: str = ""
    holidays: str = "England"
    calendar: tuple[str, ...] = ()
    models: str = "auto"
    choice: Path | None = None
    totals: bool = False
    breaks: tuple[str, ...] = ()
    engine: str = "local"
    also: str = ""
    against: Path | None = None


@dataclass(frozen=True, eq=False)
class Question:
    """A history that was read, what is wanted of it, and the files both came from."""

    history: History
    wanted: Wanted
    inputs: tuple[Source, ...]


def read_question(path: Path, asked: Asked) -> Question:
    """
    Return what the options ask of a history file.

    :raises BadSeries: at whatever cannot be as asked
    """
    levels = read_levels(asked.quantiles)
    calendar, local = read_calendar(asked.calendar, nation=asked.holidays)
    horizon = read_interval(asked.horizon) if asked.horizon else None
    layout = Layout(
        interval=read_counting_interval(asked.interval) if asked.interval else None,
        by=names_in(asked.by),
        time=asked.time,
        count=asked.count,
        zone=asked.zone,
    )
    breaks = tuple(read_break(each) for each in asked.breaks)
    history = read_history(path, layout=layout)
    if asked.as_of:
        history = known_at(history, asked.as_of)
    wanted = Wanted(
        horizon=_horizon(horizon, history.interval),
        levels=levels,
        models=names_in(asked.models),
        calendar=calendar,
        choices=read_choices(asked.choice) if asked.choice else {},
        breaks=breaks,
    )
    others = (*local, *(each for each in (asked.choice, asked.against) if each))
    return Question(history, wanted, (history.source, *map(source_of, others)))


def known_at(history: History, text: str) -> History:
    """
    Return what was known at a moment: whole intervals before it; up to it, what has not been counted yet is a gap.

    :raises BadSeries: if it is no moment, or the history ends long before it or begins after it
    """
    moment = _moment(text, history)
    series = tuple(_up_to(each, moment) for each in history)
    if not any(np.isfinite(each.counts).any() for each in series):
        raise BadSeries.of(history.source.name, f"nothing was counted before {text}", expected="an earlier history was")
    last = max(each.end for each in history)
    if (moment - last).astype(int) > LONGEST_SILENCE * DAY:
        wrong = f"its counts end on {str(last)[:10]}, more than {LONGEST_SILENCE} days before {text}"
        raise BadSeries.of(history.source.name, wrong, expected="a later history or an earlier --as-of was")
    return replace(history, series=series)


def _up_to(series: Series, moment: np.datetime64) -> Series:
    shown = moment if series.interval.is_within_day else series.clock.wall(np.array([moment]))[0]
    number = max(0, int(series.interval.between(series.first, np.array([shown]))[0]))
    more = number - len(series)
    counts = np.r_[series.counts, np.full(more, np.nan)] if more > 0 else series.counts[:number]
    return replace(series, counts=counts)


def _moment(text: str, history: History) -> np.datetime64:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadSeries(
            f"“{text[:40]}” under --as-of is no time; one such as 2026-11-23 or 2026-11-23T21:00 was expected."
        ) from None
    if found.tzinfo is None:
        return history.clock.from_wall(np.array([found], dtype="datetime64[s]"))[0]
    if not history.clock.zone:
        raise BadSeries(
            f"“{text[:40]}” under --as-of has an offset, unlike the times of {history.source.name}; a time on the clock on the "
            "wall, or --zone, was expected."
        )
    return np.datetime64(int(found.timestamp()), "s")


def read_break(text: str) -> int:
    """
    Return the day a level is declared to have changed.

    :raises BadSeries: if it is no day
    """
    try:
        return (date.fromisoformat(text.strip()) - date(1970, 1, 1)).days
    except ValueError:
        raise BadSeries(
            f"“{text[:40]}” is no day a level can change on; one such as 2026-04-01 was expected."
        ) from None


def names_in(text: str) -> tuple[str, ...]:
    """Return the names between commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def read_levels(text: str) -> tuple[float, ...]:
    """
    Return the quantiles asked for, rising.

    :raises BadSeries: if one is no share between 0 and 1
    """
    levels = set()
    for name in names_in(text):
        try:
            level = float(name)
        except ValueError:
            level = 0.0
        if not 0.0005 <= level <= 0.9995:
            raise BadSeries(
                f"“{name[:20]}” is no quantile; numbers from 0.0005 to 0.9995 such as 0.1,0.5,0.9 were expected."
            )
        levels.add(level)
    return tuple(sorted(levels))


def read_choices(path: Path) -> dict[str, Choice]:
    """
    Return the choices stored beside an earlier forecast.

    :raises BadSeries: if the file holds none
    """
    try:
        stored = json.loads(path.read_text("utf-8"))
        return {name: Choice.of_json(each["choice"]) for name, each in stored["series"].items()}
    except OSError as wrong:
        raise BadSeries.of(path, str(wrong.strerror or wrong), expected="a file that can be read was") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadSeries.of(path, "it holds no choice of models", expected="the .about.json of a forecast was") from None


def _horizon(asked: Interval | None, interval: Interval) -> Interval:
    usual = A_YEAR if interval.months else A_QUARTER if interval.length > DAY else FOUR_WEEKS
    horizon = asked or usual
    if horizon.length < interval.length or horizon.length > LONGEST:
        raise BadSeries(
            f"The horizon {horizon.name} is no reach for counts by {interval.name}; up to 3 years was expected."
        )
    return horizon

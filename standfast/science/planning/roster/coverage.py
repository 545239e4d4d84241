"""How well does a roster cover what is needed, interval by interval, and how sure is that?"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import numpy as np

from standfast.science.planning.roster.needs import Need, known
from standfast.science.planning.roster.own import Asked
from standfast.science.planning.roster.people import holders
from standfast.science.planning.roster.problem import Cells
from standfast.science.planning.staffing.requirement import ONLY_SERIES

MOST_MARKS = 14
"""Days named below a picture, about."""


@dataclass(frozen=True, kw_only=True)
class Covered:
    """One stretch: how many are wanted (the least and the most sure level), how many are rostered, and the chance that is enough."""

    series: str
    start: str
    label: str
    wanted: tuple[int, ...]
    rostered: int
    chance: float
    hours: float


def covered(asked: Asked, cells: Cells) -> list[Covered]:
    """
    Return every stretch of every need with who is rostered on it, but those only duties of a day that is not known could cover.

    Where a need has several quantiles, the chance is that of the levels that are met; with one level it is 1 or 0.
    """
    groups: dict[str, list[Need]] = {}
    for need in asked.needs:
        groups.setdefault(need.skill, []).append(need)
    return [found for needs in groups.values() for found in _of_skill(asked, cells, needs)]


def _of_skill(asked: Asked, cells: Cells, needs: list[Need]) -> Iterator[Covered]:
    parts = sorted((need for need in needs if need.quantile is not None), key=lambda need: need.quantile or 0.0)
    for same in (parts, *([need] for need in needs if need.quantile is None)):
        if same:
            yield from _of_levels(asked, cells, same)


def _of_levels(asked: Asked, cells: Cells, same: list[Need]) -> Iterator[Covered]:
    """Return the stretches of one need, whose levels are given apart, each by its quantile."""
    skill = same[0].skill
    rows = cells[sorted(holders(asked.people, skill) or range(len(cells)))]
    wanted = [{want.start: want for want in need.wants} for need in same]
    for start, want in wanted[0].items():
        inside, there = known(want.cells, skill, asked.standing)
        if there is None:
            continue
        there += sum(int((rows[:, day] == shift).sum()) for day, shift in inside)
        levels = [(need.share, found[start].people) for need, found in zip(same, wanted, strict=True) if start in found]
        enough = sum(share for share, people in levels if there >= people)
        yield Covered(
            series=same[0].series,
            start=start,
            label=want.label,
            wanted=tuple(people for _, people in levels),
            rostered=there,
            chance=round(enough / sum(share for share, _ in levels), 4),
            hours=want.hours,
        )


def as_table(found: list[Covered]) -> str:
    """
    Return the coverage as CSV: `series,start,minutes,wanted,rostered,short,chance_enough`; several levels stand with | between.

    A start is as the need wrote it, so that a simulation reads the people of a roster beside the forecast that they answer.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["series", "start", "minutes", "wanted", "rostered", "short", "chance_enough"])
    for each in found:
        short = max(0, max(each.wanted) - each.rostered)
        wanted = "|".join(str(people) for people in each.wanted)
        minutes = round(each.hours * 60)
        writer.writerow([each.series, each.start, minutes, wanted, each.rostered, short, f"{each.chance:g}"])
    return out.getvalue()


def told(found: list[Covered]) -> str:
    """Return in a sentence how much of the need is covered."""
    hours = sum(each.hours * np.mean(each.wanted) for each in found)
    if not hours:
        return "Nothing is needed."
    short = sum(each.hours * np.mean([max(0, people - each.rostered) for people in each.wanted]) for each in found)
    enough = sum(each.hours * each.chance for each in found) / sum(each.hours for each in found)
    share = f"{100 * (1 - short / hours):.1f} %"
    return f"{share} of the hours needed are covered; over the hours there are enough people with chance {enough:.2f}."


def as_plot(asked: Asked, found: list[Covered], *, form: str) -> bytes:
    """Return need against roster as a picture, svg or png: one panel a need, the levels of it as lines, the roster as an area."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(each.series for each in found))
    figure = Figure(figsize=(12, 1 + 3 * len(names)), layout="constrained")
    FigureCanvasAgg(figure)
    for place, name in enumerate(names, start=1):
        panel = figure.add_subplot(len(names), 1, place)
        panel.set_title(asked.name if name == ONLY_SERIES else name, loc="left")
        _draw(panel, [each for each in found if each.series == name], _levels_of(asked, name))
    made = BytesIO()
    with mpl.rc_context({"svg.hashsalt": "standfast"}):
        figure.savefig(made, format=form, metadata={"Date": None} if form == "svg" else None)
    return made.getvalue()


def _levels_of(asked: Asked, name: str) -> list[str]:
    """Return what the levels of a need are called, the least first."""
    sure = sorted(need.quantile for need in asked.needs if need.series == name and need.quantile is not None)
    return [f"needed, enough in {100 * each:g} % of cases" for each in sure] or ["needed"]


def _draw(panel: Any, rows: list[Covered], levels: list[str]) -> None:
    """Draw one need: an interval's figure holds until the next begins, the last one for as long as the others."""
    at = range(len(rows) + 1)
    there = [row.rostered for row in rows]
    panel.fill_between(at, [*there, there[-1]], step="post", color="#8fb8de", label="rostered")
    for number, level in enumerate(levels):
        line = [row.wanted[min(number, len(row.wanted) - 1)] for row in rows]
        colour, dashes = (("#0b0c0c", "-"), ("#d4351c", "--"), ("#4c2c92", ":"))[number % 3]
        panel.step(at, [*line, line[-1]], where="post", color=colour, ls=dashes, lw=1.2, label=level)
    days = [place for place, row in enumerate(rows) if place == 0 or row.start[:10] != rows[place - 1].start[:10]]
    marks = days[:: max(1, len(days) // MOST_MARKS)]
    panel.set_xticks(
        marks, [f"{date.fromisoformat(rows[mark].start[:10]):%a %-d %b}" for mark in marks], fontsize=8, ha="left"
    )
    panel.set_xlim(0, len(rows))
    panel.set_ylim(bottom=0)
    panel.set_ylabel("people")
    panel.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, fontsize=8, frameon=False)

"""What does the answer to a planner hold, and how is it written? The forecast as CSV, its reasons beside it, sums and a picture."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from standfast.science.planning.forecast.asked import Asked, Question, names_in, read_question
from standfast.science.planning.forecast.coarser import Finer, summed
from standfast.science.planning.forecast.coherence import with_totals
from standfast.science.planning.forecast.drawing import FORMS, drawn
from standfast.science.planning.forecast.engines import Run, run_here
from standfast.science.planning.forecast.explaining import BY_DAY, sentence_of
from standfast.science.planning.forecast.forecasting import Found, all_models, forecast_history, forecast_totals
from standfast.science.planning.forecast.watching import departures
from standfast.science.planning.series.forecasts import SeriesForecast, forecast_text, read_forecast, write_forecast
from standfast.science.planning.series.history import Note, Series, Source
from standfast.science.planning.series.interval import Interval, read_counting_interval
from standfast.science.planning.series.problems import BadSeries
from standfast.science.planning.series.results import about_path, check_place, write_result, write_whole
from standfast.science.planning.series.table import csv_text


@dataclass(frozen=True, eq=False)
class Answer:
    """A forecast ready to be written, and the series it continues."""

    found: Sequence[Found]
    series: Sequence[Series]
    inputs: tuple[Source, ...]
    about: dict[str, Any]
    sums: dict[Interval, list[SeriesForecast]]
    notes: tuple[Note, ...]
    departures: tuple[Note, ...]

    @property
    def text(self) -> str:
        """The forecast as CSV."""
        return forecast_text([each.forecast for each in self.found])

    @property
    def parts_text(self) -> str:
        """What makes each day ahead, as CSV: level with trend, and the factors of week, year, holiday and event."""
        rows = [[each.forecast.name, *row] for each in self.found for row in each.by_day]
        return csv_text(("series", *BY_DAY), rows)

    def write(self, out: Path | None, *, parts: Path | None = None, picture: Path | None = None) -> None:
        """
        Write the forecast, beside it what it was made from and why, its sums, the parts of each day, and a picture: all or none.

        :raises BadSeries: if a place cannot be written to
        """
        drawn_bytes = self.drawn(FORMS[picture.suffix.lower()]) if picture else b""
        written: list[Path] = []
        try:
            if out:
                written += self._write(out)
            if parts:
                write_result(
                    parts, self.parts_text, inputs=self.inputs, about={"parts of": out.name if out else "a forecast"}
                )
                written += [parts, about_path(parts)]
            if picture:
                write_whole(picture, drawn_bytes)
        except BadSeries:
            for each in written:
                each.unlink(missing_ok=True)
            raise

    def _write(self, out: Path) -> list[Path]:
        written = []
        for interval, sums in self.sums.items():
            beside = out.with_suffix(f".{interval.name}{out.suffix}")
            write_forecast(beside, sums, inputs=self.inputs, about={"sums of": out.name, "interval": interval.name})
            written += [beside, about_path(beside)]
        write_result(out, self.text, inputs=self.inputs, about=self.about)
        return [*written, out, about_path(out)]

    def drawn(self, form: str) -> bytes:
        """Return a picture of what came and what is expected, as svg or png."""
        pairs = [(series, each.forecast) for series, each in zip(self.series, self.found, strict=True)]
        return drawn(pairs, form=form)

    def remarks(self, *, most: int) -> Iterator[str]:
        """Give what a planner should know before trusting it: where demand left its band, then gaps, breaks and outliers."""
        yield from (_in_one_line(note) for note in self.departures)
        yield from (_in_one_line(note) for note in self.notes[:most])
        if (more := len(self.notes) - most) > 0:
            yield f"… and {more} more notes on the history, in the .about.json."


def _in_one_line(note: Note) -> str:
    when = note.start if note.start == note.end else f"{note.start} to {note.end}"
    return f"{note.series}, {note.kind}, {when}: {note.sentence}"


def check_places(history: Path, *, results: Sequence[Path | None]) -> None:
    """
    Refuse places that cannot be written to, that hold the history, or that two results share.

    :raises BadSeries: naming the place
    """
    wanted = [each for each in results if each is not None]
    for place in wanted:
        check_place(place, not_over=history)
        if wanted.count(place) > 1:
            raise BadSeries.of(place, "two results would be written there", expected="a name for each was")


def answer(path: Path, asked: Asked, *, run: Run = run_here) -> Answer:
    """
    Return the forecast of a history file.

    :raises BadSeries: at whatever cannot be as asked
    """
    question = read_question(path, asked)
    history, wanted = question.history, question.wanted
    longer = tuple(map(read_counting_interval, names_in(asked.also)))
    left = departures(history, read_forecast(asked.against), path=asked.against) if asked.against else []
    if asked.totals and len(history.series) > 1:
        tree = with_totals(history)
        series, found = tree.series, forecast_totals(tree, history, wanted, run=run)
    else:
        series, found = history.series, forecast_history(history, wanted, run=run)
    sums = {interval: _sums(series, found, interval) for interval in longer}
    notes = (*history.notes, *(note for each in found for note in each.notes))
    about = _about(asked, question, found, (*notes, *left))
    return Answer(found, series, question.inputs, about, sums, notes, tuple(left))


def _sums(series: Sequence[Series], found: Sequence[Found], interval: Interval) -> list[SeriesForecast]:
    pairs = zip(series, found, strict=True)
    return [summed(Finer(each.forecast, one, each.choice), interval) for one, each in pairs]


def _about(asked: Asked, question: Question, found: Sequence[Found], notes: Sequence[Note]) -> dict[str, Any]:
    history = question.history
    told = {name: model.told for name, model in all_models(history.interval).items()}
    typed = {name: str(value) for name, value in asdict(asked).items() if value}
    return {
        "asked": typed,
        "interval": history.interval.name,
        "notes": [asdict(note) for note in notes],
        "series": {each.forecast.name: _about_one(each, told) for each in found},
    }


def _about_one(found: Found, told: dict[str, str]) -> dict[str, Any]:
    said = {"in words": sentence_of(found.parts), "parts": found.parts} if found.parts else {}
    return {"why": found.choice.reason(told), **said, "choice": found.choice.as_json()}

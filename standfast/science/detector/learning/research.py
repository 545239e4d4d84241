"""
How much better could the detector be if every word and run of letters had a weight of its own?

For research only: such a model holds pieces of the texts it was trained on, whose licences differ, and is never shipped.
One linear model a question over words and letters (TF-IDF), and one over the signs of the shipped detector; the mean
of their log-odds is taken. A model is one file of plain arrays, read without running anything that is in it.
"""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from standfast.foundation.kernel.errors import Refusal
from standfast.science.detector.assessment import (
    FLOOR_ATTENTION,
    HIGHEST,
    LEAST_SHOWN,
    Assessment,
    Flag,
    conclude,
)
from standfast.science.detector.blend import chance_of, packaged_blend, sum_of
from standfast.science.detector.evidence import Reading, read_text
from standfast.science.detector.learning.making import Written
from standfast.science.detector.learning.shares import Labelled, read_shares
from standfast.science.detector.learning.tune import LEAST_SPREAD, Floats, features_of, table_of
from standfast.science.detector.lexicon import newest_lexicon

STRANDS = ("domestic_abuse", "suicide_self_harm")
STRETCH = 0.08
"""
Attention ranks, it is no chance. Stretched upwards, it seldom lies below a floor, so that a floor that lifts one text
seldom puts it before others that deserve more.
"""
ABUSE = ("domesticviolence", "domestic-violence")


class BrokenModel(Refusal):
    """A file that is no model trained for research."""


@dataclass(frozen=True)
class Question:
    """What one linear model is asked: of which texts, and which of them are cases."""

    name: str
    asks: Callable[[Labelled], bool]
    is_case: Callable[[Labelled], bool]


def _is_labelled(each: Labelled) -> bool:
    return bool(each.label)


QUESTIONS = (
    Question(
        "domestic_abuse", lambda each: each.source in ("dreaddit", "sdcnl", "abuse_posts"), lambda e: e.topic in ABUSE
    ),
    Question("suicide_self_harm", lambda each: each.source == "sdcnl", _is_labelled),
    Question("stress", lambda each: each.source == "dreaddit", _is_labelled),
    Question("critical", lambda each: each.source == "abuse_posts", _is_labelled),
)


@dataclass(frozen=True)
class Answering:
    """What answers one question: the vectorisers, and the weights of words and letters and of signs."""

    vectorisers: tuple[TfidfVectorizer, TfidfVectorizer]
    of_text: Floats
    of_signs: Floats
    bias: float

    def text_value(self, text: str) -> float:
        """Return what words and letters say, in log-odds."""
        found = sparse.hstack([each.transform([text]) for each in self.vectorisers])
        return float((found @ self.of_text)[0])


@dataclass(frozen=True)
class ResearchModel:
    """One linear model a question, over words, letters and the named signs."""

    signs: tuple[str, ...]
    answering: Mapping[str, Answering]

    def assess_words(self, text: str) -> Assessment:
        """Return what the shipped detector finds, with the scores of this model where it has its own."""
        lexicon = newest_lexicon()
        reading = read_text(lexicon, text)
        shipped = conclude(lexicon, reading, blend=packaged_blend())
        if not reading.words.words or shipped.note:
            return shipped
        values = self.values(text, reading)
        causes = {flag.strand: flag.because for flag in shipped.flags}
        flags = [flag for flag in shipped.flags if flag.strand not in STRANDS]
        for strand in STRANDS:
            score = round(min(HIGHEST, chance_of(values[strand])), 4)
            if score >= LEAST_SHOWN:
                flags.append(Flag(strand, score, causes.get(strand, ())))
        least = max((FLOOR_ATTENTION[floor.risk] for floor in shipped.floors), default=0.0)
        attention = round(min(HIGHEST, max(least, self._attention(values))), 4)
        ordered = tuple(sorted(flags, key=lambda flag: (-flag.score, flag.strand)))
        return replace(shipped, flags=ordered, attention=attention)

    def values(self, text: str, reading: Reading) -> dict[str, float]:
        """
        Return the log-odds of each question for one text.

        The mean of both models: their sum takes nearly every text for certain, and answers that are all certain are
        in no order.
        """
        row = table_of([sum_of(reading.lines)], self.signs)[0]
        return {
            name: (each.text_value(text) + float(row @ each.of_signs) + each.bias) / 2
            for name, each in self.answering.items()
        }

    def _attention(self, values: Mapping[str, float]) -> float:
        """Weigh how critical against how stressed by how far the text is about abuse at home."""
        abuse = chance_of(values["domestic_abuse"])
        return float(chance_of(abuse * values["critical"] + (1 - abuse) * values["stress"]) ** STRETCH)


def train_model(*, on: Path, out: Path) -> Written:
    """
    Train a model on the labelled sets of a folder and write it.

    :raises MissingShare: if the folder holds none of the sets
    """
    texts = [each for each in read_shares(on) if any(question.asks(each) for question in QUESTIONS)]
    lexicon = newest_lexicon()
    model = train(texts, [read_text(lexicon, each.text) for each in texts])
    write_model(model, out)
    return Written(out, len(texts), sum(len(each.of_text) + len(each.of_signs) for each in model.answering.values()))


def train(texts: Sequence[Labelled], readings: Sequence[Reading]) -> ResearchModel:
    """Return a model trained on labelled texts as read."""
    counts = [sum_of(reading.lines) for reading in readings]
    signs = features_of(counts)
    table = table_of(counts, signs)
    answering = {}
    for question in QUESTIONS:
        rows = [index for index, each in enumerate(texts) if question.asks(each)]
        cases = np.array([question.is_case(texts[index]) for index in rows])
        if len(set(cases.tolist())) < 2:
            raise Refusal(f"{question.name}: texts that are a case and texts that are none were expected.")
        answering[question.name] = _answering([texts[index].text for index in rows], table[rows], cases)
    return ResearchModel(tuple(signs), answering)


def _answering(texts: list[str], signs: Floats, cases: Floats) -> Answering:
    vectorisers = vectorisers_for(texts)
    by_text = LogisticRegression(C=2.0, solver="liblinear", max_iter=400)
    by_text.fit(sparse.hstack([each.transform(texts) for each in vectorisers]).tocsr(), cases)
    spread = np.maximum(signs.std(axis=0), LEAST_SPREAD)
    by_signs = LogisticRegression(C=0.01, max_iter=2000).fit(signs / spread, cases)
    bias = float(by_text.intercept_[0] + by_signs.intercept_[0])
    return Answering(vectorisers, by_text.coef_[0], by_signs.coef_[0] / spread, bias)


def vectorisers_for(texts: list[str]) -> tuple[TfidfVectorizer, TfidfVectorizer]:
    """Return what counts the words and the runs of letters of these texts: the same for the baseline of the bench."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, strip_accents="unicode")
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True, max_features=80_000)
    return words.fit(texts), letters.fit(texts)


def write_model(model: ResearchModel, path: Path) -> None:
    """Write a model as one file of plain arrays."""
    arrays: dict[str, np.ndarray] = {"signs": np.array(model.signs)}
    for name, each in model.answering.items():
        for kind, vectoriser in zip(("words", "letters"), each.vectorisers, strict=True):
            arrays[f"{name} {kind}"] = vectoriser.get_feature_names_out().astype(str)
            arrays[f"{name} {kind} rarity"] = vectoriser.idf_
        arrays[f"{name} of_text"], arrays[f"{name} of_signs"] = each.of_text, each.of_signs
        arrays[f"{name} bias"] = np.array(each.bias)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stubs take names of arrays for options


def read_model(path: Path) -> ResearchModel:
    """
    Return the model of a file.

    :raises BrokenModel: if there is no such file, or it is not one that `train_model` wrote
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            answering = {question.name: _read_answering(question.name, arrays) for question in QUESTIONS}
            return ResearchModel(tuple(arrays["signs"].tolist()), answering)
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise BrokenModel(f"{path}: a model written by “standfast detector train” was expected.") from error


def _read_answering(name: str, arrays: Mapping[str, np.ndarray]) -> Answering:
    words = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", vocabulary=arrays[f"{name} words"].tolist()
    )
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, vocabulary=arrays[f"{name} letters"].tolist()
    )
    words.idf_, letters.idf_ = arrays[f"{name} words rarity"], arrays[f"{name} letters rarity"]
    return Answering(
        (words, letters), arrays[f"{name} of_text"], arrays[f"{name} of_signs"], float(arrays[f"{name} bias"])
    )

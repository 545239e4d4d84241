"""
How much better could the detector be if every word and run of letters had a weight of its own?

For research only: such a model holds pieces of the texts it was trained on, whose licences differ, and is never shipped.
One linear model an answer over words and letters (TF-IDF), one over the signs of the shipped detector, and one over what a
packaged encoder says a text is about, where one is installed; the mean of their log-odds is taken. A model is one file of plain
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
from standfast.science.detector.learning.encoder import Encoder
from standfast.science.detector.learning.making import Written
from standfast.science.detector.learning.packaged import MINILM, MPNET, packaged_encoders
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
HEED = {MPNET.name: 2.0}
"""How much what an encoder says counts in the mean, if not as much as words and signs."""
NO_MEANING = np.zeros(0)


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
    encoder: str = MINILM.name
    """The encoder to be heard; where that is not installed, the lighter one."""


def _is_labelled(each: Labelled) -> bool:
    return bool(each.label)


QUESTIONS = (
    Question(
        "domestic_abuse", lambda each: each.source in ("dreaddit", "sdcnl", "abuse_posts"), lambda e: e.topic in ABUSE
    ),
    # Low spirits and wanting to die are told apart by how they are told: only the stronger encoder hears that.
    Question("suicide_self_harm", lambda each: each.source == "sdcnl", _is_labelled, MPNET.name),
    Question("stress", lambda each: each.source == "dreaddit", _is_labelled),
    Question("critical", lambda each: each.source == "abuse_posts", _is_labelled),
)


@dataclass(frozen=True)
class Answering:
    """
    What gives one answer or several: the vectorisers, and a row an answer of weights of words and letters, of signs, and of what the
    named encoder says a text is about (none without one).
    """

    vectorisers: tuple[TfidfVectorizer, TfidfVectorizer]
    of_text: Floats
    of_signs: Floats
    of_meaning: Floats
    bias: float
    encoder: str

    def values(self, text: str, signs: Floats, meaning: Floats) -> Floats:
        """
        Return the answers for one text in log-odds.

        The mean of the models: their sum takes nearly every text for certain, and answers that are all certain are
        in no order.
        """
        found = sparse.hstack([each.transform([text]) for each in self.vectorisers])
        heed = HEED.get(self.encoder, 1.0) if self.encoder else 0.0
        values: Floats = (found @ self.of_text.T)[0] + self.of_signs @ signs + heed * (self.of_meaning @ meaning)
        values[0] += self.bias
        return values / (2 + heed)


@dataclass(frozen=True)
class ResearchModel:
    """The linear models of each answer, over words, letters, the named signs, and what an encoder says, if there is one."""

    signs: tuple[str, ...]
    answering: Mapping[str, Answering]
    encoders: Mapping[str, Encoder]

    def read_ahead(self, texts: Sequence[str]) -> None:
        """Have the encoders read many texts, a process a core: to assess them is quick then."""
        for name in {each.encoder for each in self.answering.values()} - {""}:
            for _ in self.encoders[name].encode_side_by_side(texts):
                pass

    def assess_words(self, text: str, *, strands: Sequence[str] = STRANDS) -> Assessment:
        """Return what the shipped detector finds, with the scores of this model for these strands and the attention."""
        lexicon = newest_lexicon()
        reading = read_text(lexicon, text)
        shipped = conclude(lexicon, reading, blend=packaged_blend())
        if not reading.words.words or shipped.note:
            return shipped
        values = self.values(text, reading, strands=strands)
        causes = {flag.strand: flag.because for flag in shipped.flags}
        flags = [flag for flag in shipped.flags if flag.strand not in strands]
        for strand in strands:
            score = round(min(HIGHEST, chance_of(values[strand])), 4)
            if score >= LEAST_SHOWN:
                flags.append(Flag(strand, score, causes.get(strand, ())))
        least = max((FLOOR_ATTENTION[floor.risk] for floor in shipped.floors), default=0.0)
        attention = round(min(HIGHEST, max(least, chance_of(values[ATTENTION]) ** STRETCH)), 4)
        ordered = tuple(sorted(flags, key=lambda flag: (-flag.score, flag.strand)))
        return replace(shipped, flags=ordered, attention=attention)

    def values(self, text: str, reading: Reading, *, strands: Sequence[str] = STRANDS) -> dict[str, float]:
        """Return the log-odds of each answer for one text; of attention, what it is at home weighed in by how far it is about that."""
        row = table_of([sum_of(reading.lines)], self.signs)[0]
        asked = {name: self.answering[name] for name in {*strands, "domestic_abuse", ATTENTION}}
        found = {name: each.values(text, row, self._meaning(text, each)) for name, each in asked.items()}
        values = {name: float(each[0]) for name, each in found.items()}
        values[ATTENTION] += AT_HOME_SCALE * _at_home(values["domestic_abuse"]) * float(found[ATTENTION][1])
        return values

    def _meaning(self, text: str, answering: Answering) -> Floats:
        return self.encoders[answering.encoder].encode(text).astype(float) if answering.encoder else NO_MEANING


def _at_home(abuse: float) -> float:
    return chance_of(abuse - AT_HOME_FROM)


def train_model(*, on: Path, out: Path, watched: Callable[[Sequence[str]], Iterable[str]] = iter) -> Written:
    """
    Train a model on the labelled sets of a folder and write it.

    Most of the time goes into what each encoder says of the texts: `watched` is given them, and yields them one after the other.

    :raises MissingShare: if the folder holds none of the sets
    """
    texts = [each for each in read_shares(on) if any(question.asks(each) for question in QUESTIONS)]
    lexicon = newest_lexicon()
    encoders = packaged_encoders()
    for name, encoder in encoders.items():
        written = to_be_read(texts, name, encoders)
        for _ in zip(watched(written), encoder.encode_side_by_side(written), strict=True):
            pass
    model = train(texts, [read_text(lexicon, each.text) for each in texts], encoders=encoders)
    write_model(model, out)
    weights = sum(each.of_text.size + each.of_signs.size + each.of_meaning.size for each in model.answering.values())
    return Written(out, len(texts), weights)


def train(texts: Sequence[Labelled], readings: Sequence[Reading], *, encoders: Mapping[str, Encoder]) -> ResearchModel:
    """Return a model trained on labelled texts as read, and on what encoders say of them, if there are any."""
    counts = [sum_of(reading.lines) for reading in readings]
    signs = features_of(counts)
    seen = _Seen([each.text for each in texts], table_of(counts, signs), encoders)
    answering = {}
    for name in STRANDS:
        rows, cases = _asked(name, texts)
        low = np.array([name == "domestic_abuse" and texts[row].source == "sdcnl" for row in rows])
        counted = np.where(low, LOW_SPIRITS_COUNT, 1.0)
        answering[name] = _answering(seen.of(rows), cases, counts=counted, encoder=_heard(name, encoders))
    answering[ATTENTION] = _attending(texts, seen, answering["domestic_abuse"])
    return ResearchModel(tuple(signs), answering, encoders)


def to_be_read(texts: Sequence[Labelled], encoder: str, encoders: Mapping[str, Encoder]) -> list[str]:
    """Return the texts of the questions that a named encoder is heard on, where these encoders are installed."""
    asking = [question for question in QUESTIONS if _heard(question.name, encoders) == encoder]
    return [each.text for each in texts if any(question.asks(each) for question in asking)]


def _heard(question: str, encoders: Mapping[str, Encoder]) -> str:
    """Return which encoder is heard on a question, or nothing if there is none."""
    wanted = question_named(question).encoder
    return wanted if wanted in encoders else MINILM.name if MINILM.name in encoders else ""


def question_named(name: str) -> Question:
    """Return one of the questions by its name."""
    return next(each for each in QUESTIONS if each.name == name)


@dataclass(frozen=True)
class _Seen:
    """Texts, a row a text of their signs, and who says what they are about."""

    texts: Sequence[str]
    signs: Floats
    encoders: Mapping[str, Encoder]

    def of(self, rows: Sequence[int]) -> "_Seen":
        return _Seen([self.texts[row] for row in rows], self.signs[rows], self.encoders)

    def meanings(self, encoder: str) -> Floats:
        """Return what each text is about, a row a text; without an encoder rows of nothing."""
        if not encoder:
            return np.zeros((len(self.texts), 0))
        return np.array([self.encoders[encoder].encode(text) for text in self.texts], float)


def _asked(name: str, texts: Sequence[Labelled]) -> tuple[list[int], Floats]:
    """Return of which texts a question is asked, and which of them are cases."""
    question = question_named(name)
    rows = [index for index, each in enumerate(texts) if question.asks(each)]
    cases = np.array([question.is_case(texts[index]) for index in rows])
    if len(set(cases.tolist())) < 2:
        raise Refusal(f"{question.name}: texts that are a case and texts that are none were expected.")
    return rows, cases


def _answering(seen: _Seen, cases: Floats, *, counts: Floats, encoder: str) -> Answering:
    vectorisers = vectorisers_for(seen.texts)
    by_text = LogisticRegression(C=TEXT_FREEDOM, solver="liblinear", max_iter=400)
    found = sparse.hstack([each.transform(seen.texts) for each in vectorisers]).tocsr()
    by_text.fit(found, cases, sample_weight=counts)
    spread = np.maximum(seen.signs.std(axis=0), LEAST_SPREAD)
    by_signs = LogisticRegression(C=SIGN_FREEDOM, max_iter=2000)
    by_signs.fit(seen.signs / spread, cases, sample_weight=counts)
    bias = float(by_text.intercept_[0] + by_signs.intercept_[0])
    of_meaning = np.zeros((1, 0))
    if encoder:
        by_meaning = LogisticRegression(C=MEANING_FREEDOM, max_iter=2000)
        by_meaning.fit(seen.meanings(encoder), cases, sample_weight=counts)
        of_meaning, bias = by_meaning.coef_, bias + HEED.get(encoder, 1.0) * float(by_meaning.intercept_[0])
    return Answering(vectorisers, by_text.coef_, by_signs.coef_ / spread, of_meaning, bias, encoder)


def _attending(texts: Sequence[Labelled], seen: _Seen, abuse: Answering) -> Answering:
    """Return what answers how stressed and how critical a text is at once, and what counts besides where it is about abuse at home."""
    of_each = [_asked(name, texts) for name in ATTENTION_ASKS]
    cases = np.concatenate([cases for _, cases in of_each])
    origins = np.repeat(np.arange(len(of_each)), [len(asked) for asked, _ in of_each])
    asked = seen.of([index for rows, _ in of_each for index in rows])
    encoder = _heard(ATTENTION_ASKS[0], seen.encoders)
    each_asked = zip(asked.texts, asked.signs, asked.meanings(abuse.encoder), strict=True)
    home = np.array([_at_home(float(abuse.values(*each)[0])) for each in each_asked])
    vectorisers = vectorisers_for(asked.texts)
    spread = np.maximum(asked.signs.std(axis=0), LEAST_SPREAD)
    learn = _Learning(cases=cases, origins=origins, home=home)
    words, bias = learn.weights(
        sparse.hstack([each.transform(asked.texts) for each in vectorisers]).tocsr(), freedom=TEXT_FREEDOM
    )
    named, more = learn.weights(sparse.csr_matrix(asked.signs / spread), freedom=ATTENTION_SIGN_FREEDOM)
    about, still_more = np.zeros((2, 0)), 0.0
    if encoder:
        about, still_more = learn.weights(sparse.csr_matrix(asked.meanings(encoder)), freedom=MEANING_FREEDOM)
    return Answering(vectorisers, words, named / spread, about, bias + more + still_more, encoder)


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
        arrays[f"{name} bias"], arrays[f"{name} encoder"] = np.array(each.bias), np.array(each.encoder)
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # the stubs take names of arrays for options


def read_model(path: Path) -> ResearchModel:
    """
    Return the model of a file.

    :raises BrokenModel: if there is no such file, or it is not one that `train_model` wrote
    :raises NoEncoder: if it was trained with an encoder that is not here
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            answering = {name: _read_answering(name, arrays) for name in (*STRANDS, ATTENTION)}
            signs = tuple(arrays["signs"].tolist())
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise BrokenModel(f"{path}: a model written by “standfast detector train” was expected.") from error
    needed = {each.encoder for each in answering.values()} - {""}
    encoders = packaged_encoders() if needed else {}
    if missing := needed - set(encoders):
        names = " and ".join(sorted(missing))
        raise NoEncoder(
            f"{path}: {names}, which it was trained with, was expected; “pip install standfast[research]” brings it."
        )
    return ResearchModel(signs, answering, encoders)


def _read_answering(name: str, arrays: Mapping[str, np.ndarray]) -> Answering:
    words = TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", vocabulary=arrays[f"{name} words"].tolist()
    )
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, vocabulary=arrays[f"{name} letters"].tolist()
    )
    words.idf_, letters.idf_ = arrays[f"{name} words rarity"], arrays[f"{name} letters rarity"]
    of_text, of_signs, of_meaning = (arrays[f"{name} of_{kind}"] for kind in ("text", "signs", "meaning"))
    bias, encoder = float(arrays[f"{name} bias"]), str(arrays[f"{name} encoder"])
    return Answering((words, letters), of_text, of_signs, of_meaning, bias, encoder)

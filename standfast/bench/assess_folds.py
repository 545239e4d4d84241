"""
How well is vulnerability found in posts that nothing was tuned on?

Each fifth of the labelled developer sets is held out in turn. On the rest are tuned the shipped kind of weights, a model for research and
the yardstick: TF-IDF over words and letters with logistic regression. All three are measured on the fifth. What is told is the mean of the
five: a single fifth is kind or unkind to all three at once.
"""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from standfast.science.detector.assessment import FLAGGED, Assessment, conclude, strand_scores
from standfast.science.detector.evidence import Reading, read_text
from standfast.science.detector.learning import making, research, shares, tune
from standfast.science.detector.learning.packaged import packaged_encoders
from standfast.science.detector.learning.shares import Labelled
from standfast.science.detector.lexicon import newest_lexicon

FOLDS = 5
SEED = 29
Aucs = dict[str, float]


@dataclass(frozen=True)
class Measure:
    """The question cases are of, the score they are ranked by, and of which of its texts."""

    question: str
    score: str
    among: Callable[[Labelled], bool] = lambda _: True


MEASURES = {
    "domestic_abuse": Measure("domestic_abuse", "domestic_abuse"),
    "domestic_abuse_nearby": Measure("domestic_abuse", "domestic_abuse", lambda each: each.source != "sdcnl"),
    "suicide": Measure("suicide_self_harm", "suicide_self_harm"),
    "critical": Measure("critical", "attention"),
    "stress": Measure("stress", "attention"),
}
"""`nearby` is the harder half: against posts on relationships, homes and fear only, not those on depression and suicide."""


@dataclass(frozen=True)
class Measured:
    """What one fifth came to, or the mean of all."""

    shipped: Aucs
    research: Aucs
    baseline: Aucs
    recall_distressed: float
    everyday_flagged: float


@dataclass(frozen=True)
class _Case:
    texts: list[Labelled]
    readings: list[Reading]
    fold_of: list[int]


_case: list[_Case] = []
"""What every fold's process has of its parent."""


def measure_folds(folder: Path) -> Measured:
    """Return the mean of what the folds came to; the folds run side by side, one on each core."""
    lexicon = newest_lexicon()
    texts = making.thinned(shares.read_shares(folder))
    for name, encoder in packaged_encoders().items():
        for _ in encoder.encode_side_by_side(research.to_be_read(texts, name, packaged_encoders())):
            pass
    readings = [read_text(lexicon, each.text) for each in texts]
    _case[:] = [_Case(texts, readings, [shares.fold_of(each.group, folds=FOLDS, seed=SEED) for each in texts])]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("fork")) as pool:
        found = list(pool.map(_measure, range(FOLDS)))
    return Measured(
        shipped=_mean([each.shipped for each in found]),
        research=_mean([each.research for each in found]),
        baseline=_mean([each.baseline for each in found]),
        recall_distressed=round(mean(each.recall_distressed for each in found), 4),
        everyday_flagged=round(mean(each.everyday_flagged for each in found), 4),
    )


def _mean(several: Sequence[Aucs]) -> Aucs:
    return {name: round(mean(each[name] for each in several), 3) for name in MEASURES}


def _is_post(each: Labelled) -> bool:
    return any(question.asks(each) for question in research.QUESTIONS)


def _asked_of(each: Labelled) -> list[str]:
    """Return the strands that a post is measured by: the stronger encoder takes a second to answer what nobody asks."""
    return [name for name in research.STRANDS if research.question_named(name).asks(each)]


def _measure(fold: int) -> Measured:
    case = _case[0]
    learnt = [index for index, number in enumerate(case.fold_of) if number != fold]
    unseen = [index for index, number in enumerate(case.fold_of) if number == fold]
    texts, readings = [case.texts[index] for index in learnt], [case.readings[index] for index in learnt]
    tested = [case.texts[index] for index in unseen]
    lexicon = newest_lexicon()
    own = shares.read_own()
    blend = tune.tune([*texts, *own], [*readings, *(read_text(lexicon, each.text) for each in own)], edition="held out")
    found = [conclude(lexicon, case.readings[index], blend=blend) for index in unseen]
    posts = [row for row, each in enumerate(texts) if _is_post(each)]
    model = research.train(
        [texts[row] for row in posts], [readings[row] for row in posts], encoders=packaged_encoders()
    )
    strong = {
        row: model.assess_words(each.text, strands=_asked_of(each)) for row, each in enumerate(tested) if _is_post(each)
    }
    baseline = _baselines([texts[row] for row in posts])
    return Measured(
        shipped=_aucs(tested, lambda rows, measure: [_score_of(found[row], measure.score) for row in rows]),
        research=_aucs(tested, lambda rows, measure: [_score_of(strong[row], measure.score) for row in rows]),
        baseline=_aucs(tested, lambda rows, measure: baseline[measure.question]([tested[row].text for row in rows])),
        recall_distressed=_share_flagged(tested, found, _is_distressed),
        everyday_flagged=_share_flagged(tested, found, _is_everyday),
    )


def _aucs(tested: Sequence[Labelled], scores_of: Callable[[list[int], Measure], Sequence[float]]) -> Aucs:
    questions = {question.name: question for question in research.QUESTIONS}
    found = {}
    for name, measure in MEASURES.items():
        question = questions[measure.question]
        rows = [row for row, each in enumerate(tested) if question.asks(each) and measure.among(each)]
        cases = [question.is_case(tested[row]) for row in rows]
        found[name] = float(roc_auc_score(cases, scores_of(rows, measure)))
    return found


def _score_of(assessment: Assessment, score: str) -> float:
    return assessment.attention if score == "attention" else strand_scores(assessment).get(score, 0.0)


def _baselines(posts: Sequence[Labelled]) -> dict[str, Callable[[list[str]], Sequence[float]]]:
    """Return what ranks texts for each question: TF-IDF over words and letters, with logistic regression."""
    found = {}
    for question in research.QUESTIONS:
        asked = [each for each in posts if question.asks(each)]
        vectorisers = research.vectorisers_for([each.text for each in asked])
        fitted = LogisticRegression(C=2.0, solver="liblinear", max_iter=400)
        fitted.fit(_table(vectorisers, [each.text for each in asked]), [question.is_case(each) for each in asked])
        found[question.name] = _ranking(vectorisers, fitted)
    return found


def _ranking(vectorisers: Sequence[Any], fitted: LogisticRegression) -> Callable[[list[str]], Sequence[float]]:
    return lambda texts: fitted.decision_function(_table(vectorisers, texts))


def _table(vectorisers: Sequence[Any], texts: Sequence[str]) -> sparse.csr_matrix:
    return sparse.hstack([each.transform(texts) for each in vectorisers]).tocsr()


def _is_distressed(each: Labelled) -> bool:
    return each.source in ("sdcnl", "abuse_posts") or (each.source == "dreaddit" and bool(each.label))


def _is_everyday(each: Labelled) -> bool:
    return each.source.startswith("everyday") and each.topic != "chained"


def _share_flagged(tested: Sequence[Labelled], found: Sequence[Assessment], among: Callable[[Labelled], bool]) -> float:
    flagged = [
        any(flag.score >= FLAGGED for flag in assessment.flags)
        for each, assessment in zip(tested, found, strict=True)
        if among(each)
    ]
    return sum(flagged) / len(flagged)

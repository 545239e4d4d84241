"""
How well, and how fast, is vulnerability found in words that nothing was tuned on?

A fifth of the labelled developer sets is held out. On the rest are tuned the shipped kind of weights, a model for research
and the yardstick: TF-IDF over words and letters with logistic regression. All three are measured on the fifth.
"""

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

FOLDS = 5
SEED = 29
PAIRS = 4_000
SHIPPED_GOALS = {"domestic_abuse": 0.85, "suicide": 0.75, "critical": 0.85, "stress": 0.80}
RESEARCH_GOALS = {"domestic_abuse": 0.90, "suicide": 0.84, "critical": 0.90, "stress": 0.86}
ASKS = {
    "domestic_abuse": ("domestic_abuse", "domestic_abuse"),
    "suicide": ("suicide_self_harm", "suicide_self_harm"),
    "critical": ("critical", "attention"),
    "stress": ("stress", "attention"),
}
"""What each measure asks: the question its cases are of, and the score it is measured by."""
PROBE = """
import resource, time
began = time.perf_counter()
from standfast.science.detector.assessment import assess_words
assess_words("he is here")
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def run() -> dict[str, Any]:
    """Measure the detectors on held-out texts and the speed of the shipped one on one core."""
    folder = Path(os.environ.get("STANDFAST_DATA_DIR") or Path(__file__).parents[3] / "shared" / "data")
    speeds, goals = _speeds()
    if not (folder / "text_dreaddit").is_dir() or find_spec("sklearn") is None:
        why = "needs the labelled sets (STANDFAST_DATA_DIR) and scikit-learn (extra: planning)"
        missing = {
            "name": "shipped and research on held-out texts",
            "value": why,
            "goal": "see the model card",
            "met": None,
        }
        return {"figures": speeds, "yardstick": {}, "ratios": {}, "goals": [missing, *goals]}
    shipped, research, baseline, more = _measures(folder)
    figures = {f"shipped_{name}_auc": value for name, value in shipped.items()}
    figures |= {f"research_{name}_auc": value for name, value in research.items()} | more | speeds
    return {
        "figures": figures,
        "yardstick": {f"tfidf_{name}_auc": value for name, value in baseline.items()},
        "ratios": {f"shipped_to_tfidf_{name}": round(shipped[name] / baseline[name], 3) for name in shipped},
        "goals": [
            *(_goal(f"shipped {name} AUC", shipped[name], at_least=goal) for name, goal in SHIPPED_GOALS.items()),
            *(_goal(f"research {name} AUC", research[name], at_least=goal) for name, goal in RESEARCH_GOALS.items()),
            _goal("recall of any vulnerability on distressed posts", more["recall_distressed"], at_least=0.97),
            _goal("everyday requests flagged", more["everyday_flagged"], at_most=0.01),
            *goals,
        ],
    }


def _goal(name: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> dict[str, Any]:
    if at_least is not None:
        return {"name": name, "value": value, "goal": f">= {at_least}", "met": value >= at_least}
    return {"name": name, "value": value, "goal": f"<= {at_most}", "met": at_most is not None and value <= at_most}


Measured = tuple[dict[str, float], dict[str, float], dict[str, float], dict[str, float]]


def _measures(folder: Path) -> Measured:
    from standfast.science.detector.assessment import conclude
    from standfast.science.detector.evidence import read_text
    from standfast.science.detector.learning import making, research, shares, tune
    from standfast.science.detector.lexicon import newest_lexicon

    lexicon = newest_lexicon()
    texts = making.thinned(shares.read_shares(folder))
    readings = [read_text(lexicon, each.text) for each in texts]
    held = [shares.fold_of(each.group, folds=FOLDS, seed=SEED) == 0 for each in texts]
    learnt = [index for index, out in enumerate(held) if not out]
    unseen = [index for index, out in enumerate(held) if out]
    own = shares.read_own()
    blend = tune.tune(
        [*(texts[index] for index in learnt), *own],
        [*(readings[index] for index in learnt), *(read_text(lexicon, each.text) for each in own)],
        edition="held out",
    )
    posts = [index for index in learnt if any(question.asks(texts[index]) for question in research.QUESTIONS)]
    model = research.train([texts[index] for index in posts], [readings[index] for index in posts])
    found = [conclude(lexicon, readings[index], blend=blend) for index in unseen]
    tested = [texts[index] for index in unseen]
    shipped = _aucs(tested, lambda row, score: _score_of(found[row], score))
    values = {
        row: model.assess_words(each.text)
        for row, each in enumerate(tested)
        if any(question.asks(each) for question in research.QUESTIONS)
    }
    strong = _aucs(tested, lambda row, score: _score_of(values[row], score))
    return shipped, strong, _baseline([texts[index] for index in learnt], tested), _recalls(tested, found)


def _score_of(assessment: Any, score: str) -> float:
    from standfast.science.detector.assessment import strand_scores

    return float(assessment.attention if score == "attention" else strand_scores(assessment).get(score, 0.0))


def _aucs(tested: Sequence[Any], score_of: Callable[[int, str], float]) -> dict[str, float]:
    from sklearn.metrics import roc_auc_score

    from standfast.science.detector.learning.research import QUESTIONS

    questions = {question.name: question for question in QUESTIONS}
    found = {}
    for name, (asked, score) in ASKS.items():
        question = questions[asked]
        rows = [row for row, each in enumerate(tested) if question.asks(each)]
        cases = [question.is_case(tested[row]) for row in rows]
        found[name] = round(float(roc_auc_score(cases, [score_of(row, score) for row in rows])), 3)
    return found


def _baseline(learnt: Sequence[Any], tested: Sequence[Any]) -> dict[str, float]:
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    from standfast.science.detector.learning.research import QUESTIONS, vectorisers_for

    found = {}
    for name, (asked, _) in ASKS.items():
        question = next(each for each in QUESTIONS if each.name == asked)
        old, new = ([each for each in texts if question.asks(each)] for texts in (learnt, tested))
        vectorisers = vectorisers_for([each.text for each in old])
        table, unseen = (
            sparse.hstack([vectoriser.transform([each.text for each in texts]) for vectoriser in vectorisers]).tocsr()
            for texts in (old, new)
        )
        fitted = LogisticRegression(C=2.0, solver="liblinear", max_iter=400)
        fitted.fit(table, [question.is_case(each) for each in old])
        values = fitted.decision_function(unseen)
        found[name] = round(float(roc_auc_score([question.is_case(each) for each in new], values)), 3)
    return found


def _recalls(tested: Sequence[Any], found: Sequence[Any]) -> dict[str, float]:
    from standfast.science.detector.assessment import FLAGGED

    flagged = [any(flag.score >= FLAGGED for flag in each.flags) for each in found]
    distressed = [
        row
        for row, each in enumerate(tested)
        if each.source in ("sdcnl", "abuse_posts") or (each.source == "dreaddit" and each.label)
    ]
    everyday = [
        row for row, each in enumerate(tested) if each.source.startswith("everyday") and each.topic != "chained"
    ]
    return {
        "recall_distressed": round(sum(flagged[row] for row in distressed) / len(distressed), 4),
        "everyday_flagged": round(sum(flagged[row] for row in everyday) / len(everyday), 4),
        "held_out_distressed_posts": len(distressed),
        "held_out_everyday_requests": len(everyday),
    }


def _speeds() -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Measure the shipped detector on made-up messages, each different, on the processor's own clock."""
    from standfast.science.detector.assessment import assess_words
    from standfast.science.detector.learning.shares import read_own

    loaded, memory = _fresh_process()
    own = [each.text for each in read_own()]
    short = [f"{own[row % len(own)]} {row}" for row in range(PAIRS)]
    for text in short[:500]:
        assess_words(text)
    took = []
    for text in short:
        began = process_time()
        assess_words(text)
        took.append(process_time() - began)
    rate = len(short) / sum(took)
    p99 = statistics.quantiles(took, n=100)[98] * 1000
    figures = {
        "p99_milliseconds_a_message": round(p99, 2),
        "messages_a_second": round(rate),
        "load_seconds": round(loaded, 2),
        "memory_megabytes": round(memory),
        "bench_memory_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    return figures, [
        _goal("p99 of a message, ms", figures["p99_milliseconds_a_message"], at_most=10),
        _goal("short messages a second a core", figures["messages_a_second"], at_least=2_000),
        _goal("load, s", figures["load_seconds"], at_most=2),
        _goal("memory, MB", figures["memory_megabytes"], at_most=400),
    ]


def _fresh_process() -> tuple[float, float]:
    began = perf_counter()
    answer = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=120)
    loaded, memory = map(float, answer.stdout.split())
    return min(loaded, perf_counter() - began), memory

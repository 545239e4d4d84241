"""How well, and how fast, is vulnerability found in words that nothing was tuned on?"""

import os
import resource
import statistics
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from standfast.foundation.runtime.memory import settle_memory

PAIRS = 4_000
SHIPPED_GOALS = {
    "domestic_abuse": 0.85,
    "domestic_abuse_nearby": 0.85,
    "suicide": 0.75,
    "critical": 0.85,
    "stress": 0.80,
}
RESEARCH_GOALS = {
    "domestic_abuse": 0.90,
    "domestic_abuse_nearby": 0.90,
    "suicide": 0.84,
    "critical": 0.90,
    "stress": 0.86,
}
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
    from standfast.bench.assess_folds import measure_folds

    found = measure_folds(folder)
    figures: dict[str, Any] = {f"shipped_{name}_auc": value for name, value in found.shipped.items()}
    figures |= {f"research_{name}_auc": value for name, value in found.research.items()}
    figures |= {"recall_distressed": found.recall_distressed, "everyday_flagged": found.everyday_flagged}
    return {
        "figures": figures | speeds,
        "yardstick": {f"tfidf_{name}_auc": value for name, value in found.baseline.items()},
        "ratios": {
            f"{kind}_to_tfidf_{name}": round(values[name] / found.baseline[name], 3)
            for kind, values in (("shipped", found.shipped), ("research", found.research))
            for name in found.baseline
        },
        "goals": [
            *(
                _goal(f"shipped {name} AUC", value, at_least=SHIPPED_GOALS[name])
                for name, value in found.shipped.items()
            ),
            *(
                _goal(f"research {name} AUC", value, at_least=RESEARCH_GOALS[name])
                for name, value in found.research.items()
            ),
            _goal("recall of any vulnerability on distressed posts", found.recall_distressed, at_least=0.97),
            _goal("everyday requests flagged", found.everyday_flagged, at_most=0.01),
            *goals,
        ],
    }


def _goal(name: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> dict[str, Any]:
    if at_least is not None:
        return {"name": name, "value": value, "goal": f">= {at_least}", "met": value >= at_least}
    return {"name": name, "value": value, "goal": f"<= {at_most}", "met": at_most is not None and value <= at_most}


def _speeds() -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Measure the shipped detector on made-up messages, each different, on the processor's own clock."""
    from standfast.science.detector.assessment import assess_words
    from standfast.science.detector.learning.shares import read_own

    loaded, memory = _fresh_process()
    own = [each.text for each in read_own()]
    short = [f"{own[row % len(own)]} {row}" for row in range(PAIRS)]
    for text in short[:500]:
        assess_words(text)
    # As the worker and `standfast assess` do when they have loaded.
    settle_memory()
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

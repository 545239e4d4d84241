"""
Which texts should each output of a detector rank above which others?

A task names, for each text, whether it is a case, how much it counts, and an offset group: texts of one offset group
share a starting level, so that a label of one set is never learnt as a trait of the set.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from standfast.science.detector.learning.shares import Labelled

Verdict = tuple[bool, float] | None
"""Whether a text is a case, and how much it counts; None if the task says nothing of it."""

OWN_COUNTS = 0.8
OWN_COUNTS_FOR_DISTRESS = 8.0
OWN_COUNTS_FOR_NEED = 2.5
OWN_COUNTS_FOR_ATTENTION = 1.0
"""How much one of our own contacts counts: they are few, and the only ones that are like the contacts of a force."""
LOW_SPIRITS_COUNT = 0.3
"""
What a post on depression or suicide counts for as one that is not about abuse: other distress is told of the people around one, and is
the harder to tell apart.
"""


@dataclass(frozen=True)
class Task:
    """One output, and what it is learnt from."""

    output: str
    verdict: Callable[[Labelled], Verdict]
    own_level: frozenset[str] = frozenset()
    """Sets that have a starting level of their own."""
    ridge: float = 100.0
    shift: float = 0.0
    """Added to the bias: it moves the threshold, nothing else."""


def _domestic_abuse(each: Labelled) -> Verdict:
    if each.source == "own":
        return "domestic_abuse" in each.topic, OWN_COUNTS
    if each.source == "abuse_posts":
        return True, 1.0 if each.label else 0.6
    if each.topic == "survivorsofabuse":
        return None
    if each.source == "sdcnl":
        return False, LOW_SPIRITS_COUNT
    return each.topic in ("domesticviolence", "domestic-violence"), _everyday_weight(each, 0.3)


def _suicide(each: Labelled) -> Verdict:
    if each.source == "own":
        return "suicide_self_harm" in each.topic, OWN_COUNTS
    if each.source == "sdcnl":
        return bool(each.label), 1.0
    return None if each.source == "counsel" else (False, 0.1)


def _distress(each: Labelled) -> Verdict:
    if each.source == "own":
        minds = "mental_health" in each.topic or "suicide_self_harm" in each.topic
        return minds, OWN_COUNTS_FOR_NEED if each.label and not minds else OWN_COUNTS_FOR_DISTRESS
    if each.source == "dreaddit":
        return (True, 1.0) if each.label else None
    return not each.source.startswith("everyday"), 1.0


def _attention(each: Labelled) -> Verdict:
    if each.source == "own":
        return bool(each.label), OWN_COUNTS_FOR_ATTENTION
    if each.source == "dreaddit":
        return bool(each.label), 1.0
    if each.source == "abuse_posts":
        return bool(each.label), 7.5
    return (False, 0.2) if each.source.startswith("everyday") else None


def _everyday_weight(each: Labelled, weight: float) -> float:
    return weight if each.source.startswith("everyday") else 1.0


TASKS = (
    Task("domestic_abuse", _domestic_abuse),
    Task("suicide_self_harm", _suicide, frozenset({"sdcnl"}), ridge=800.0),
    Task("distress", _distress, shift=0.3),
    Task("attention", _attention, frozenset({"abuse_posts", "dreaddit"}), ridge=800.0, shift=1.9),
)


def chosen(task: Task, texts: Sequence[Labelled]) -> tuple[list[int], list[bool], list[float], list[int]]:
    """Return which texts a task learns from, whether each is a case, how much it counts, and its starting level."""
    levels = sorted(task.own_level)
    rows, cases, counts, level_of = [], [], [], []
    for index, each in enumerate(texts):
        if (verdict := task.verdict(each)) is not None:
            rows.append(index)
            cases.append(verdict[0])
            counts.append(verdict[1])
            level_of.append(levels.index(each.source) + 1 if each.source in task.own_level else 0)
    return rows, cases, counts, level_of

"""
Do grades follow the facts, or the queue, the hour or whoever graded? Downgrades without a new fact, and drift at a stated false-alarm rate.

Drift is looked for among matters that looked alike before anybody graded them (a stratum: their kind and what the words alone said).
Inside a stratum, if the grade did not depend on the queue, any order of grades over the queue lengths would be as likely as any other:
the mean and variance of their products over all those orders are exact (Mantel and Haenszel 1959; Mantel 1963), their sum over strata is
near normal. One question too many finds something by chance, so the alarm level is divided by the number of questions (Bonferroni).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from standfast.foundation.kernel.choices import Choice

FALSE_ALARM_RATE = 0.01
FEWEST_OF_ONE = 20
HOURS_OF_BLOCK = 3


class Drift(Choice):
    """What grades are found to move with."""

    QUEUE = "queue", "Queue length"
    HOUR = "hour", "Time of day"
    HANDLER = "handler", "Who graded"


@dataclass(frozen=True, slots=True)
class Grading:
    """
    One grading: the number of the grade (1 the most urgent), and how it stood around it.

    `stratum` is what was known before anybody judged. `facts` are those the rule was given, `waiting` how many incidents then waited for
    a unit, `hour` the London hour.
    """

    subject: str
    number: int
    stratum: tuple[str, ...]
    facts: Mapping[str, object]
    waiting: int
    hour: int
    handler: str


@dataclass(frozen=True, slots=True)
class Downgrade:
    """A matter that was graded less urgent with no fact changed: which, from and to which grade number, by whom."""

    subject: str
    was: int
    became: int
    handler: str


@dataclass(frozen=True, slots=True)
class DriftFound:
    """
    Grades were less urgent than those of like matters: with a longer queue, in some hours, or by one person.

    `value` is the block of hours or the person. `chance` is how often as much would be seen if there were none, for this one question.
    """

    drift: Drift
    value: str
    gradings: int
    chance: float


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What a watch over some gradings found, and how many questions were asked under which rate of false alarms in all."""

    gradings: int
    downgrades: Sequence[Downgrade]
    drifts: Sequence[DriftFound]
    questions: int
    false_alarm_rate: float


def watch_grades(gradings: Sequence[Grading], *, false_alarm_rate: float = FALSE_ALARM_RATE) -> Watch:
    """Return downgrades without a new fact, and each drift that chance alone would show in fewer than that share of watches, in all."""
    firsts = list({each.subject: each for each in reversed(gradings)}.values())
    asked = list(_questions(firsts))
    strata = _strata(firsts)
    found = [_answer(strata, *each) for each in asked]
    level = false_alarm_rate / max(1, len(asked))
    return Watch(
        gradings=len(gradings),
        downgrades=_downgrades(gradings),
        drifts=sorted((each for each in found if each.chance < level), key=lambda each: each.chance),
        questions=len(asked),
        false_alarm_rate=false_alarm_rate,
    )


def _downgrades(gradings: Sequence[Grading]) -> list[Downgrade]:
    """Return those of a matter's gradings, in order of time, that are less urgent than the one before on the same facts."""
    standing: dict[str, Grading] = {}
    found = []
    for each in gradings:
        before = standing.get(each.subject)
        if before is not None and each.number > before.number and each.facts == before.facts:
            found.append(Downgrade(each.subject, before.number, each.number, each.handler))
        standing[each.subject] = each
    return found


Score = Callable[[Grading], float]


def _questions(gradings: Sequence[Grading]) -> Iterable[tuple[Drift, str, Score]]:
    if len(gradings) < FEWEST_OF_ONE:
        return
    yield Drift.QUEUE, "", lambda each: float(each.waiting)
    for block in sorted({each.hour // HOURS_OF_BLOCK for each in gradings}):
        if _number(gradings, lambda each, block=block: each.hour // HOURS_OF_BLOCK == block) >= FEWEST_OF_ONE:  # type: ignore[misc]
            name = f"{block * HOURS_OF_BLOCK:02d}:00 to {(block + 1) * HOURS_OF_BLOCK:02d}:00"
            yield Drift.HOUR, name, lambda each, block=block: float(each.hour // HOURS_OF_BLOCK == block)  # type: ignore[misc]
    for name in sorted({each.handler for each in gradings}):
        if _number(gradings, lambda each, name=name: each.handler == name) >= FEWEST_OF_ONE:  # type: ignore[misc]
            yield Drift.HANDLER, name, lambda each, name=name: float(each.handler == name)  # type: ignore[misc]


def _number(gradings: Sequence[Grading], is_one: Callable[[Grading], bool]) -> int:
    return sum(is_one(each) for each in gradings)


@dataclass(frozen=True, slots=True)
class _Stratum:
    members: Sequence[Grading]
    total: float
    spread: float


def _strata(gradings: Sequence[Grading]) -> list[_Stratum]:
    groups: dict[tuple[str, ...], list[Grading]] = {}
    for each in gradings:
        groups.setdefault(each.stratum, []).append(each)
    found = []
    for members in groups.values():
        total = float(sum(each.number for each in members))
        squares = sum(each.number * each.number for each in members)
        found.append(_Stratum(members, total, squares - total * total / len(members)))
    return [each for each in found if each.spread > 0]


def _answer(strata: Sequence[_Stratum], drift: Drift, value: str, score: Score) -> DriftFound:
    """Return how likely as much drift to less urgent grades would be by chance: one-sided, over every stratum."""
    excess = variance = 0.0
    seen = 0
    for stratum in strata:
        size = len(stratum.members)
        total = squares = products = 0.0
        for each in stratum.members:
            if x := score(each):
                seen += 1
                total += x
                squares += x * x
                products += x * each.number
        excess += products - total * stratum.total / size
        variance += (squares - total * total / size) * stratum.spread / (size - 1)
    chance = 0.5 * erfc(excess / sqrt(2 * variance)) if variance > 0 else 1.0
    return DriftFound(drift, value, sum(len(each.members) for each in strata) if drift is Drift.QUEUE else seen, chance)

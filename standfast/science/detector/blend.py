"""
How likely is each kind of vulnerability, all signs of a text taken together?

A logistic blend with a few hundred weights, made by `standfast detector tune` and packaged as plain JSON with a hash.
A text is weighed as a whole, which orders it among others, and stretch by stretch (runs of lines). The strongest stretch
keeps its answer whatever is added before or after on lines of its own, and so decides whether a text is flagged. If the
file is missing or broken there is no blend, and the lexicon and its floors go on without it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import exp, log1p
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from standfast.science.detector.signs import Counts

FOLDER = Path(__file__).parent / "weights"
OUTPUTS = ("domestic_abuse", "suicide_self_harm", "distress", "attention")
"""What is weighed: two strands that weak signs tell apart, distress as such, and how soon a person should read it."""
_DISTRESS = OUTPUTS.index("distress")
MOST_WEIGHTS = 300
EVERY_LENGTH_TO = 6
LENGTHS = (*range(1, EVERY_LENGTH_TO + 1), 8, 12, 16, 24, 32, 64)
"""How many lines a stretch may have. Every text keeps all the stretches of its parts, whatever is added to it."""
BRIEF_WORDS = 40
BRIEF_COST = 3.0
"""
What distress as such must overcome in a text of a few words, in log-odds: nearly all of it with one word, none of it
from so many words on. A short message that names a need is found by its concepts instead.
"""


class BrokenWeights(ValueError):
    """A file of weights that cannot be relied on; says what was expected."""


class Weighed(NamedTuple):
    """The chance of one output in the whole text and in its strongest stretch of lines, and what it was weighed by."""

    whole: float
    strongest: float
    place: int
    weights: Mapping[str, tuple[float, ...]]
    counts: Counts

    def spoke_for(self, among: Iterable[str]) -> list[str]:
        """Return which of some features spoke for this output, the strongest first."""
        counted = [name for name in among if name in self.counts and name in self.weights]
        added = [(self.weights[name][self.place] * log1p(self.counts[name]), name) for name in counted]
        added.sort(key=itemgetter(0), reverse=True)
        return [name for more, name in added if more > 0]


NOTHING = Weighed(0.0, 0.0, 0, {}, {})


@dataclass(frozen=True)
class Blend:
    """Weights by feature, one number for each output in the order of `OUTPUTS`; counts go in as log(1 + n)."""

    edition: str
    bias: tuple[float, ...]
    weights: Mapping[str, tuple[float, ...]]

    def weigh(self, lines: Sequence[Counts]) -> dict[str, Weighed]:
        """Return what each output comes to in the whole text and in its strongest stretch; nothing if it has no words."""
        if not lines:
            return {}
        wanted = self._wanted
        counted = [{name: number for name, number in line.items() if name in wanted} for line in lines]
        total = sum_of(counted) if len(counted) > 1 else counted[0]
        whole = self.values(total)
        strongest = self._strongest(counted) if len(counted) > 1 else whole
        return {
            output: Weighed(chance_of(whole[place]), chance_of(strongest[place]), place, self.weights, total)
            for place, output in enumerate(OUTPUTS)
        }

    @cached_property
    def _wanted(self) -> frozenset[str]:
        return frozenset({*self.weights, "shape words"})

    def _strongest(self, lines: Sequence[Counts]) -> list[float]:
        best = [float("-inf")] * len(OUTPUTS)
        for first in range(len(lines)):
            running: Counts = {}
            for length, line in enumerate(lines[first : first + LENGTHS[-1]], start=1):
                for name, number in line.items():
                    running[name] = running.get(name, 0.0) + number
                if length in LENGTHS:
                    best = list(map(max, best, self.values(running)))
        return best

    def values(self, counts: Counts) -> list[float]:
        """Return the log-odds of each output for one stretch."""
        # Written out for the four outputs: a long text has thousands of stretches.
        first, second, third, fourth = self.bias
        for name, number in counts.items():
            weights = self.weights.get(name)
            if weights and number > 0:
                size = log1p(number)
                first += weights[0] * size
                second += weights[1] * size
                third += weights[2] * size
                fourth += weights[3] * size
        found = [first, second, third, fourth]
        found[_DISTRESS] -= BRIEF_COST * max(0.0, 1 - counts.get("shape words", 0.0) / BRIEF_WORDS)
        return found


def sum_of(lines: Iterable[Counts]) -> Counts:
    """Return what several lines have together."""
    found: Counts = {}
    for line in lines:
        for name, number in line.items():
            found[name] = found.get(name, 0.0) + number
    return found


def chance_of(value: float) -> float:
    """Return the chance that log-odds stand for."""
    return 1 / (1 + exp(-max(-60.0, min(60.0, value))))


@cache
def packaged_blend() -> Blend | None:
    """Return the newest packaged blend, or None if there is none that can be relied on."""
    try:
        return read_blend(max(FOLDER.glob("*.json")))
    except (ValueError, OSError):
        return None


def read_blend(path: Path) -> Blend:
    """
    Return the blend of a file.

    :raises BrokenWeights: if the content does not match its hash or is of the wrong shape
    """
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        content = whole["content"]
        if whole["sha256"] != content_hash(content):
            raise BrokenWeights(f"{path.name}: the content was expected to match its hash.")
        if tuple(content["outputs"]) != OUTPUTS:
            raise BrokenWeights(f"{path.name}: the outputs {', '.join(OUTPUTS)} were expected.")
        weights = {name: tuple(map(float, each)) for name, each in content["weights"].items()}
        bias = tuple(map(float, content["bias"]))
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise BrokenWeights(f"{path.name}: content and sha256 were expected.") from error
    if any(len(each) != len(OUTPUTS) for each in (bias, *weights.values())):
        raise BrokenWeights(f"{path.name}: {len(OUTPUTS)} numbers for each feature were expected.")
    return Blend(str(content["edition"]), bias, weights)


def write_blend(blend: Blend, path: Path) -> None:
    """Write a blend with its hash; the same blend always gives the same bytes."""
    content: dict[str, Any] = {
        "edition": blend.edition,
        "outputs": list(OUTPUTS),
        "bias": [round(each, 4) for each in blend.bias],
        "weights": {
            name: [round(each, 4) for each in weights]
            for name, weights in sorted(blend.weights.items())
            if any(weights)
        },
    }
    path.parent.mkdir(exist_ok=True)
    whole = {"sha256": content_hash(content), "content": content}
    path.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the hash a file of weights carries: of its content as canonical JSON."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

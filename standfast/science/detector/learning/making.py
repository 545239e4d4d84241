"""How are the packaged weights made, the same ones every time?"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from standfast.science.detector.blend import FOLDER, write_blend
from standfast.science.detector.evidence import read_text
from standfast.science.detector.learning.shares import Labelled, chain_everyday, read_own, read_shares
from standfast.science.detector.learning.tune import tune
from standfast.science.detector.lexicon import newest_lexicon

EVERYDAY_KEPT = 4_000
CHAINED_MADE = 400
SEED = 2026


@dataclass(frozen=True)
class Written:
    """A file that was made: where, from how many texts, with how many weights."""

    path: Path
    texts: int
    weights: int


def make_blend(*, on: Path, edition: date, out: Path | None = None) -> Written:
    """
    Tune the blend on the labelled sets of a folder and our own contacts, and write it.

    :raises MissingShare: if the folder holds none of the sets
    """
    texts = [*thinned(read_shares(on)), *read_own()]
    lexicon = newest_lexicon()
    blend = tune(texts, [read_text(lexicon, each.text) for each in texts], edition=edition.isoformat())
    path = out or FOLDER / f"{edition}.json"
    write_blend(blend, path)
    return Written(path, len(texts), sum(bool(each) for weights in blend.weights.values() for each in weights))


def thinned(texts: Sequence[Labelled]) -> list[Labelled]:
    """Return all distressed posts, some of the everyday requests, and longer texts chained from the other requests."""
    everyday = [each for each in texts if each.source.startswith("everyday")]
    random.Random(SEED).shuffle(everyday)  # noqa: S311 - a sample, no secret
    rest = [each for each in texts if not each.source.startswith("everyday")]
    return [
        *rest,
        *everyday[:EVERYDAY_KEPT],
        *chain_everyday(everyday[EVERYDAY_KEPT:], number=CHAINED_MADE, seed=SEED),
    ]

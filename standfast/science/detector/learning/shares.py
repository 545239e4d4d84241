"""
Which texts are detectors tuned and measured on, and what do their labels say?

The developer shares are folders of labelled public text that are never shipped; the contacts beside this file are our
own and may be. Splits keep texts of one origin, and texts that are the same, on one side.
"""

import csv
import gzip
import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from standfast.foundation.kernel.errors import Refusal

OWN = Path(__file__).parent / "own_contacts.txt"
DREADDIT = "text_dreaddit/dreaddit_train.csv.gz"
SDCNL = "text_sdcnl/sdcnl_train.csv.gz"
ABUSE_POSTS = "text_domestic_violence_posts/dv_posts_dev.csv.gz"
COUNSEL = "text_counsel_chat/counsel_questions_dev.csv.gz"
EVERYDAY = tuple(
    f"text_everyday_requests/{name}.csv.gz" for name in ("banking77_train", "nlupp_dev", "restaurant8k_train")
)
CHAINED = (4, 9)
"""Everyday requests put together into one longer text, fewest and most: so that length alone is no sign of distress."""


class MissingShare(Refusal):
    """A folder that holds none of the labelled sets; says what was expected."""


@dataclass(frozen=True)
class Labelled:
    """
    A text, the set it is from, what it is about there, what its label says (None if it has none), and the group it
    must not be parted from.
    """

    text: str
    source: str
    topic: str
    label: bool | None
    group: str


def read_shares(folder: Path) -> list[Labelled]:
    """
    Return every labelled text of the sets found in a folder.

    :raises MissingShare: if none of the sets is there
    """
    readers = {DREADDIT: _dreaddit, SDCNL: _sdcnl, ABUSE_POSTS: _abuse_posts, COUNSEL: _counsel}
    found = [each for path, read in readers.items() if (folder / path).is_file() for each in read(_rows(folder / path))]
    for path in EVERYDAY:
        if (folder / path).is_file():
            found.extend(_everyday(_rows(folder / path), Path(path).name.split("_")[0]))
    if not found:
        raise MissingShare(f"{folder}: the folders text_dreaddit, text_sdcnl and the like were expected there.")
    return found


def read_own() -> list[Labelled]:
    """Return our own contacts; the topic is the strands with spaces between, the label whether there is any."""
    found = []
    for line in OWN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            strands, _, text = (part.strip() for part in line.partition("|"))
            found.append(Labelled(text, "own", strands.strip("-"), strands != "-", f"own {_same(text)}"))
    return found


def chain_everyday(texts: list[Labelled], *, number: int, seed: int) -> list[Labelled]:
    """Return everyday requests put together into longer texts, each of a few from one set."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    sets: dict[str, list[str]] = {}
    for each in texts:
        if each.source.startswith("everyday"):
            sets.setdefault(each.source, []).append(each.text)
    made = []
    for index in range(number if sets else 0):
        source = chance.choice(sorted(sets))
        text = " ".join(chance.sample(sets[source], min(len(sets[source]), chance.randint(*CHAINED))))
        made.append(Labelled(text, source, "chained", None, f"chained {index}"))
    return made


def fold_of(group: str, *, folds: int, seed: int) -> int:
    """Return which fold a group falls into: the same for the same seed, wherever it stands."""
    return int(hashlib.sha256(f"{seed} {group}".encode()).hexdigest(), 16) % folds


def _rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _dreaddit(rows: Iterator[dict[str, str]]) -> Iterator[Labelled]:
    for row in rows:
        label = row["label_stress"] == "1"
        yield Labelled(row["text"], "dreaddit", row["subreddit"], label, f"dreaddit {row['post_group']}")


def _sdcnl(rows: Iterator[dict[str, str]]) -> Iterator[Labelled]:
    for row in rows:
        text = f"{row['title']}\n{row['text']}"
        label = row["is_suicide"] == "1"
        yield Labelled(text, "sdcnl", "suicide" if label else "depression", label, f"sdcnl {_same(text)}")


def _abuse_posts(rows: Iterator[dict[str, str]]) -> Iterator[Labelled]:
    for row in rows:
        yield Labelled(
            row["text"], "abuse_posts", "domesticviolence", row["label_critical"] == "1", f"abuse {_same(row['text'])}"
        )


def _counsel(rows: Iterator[dict[str, str]]) -> Iterator[Labelled]:
    for row in rows:
        text = row["text"] or row["title"]
        yield Labelled(text, "counsel", row["topic"], None, f"counsel {_same(text)}")


def _everyday(rows: Iterator[dict[str, str]], name: str) -> Iterator[Labelled]:
    for row in rows:
        yield Labelled(row["text"], f"everyday {name}", name, None, f"everyday {_same(row['text'])}")


def _same(text: str) -> str:
    """Return what texts that differ only in signs and case have in common."""
    return hashlib.sha256(re.sub(r"[\W_]+", " ", text.lower()).strip().encode()).hexdigest()[:16]

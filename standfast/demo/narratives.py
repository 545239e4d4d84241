"""
What do people say when they get in touch? Hand-written, invented words under `narratives/`, with slots for names, places and times.

A text is dealt, not drawn: each matter has its pack, shuffled once a day, so nothing is heard twice before all of it was heard once.
"""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from pydantic import TypeAdapter

FOLDER = Path(__file__).parent / "narratives"
SLOTS = frozenset({"name", "other", "child", "age", "number", "street", "town", "weekday", "hour", "vehicle"})


@dataclass(frozen=True, kw_only=True)
class Matter:
    """
    One kind of thing people ring about.

    `where` says whose place it is about (home, street, town, none), `caller` which people it suits, `weights` how often it comes by
    which channel, `burst` whether several people report the same one.
    """

    code: str
    kind: str
    relation: str
    where: str
    caller: str
    weights: Mapping[str, float]
    texts: tuple[str, ...]
    burst: bool = False


@dataclass
class Packs:
    """The packs of one day, dealt from one random stream."""

    rng: Random
    dealt: dict[str, list[str]] = field(default_factory=dict)

    def deal(self, matter: Matter) -> str:
        """Return the next text of the matter; a pack that is empty is shuffled again."""
        pack = self.dealt.get(matter.code)
        if not pack:
            pack = self.dealt[matter.code] = self.rng.sample(matter.texts, len(matter.texts))
        return pack.pop()


_MATTER = TypeAdapter(Matter)


@cache
def matters() -> tuple[Matter, ...]:
    """Return every matter, by file and order."""
    files = (tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml")))
    return tuple(_MATTER.validate_python(matter) for file in files for matter in file["matter"])


def slots_of(text: str) -> frozenset[str]:
    """Return the slots a text has."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def filled(text: str, values: Mapping[str, str]) -> str:
    """
    Return the text with its slots filled.

    :raises ValueError: if a slot has no value, so that nobody ever reads an empty one
    """
    if missing := sorted(name for name in slots_of(text) if not values.get(name)):
        raise ValueError(f"No value for {', '.join(missing)} in “{text[:60]}”.")
    return text.format_map(values)

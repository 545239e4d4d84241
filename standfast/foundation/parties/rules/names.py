"""How is a name written down so that two spellings of it can be compared, and how alike are two names?"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import jellyfish
from rapidfuzz.distance import OSA, JaroWinkler

from standfast.foundation.kernel.choices import Choice

_NOT_A_LETTER = re.compile(r"[^a-z]+")
_APOSTROPHES = re.compile(r"['\u2019`\u00b4]")
# Letters that carry no accent Unicode could take off, as they are usually typed in Britain.
_SPELT_OUT = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
    }
)
_SHORTEST_FOR_TWO_EDITS = 5
_CLOSE_ENOUGH = 0.88


class NameLikeness(Choice):
    """How alike two single names are, the closest first."""

    SAME = "same"
    SHORT_FORM = "short_form"
    SOUNDS_ALIKE = "sounds_alike"
    ONE_LETTER = "one_letter"
    TWO_LETTERS = "two_letters"
    INITIAL = "initial"
    BEGINS = "begins"
    DIFFERS = "differs"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, kw_only=True)
class SpokenName:
    """One way to read a name as somebody said or typed it; `families` holds every reading of the family name."""

    given: str
    families: tuple[str, ...]
    swapped: bool


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name in small plain letters, without accents, apostrophes or hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_SPELT_OUT))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(word for word in _NOT_A_LETTER.split(_APOSTROPHES.sub("", plain)) if word)


def first_word(text: str) -> str:
    """Return the first word of a name, folded, or nothing."""
    return next(iter(words(text)), "")


def run_together(text: str) -> str:
    """Return a whole name folded into one word, so that `van der Berg` and `Vanderberg` are one."""
    return "".join(words(text))


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """Return how a folded word sounds, as its metaphone code; the word itself where it has none."""
    return jellyfish.metaphone(word) or word


def readings(name: str) -> tuple[SpokenName, ...]:
    """Return the ways to read a name: as given then family, and the other way round. One word may be either."""
    if "," in name:
        family, _, given = name.partition(",")
        name = f"{given} {family}"
    parts = words(name)
    if not parts:
        return ()
    if len(parts) == 1:
        return (
            SpokenName(given="", families=parts, swapped=False),
            SpokenName(given=parts[0], families=(), swapped=False),
        )
    usual = SpokenName(given=parts[0], families=_families(parts[1:], parts[-1]), swapped=False)
    turned = SpokenName(given=parts[-1], families=_families(parts[:-1], parts[0]), swapped=True)
    return (usual, turned)


@lru_cache(maxsize=100_000)
def likeness(said: str, recorded: str) -> NameLikeness:
    """Return how alike two folded names are, short forms apart (those need a dated list)."""
    if not said or not recorded:
        return NameLikeness.NOT_KNOWN
    if said == recorded:
        return NameLikeness.SAME
    if len(said) == 1 or len(recorded) == 1:
        return NameLikeness.INITIAL if said[0] == recorded[0] else NameLikeness.DIFFERS
    return _spelling_likeness(said, recorded)


def _spelling_likeness(said: str, recorded: str) -> NameLikeness:  # noqa: PLR0911 - one answer a line
    if sound(said) == sound(recorded) and said[0] == recorded[0]:
        return NameLikeness.SOUNDS_ALIKE
    edits = OSA.distance(said, recorded, score_cutoff=2)
    if edits == 1:
        return NameLikeness.ONE_LETTER
    if sound(said) == sound(recorded):
        return NameLikeness.SOUNDS_ALIKE
    if recorded.startswith(said):
        return NameLikeness.BEGINS
    longest = max(len(said), len(recorded))
    if edits == 2 and longest >= _SHORTEST_FOR_TWO_EDITS:
        return NameLikeness.TWO_LETTERS
    if JaroWinkler.similarity(said, recorded) >= _CLOSE_ENOUGH:
        return NameLikeness.TWO_LETTERS
    return NameLikeness.DIFFERS


def _families(parts: tuple[str, ...], likeliest: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((likeliest, "".join(parts))))

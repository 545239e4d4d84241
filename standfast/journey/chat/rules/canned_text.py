"""Which texts are ready to send, how are they filled in, and how old must one be to read them?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.tables import DatedTable

_PLACE = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[A-Za-z']+")
_VOWELS = re.compile(r"[aeiouy]+")


class PlaceEmpty(Refusal):
    """A canned text has a place that nothing fills."""


@dataclass(frozen=True, kw_only=True)
class CannedText:
    """One text: typed `::shortcut`; `advice` names the advice it gives, which is ticked by sending it. Places are `{name}`."""

    id: str
    shortcut: str
    topic: str
    text: str
    advice: tuple[str, ...] = ()


TABLE = DatedTable.beside(__file__, "canned_text", row=CannedText)


def list_canned(*, on: date) -> Sequence[CannedText]:
    """Return the texts in force on a London day."""
    return TABLE.on(on).rows


def fill_canned(canned: CannedText, values: Mapping[str, str]) -> str:
    """
    Return a text with its places filled in.

    :raises PlaceEmpty: if a place has no value: which
    """
    for name in _PLACE.findall(canned.text):
        if not values.get(name, "").strip():
            raise PlaceEmpty(f"“{canned.shortcut}” needs {name.replace('_', ' ')}, which is not known yet.")
    return _PLACE.sub(lambda place: values[place[1]].strip(), canned.text)


def reading_age(text: str) -> int:
    """Return the age in years from which most people read a text with ease (Flesch-Kincaid grade and five), at least 6."""
    words = _WORD.findall(_PLACE.sub("name", text))
    sentences = max(1, len(re.findall(r"[.!?:]+(?:\s|$)", text)))
    if not words:
        return 6
    syllables = sum(max(1, len(_VOWELS.findall(word.lower().removesuffix("e")))) for word in words)
    grade = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return max(6, round(grade + 5))

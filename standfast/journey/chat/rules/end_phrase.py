"""Do these words announce that the visitor must stop?"""

import re
from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.tables import DatedTable

_NOT_WORDS = re.compile(r"[^a-z0-9 ]+")


@dataclass(frozen=True, kw_only=True)
class EndPhrase:
    """One phrase: lower case, without apostrophes and punctuation."""

    id: str
    phrase: str


TABLE = DatedTable.beside(__file__, "end_phrase", row=EndPhrase)


def end_phrase_in(text: str, *, on: date) -> str:
    """Return the id of the first listed phrase in a text, or nothing. Whole words count, whatever the apostrophes."""
    plain = f" {' '.join(_NOT_WORDS.sub(' ', text.lower().replace(chr(39), '').replace('’', '')).split())} "
    return next((row.id for row in TABLE.on(on).rows if f" {row.phrase} " in plain), "")

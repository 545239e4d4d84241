"""When does what somebody types match the name of a place?"""

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’`]")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")
# How a street is shortened when it is typed; the written-out word is found by its beginning anyway, except for these.
_SHORT = {
    "rd": "road",
    "ave": "avenue",
    "ln": "lane",
    "cl": "close",
    "dr": "drive",
    "cres": "crescent",
    "ct": "court",
}


def folded(text: str) -> str:
    """Return a name as it is compared: lower case, no accents, no apostrophes, one blank between words, no abbreviations."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = _NOT_A_LETTER.sub(" ", _APOSTROPHES.sub("", plain)).split()
    return " ".join(_SHORT.get(word, word) for word in words)


def prefix_query(text: str) -> str:
    """
    Return the PostgreSQL text search that finds names with a word beginning with each typed word; nothing for no word.

    The words are letters and digits only, so nothing typed can be read as an operator.
    """
    return " & ".join(f"{word}:*" for word in folded(text).split())

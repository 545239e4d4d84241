"""When are two written addresses the same place?"""

import re
from dataclasses import dataclass

from standfast.foundation.parties.rules.names import words

_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b")
_HOUSE = re.compile(r"\b(\d+[a-z]?)\b")
_FLAT = re.compile(r"\b(?:flat|apartment|apt|unit|room)\s*(\w+)\b")
_KEY_LENGTH = 120


@dataclass(frozen=True, kw_only=True)
class PlaceFacts:
    """What identifies a dwelling: its postcode, its number or name, and its flat. Empty text is not known."""

    postcode: str = ""
    house: str = ""
    flat: str = ""

    @property
    def sector(self) -> str:
        """The postcode without its last two letters: a few hundred homes."""
        return self.postcode[:-2]


NO_PLACE = PlaceFacts()


def postcode_of(text: str) -> str:
    """Return the last British postcode in a text, in capitals without its space, or nothing."""
    found = _POSTCODE.findall(text.upper())
    return "".join(found[-1]) if found else ""


def place_of(*, address_text: str, postcode: str) -> PlaceFacts:
    """Return what identifies the dwelling in an address as written; a postcode given apart goes before one in the text."""
    text = address_text.lower()
    for code in _POSTCODE.findall(text.upper()):
        text = re.sub(rf"{code[0]}\s*{code[1]}", " ", text, flags=re.IGNORECASE)
    flat = _FLAT.search(text)
    rest = _FLAT.sub(" ", text)
    house = _HOUSE.search(rest)
    named = "".join(words(re.split(r"[,\n]", rest.strip(" ,\n"))[0])) if rest.strip(" ,\n") else ""
    return PlaceFacts(
        postcode=postcode_of(postcode) or postcode_of(address_text),
        house=house[1] if house else named,
        flat=flat[1] if flat else "",
    )


def address_key(*, lines: str, postcode: str) -> str:
    """Return the key under which one dwelling is one record: postcode, house, flat; without a postcode, all of its words."""
    place = place_of(address_text=lines, postcode=postcode)
    if place.postcode and place.house:
        return f"{place.postcode}|{place.house}|{place.flat}"[:_KEY_LENGTH]
    return f"{place.postcode}|{' '.join(re.findall(r'[a-z0-9]+', lines.lower()))}"[:_KEY_LENGTH]


def place_from_key(key: str) -> PlaceFacts:
    """Return what an address key says of the dwelling."""
    postcode, _, rest = key.partition("|")
    house, _, flat = rest.partition("|")
    return PlaceFacts(postcode=postcode, house=house, flat=flat)

"""What somebody types finds the place they mean, and never breaks the search."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.foundation.places.rules.place_names import folded, prefix_query


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Perrin's Orchard", "perrins orchard"),
        ("  MILL   Ln ", "mill lane"),
        ("Marlton-on-Dove", "marlton on dove"),
        ("Café Row", "cafe row"),
        ("Station Rd., Leekmoor", "station road leekmoor"),
        ("!?", ""),
    ],
)
def test_names_are_compared_without_case_accents_and_abbreviations(typed: str, compared: str) -> None:
    assert folded(typed) == compared


def test_every_word_typed_is_a_beginning() -> None:
    assert prefix_query("High Str leek") == "high:* & str:* & leek:*"


@given(st.text())
def test_nothing_typed_is_read_as_an_operator(text: str) -> None:
    assert re.fullmatch(r"(?:[a-z0-9]+:\*(?: & [a-z0-9]+:\*)*)?", prefix_query(text))

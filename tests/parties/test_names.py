"""Names as heard, written and shortened."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.foundation.parties.rules.names import NameLikeness, likeness, readings, run_together, words
from standfast.foundation.parties.rules.nicknames import is_short_form, other_names

DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("said", "recorded", "expected"),
    [
        ("smith", "smith", NameLikeness.SAME),
        ("smyth", "smith", NameLikeness.SOUNDS_ALIKE),
        ("kathryn", "catherine", NameLikeness.SOUNDS_ALIKE),
        ("jones", "jonas", NameLikeness.SOUNDS_ALIKE),
        ("smirh", "smith", NameLikeness.ONE_LETTER),
        ("marhsall", "marshall", NameLikeness.ONE_LETTER),
        ("marshll", "marshall", NameLikeness.SOUNDS_ALIKE),
        ("mabshol", "marshall", NameLikeness.DIFFERS),
        ("j", "john", NameLikeness.INITIAL),
        ("j", "paul", NameLikeness.DIFFERS),
        ("marsh", "marshall", NameLikeness.BEGINS),
        ("green", "taylor", NameLikeness.DIFFERS),
        ("", "taylor", NameLikeness.NOT_KNOWN),
    ],
)
def test_likeness_of_two_names(said: str, recorded: str, expected: NameLikeness) -> None:
    assert likeness(said, recorded) == expected


def test_accents_apostrophes_and_hyphens_do_not_count() -> None:
    assert words("Siân O’Brien-Łukasz") == ("sian", "obrien", "lukasz")
    assert run_together("van der Berg") == run_together("Vanderberg")


def test_a_name_is_read_both_ways_round() -> None:
    usual, turned = readings("Asha Patel")
    assert (usual.given, usual.families, usual.swapped) == ("asha", ("patel",), False)
    assert (turned.given, turned.families, turned.swapped) == ("patel", ("asha",), True)
    assert readings("Patel, Asha")[0] == usual


def test_one_word_may_be_a_given_or_a_family_name() -> None:
    assert {(each.given, each.families) for each in readings("Asha")} == {("", ("asha",)), ("asha", ())}


def test_short_forms_are_shared_but_not_passed_on() -> None:
    assert is_short_form("bill", "william", on=DAY)
    assert is_short_form("alex", "alexander", on=DAY)
    assert is_short_form("alex", "alexandra", on=DAY)
    assert not is_short_form("alexander", "alexandra", on=DAY)
    assert "peggy" in other_names("margaret", on=DAY)
    assert other_names("zebedee", on=DAY) == frozenset()


@given(st.text(max_size=40))
def test_any_text_folds_to_plain_small_letters(text: str) -> None:
    assert all(word.isascii() and word.isalpha() and word.islower() for word in words(text))


@given(st.text(alphabet="abcdefghij", min_size=2, max_size=12), st.text(alphabet="abcdefghij", min_size=2, max_size=12))
def test_only_a_beginning_depends_on_which_name_was_said(one: str, other: str) -> None:
    there, back = likeness(one, other), likeness(other, one)
    assert there == back or NameLikeness.BEGINS in {there, back}

"""Is an edition that cannot be relied on refused, saying what was expected?"""

from dataclasses import replace

import pytest

from standfast.science.detector import lexicon, phrases
from standfast.science.detector.spelling import Spelling
from standfast.science.detector.words import Reader


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ({"raises": {"no_such_strand": 0.5}}, "no_such_strand"),
        ({"raises": {"domestic_abuse": 1.0}}, "between 0 and 1"),
        ({"cues": ("no_such_cue",)}, "no_such_cue"),
        ({"phrases": ()}, "phrases"),
        ({"phrases": ("~3 me",)}, "gap"),
        ({"phrases": ("me ~3",)}, "gap"),
        ({"phrases": ("ME",)}, "small letters"),
        ({"phrases": ("@no_such_set",)}, "no_such_set"),
        ({"phrases": ("a <3> b <3> c",)}, "one was expected"),
    ],
)
def test_a_broken_row_is_refused(broken: dict[str, object], expected: str) -> None:
    edition = lexicon.LEXICON.editions.all[-1].rows
    with pytest.raises(lexicon.BrokenLexicon, match=expected):
        lexicon.build_lexicon(
            lexicon=[replace(edition[0], **broken)],
            floors=lexicon.FLOORS.editions.all[-1].rows,
            word_sets=lexicon.WORD_SETS.editions.all[-1].rows,
            meanings={},
            ordinary=(),
        )


def test_a_floor_of_no_known_risk_is_refused() -> None:
    floors = lexicon.FLOORS.editions.all[-1].rows
    with pytest.raises(lexicon.BrokenLexicon, match="risk"):
        lexicon.build_lexicon(
            lexicon=(),
            floors=[replace(floors[0], risk="some"), *floors[1:]],
            word_sets=lexicon.WORD_SETS.editions.all[-1].rows,
            meanings={},
            ordinary=(),
        )


def test_an_exclude_or_phrase_stands_once() -> None:
    for row in (*lexicon.LEXICON.editions.all[-1].rows, *lexicon.FLOORS.editions.all[-1].rows):
        assert len(set(row.phrases)) == len(row.phrases), row.id
        assert not set(row.phrases) & set(row.excludes), row.id


def found(notation: str, text: str) -> list[tuple[int, int]]:
    """Return the first and last word of each place a phrase is found."""
    finder = phrases.Finder(phrases={"x": phrases.read_phrase(notation)}, sets={"who": frozenset({"he", "my ex"})})
    reader = Reader(spelling=Spelling(vital=(), wanted=(), ordinary=()), meanings={})
    words = reader.read(text)
    return [(hit.first, hit.last) for hit in finder.find(words.words, words.places).get("x", ())]


@pytest.mark.parametrize(
    ("notation", "text", "places"),
    [
        ("he hit me", "then he hit me", [(1, 3)]),
        ("@who ~2 hit|kicked me", "my ex just kicked me", [(0, 4)]),
        ("@who ~1 hit", "he really really hit", []),
        ("@who ~1 hit", "he left. I hit", []),
        ("knife <2> @who", "he has a knife", [(0, 3)]),
        ("knife <2> @who", "a knife he said", [(1, 2)]),
        ("stalk* me", "stalkers me", [(0, 1)]),
        ("safe|at_home now", "i am at home now", [(2, 4)]),
        ("hit", "hitting white hitch", []),
    ],
)
def test_a_phrase_is_found_where_it_stands(notation: str, text: str, places: list[tuple[int, int]]) -> None:
    assert found(notation, text) == places

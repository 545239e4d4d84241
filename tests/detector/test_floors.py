"""MLH3: do the phrases that must always raise do so, however they are spelt, and would a broken table be noticed?"""

import random
from dataclasses import replace
from string import ascii_lowercase

import pytest

from standfast.science.detector import assessment, lexicon
from tests.detector.examples import rows

FLOORS = rows("floor_phrases.csv")
SEED = 20260401
VARIANTS_EACH = 6


def found_codes(text: str) -> set[str]:
    """Return the cues of the floors hit."""
    return {floor.code for floor in assessment.assess_words(text).floors}


def one_slip(word: str, chance: random.Random) -> str:
    """Return a word with two letters swapped, one dropped, doubled or replaced; never its first."""
    at = chance.randrange(1, len(word) - 1)
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + chance.choice(ascii_lowercase) + word[at + 1 :],
    )
    return chance.choice(slips)


def misspelt(text: str, chance: random.Random) -> str:
    """Return a text with one slip in one of its longer words: the ones that carry what it says."""
    words = text.lower().replace("'", "").split()
    longest = sorted(range(len(words)), key=lambda index: -len(words[index]))[:3]
    at = chance.choice([index for index in longest if len(words[index]) >= 5] or longest[:1])
    words[at] = one_slip(words[at], chance) if len(words[at]) > 2 else words[at]
    return " ".join(words)


def variants() -> list[tuple[str, str]]:
    """Return the misspelt floor phrases, the same ones every time."""
    chance = random.Random(SEED)
    return [(row["cue"], misspelt(row["text"], chance)) for row in FLOORS for _ in range(VARIANTS_EACH)]


@pytest.mark.parametrize("row", FLOORS, ids=lambda row: row["text"][:40])
def test_a_floor_phrase_always_raises(row: dict[str, str]) -> None:
    found = assessment.assess_words(row["text"])
    assert row["cue"] in {floor.code for floor in found.floors}
    assert row["cue"] in {cue.code for cue in found.urgency}
    assert found.attention >= 0.8


def test_misspelt_floor_phrases_are_recalled() -> None:
    made = variants()
    missed = [(cue, text) for cue, text in made if cue not in found_codes(text)]
    assert len(made) >= 200
    assert len(missed) <= 0.02 * len(made), missed


def test_floor_phrases_as_people_misspell_them_are_recalled() -> None:
    written = rows("misspelt_floors.csv")
    missed = [row for row in written if row["cue"] not in found_codes(row["text"])]
    assert len(missed) <= 0.02 * len(written), missed


@pytest.mark.parametrize("row", rows("injections.csv"), ids=lambda row: row["text"][:40])
def test_words_meant_for_a_machine_change_nothing(row: dict[str, str]) -> None:
    for floor in FLOORS:
        plain = assessment.assess_words(floor["text"])
        for text in (f"{floor['text']}\n{row['text']}", f"{row['text']}\n{floor['text']}"):
            found = assessment.assess_words(text)
            assert {each.code for each in plain.floors} <= {each.code for each in found.floors}
            assert {each.code for each in plain.urgency} <= {each.code for each in found.urgency}
            assert found.attention >= max(assessment.FLOOR_ATTENTION[each.risk] for each in plain.floors)


def rebuilt(floors: list[lexicon.FloorConcept]) -> lexicon.Lexicon:
    """Return the newest lexicon with other floors."""
    return lexicon.build_lexicon(
        lexicon=lexicon.LEXICON.editions.all[-1].rows,
        floors=floors,
        word_sets=lexicon.WORD_SETS.editions.all[-1].rows,
        meanings={said: means for row in lexicon.SPELLINGS.editions.all[-1].rows for said, means in row.means.items()},
        ordinary=(),
    )


def test_an_edition_without_a_required_floor_is_refused() -> None:
    kept = [row for row in lexicon.FLOORS.editions.all[-1].rows if "strangulation" not in row.cues]
    with pytest.raises(lexicon.BrokenLexicon, match="strangulation"):
        rebuilt(kept)


def test_a_floor_whose_phrases_were_lost_is_noticed_by_the_recall_check() -> None:
    broken = [
        replace(row, phrases=("zzzz zzzz",)) if "strangulation" in row.cues else row
        for row in lexicon.FLOORS.editions.all[-1].rows
    ]
    without = rebuilt(broken)
    missed = [
        row
        for row in FLOORS
        if row["cue"] not in {floor.code for floor in assessment.assess_with(without, row["text"]).floors}
    ]
    assert missed
    assert {row["cue"] for row in missed} == {"strangulation"}


def test_a_denied_floor_phrase_is_shown_but_sets_no_floor() -> None:
    found = assessment.assess_words("he did not strangle me")
    assert found.floors == ()
    assert found.urgency == ()
    assert any(span.meant == "denied" for flag in found.flags for span in flag.because)

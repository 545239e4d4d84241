"""Is a phrase found in a long text where it would be found in a short one, and nowhere else?"""

from hypothesis import given
from hypothesis import strategies as st

from standfast.science.detector import assessment, phrases
from tests.detector.examples import rows

NOTATIONS = ("he ~2 hit ~1 me", "my|her ~3 knife", "kill <3> me", "he hit", "rare ~2 he ~2 me", "me ~3 rare")
HARMLESS = "my neighbour said that he and her mum parked at the house and it was fine " * 400


def likely(words: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Return texts in which one word is rare and the rest are everywhere."""
    common = st.lists(st.sampled_from(words), min_size=30, max_size=160)
    return st.builds(lambda text, at: [*text[:at], "rare", *text[at:]], common, st.integers(0, 160))


def slowly(notation: str, words: list[str]) -> set[int]:
    """Return the last words of every place a phrase stands, by trying each word after each."""
    ends: set[int] = set()
    for phrase in phrases.read_phrase(notation):
        parts = [[each.split() for each in part.split("|")] for part in phrase.parts]
        chains = {at + len(run) - 1 for run in parts[0] for at in range(len(words)) if words[at : at + len(run)] == run}
        for gap, part in zip(phrase.gaps, parts[1:], strict=True):
            chains = {
                at + len(run) - 1
                for run in part
                for at in range(len(words))
                if words[at : at + len(run)] == run and any(end in chains for end in range(at - gap - 1, at))
            }
        ends |= chains
    return ends


@given(words=likely(("he", "me", "hit")) | likely(("my", "her", "knife", "kill", "me")))
def test_looking_near_the_rarest_part_finds_what_looking_everywhere_does(words: list[str]) -> None:
    given_phrases = {notation: phrases.read_phrase(notation) for notation in NOTATIONS}
    found = phrases.Finder(phrases=given_phrases, sets={}).find(words, list(range(len(words))))
    for notation in NOTATIONS:
        assert {hit.last for hit in found.get(notation, ())} == slowly(notation, words), notation


def test_every_floor_is_found_in_the_middle_of_a_long_text_and_quoted_from_there() -> None:
    for row in rows("floor_phrases.csv")[::25]:
        text = f"{HARMLESS}.\n{row['text']}\n{HARMLESS}."
        found = assessment.assess_words(text)
        assert row["cue"] in {floor.code for floor in found.floors}, row
        spans = [span for floor in found.floors for span in floor.spans]
        assert all(text[span.start : span.end] == span.words for span in spans)
        assert all(span.start > len(HARMLESS) for span in spans)


def test_a_long_text_without_a_floor_has_none() -> None:
    assert assessment.assess_words(f"{HARMLESS}.\n{HARMLESS}").floors == ()

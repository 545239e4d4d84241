"""Are words read as they are meant, and kept where they were written?"""

import time

import pytest

from standfast.science.detector import assessment, lexicon

SAFETY_SECONDS = 30
"""Far above what is needed (about one); work that grew with the square of the length would take minutes."""


def read(text: str) -> str:
    """Return the words as the detector reads them."""
    return " ".join(lexicon.newest_lexicon().reader.read(text).words)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HES got my FONE 2nite", "he is got my phone tonight"),
        ("he’s here", "he is here"),
        ("str\u200bangled", "strangled"),
        ("ѕtrаnglеd", "strangled"),
        ("𝐬𝐭𝐫𝐚𝐧𝐠𝐥𝐞𝐝", "strangled"),
        ("ｓｔｒａｎｇｌｅｄ", "strangled"),
        ("s̶t̶r̶a̶n̶g̶l̶e̶d̶", "strangled"),
        ("str4ngl3d", "strangled"),
        ("k i l l me", "kill me"),
        ("k.i.l.l", "kill"),
        ("knifffffe", "knife"),
        ("str*ngled", "strangled"),
        ("killme", "kill me"),
        ("im 14yo", "i am 14 year old"),
        ("my ex-partner's knife", "my ex partner knife"),
        ("he_is_here", "he is here"),
        ("therapist", "therapist"),
        ("\u202ehe is here", "he is here"),
    ],
)
def test_a_word_is_read_as_it_is_meant(written: str, meant: str) -> None:
    assert read(written) == meant


def test_each_word_keeps_its_place_in_the_original() -> None:
    text = "OK… he’s got a k\u200bnife!!"
    words = lexicon.newest_lexicon().reader.read(text)
    quoted = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
    assert quoted == ["OK", "he’s", "he’s", "got", "a", "k\u200bnife"]
    assert words.sentences == [0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "he strangled me " * 16_000,
        "kill " * 51_200,
        "k i l l " * 32_000,
        "a" * 262_144,
        "'" * 262_144,
        "he " * 87_000 + "me",
        "not " * 65_000 + "he strangled me",
        "".join(chr(97 + (n * 7) % 26) + chr(97 + (n * n) % 26) + ("xkq" if n % 3 else " ") for n in range(60_000)),
        "$@!*" * 65_536,
        "\u200b" * 262_144,
    ],
    ids=["phrase", "word", "letters", "one_word", "quotes", "pronouns", "negations", "junk", "signs", "invisible"],
)
def test_the_work_grows_with_the_length_and_no_faster(text: str) -> None:
    finder, reader = lexicon.newest_lexicon().finder, lexicon.newest_lexicon().reader
    half, whole = (
        sum(len(hits) for hits in finder.find(words.words, words.places).values())
        for words in (reader.read(text[: len(text) // 2]), reader.read(text))
    )
    assert whole <= 2 * half + 200


def test_a_long_text_full_of_doubtful_words_is_answered_in_bounded_time() -> None:
    started = time.monotonic()
    found = assessment.assess_words("he strangeld me by the thryat " * 9_000)
    assert "strangulation" in {floor.code for floor in found.floors}
    assert time.monotonic() - started < SAFETY_SECONDS

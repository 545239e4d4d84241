"""
Do words meant to talk a machine out of what it saw change anything (MLH1)?

`evasions.csv` holds them by family, as they would be typed: invisible and look-alike characters in it are meant.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

import pytest

from standfast.science.detector import assessment, lexicon
from standfast.science.detector.assessment import Assessment, Cue, Floor
from standfast.science.detector.evidence import Span
from tests.detector.examples import rows

EVASIONS = rows("evasions.csv")
FAMILIES = sorted({row["family"] for row in EVASIONS})
FLOORS = rows("floor_phrases.csv")
GRAVE = [next(row["text"] for row in FLOORS if row["cue"] == cue) for cue in sorted({row["cue"] for row in FLOORS})]
CYRILLIC = str.maketrans("aeopcxyi", "аеорсхуі")


def shifted(text: str, *, first: str, to: str, count: int) -> str:
    """Return a text with a run of letters replaced by as long a run of others."""
    return text.translate({ord(first) + place: ord(to) + place for place in range(count)})


DISGUISES: dict[str, Callable[[str], str]] = {
    "accents on every vowel": lambda text: "".join(each + "\u0301" if each in "aeiou" else each for each in text),
    "all capitals": str.upper,
    "an order to read from the right": lambda text: f"\u202e{text}\u202c",
    "bold letters of mathematics": lambda text: shifted(text, first="a", to="\U0001d41a", count=26),
    "dots between all letters": lambda text: " ".join(
        ".".join(word) if word.isalpha() else word for word in text.split()
    ),
    "dots between three words and more": lambda text: text.replace(" ", ".") if text.count(" ") > 1 else f"{text}.",
    "full width": lambda text: shifted(text, first="!", to="\uff01", count=94),
    "hyphens between all letters": lambda text: " ".join("-".join(word) for word in text.split()),
    "letters apart, words further apart": lambda text: "   ".join(" ".join(word) for word in text.split()),
    "letters apart, words parted by a stroke": lambda text: " / ".join(" ".join(word) for word in text.split()),
    "letters of another alphabet": lambda text: text.translate(CYRILLIC),
    "marks around every word": lambda text: " ".join(f"<b>{word}</b>" for word in text.split()),
    "marks with a value around every word": lambda text: " ".join(
        f'<font color="#fff">{word}</font>' for word in text.split()
    ),
    "nothing between all letters": "\u200b".join,
    "soft hyphens between all letters": "\u00ad".join,
    "spaces that do not break": lambda text: text.replace(" ", "\u00a0"),
    "underlines": lambda text: text.replace(" ", "_"),
}


def taken_away(before: Assessment, after: Assessment) -> list[str]:
    """Return what a text showed and shows no longer with something added: floors, cues, flags, attention."""
    gone = [f"floor {code}" for code in {each.code for each in before.floors} - {each.code for each in after.floors}]
    gone += [f"cue {code}" for code in {each.code for each in before.urgency} - {each.code for each in after.urgency}]
    gone += [f"flag {strand}" for strand in flagged(before) - flagged(after)]
    least = max((assessment.FLOOR_ATTENTION[each.risk] for each in before.floors), default=0.0)
    return gone + ["attention"] * (after.attention < least)


def flagged(found: Assessment) -> set[str]:
    return {each.strand for each in found.flags if each.score >= assessment.FLAGGED}


def holds(cue: str, text: str) -> bool:
    return cue in {each.code for each in assessment.assess_words(text).floors}


def quoted_spans(cause: Floor | Cue) -> Sequence[Span]:
    return cause.spans if isinstance(cause, Floor) else cause.because


def letters_of(text: str) -> str:
    """Return the letters alone, without the marks of a page."""
    return "".join(letter for letter in re.sub(r"<[^<>]*>", "", text) if letter.isalnum())


def quoted(found: Assessment) -> set[str]:
    """Return all the words an answer quotes."""
    causes = [*found.flags, *found.urgency]
    return {span.words for each in causes for span in each.because} | {
        span.words for each in found.floors for span in each.spans
    }


def test_there_are_three_hundred_of_varied_families() -> None:
    assert len({row["text"] for row in EVASIONS}) == len(EVASIONS) >= 300
    assert len(FAMILIES) >= 12


@pytest.mark.parametrize("family", FAMILIES)
def test_what_was_shown_is_shown_whatever_stands_before_or_after_it(family: str) -> None:
    plain = {grave: assessment.assess_words(grave) for grave in GRAVE}
    for row in EVASIONS:
        if row["family"] != family:
            continue
        for grave, before in plain.items():
            for text in (f"{grave}\n{row['text']}", f"{row['text']}\n{grave}"):
                after = assessment.assess_words(text)
                assert not taken_away(before, after), text
                assert all(words in text for words in quoted(after))


@pytest.mark.parametrize("family", FAMILIES)
def test_by_rules_alone_the_same_holds_within_one_line(family: str) -> None:
    rules = lexicon.newest_lexicon()
    plain = {grave: assessment.assess_with(rules, grave) for grave in GRAVE[::3]}
    for row in EVASIONS:
        if row["family"] != family:
            continue
        for grave, before in plain.items():
            text = f"{row['text']} ... {grave}"
            assert not taken_away(before, assessment.assess_with(rules, text)), text


@pytest.mark.parametrize("disguise", sorted(DISGUISES))
def test_a_phrase_in_disguise_is_still_that_phrase(disguise: str) -> None:
    missed = [
        row["text"]
        for row in FLOORS
        if row["cue"] not in {each.code for each in assessment.assess_words(DISGUISES[disguise](row["text"])).floors}
    ]
    assert not missed


@pytest.mark.parametrize("disguise", sorted(DISGUISES))
def test_what_is_quoted_of_a_disguised_phrase_stands_in_the_text_as_it_came(disguise: str) -> None:
    for row in FLOORS[::5]:
        text = DISGUISES[disguise](row["text"])
        found = assessment.assess_words(text)
        for span in (span for each in (*found.floors, *found.urgency) for span in quoted_spans(each)):
            assert text[span.start : span.end] == span.words
            assert letters_of(span.words) in letters_of(text)
            assert span.words[0].isalnum() or unicodedata.category(span.words[0]) in ("Cf", "Mn"), span.words


def test_letters_apart_with_no_end_of_a_word_to_see_are_mostly_put_together() -> None:
    missed = [row["text"] for row in FLOORS if not holds(row["cue"], " ".join(row["text"].replace(" ", "")))]
    assert len(missed) <= 0.06 * len(FLOORS), missed


@pytest.mark.parametrize("disguise", sorted(DISGUISES))
def test_what_is_harmless_is_harmless_in_disguise(disguise: str) -> None:
    harmless = [DISGUISES[disguise](row["text"]) for row in rows("hard_negatives.csv")]
    alarms = [text for text in harmless if flagged(assessment.assess_words(text))]
    assert len(alarms) <= 0.03 * len(harmless), alarms


@pytest.mark.parametrize(
    "text",
    [
        "<he strangled me>",
        "it was a film.he strangled me",
        "<b he strangled me>",
        'plan A, B, C. <a title="he strangled me">',
    ],
)
def test_only_what_is_a_disguise_is_undone(text: str) -> None:
    assert holds("strangulation", text)


def test_a_disguise_that_nobody_undoes_is_noticed() -> None:
    """The control: read from the right to the left, no phrase is itself."""
    assert not any(holds(row["cue"], row["text"][::-1]) for row in FLOORS if " " in row["text"])


def test_the_disguises_disguise() -> None:
    seen = {name: dress(GRAVE[0]) for name, dress in DISGUISES.items()}
    assert len(set(seen.values())) == len(DISGUISES)
    assert all(GRAVE[0] not in text or name.startswith("an order") for name, text in seen.items())
    assert unicodedata.normalize("NFKC", seen["full width"]) == GRAVE[0]


def test_a_machine_that_obeys_would_be_noticed() -> None:
    """The control: one that reads nothing where it is told to loses what the check looks for, in every family it gives in to."""

    def obeying(text: str) -> Assessment:
        gives_in = "resolved" in text.lower() or "ignore" in text.lower()
        return assessment.assess_words("" if gives_in else text)

    noticed = {
        row["family"] for row in EVASIONS if taken_away(obeying(GRAVE[0]), obeying(f"{GRAVE[0]}\n{row['text']}"))
    }
    assert {"order", "instructions to a model", "other language", "markup", "shouting"} <= noticed

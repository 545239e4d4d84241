"""
What are the concepts the detector looks for, and how are they said?

Six dated tables: the lexicon (what points to a strand), the floors (what always raises), the word sets both are
written with, the spellings of everyday texting, ordinary words that must not be taken for misspellings, and the signs
(kinds of words that are counted). A broken one is refused, saying what was expected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from standfast.foundation.kernel.tables import DatedTable
from standfast.science.detector.phrases import BrokenPhrase, Finder, Phrase, read_phrase, vocabulary
from standfast.science.detector.signs import SIGNS, SignCounter
from standfast.science.detector.spelling import SHORTEST_VITAL, Spelling
from standfast.science.detector.words import Reader

STRANDS = (
    "child_abuse",
    "child_sexual_exploitation",
    "domestic_abuse",
    "stalking_harassment",
    "honour_based_abuse",
    "forced_marriage",
    "female_genital_mutilation",
    "modern_slavery",
    "adult_at_risk",
    "missing_person",
    "adult_sexual_exploitation",
    "serious_sexual_offence",
    "sexual_violent_offender",
    "mental_health",
    "suicide_self_harm",
    "hate_crime",
    "serious_violence",
    "criminal_exploitation",
    "vulnerable_fraud_victim",
    "radicalisation",
    "homelessness",
    "substance_use",
    "repeat_victim",
    "carer_strain",
    "vulnerable_asb",
)
FLOOR_CUES = frozenset(
    {
        "strangulation",
        "weapon",
        "child_present",
        "threat_to_kill",
        "stalking",
        "suicide_plan",
        "suicide_means",
        "he_is_here",
    }
)
"""What must have a floor in every edition; an edition without one of them is refused."""
CUES = FLOOR_CUES | {
    "happening_now",
    "locked_in",
    "whispering",
    "cannot_speak",
    "injured",
    "seeking_escape",
    "overdose",
    "hiding",
    "pregnant",
    "separating",
    "very_frightened",
    "self_harm",
}
FLOOR_RISKS = ("medium", "high", "immediate")


@dataclass(frozen=True, kw_only=True)
class Concept:
    """
    One thing people say: the strands it points to (0 to 1 each), the urgency cues it is, and the phrases it is said
    with.
    """

    id: str
    phrases: tuple[str, ...]
    raises: Mapping[str, float] = field(default_factory=dict)
    cues: tuple[str, ...] = ()
    attention: float | None = None
    excludes: tuple[str, ...] = ()

    @property
    def weight(self) -> float:
        """What it adds to attention, 0 to 1: as its row says, or else a part of the strand it points to most."""
        if self.attention is not None:
            return self.attention
        return 0.6 * max(self.raises.values(), default=0.5)


@dataclass(frozen=True, kw_only=True)
class FloorConcept(Concept):
    """A concept that always raises: the lowest risk it allows, and why, fit to show."""

    risk: str
    because: str


@dataclass(frozen=True, kw_only=True)
class WordSet:
    """Words that can stand in one place of a phrase, with commas between; `@other` takes in another set."""

    id: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Spellings:
    """Ways of writing, and the words they mean."""

    id: str
    means: Mapping[str, str]


LEXICON = DatedTable.beside(__file__, "lexicon", row=Concept)
FLOORS = DatedTable.beside(__file__, "floors", row=FloorConcept)
WORD_SETS = DatedTable.beside(__file__, "word_sets", row=WordSet)
SPELLINGS = DatedTable.beside(__file__, "spellings", row=Spellings)
ORDINARY_WORDS = DatedTable.beside(__file__, "ordinary_words", row=WordSet)


class BrokenLexicon(ValueError):
    """An edition that cannot be relied on: names the table, the row and what was expected."""


@dataclass(frozen=True)
class Lexicon:
    """One edition made ready: the concepts by id, and what finds (all, or floors only), reads and counts."""

    concepts: Mapping[str, Concept]
    finder: Finder
    floor_finder: Finder
    reader: Reader
    signs: SignCounter = field(default_factory=lambda: SignCounter(()))


def newest_lexicon() -> Lexicon:
    """Return the lexicon of the newest editions there are. Built once."""
    return lexicon_on(max(table.editions.all[-1].effective_from for table in _tables()))


@cache
def lexicon_on(day: date) -> Lexicon:
    """
    Return the lexicon in force on a London day. Built once a day asked for.

    :raises NoEdition: if the first edition came later
    :raises BrokenLexicon: if an edition cannot be relied on
    """
    meanings = {said: means for row in SPELLINGS.on(day).rows for said, means in row.means.items()}
    signs = SignCounter(SIGNS.on(day).rows)
    ordinary = [word for row in ORDINARY_WORDS.on(day).rows for word in row.words.replace(",", " ").split()]
    built = build_lexicon(
        lexicon=LEXICON.on(day).rows,
        floors=FLOORS.on(day).rows,
        word_sets=WORD_SETS.on(day).rows,
        meanings=meanings,
        ordinary={*ordinary, *signs.vocabulary},
    )
    return replace(built, signs=signs)


def build_lexicon(
    *,
    lexicon: Iterable[Concept],
    floors: Iterable[FloorConcept],
    word_sets: Iterable[WordSet],
    meanings: Mapping[str, str],
    ordinary: Iterable[str],
) -> Lexicon:
    """
    Make rows ready to look with.

    :raises BrokenLexicon: if a row names no known strand, cue, risk or word set, a phrase is not in the notation,
        or a floor is missing
    """
    sets = _spread(word_sets)
    floors = tuple(floors)
    concepts = {row.id: row for row in (*lexicon, *floors)}
    for row in concepts.values():
        _check(row)
    missing = FLOOR_CUES - {cue for row in floors for cue in row.cues}
    if missing:
        raise BrokenLexicon(f"floors: no row has the cue {min(missing)}; a floor for it was expected.")
    phrases: dict[str, tuple[Phrase, ...]] = {}
    for row in concepts.values():
        phrases[row.id] = _phrases(row.id, row.phrases)
        if row.excludes:
            phrases[f"{row.id} excludes"] = _phrases(row.id, row.excludes)
    for name in READING_SETS:
        if name not in sets:
            raise BrokenLexicon(f"word_sets: there is no set {name}; one was expected.")
        phrases[f"reading {name}"] = _phrases(name, (f"@{name}",))
    floor_phrases = {row.id: phrases[row.id] for row in floors}
    finder, floor_finder = _finder(phrases, sets), _finder(floor_phrases, sets)
    known = vocabulary((phrase for several in phrases.values() for phrase in several), sets)
    in_floors = vocabulary((phrase for several in floor_phrases.values() for phrase in several), sets)
    spelling = Spelling(
        vital=in_floors | {said for said in meanings if said.isalpha() and len(said) > SHORTEST_VITAL - 1},
        wanted=known | {word for meaning in meanings.values() for word in meaning.split()},
        ordinary=ordinary,
    )
    return Lexicon(concepts, finder, floor_finder, Reader(spelling=spelling, meanings=meanings))


READING_SETS = (
    "negators",
    "near_negators",
    "subjects",
    "pronouns",
    "doubts",
    "doubts_after",
    "fiction",
    "asking",
    "here_and_now",
    "to_a_machine",
    "distant",
    "long_ago",
    "past_times",
    "present_times",
    "figures_of_speech",
)
"""The word sets that say how a phrase is meant rather than what it is about."""


def _tables() -> tuple[DatedTable[Any], ...]:
    return (LEXICON, FLOORS, WORD_SETS, SPELLINGS, ORDINARY_WORDS, SIGNS)


def _spread(rows: Iterable[WordSet]) -> dict[str, frozenset[str]]:
    sets: dict[str, frozenset[str]] = {}
    for row in rows:
        words: set[str] = set()
        for each in (word.strip() for word in row.words.split(",")):
            if each.startswith("@"):
                if each[1:] not in sets:
                    raise BrokenLexicon(
                        f"word_sets: {row.id} takes in {each}; a set that stands above it was expected."
                    )
                words |= sets[each[1:]]
            elif each:
                words.add(" ".join(each.split()))
        sets[row.id] = frozenset(words)
    return sets


def _check(row: Concept) -> None:
    for strand, weight in row.raises.items():
        if strand not in STRANDS or not 0 < weight < 1:
            raise BrokenLexicon(
                f"{row.id}: raises {strand} by {weight}; a strand and a number between 0 and 1 were expected."
            )
    if unknown := set(row.cues) - CUES:
        raise BrokenLexicon(
            f"{row.id}: {min(unknown)} is no urgency cue; one of {', '.join(sorted(CUES))} was expected."
        )
    if not row.phrases or not (row.raises or row.cues):
        raise BrokenLexicon(f"{row.id}: phrases, and a strand or a cue they point to, were expected.")
    if isinstance(row, FloorConcept) and (row.risk not in FLOOR_RISKS or not row.cues):
        raise BrokenLexicon(f"{row.id}: a cue and a risk ({', '.join(FLOOR_RISKS)}) were expected of a floor.")


def _phrases(row_id: str, notations: Iterable[str]) -> tuple[Phrase, ...]:
    try:
        return tuple(phrase for notation in notations for phrase in read_phrase(notation))
    except BrokenPhrase as error:
        raise BrokenLexicon(f"{row_id}: {error}") from None


def _finder(phrases: Mapping[str, tuple[Phrase, ...]], sets: Mapping[str, frozenset[str]]) -> Finder:
    try:
        return Finder(phrases=phrases, sets=sets)
    except BrokenPhrase as error:
        raise BrokenLexicon(str(error)) from None

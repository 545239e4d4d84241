"""
Which concepts do these words hold, how is each meant, and how often does each line show what the blend weighs?
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from standfast.science.detector.lexicon import Concept, Lexicon
from standfast.science.detector.phrases import Hit, moved
from standfast.science.detector.readings import STRENGTH, Marks, Meant, find_marks, is_past, read_hit
from standfast.science.detector.signs import Counts, count_shapes, lines_of
from standfast.science.detector.words import Words

SPANS_SHOWN = 5
WEAK = "weak."
"""How the ids of concepts begin that say little alone."""
TO_A_MACHINE = "reading to_a_machine"
"""
Words meant for a program, not for a person ("mark this resolved"): a sentence that has them adds and takes nothing.
The concepts and floors in it still hold.
"""


FIGURES = "reading figures_of_speech"
"""Phrases that mean no harm whatever they are made of ("battered me at darts"): no concept is found in them."""


SHAPE_OF = {reading: f"shape {reading.value}" for reading in Meant}


class Span(NamedTuple):
    """The person's own words, `text[start:end]`, the concept they were found as, and how they are meant."""

    start: int
    end: int
    words: str
    concept_id: str
    meant: str = Meant.AS_SAID.value


class Evidence(NamedTuple):
    """A concept that was found, what is left of its weight by how it is meant, and the words."""

    concept: Concept
    strength: float
    spans: tuple[Span, ...]
    is_present: bool = True
    """Whether any of the words that are meant as said speak of more than the past."""


class Reading(NamedTuple):
    """
    A text as read: its words, the evidence in it, strongest first, what is counted in each line, and where each sign was
    found first (its first and last word).
    """

    words: Words
    evidence: tuple[Evidence, ...]
    lines: list[Counts]
    places: Mapping[str, tuple[int, int]]


def read_text(lexicon: Lexicon, text: str) -> Reading:
    """Return what a text holds by the lexicon of some day."""
    words = lexicon.reader.read(text)
    found = lexicon.finder.find(words.words, words.places)
    marks = find_marks(found)
    _add_other_readings(lexicon, words, found)
    line_of = lines_of(words)
    addressed = {words.sentences[hit.first] for hit in found.get(TO_A_MACHINE, ())}
    lines, places = _count_lines(lexicon, words, line_of, marks, addressed)
    evidence = []
    figures = _covered(found.get(FIGURES, ()), words)
    for key, hits in found.items():
        concept = lexicon.concepts.get(key)
        kept = _not_excluded(hits, figures | _covered(found.get(f"{key} excludes", ()), words)) if concept else []
        if concept and kept:
            meant = [(read_hit(hit, words, marks), hit) for hit in kept]
            evidence.append(_weigh(concept, meant, words, marks))
            for reading, hit in meant:
                line = lines[line_of[hit.first]]
                line[f"concept {key}"] += STRENGTH[reading]
                line[SHAPE_OF[reading]] += 1
                line["firm"] += reading is Meant.AS_SAID and not key.startswith(WEAK)
    _silence_denials(lines)
    evidence.sort(key=lambda each: (-each.strength * each.concept.weight, each.concept.id))
    return Reading(words, tuple(evidence), lines, places)


def _silence_denials(lines: list[Counts]) -> None:
    """Leave a line's signs out where it denies or tells and says nothing firm: its words are there to say what is not so."""
    for line in lines:
        denies = line["shape denied"] or line["shape told"] or line["sign denial"]
        if denies and not line["firm"]:
            for name in [name for name in line if name.startswith("sign ") and name != "sign denial"]:
                del line[name]


def _count_lines(
    lexicon: Lexicon, words: Words, line_of: list[int], marks: Marks, addressed: Collection[int]
) -> tuple[list[Counts], dict[str, tuple[int, int]]]:
    """Count the signs of each line, and its shape; sentences addressed to a machine count for nothing."""
    places: dict[str, tuple[int, int]] = {}
    lines: list[Counts] = [defaultdict(float) for _ in range(line_of[-1] + 1 if line_of else 0)]
    harms = lexicon.signs.harms if marks.negators or marks.near_negators else frozenset()
    for first, last, name in lexicon.signs.found(words):
        if words.sentences[first] in addressed:
            continue
        denied = name in harms and read_hit(Hit(first, last, ((first, last),)), words, marks) is Meant.DENIED
        lines[line_of[first]]["shape harm_denied" if denied else name] += 1
        places.setdefault(name, (first, last))
    count_shapes(words, line_of, lines, without=addressed)
    return lines, places


def span_of(words: Words, first: int, last: int, *, concept_id: str, meant: str = Meant.AS_SAID.value) -> Span:
    """Return the original words from one word to another."""
    start, end = words.starts[first], words.ends[last]
    return Span(start, end, words.text[start:end], concept_id, meant)


def _add_other_readings(lexicon: Lexicon, words: Words, found: dict[str, list[Hit]]) -> None:
    """Look again, for floors only, with each further way to read the doubtful words."""
    finder = lexicon.floor_finder
    for others, changed in words.otherwise():
        for begin, end in _windows(changed, reach=2 * finder.reach):
            for key, hits in finder.find(others[begin:end], words.places[begin:end]).items():
                new = [hit for hit in (moved(each, begin) for each in hits) if _holds(hit, changed)]
                found[key] = [*found.get(key, ()), *new]


def _windows(indexes: Iterable[int], *, reach: int) -> list[tuple[int, int]]:
    """Return the stretches so near one of these words that a phrase could hold it, as it could in the whole text."""
    windows: list[tuple[int, int]] = []
    for index in indexes:
        begin, end = max(0, index - reach), index + reach + 1
        if windows and begin <= windows[-1][1]:
            begin = windows.pop()[0]
        windows.append((begin, end))
    return windows


def _holds(hit: Hit, indexes: list[int]) -> bool:
    return bisect_left(indexes, hit.first) < bisect_right(indexes, hit.last)


def _covered(excludes: Iterable[Hit], words: Words) -> frozenset[int]:
    """Return the words of harmless phrases ("killed my phone") inside which no sentence ends."""
    return frozenset(
        index
        for hit in excludes
        if words.sentences[hit.first] == words.sentences[hit.last]
        for index in range(hit.first, hit.last + 1)
    )


def _not_excluded(hits: list[Hit], covered: Collection[int]) -> list[Hit]:
    """Leave out what is part of a harmless phrase."""
    # The same words may be found by several phrases, or in several readings: they count once.
    kept = dict.fromkeys(hits)
    return [hit for hit in kept if not any(index in covered for index in _own_words(hit))] if covered else list(kept)


def _own_words(hit: Hit) -> list[int]:
    return [index for first, last in hit.own for index in range(first, last + 1)]


def _weigh(concept: Concept, meant: list[tuple[Meant, Hit]], words: Words, marks: Marks) -> Evidence:
    strength = max(STRENGTH[reading] for reading, _ in meant)
    shown = [pair for pair in meant if STRENGTH[pair[0]] == strength][:SPANS_SHOWN]
    spans = {span_of(words, hit.first, hit.last, concept_id=concept.id, meant=reading.value) for reading, hit in shown}
    is_present = not all(is_past(hit, words, marks) for reading, hit in meant if STRENGTH[reading] == strength)
    return Evidence(concept, strength, tuple(sorted(spans)), is_present)

"""
What vulnerability and urgency do these words show, and which words are the cause?

It may add attention, never remove it: a text with nothing found is no evidence that nothing is wrong. Text in, answer
out; no clock, no network, no memory of earlier texts, and nothing in a text is ever an instruction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from operator import itemgetter

from standfast.science.detector.blend import NOTHING, Blend, Weighed, packaged_blend
from standfast.science.detector.evidence import SPANS_SHOWN, Evidence, Reading, Span, read_text, span_of
from standfast.science.detector.language import NO_WORDS, OTHER_LANGUAGE, unread_because
from standfast.science.detector.lexicon import FloorConcept, Lexicon, newest_lexicon
from standfast.science.detector.readings import STRENGTH, Meant

LEAST_SHOWN = 0.01
FLAGGED = 0.5
"""The score from which a strand counts as flagged."""
BLENDED = ("domestic_abuse", "suicide_self_harm", "mental_health")
"""The strands whose score the blend takes part in; distress as such counts for mental health."""
FLOOR_ATTENTION = {"medium": 0.8, "high": 0.81, "immediate": 0.82}
SHOWN_ATTENTION = 0.4
BELOW_SHOWN = 0.39
"""
The least attention of a text that shows a strand or that nobody here can read, and the most of one that shows none.
"""
BAND = 0.1
FLOOR_BAND = 0.05
"""How far a text that is lifted to the least it may have is still ranked by the rest of what it says."""
KEPT_OF_EVIDENCE = 0.02
"""
What concepts too weak to flag count for beside the blend, which knows the rest of the text as well: more would order what is not
flagged by one word rather than by all of it.
"""
OF_THE_PRESENT = frozenset({"suicide_means"})
"""Cues that are none of what is past: that somebody once took tablets does not say that there are any in the house."""
HIGHEST = 0.999
"""No score says certain: a person decides."""


@dataclass(frozen=True)
class Flag:
    """A strand (settled code), its score from 0 to 1, and the words that caused it, strongest concept first."""

    strand: str
    score: float
    because: tuple[Span, ...]


@dataclass(frozen=True)
class Cue:
    """A sign of urgency and the words that are it."""

    code: str
    because: tuple[Span, ...]


@dataclass(frozen=True)
class Floor:
    """
    A phrase that always raises: the cue, the lowest risk it allows (medium, high or immediate), why, and the words.
    """

    code: str
    risk: str
    because: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Assessment:
    """What was found in one text. `attention`, 0 to 1, ranks texts by how soon a person should read them."""

    flags: tuple[Flag, ...]
    urgency: tuple[Cue, ...]
    attention: float
    floors: tuple[Floor, ...]
    note: str = ""
    """Why the words could not be judged, if so ("not assessed: language")."""


def assess_words(text: str) -> Assessment:
    """
    Return the flags, cues, floors and attention that a text gives cause for, by the newest lexicon and the packaged
    blend. Never refuses a text.
    """
    return assess_with(newest_lexicon(), text, blend=packaged_blend())


def assess_with(lexicon: Lexicon, text: str, *, blend: Blend | None = None) -> Assessment:
    """Return what a text gives cause for by the lexicon of some day, and by a blend if one is given."""
    return conclude(lexicon, read_text(lexicon, text), blend=blend)


def conclude(lexicon: Lexicon, reading: Reading, *, blend: Blend | None) -> Assessment:
    """Return what a text as read gives cause for."""
    note = unread_because(reading.words, known=lexicon.reader.known)
    weighed = blend.weigh(reading.lines) if blend and note != NO_WORDS else {}
    flags = _flags(reading, weighed)
    floors = _floors(reading.evidence)
    shown = any(flag.score >= FLAGGED for flag in flags)
    return Assessment(
        flags=flags,
        urgency=_cues(reading.evidence),
        attention=_attention(reading.evidence, weighed, floors=floors, shown=shown or note == OTHER_LANGUAGE),
        floors=floors,
        note=note,
    )


def _flags(reading: Reading, weighed: Mapping[str, Weighed]) -> tuple[Flag, ...]:
    causes: dict[str, list[tuple[float, Evidence]]] = {strand: [] for strand in BLENDED if weighed}
    for each in reading.evidence:
        for strand, weight in each.concept.raises.items():
            causes.setdefault(strand, []).append((weight * each.strength, each))
    flags = []
    for strand, found in causes.items():
        found.sort(key=itemgetter(0), reverse=True)
        evidence = _either(weight for weight, _ in found)
        score = _strand_score(strand, evidence, weighed) if weighed else evidence
        if score >= LEAST_SHOWN:
            spans = [span for _, each in found for span in each.spans]
            if strand in BLENDED and len(spans) < SPANS_SHOWN:
                spans += _signs(reading, weighed.get(_output_of(strand), NOTHING))
            flags.append(Flag(strand, score, tuple(spans[:SPANS_SHOWN])))
    return tuple(sorted(flags, key=lambda flag: (-flag.score, flag.strand)))


def _strand_score(strand: str, evidence: float, weighed: Mapping[str, Weighed]) -> float:
    """
    Let the blend order what the concepts flag, and flag what they do not.

    It never takes a flag away. Whether a text is flagged is decided by its strongest stretch, which keeps its answer
    whatever is added; where it stands among the flagged, by the whole of it.
    """
    if strand not in BLENDED:
        return evidence
    taken = weighed[_output_of(strand)]
    if evidence >= FLAGGED or taken.strongest >= FLAGGED:
        return _lifted(taken.whole, least=FLAGGED)
    return round(max(taken.whole, KEPT_OF_EVIDENCE * evidence), 4)


def _lifted(chance: float, *, least: float) -> float:
    return round(min(HIGHEST, max(chance, least + BAND * chance)), 4)


def _output_of(strand: str) -> str:
    return "distress" if strand == "mental_health" else strand


def _signs(reading: Reading, taken: Weighed) -> list[Span]:
    """Return the words of the signs that spoke most for an answer."""
    names = taken.spoke_for(reading.places)[:SPANS_SHOWN]
    return [span_of(reading.words, *reading.places[name], concept_id=name) for name in names]


def _cues(evidence: Sequence[Evidence]) -> tuple[Cue, ...]:
    spans: dict[str, list[Span]] = {}
    for each in evidence:
        if each.strength == STRENGTH[Meant.AS_SAID]:
            for code in each.concept.cues if each.is_present else set(each.concept.cues) - OF_THE_PRESENT:
                spans.setdefault(code, []).extend(each.spans)
    return tuple(Cue(code, tuple(found[:SPANS_SHOWN])) for code, found in sorted(spans.items()))


def _floors(evidence: Sequence[Evidence]) -> tuple[Floor, ...]:
    """Return the floors hit, gravest first. Words that are denied or told set none; on doubt they were read as said."""
    floors = [
        Floor(each.concept.cues[0], each.concept.risk, each.concept.because, each.spans)
        for each in evidence
        if isinstance(each.concept, FloorConcept)
        and each.strength == STRENGTH[Meant.AS_SAID]
        and (each.is_present or each.concept.cues[0] not in OF_THE_PRESENT)
    ]
    return tuple(sorted(floors, key=lambda floor: -FLOOR_ATTENTION[floor.risk]))


def _attention(
    evidence: Sequence[Evidence], weighed: Mapping[str, Weighed], *, floors: Sequence[Floor], shown: bool
) -> float:
    """
    Rank a text by all of it; a floor or a flag lifts it to the least it may have, whatever else it says.

    Beside a floor the concepts found count, which no further words take back; without a blend they are all there is.
    """
    least = max((FLOOR_ATTENTION[floor.risk] for floor in floors), default=0.0)
    combined = _either(each.concept.weight * each.strength for each in evidence)
    if not weighed:
        least = max(least, SHOWN_ATTENTION if shown else 0.0)
        return round(least + (1 - least) * combined, 4)
    whole = weighed["attention"].whole
    if least:
        return round(min(HIGHEST, max(whole, least + FLOOR_BAND * combined)), 4)
    return _lifted(whole, least=SHOWN_ATTENTION) if shown else round(BELOW_SHOWN * whole, 4)


def _either(chances: Iterable[float]) -> float:
    """Return the chance that at least one of several independent causes holds, never quite 1."""
    return round(min(HIGHEST, 1 - prod([1 - chance for chance in chances])), 4)


def strand_scores(assessment: Assessment) -> Mapping[str, float]:
    """Return the score of each strand that was found, by code."""
    return {flag.strand: flag.score for flag in assessment.flags}

"""
How is a phrase meant: as said, as said not to be so, or as a tale or a question about such things?

On doubt it is meant as said. A phrase counts as denied only if a word such as "not" or "never" stands in it or just
before it, in the same clause, and no word of doubt ("I do not think", "not only", "not sure if") stands between nor
one such as "before" or "yet" just after. It counts as told only if the same sentence says before it that it is about
a film, a game or the like, or asks how such cases are dealt with, and no "me", "now" or "but" stands between. It is
also told if the sentence first names somebody who is not the writer or theirs ("my great aunt", "a colleague") and
says how long ago it was ("in the fifties"). What stands after a phrase never weakens it by itself, nor does another
sentence: nothing that is added to a message can take attention away.
"""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from standfast.science.detector.phrases import Hit
from standfast.science.detector.words import Words

NEGATION_REACH = 4
"""Words before a phrase within which a negation is taken to belong to it."""
GAP_REACH = 6
"""The same for a part of a phrase that stands further on, after words in between."""
NEAR_REACH = 3
"""The same for "no" and "without", which do not count before a pronoun or for a part that begins with one ("no he hit me")."""
DOUBT_REACH = 3
TELLING_REACH = 20
NOWHERE = sys.maxsize


class Meant(StrEnum):
    """How a phrase is meant."""

    AS_SAID = "as_said"
    DENIED = "denied"
    TOLD = "told"


NONE: frozenset[int] = frozenset()
STRENGTH = {Meant.AS_SAID: 1.0, Meant.DENIED: 0.12, Meant.TOLD: 0.25}
"""What is left of a concept's weight: a denial is shown with a low score, never dropped."""


class Marks(NamedTuple):
    """The words of one text that say how other words are meant, by index."""

    negators: frozenset[int]
    near_negators: frozenset[int]
    subjects: frozenset[int]
    pronouns: frozenset[int]
    doubts: frozenset[int]
    doubts_after: frozenset[int]
    tellers: frozenset[int]
    here_and_now: frozenset[int]
    in_order: "_InOrder"


class _InOrder(NamedTuple):
    """The marks that are looked for all through a sentence, in order, so that a look costs the same in a long text."""

    here_and_now: Sequence[int]
    distant: Sequence[int]
    long_ago: Sequence[int]
    past_times: Sequence[int]
    present_times: Sequence[int]


MARKS = {
    name: f"reading {name}"
    for name in ("negators", "near_negators", "subjects", "pronouns", "doubts", "fiction", "asking", *_InOrder._fields)
}
"""What each mark is found as that is known by its last word."""


def find_marks(found: Mapping[str, Sequence[Hit]]) -> Marks:
    """Return the marks among what was found in a text."""
    last_words = {name: frozenset([hit.last for hit in found[key]]) for name, key in MARKS.items() if key in found}.get
    after = found.get("reading doubts_after")
    return Marks(
        negators=last_words("negators", NONE),
        near_negators=last_words("near_negators", NONE),
        subjects=last_words("subjects", NONE),
        pronouns=last_words("pronouns", NONE),
        doubts=last_words("doubts", NONE),
        doubts_after=frozenset([hit.first for hit in after]) if after else NONE,
        tellers=last_words("fiction", NONE) | last_words("asking", NONE),
        here_and_now=last_words("here_and_now", NONE),
        in_order=_InOrder(*[sorted(last_words(name, NONE)) for name in _InOrder._fields]),
    )


def read_hit(hit: Hit, words: Words, marks: Marks) -> Meant:
    """Say how a phrase is meant."""
    if _is_denied(hit, words, marks):
        return Meant.DENIED
    return Meant.TOLD if _is_told(hit, words, marks) or _is_settled(hit, words, marks) else Meant.AS_SAID


def _is_denied(hit: Hit, words: Words, marks: Marks) -> bool:
    if not marks.negators and not marks.near_negators:
        return False
    if not marks.doubts_after.isdisjoint(range(hit.last + 1, hit.last + DOUBT_REACH + 1)):
        return False
    before = -1
    for number, (first, last) in enumerate(hit.own):
        reach = GAP_REACH if number else NEGATION_REACH
        if _is_negated(range(first - 1, max(before, first - reach - 1), -1), hit, words, marks):
            return True
        before = last
    return False


def _is_negated(back: range, hit: Hit, words: Words, marks: Marks) -> bool:
    """Say whether a negation among the words just before a part of a phrase belongs to that part."""
    first = back.start + 1
    for index in back:
        if words.clauses[index] != words.clauses[first] or index in marks.doubts:
            return False
        if index in marks.negators:
            return index > hit.first or first not in marks.subjects
        if index in marks.near_negators and first - index <= NEAR_REACH and first not in marks.subjects:
            return index + 1 not in marks.pronouns
    return False


def _is_told(hit: Hit, words: Words, marks: Marks) -> bool:
    if not marks.tellers:
        return False
    if not marks.here_and_now.isdisjoint(range(hit.first, hit.last + 1)):
        return False
    for index in range(hit.first - 1, max(-1, hit.first - TELLING_REACH - 1), -1):
        if words.sentences[index] != words.sentences[hit.first] or index in marks.here_and_now:
            return False
        if index in marks.tellers:
            return True
    return False


def _is_settled(hit: Hit, words: Words, marks: Marks) -> bool:
    """Say whether it happened long ago to somebody the writer only tells of: both must be said in the sentence."""
    seen = marks.in_order
    if not seen.distant or not seen.long_ago:
        return False
    if not marks.here_and_now.isdisjoint(range(hit.first, hit.last + 1)):
        return False
    sentence = words.sentences[hit.first]
    begin = bisect_left(words.sentences, sentence)
    somebody, ago = _first_from(seen.distant, begin), _first_from(seen.long_ago, begin)
    if somebody > hit.last or ago == NOWHERE:
        return False
    if not words.sentences[somebody] == words.sentences[ago] == sentence:
        return False
    return ago <= _first_from(seen.here_and_now, hit.last + 1)


def is_past(hit: Hit, words: Words, marks: Marks) -> bool:
    """Say whether the sentence of a phrase puts it in the past ("last year", "when i was younger") and nothing in the present."""
    seen = marks.in_order
    if not seen.past_times:
        return False
    sentence = words.sentences[hit.first]
    begin, end = bisect_left(words.sentences, sentence), bisect_right(words.sentences, sentence)
    return _first_from(seen.past_times, begin) < end <= _first_from(seen.present_times, begin)


def _first_from(indexes: Sequence[int], begin: int) -> int:
    at = bisect_left(indexes, begin)
    return indexes[at] if at < len(indexes) else NOWHERE

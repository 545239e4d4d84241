"""
Which word that we know was meant by a word that we do not?

Deletion neighbourhoods (every known word is filed under what is left of it when one or two letters go) make the look-
up cost the same for any text, however hostile; rapidfuzz then measures the few candidates it finds.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

SHORTEST_READ = 3
SHORTEST_VITAL = 4
"""Letters a word of a floor phrase needs before misspellings of it are put right."""
SHORTEST_WANTED = 6
"""The same for any other word: short ones are too close to one another."""
LONG_WORD = 8
"""Letters from which two slips are forgiven instead of one."""
MOST_READINGS = 3
LONGEST = 24
LONGEST_RUN = 200
COST_OF_A_LETTER = 3
"""What a letter that is part of no word costs when a run of letters is cut into the fewest words."""
COST_OF_VITAL, COST_OF_ORDINARY = 0.9, 1.2
WORDS_OF_ONE = frozenset("ai")
RUN_TOGETHER = frozenset({"me", "my", "him", "her", "us", "he", "she", "his", "is", "here"})
"""Small words that are often run together with the one before or after."""


class Spelling:
    """The known words, and those among them that misspellings are put right to."""

    def __init__(self, *, vital: Iterable[str], wanted: Iterable[str], ordinary: Iterable[str]) -> None:
        self.vital = frozenset(vital)
        self.wanted = self.vital | frozenset(wanted)
        self.known = self.wanted | frozenset(ordinary)
        self._filed: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.wanted):
            shortest = SHORTEST_VITAL if word in self.vital else SHORTEST_WANTED
            if shortest <= len(word) <= LONGEST and word.isalpha():
                for left in _deletions(word):
                    self._filed[left].append(word)
        # A word is asked for twice: what is it, and what else may it be?
        self.nearest = lru_cache(maxsize=64)(self._nearest)

    def _nearest(self, word: str) -> tuple[str, ...]:
        """
        Return the known words this may be a misspelling of, the likeliest first. The same letters, and the same
        first, count most.
        """
        if not SHORTEST_READ <= len(word) <= LONGEST:
            return ()
        likely = sorted(_likeness(word, known) for known in self._near(word) if _is_slip(word, known))
        return tuple(known for *_, known in likely[:MOST_READINGS])

    def _near(self, word: str) -> set[str]:
        filed = self._filed
        return {known for left in _deletions(word) if left in filed for known in filed[left]}

    def parts(self, word: str) -> tuple[str, ...]:
        """
        Return the two words that lost the space between them, if one is a small word often run together, or nothing.
        """
        if not SHORTEST_WANTED <= len(word) <= LONGEST:
            return ()
        for cut in range(len(word) - 2, 1, -1):
            first, second = word[:cut], word[cut:]
            if {first, second} & RUN_TOGETHER and first in self.wanted and second in self.wanted:
                return (first, second)
        return ()

    def segments(self, letters: str) -> tuple[str, ...]:
        """
        Return the fewest words that spell exactly this run of letters, the earlier ones the longer; letters that are
        part of none stand alone. Nothing if most letters are in no word of some length.
        """
        size = len(letters)
        if size > LONGEST_RUN:
            return ()
        # A word that is looked for is likelier than one that is only known not to be misspelt.
        costs, lengths = [0.0] * (size + 1), [1] * size
        for begin in range(size - 1, -1, -1):
            costs[begin] = COST_OF_A_LETTER + costs[begin + 1]
            if letters[begin] in WORDS_OF_ONE:
                costs[begin] = 1 + costs[begin + 1]
            for length in range(2, min(LONGEST, size - begin) + 1):
                word = letters[begin : begin + length]
                if word in self.known:
                    cost = costs[begin + length] + self._cost_of(word)
                    if cost <= costs[begin]:
                        costs[begin], lengths[begin] = cost, length
        words, at = [], 0
        while at < size:
            words.append(letters[at : at + lengths[at]])
            at += lengths[at]
        spelt = sum(len(word) for word in words if len(word) >= SHORTEST_READ)
        return tuple(words) if 2 * spelt >= size else ()

    def _cost_of(self, word: str) -> float:
        if word in self.vital:
            return COST_OF_VITAL
        return 1.0 if word in self.wanted else COST_OF_ORDINARY


def _likeness(word: str, known: str) -> tuple[int, bool, bool, str]:
    return (OSA.distance(word, known), sorted(word) != sorted(known), known[0] != word[0], known)


def _is_slip(word: str, known: str) -> bool:
    """Say whether a word may be a misspelling of a known one: the shorter, the less is forgiven."""
    slips, other_letters, other_start, _ = _likeness(word, known)
    if slips > (2 if len(known) >= LONG_WORD else 1):
        return False
    if len(known) <= SHORTEST_VITAL and len(word) == len(known):
        return not other_letters or (word[0], word[-1]) == (known[0], known[-1])
    return not other_start or not other_letters or (slips == 1 and len(known) >= SHORTEST_WANTED)


def _deletions(word: str) -> list[str]:
    """Return the word and what is left of it without one letter or, if it is long, two."""
    left = [word]
    for first in range(len(word)):
        one_less = word[:first] + word[first + 1 :]
        left.append(one_less)
        if len(word) >= LONG_WORD - 1:
            left.extend(one_less[:second] + one_less[second + 1 :] for second in range(first, len(one_less)))
    return left

"""
What does a text say as a whole: who is spoken of, what happened, how it feels, what is asked?

Signs are kinds of words. None of them means much alone; how many of each a text has, beside the concepts found in it
and a few counts of its shape, is what the blend weighs. Everything is counted by line, so that a stretch of lines can
be weighed without what was written before or after it.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from standfast.foundation.kernel.tables import DatedTable
from standfast.science.detector.words import Words

SHAPES = ("words", "sentences", "digits", "questions", "exclamations", "names")
"""What is counted of a line's shape; names are capital letters inside a sentence. How concepts are meant comes on top."""
MOST_LINES = 2_000
"""Lines counted one by one; what follows counts as the last of them, so that a huge text costs little more."""

Counts = dict[str, float]
"""How often each feature stands in a line: `sign <id>`, `concept <id>` or `shape <name>`."""


@dataclass(frozen=True, kw_only=True)
class Sign:
    """A kind of words, with commas between. A sign of harm that is denied ("no knife") does not count as one."""

    id: str
    words: str
    harm: bool = False


_BREAK = re.compile("\n")
SIGNS = DatedTable.beside(__file__, "signs", row=Sign)


class SignCounter:
    """Counts the signs of one edition."""

    def __init__(self, rows: Iterable[Sign]) -> None:
        self._single: dict[str, list[str]] = defaultdict(list)
        self._longer: dict[str, dict[str, list[tuple[list[str], str]]]] = defaultdict(dict)
        self.vocabulary: set[str] = set()
        self.harms: set[str] = set()
        for row in rows:
            if row.harm:
                self.harms.add(f"sign {row.id}")
            for said in sorted(
                {tuple(each.replace("'s", "").split()) for each in row.words.split(",") if each.strip()}
            ):
                if len(said) == 1:
                    self._single[said[0]].append(f"sign {row.id}")
                else:
                    self._longer[said[0]].setdefault(said[1], []).append((list(said[2:]), f"sign {row.id}"))
                self.vocabulary.update(said)

    def found(self, words: Words) -> Iterator[tuple[int, int, str]]:
        """Yield the first and last word of each place a sign is found, and its feature name."""
        said = words.words
        single, longer = self._single.get, self._longer.get
        last = len(said) - 1
        for index, word in enumerate(said):
            for name in single(word, ()):
                yield index, index, name
            if index < last and (by_second := longer(word)) and (several := by_second.get(said[index + 1])):
                for rest, name in several:
                    end = index + 2 + len(rest)
                    if said[index + 2 : end] == rest:
                        yield index, end - 1, name


def lines_of(words: Words) -> list[int]:
    """Return the line each word stands in; lines without words do not count."""
    breaks = [found.start() for found in _BREAK.finditer(words.text)]
    if not breaks:
        return [0] * len(words.starts)
    numbers: list[int] = []
    number, previous = -1, -1
    for start in words.starts:
        line = bisect_right(breaks, start)
        if line != previous:
            number, previous = min(number + 1, MOST_LINES - 1), line
        numbers.append(number)
    return numbers


SHAPE_AFTER = {"?": "shape questions", "!": "shape exclamations"}


def count_shapes(words: Words, line_of: list[int], lines: list[Counts], *, without: Collection[int]) -> None:
    """Add to each line what is counted of its shape, some sentences left out."""
    text = words.text
    sentence = -1
    end = 0
    spoken = zip(words.words, words.starts, words.ends, words.sentences, line_of, strict=True)
    for word, starts, ends, said_in, number in spoken:
        if said_in in without:
            continue
        line = lines[number]
        line["shape words"] += 1
        if word.isdigit():
            line["shape digits"] += 1
        if said_in != sentence:
            sentence = said_in
            line["shape sentences"] += 1
        elif text[starts].isupper() and word != "i" and starts >= end:
            line["shape names"] += 1
        if starts >= end and (shape := SHAPE_AFTER.get(text[ends : ends + 1])):
            line[shape] += 1
        end = ends

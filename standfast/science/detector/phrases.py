"""
Where does a text say one of these phrases?

A phrase is written as people say it, with four signs: `@name` is any word of a word set, `a|b_c` one of these (`_` is
a space), `~3` up to three other words in between, and `<6>` the two sides in either order with up to six words in
between. A word may end in `*`. Every word or run of words is found in one pass (Aho-Corasick); the phrases are then
joined from where their parts were found, in time that grows with the number of parts found and nothing else.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import or_
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

_GAP = re.compile(r"~(\d+)\Z")
_EITHER = re.compile(r"<(\d+)>\Z")
_PART = re.compile(r"(?:@[a-z_]+|[a-z0-9_]+\*?)(?:\|(?:@[a-z_]+|[a-z0-9_]+\*?))*\Z")


MANY = 8
FAR_MORE = 2
"""How many places of a part, beside those of the rarest, make it worth looking only at the ones near the rarest."""
RAREST = 3
"""How many parts of a phrase must stand somewhere before they are joined: more are dearer to ask for than they spare."""


class BrokenPhrase(ValueError):
    """A phrase that is not written in the notation; says what was expected."""


@dataclass(frozen=True)
class Phrase:
    """The parts of a phrase in order, and the most other words allowed before each part but the first."""

    parts: tuple[str, ...]
    gaps: tuple[int, ...]


class Hit(NamedTuple):
    """A phrase as found: the index of its first and last word, and the runs of words that are its own (first, last)."""

    first: int
    last: int
    own: tuple[tuple[int, int], ...]


def read_phrase(notation: str) -> tuple[Phrase, ...]:
    """
    Return the phrases a notation stands for: one, or two if its sides may come in either order.

    :raises BrokenPhrase: if a gap stands at an end or a part is empty
    """
    signs = notation.split()
    either = [index for index, sign in enumerate(signs) if _EITHER.match(sign)]
    if len(either) > 1:
        raise BrokenPhrase(f"'{notation}' has more than one <n>; one was expected.")
    if not either:
        return (_one_way(notation, signs),)
    before, sign, after = signs[: either[0]], signs[either[0]], signs[either[0] + 1 :]
    gap = sign.replace("<", "~").replace(">", "")
    return (_one_way(notation, [*before, gap, *after]), _one_way(notation, [*after, gap, *before]))


def _one_way(notation: str, signs: list[str]) -> Phrase:
    parts: list[str] = []
    gaps: list[int] = []
    gap: int | None = None
    plain = False
    for sign in signs:
        if found := _GAP.match(sign):
            if gap is not None or not parts:
                raise BrokenPhrase(f"'{notation}' has a gap with no word before it; words on both sides were expected.")
            gap = int(found[1])
            continue
        if not _PART.match(sign):
            raise BrokenPhrase(f"'{notation}' has '{sign}'; small letters, digits, @set, a|b, ~n or <n> were expected.")
        is_plain = sign.isalnum()
        if plain and is_plain and gap is None:
            parts[-1] += f" {sign}"
        else:
            if parts:
                gaps.append(gap or 0)
            parts.append(sign)
        gap, plain = None, is_plain
    if gap is not None or not parts:
        raise BrokenPhrase(f"'{notation}' ends in a gap or is empty; a word was expected.")
    return Phrase(tuple(parts), tuple(gaps))


_Run = int
"""
Where a part was found: its last word, times 64, and how much shorter than 64 words it is, so that runs sort by where they end
and a long text holds plain numbers, not millions of pairs.
"""
_SHIFT = 6
_LONGEST = (1 << _SHIFT) - 1


@dataclass(frozen=True, slots=True)
class _Sought:
    """A phrase, whose it is, its parts by number, and the most words they can span, with some to spare."""

    key: str
    gaps: tuple[int, ...]
    parts: tuple[int, ...]
    reach: int


class Finder:
    """Finds many phrases at once. Each is known by the key it was given with."""

    def __init__(self, *, phrases: Mapping[str, Iterable[Phrase]], sets: Mapping[str, frozenset[str]]) -> None:
        """
        Build the automaton.

        :raises BrokenPhrase: if a phrase names a word set that does not exist
        """
        given = [(key, phrase) for key, several in phrases.items() for phrase in several]
        parts = list(dict.fromkeys(part for _, phrase in given for part in phrase.parts))
        spoken_of = [_spoken(part, sets) for part in parts]
        self._spoken = sorted(frozenset().union(*spoken_of))
        number_of = {words: number for number, words in enumerate(self._spoken)}
        self._words_of = [{number_of[words] for words in spoken} for spoken in spoken_of]
        place_of = {part: place for place, part in enumerate(parts)}
        longest = [max(words.count(" ") + 1 for words in spoken) for spoken in spoken_of]
        if max(longest, default=0) > _LONGEST:
            raise BrokenPhrase(f"at most {_LONGEST} words in a row were expected.")
        self._sought: list[_Sought] = []
        for key, phrase in given:
            numbers = tuple(place_of[part] for part in phrase.parts)
            reach = sum(phrase.gaps) + 2 * sum(longest[number] for number in numbers)
            self._sought.append(_Sought(key, phrase.gaps, numbers, reach))
        self.reach = max((sought.reach for sought in self._sought), default=0)
        self._begun_by = self._filed()
        self._automaton = AhoCorasick(
            [f" {words.rstrip('*')}" + ("" if words.endswith("*") else " ") for words in self._spoken],
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
        )

    def find(self, words: Sequence[str], places: Sequence[int]) -> dict[str, list[Hit]]:
        """Return where each phrase was found among words, by its key. `places` tell how far apart the words stand."""
        runs = self._find_runs(words)
        standing = set(runs)
        found: dict[str, list[Hit]] = {}
        parts: dict[int, list[_Run]] = {}
        for number in self._begun(runs):
            sought = self._sought[number]
            several: list[list[_Run]] = []
            for part in sought.parts:
                of_part = parts.get(part)
                if of_part is None:
                    of_part = parts[part] = _runs_of(self._words_of[part] & standing, runs)
                if not of_part or (several and of_part[-1] < several[-1][0]):
                    # All of it stands before what it should follow: most phrases of which all words are there end here.
                    break
                several.append(of_part)
            else:
                if hits := _join(sought, several, places):
                    found.setdefault(sought.key, []).extend(hits)
        return found

    def _filed(self) -> list[tuple[int, list[int]]]:
        """
        Return, for the rarest part of each phrase and the next ones, which phrases have no such part, and by the number of words
        which have one that they can be: bit n stands for phrase n. A part is as common as phrases are that hold its words.
        """
        held = [0] * len(self._spoken)
        for sought in self._sought:
            for words in set().union(*(self._words_of[part] for part in sought.parts)):
                held[words] += 1
        common = [sum(held[words] for words in several) for several in self._words_of]
        filed = [(0, [0] * len(self._spoken)) for _ in range(RAREST)]
        for number, sought in enumerate(self._sought):
            by_rarity = sorted({*sought.parts}, key=common.__getitem__)
            for place, (without, holders) in enumerate(filed):
                if place < len(by_rarity):
                    for words in self._words_of[by_rarity[place]]:
                        holders[words] |= 1 << number
                else:
                    filed[place] = (without | 1 << number, holders)
        return filed

    def _begun(self, runs: Mapping[int, list[_Run]]) -> list[int]:
        """Return the phrases whose rarest parts all stand somewhere, in order."""
        begun = (1 << len(self._sought)) - 1
        for without, holders in self._begun_by:
            begun &= reduce(or_, filter(None, map(holders.__getitem__, runs)), 0) | without
        numbers = []
        while begun:
            numbers.append(begun.bit_length() - 1)
            begun ^= 1 << numbers[-1]
        return numbers[::-1]

    def _find_runs(self, words: Sequence[str]) -> dict[int, list[_Run]]:
        """Return where each word or run of words stands, by its number."""
        starts, at = [], 1
        for word in words:
            starts.append(at)
            at += len(word) + 1
        runs: dict[int, list[_Run]] = {}
        if not starts:
            return runs
        word_at = {start - 1: index for index, start in enumerate(starts)}.get
        haystack = f" {' '.join(words)} "
        for number, start, end in self._automaton.find_matches_as_indexes(haystack, overlapping=True):
            first, after = word_at(start), word_at(end - 1)
            # A letter such as "´" is read as a space and more: then the place is inside a word, and is looked up.
            last = bisect_right(starts, end - 2) - 1 if after is None else after - 1
            if first is None:
                first = bisect_right(starts, start + 1) - 1
            run = (last << _SHIFT) + _LONGEST - last + first
            if number in runs:
                runs[number].append(run)
            else:
                runs[number] = [run]
        return runs


def _runs_of(spoken: Iterable[int], runs: Mapping[int, list[_Run]]) -> list[_Run]:
    several = [runs[words] for words in spoken]
    return several[0] if len(several) == 1 else sorted(chain.from_iterable(several))


def vocabulary(phrases: Iterable[Phrase], sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """
    Return every single word that these phrases are made of.

    :raises BrokenPhrase: if a phrase names a word set that does not exist
    """
    spoken = {words for phrase in phrases for part in phrase.parts for words in _spoken(part, sets)}
    return frozenset(word for words in spoken for word in words.split() if not word.endswith("*"))


def _spoken(part: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    spoken: set[str] = set()
    for each in part.split("|"):
        if not each.startswith("@"):
            spoken.add(each.replace("_", " "))
        elif each[1:] in sets:
            spoken |= sets[each[1:]]
        else:
            raise BrokenPhrase(f"'{each}' is no word set; one of {', '.join(sorted(sets))} was expected.")
    return frozenset(spoken)


def _join(sought: _Sought, parts: Sequence[list[_Run]], places: Sequence[int]) -> list[Hit]:
    """
    Join the parts of a phrase where they follow one another closely enough.

    For each place of a part, the nearest chain that ends before it is the one that can reach it if any can, so one
    look suffices.
    """
    if len(parts) == 1:
        runs = [((run >> _SHIFT) - _LONGEST + (run & _LONGEST), run >> _SHIFT) for run in parts[0]]
        return [Hit(*run, (run,)) for run in runs]
    if max(map(len, parts)) > MANY:
        parts = _narrowed(parts, reach=sought.reach)
        if not all(parts):
            return []
    reached = [parts[0]]
    back: list[list[int]] = []
    for gap, of_part in zip(sought.gaps, parts[1:], strict=True):
        ends = [places[run >> _SHIFT] for run in reached[-1]]
        longer: list[_Run] = []
        nearest: list[int] = []
        for run in of_part:
            begin = places[(run >> _SHIFT) - _LONGEST + (run & _LONGEST)]
            before = bisect_left(ends, begin) - 1
            if before >= 0 and begin - ends[before] - 1 <= gap:
                longer.append(run)
                nearest.append(before)
        if not longer:
            return []
        reached.append(longer)
        back.append(nearest)
    return [_traced(at, reached, back) for at in range(len(longer))]


def _traced(at: int, reached: Sequence[list[_Run]], back: Sequence[list[int]]) -> Hit:
    """Return the chain that ends at a run of the last part."""
    run = reached[-1][at]
    last = run >> _SHIFT
    first = last - _LONGEST + (run & _LONGEST)
    own: tuple[tuple[int, int], ...] = ((first, last),)
    for number in range(len(back) - 1, -1, -1):
        at = back[number][at]
        run = reached[number][at]
        end = run >> _SHIFT
        first = end - _LONGEST + (run & _LONGEST)
        own = ((first, end), *own)
    return Hit(first, last, own)


def moved(hit: Hit, by: int) -> Hit:
    """Return a hit among some of the words as one among all of them."""
    return Hit(hit.first + by, hit.last + by, tuple((first + by, last + by) for first, last in hit.own)) if by else hit


def _narrowed(parts: Sequence[list[_Run]], *, reach: int) -> list[list[_Run]]:
    """
    Return of each part only what stands near enough to the part found least; nothing of one part if no chain can be.

    Most phrases have all their parts somewhere in a long text, and nowhere together: that is seen here, at the cost of the
    rarest part.
    """
    kept = list(parts)
    order = sorted(range(len(parts)), key=lambda number: len(parts[number]))
    anchor = order[0]
    for number in order[1:]:
        if len(kept[number]) > FAR_MORE * len(kept[anchor]):
            kept[number] = _near(kept[anchor], kept[number], reach=reach, after=number > anchor)
            if not kept[number]:
                break
            if len(kept[number]) < len(kept[anchor]):
                anchor = number
    return kept


def _near(few: list[_Run], runs: list[_Run], *, reach: int, after: bool) -> list[_Run]:
    """Return the runs that end so near one of the few, behind or before it, that a phrase could hold both."""
    kept: list[_Run] = []
    taken = 0
    back, ahead = (0, reach + 1) if after else (reach, 0)
    for run in few:
        last = run >> _SHIFT
        begin = bisect_left(runs, (last - back) << _SHIFT, taken)
        taken = bisect_left(runs, (last + ahead) << _SHIFT, begin)
        if begin != taken:
            kept += runs[begin:taken]
    return kept

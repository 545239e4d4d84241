"""
Which words did the person write, and where exactly?

Every word that is matched keeps the place of the original words it came from, so that whatever is found can be shown
in the person's own words. Look-alike letters, invisible characters, text-speak, stretched and misspelt words are read
as what they mean.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from standfast.science.detector.disguises import (
    APOSTROPHES,
    Token,
    is_between_all,
    is_spelt_out,
    join_letters,
    without_tags,
)
from standfast.science.detector.spelling import Spelling

LEET = str.maketrans("013457@$!|", "oieastasil")
LOOK_ALIKES = str.maketrans(
    "авеикмнорстухіјѕԁԛԝһгьпєзӏαβεηικνορτυχωγσѵɑɡıłøđ",
    "abeukmhopctyxijsdqwhrbnezlabenikvoptuxwysvagilod",
)
"""
Cyrillic, Greek and other letters that pass for Latin ones, lower case; a word is folded only if all of it becomes
Latin.
"""

_HIDDEN = (
    "\u0300-\u036f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u20d0-\u20f0\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
)
_LETTERS = rf"(?:[^\W_]++|[{_HIDDEN}{APOSTROPHES}]++)++"
_WORD = rf"[@$]?{_LETTERS}(?:[@$!|*]++(?=[^\W_]){_LETTERS})*+"
_INVISIBLE = re.compile(f"[{_HIDDEN}]")
_NOT_AN_AGE = re.compile(
    r"""
    [£$€]\s?\d[\d.,]*k?                                                         # an amount
    | (?=\d)(?:
        (?<![\w.])\d{1,3}(?:[:.]\d\d)+                                         # a time, a price
        | \b\d{1,2}\s?(?:pm\b|am\b(?!\si\b))                                   # an hour
        | \b\d{1,5}\s?(?:%|(?:minutes?|mins?|miles?|pounds|quid|metres?|feet|ft|mph|grand)\b)
    )
    | \b(?:
        (?P<hex>[0-9a-f]{6,}+\b)                                                  # 7f512fb9
        | (?P<chain>\w++(?:[/.-]\w++)++)                                          # CR/13/45, a date
    )
    | (?=\d)(?:
        (?<=\bflat\s)\d+ | (?<=\broom\s)\d+ | (?<=\bunit\s)\d+ | (?<=\bplot\s)\d+ | (?<=\bbus\s)\d+ | (?<=\bno\.\s)\d+
        | (?<=\bnumber\s)\d+ | (?<=\bref\s)\d+ | (?<=\breference\s)\d+ | (?<=\bpc\s)\d+ | (?<=\bjunction\s)\d+
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Numbers that are no age and no count: amounts, times, dates, references, numbers of houses, rooms and officers."""
_DIGIT = re.compile(r"[\d²³¹⁰-⁹₀-₉①-⓿]")
_PLAIN = re.compile(r"[a-z]+\Z")
_PART = re.compile(r"[^\W\d_]+|\d+")
_HIDDEN_INSIDE = re.compile(rf"[^\W_][{_HIDDEN}]+[^\W_]")
_STARRED = re.compile(r"(?:[a-z0-9]\*+)+[a-z0-9]\Z")
_STRETCHED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")
_SENTENCE_END = re.compile(r"[.!?;…\n\r\u2028\u2029。！？]")
_CLAUSE_END = re.compile(r"[,:()\"“”—–]| - ")
SENTENCE_STEP = 2
"""Words of distance that the end of a sentence counts for: enough to part two thoughts, too little to hide behind."""
LONGEST_TOKEN = 60
LONGEST_SPOKEN = 3
AGE_LETTERS = frozenset({"f", "m", "y", "x"})
"""Letters that follow an age ("15f") or a number of times ("3x")."""
REMEMBERED = 50_000


@dataclass
class Words:
    """
    The words of a text in order. `starts` and `ends` are offsets in the original; `places` grow by more at a
    sentence's end.
    """

    text: str
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)
    doubtful: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Other words that the word at an index may have been meant as."""

    def otherwise(self) -> Iterator[tuple[list[str], list[int]]]:
        """
        Return the words again for each further way to read the doubtful ones, all of them at a time, and which differ.
        """
        for rank in range(max((len(others) for others in self.doubtful.values()), default=0)):
            words = list(self.words)
            changed = [index for index, others in self.doubtful.items() if rank < len(others)]
            for index in changed:
                words[index] = self.doubtful[index][rank]
            yield words, changed


class Reader:
    """Reads texts with one edition of the spellings and the words worth knowing."""

    def __init__(self, *, spelling: Spelling, meanings: Mapping[str, str]) -> None:
        self._spelling = spelling
        self._meanings = {said: tuple(meaning.split()) for said, meaning in meanings.items()}
        pictures = "".join(re.escape(said) for said in meanings if not any(letter.isalnum() for letter in said))
        self._tokens = re.compile(_WORD + (f"|[{pictures}]" if pictures else ""))
        self.known = spelling.known | self._meanings.keys()
        self._read: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def read(self, text: str) -> Words:
        """Return the words of a text: lower case, spelt as known, each with the place it came from."""
        seen = without_tags(text)
        known = self._read.get
        found = []
        for match in self._tokens.finditer(seen):
            read, others = known(match[0]) or self._meaning(match[0])
            found.append(Token(*match.span(), read, others))
        if digit := _DIGIT.search(text):
            found = _without_references(text, found, digit.start())
        joined = join_letters(seen, found, spelling=self._spelling, understand=self._understand)
        return _laid_out(text, seen, joined)

    def _meaning(self, token: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        known = self._read.get(token)
        if known is None:
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            read = self._understand(token)
            known = self._read[token] = (read, self._others(token, read))
        return known

    def _understand(self, token: str) -> tuple[str, ...]:
        if len(token) > LONGEST_TOKEN:
            token = _INVISIBLE.sub("", token)
        if len(token) > LONGEST_TOKEN:
            return tuple(_PART.findall(_folded(token[:LONGEST_TOKEN])))
        word = _folded(token)
        for attempt in (word, *_attempts(word)):
            if (meaning := self._looked_up(attempt)) is not None:
                return meaning
        if not token.isascii() and _HIDDEN_INSIDE.search(token):
            words = self._spelling.segments(word)
            if is_spelt_out(words):
                return words
        if "*" in word and (nearest := self._spelling.nearest(word)):
            return nearest[:1]
        return self._in_parts(word)

    def _in_parts(self, word: str) -> tuple[str, ...]:
        parts = _PART.findall(word)
        if len(parts) < 2:
            return self._guessed(parts[0]) if parts else ()
        if any(part.isdigit() for part in parts) and not self._is_spoken(parts):
            return (word,)
        return tuple(meant for part in parts for meant in self._understand(part))

    def _looked_up(self, word: str) -> tuple[str, ...] | None:
        if word in self._meanings:
            return self._meanings[word]
        if word.endswith("'s"):
            return self._understand(word[:-2])
        bare = word.replace("'", "")
        if bare in self._meanings:
            return self._meanings[bare]
        return (bare,) if bare in self._spelling.known else None

    def _is_spoken(self, parts: list[str]) -> bool:
        """Say whether letters and digits run together are words and a number ("im14"), not a reference ("x14qz")."""
        return len(parts) <= LONGEST_SPOKEN and all(
            part.isdigit() or part in AGE_LETTERS or self._looked_up(part) is not None for part in parts
        )

    def _guessed(self, word: str) -> tuple[str, ...]:
        if not _PLAIN.match(word):
            return (word,)
        for likely in self._spelling.nearest(word):
            return self._meanings.get(likely, (likely,))
        single = _DOUBLED.sub(r"\1", word)
        return (single,) if single in self._spelling.known else self._spelling.parts(word) or (word,)

    def _others(self, token: str, read: tuple[str, ...]) -> tuple[str, ...]:
        """Return what else a word that is not known may have been meant as: the next likely corrections."""
        word = _folded(token).replace("'", "")
        if not _PLAIN.match(word) or word in self._spelling.known or word in self._meanings:
            return ()
        likely = (*self._spelling.nearest(word), _DOUBLED.sub(r"\1", word))
        return tuple(each for each in likely if each in self._spelling.wanted and (each,) != read)


def _without_references(text: str, tokens: list[Token], digit: int) -> list[Token]:
    """Leave out the tokens that lie inside a number which is no age, so that it is not read as one."""
    # None begins before the word that the first digit stands in, but for the sign of an amount ("£ 50").
    begin = max(0, text.rfind(" ", 0, digit) - 1)
    spans = [match.span() for match in _NOT_AN_AGE.finditer(text, begin) if _is_no_age(match)]
    if not spans:
        return tokens
    starts = [start for start, _ in spans]
    kept = []
    for token in tokens:
        at = bisect_right(starts, token.start) - 1
        if at < 0 or token.start >= spans[at][1] or not any(map(str.isdigit, text[token.start : token.end])):
            kept.append(token)
    return kept


def _is_no_age(match: re.Match[str]) -> bool:
    if match["hex"]:
        return sum(map(str.isdigit, match[0])) > 1 and any(map(str.isalpha, match[0]))
    if match["chain"]:
        parts = re.split(r"[/.-]", match[0])
        numbers = sum(any(map(str.isdigit, part)) for part in parts)
        return numbers == 2 and "-" not in match[0] if len(parts) == 2 else numbers > 1 and 2 * numbers >= len(parts)
    return True


def _folded(token: str) -> str:
    """Return the word in lower-case Latin letters if it can be read so, without accents and invisible characters."""
    if token.isascii():
        return token.lower().strip("'`").replace("`", "'")
    text = unicodedata.normalize("NFKD", _INVISIBLE.sub("", unicodedata.normalize("NFKC", token)).casefold())
    text = "".join("'" if letter in APOSTROPHES else letter for letter in text if not unicodedata.combining(letter))
    latin = text.translate(LOOK_ALIKES)
    return (latin if latin.isascii() else text).strip("'")


def _attempts(word: str) -> list[str]:
    """
    Return the other ways to read a word that is not known: digits and signs as letters, stretched letters as single
    ones.
    """
    letters = word.translate(LEET) if any(letter.isalpha() for letter in word) else word
    if _STARRED.match(word):
        letters = word.replace("*", "")
    return [letters, _STRETCHED.sub(r"\1\1", letters), _STRETCHED.sub(r"\1", letters)]


def _laid_out(text: str, seen: str, tokens: list[Token]) -> Words:
    laid = Words(text)
    words, starts, ends, places = laid.words, laid.starts, laid.ends, laid.places
    sentences, clauses = laid.sentences, laid.clauses
    place = sentence = clause = previous = 0
    before = "start"
    for number, token in enumerate(tokens):
        between = seen[previous : token.start]
        if len(between) > 1 or between in "\n.,":
            if _SENTENCE_END.search(between):
                after = seen[token.end : tokens[number + 1].start] if number + 1 < len(tokens) else ""
                is_disguise = is_between_all(between, before, after)
                # Between single letters and words without a blank it is no end at all; else it still ends what is told.
                place += 0 if is_disguise else SENTENCE_STEP
                parted = int(not is_disguise or len(between) > 1)
                sentence, clause = sentence + parted, clause + parted
            elif _CLAUSE_END.search(between):
                clause += 1
        if token.others:
            laid.doubtful[len(words)] = token.others
        for word in token.read:
            words.append(word)
            starts.append(token.start)
            ends.append(token.end)
            places.append(place)
            sentences.append(sentence)
            clauses.append(clause)
            place += 1
        previous, before = token.end, between
    return laid

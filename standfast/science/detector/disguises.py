"""
Which words were written letter by letter, with signs between all words, or with marks around them?

Whatever is undone here keeps its place: marks become blanks of the same length, and letters that are joined to a word
keep where the first began and the last ended.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from standfast.science.detector.spelling import LONGEST_RUN, WORDS_OF_ONE, Spelling

_NAMES = (
    "a|abbr|b|big|blockquote|br|center|code|del|div|em|font|h[1-6]|hr|i|ins|li|mark|ol|p|pre|q|s|small|span|strike"
    "|strong|sub|sup|tt|u|ul"
)
_VALUE = r"""\s{1,3}[a-z-]{1,20}=["']?[\w#.:;%/-]{0,40}["']?"""
_TAGS = re.compile(rf"(?:</?(?:{_NAMES})(?:{_VALUE}){{0,4}}\s{{0,3}}/?>)+", re.IGNORECASE)
"""Marks of a page's text: nothing else in angle brackets, and no value that could hold more than one word."""
_ENDS_A_WORD = re.compile(r"<[/\s]*(?:br|p|div|li|h[1-6]|hr|ul|ol)\b", re.IGNORECASE)
_BLANK = " "
_JOINED = "\u200b"
"""What stands for a mark inside a word: it is invisible, and no end of the word."""
_APART = re.compile(r"(?<![^\W_])[^\W_][^\n]{1,40}?(?<![^\W_])[^\W_](?![^\W_])")
LONGEST_SIGN = 3
APOSTROPHES = "'’‘ʼ`´＇"


@dataclass(slots=True)
class Token:
    """A word as written, `text[start:end]`, what it is read as, and what else it may have been meant as."""

    start: int
    end: int
    read: tuple[str, ...]
    others: tuple[str, ...] = ()


def without_tags(text: str) -> str:
    """Return a text of the same length without the marks of a page (`<b>knife</b>`)."""

    def blank(tags: re.Match[str]) -> str:
        before, after = text[tags.start() - 1 : tags.start()], text[tags.end() : tags.end() + 1]
        inside = before.isalnum() and after.isalnum() and not _ENDS_A_WORD.search(tags[0])
        return (_JOINED if inside else _BLANK) * len(tags[0])

    return _TAGS.sub(blank, text) if "<" in text else text


def join_letters(
    text: str, tokens: list[Token], *, spelling: Spelling, understand: Callable[[str], tuple[str, ...]]
) -> list[Token]:
    """Join letters that were written one by one ("k i l l", "h.e h.i.t m.e") where together they spell words."""
    alone = [number for number, token in enumerate(tokens) if token.end - token.start == 1]
    if not any(second - first == 1 for first, second in pairwise(alone)) or not _APART.search(text):
        return tokens
    joined: list[Token] = []
    index, sign = 0, ""
    while index < len(tokens):
        first = tokens[index]
        if not (_is_letter(first) and index + 1 < len(tokens) and _is_letter(tokens[index + 1])):
            # Most words: a letter alone keeps the sign of those before it, a word ends their row.
            sign = sign if _is_letter(first) else ""
            joined.append(first)
            index += 1
            continue
        end = _run_of_letters(text, tokens, index)
        run = tokens[index:end]
        before, sign = sign, _sign_after(text, tokens, index) if len(run) > 1 else sign if _is_letter(run[0]) else ""
        letters = [each for each in run if text[each.start] not in APOSTROPHES]
        written = "".join(text[each.start] for each in letters).lower()
        in_row = sign != "" and len(run) > 1 and (before == sign or _follows_in_kind(text, tokens, end, sign))
        words = spelling.segments(written) if len(run) > 2 or in_row else ()
        if in_row and len(written) > 1 and (written in spelling.known or not is_spelt_out(words)):
            joined.append(Token(run[0].start, run[-1].end, understand(written)))
        elif words:
            joined.extend(_placed(words, letters, understand))
        else:
            joined.extend(run)
        index = end
    return joined


def is_spelt_out(words: Sequence[str]) -> bool:
    """Say whether letters were cut into words without a letter left over."""
    return bool(words) and all(len(word) > 1 or word in WORDS_OF_ONE for word in words)


def _is_letter(token: Token) -> bool:
    return token.end - token.start == 1


def _sign_after(text: str, tokens: Sequence[Token], index: int) -> str:
    """Return what stands between one single letter and the next, or nothing if they are no such pair."""
    if index + 1 >= len(tokens) or not (_is_letter(tokens[index]) and _is_letter(tokens[index + 1])):
        return ""
    between = text[tokens[index].end : tokens[index + 1].start]
    if between.isspace() and len(between) > LONGEST_SIGN and "\n" not in between:
        return _BLANK
    return between if len(between) <= LONGEST_SIGN and "\n" not in between else ""


def _run_of_letters(text: str, tokens: Sequence[Token], start: int) -> int:
    """
    Return where a run of single letters with one and the same sign between them ends; at least one token is taken.
    """
    sign = _sign_after(text, tokens, start)
    end = start + 1
    if not sign:
        return end
    while end - start < LONGEST_RUN and _sign_after(text, tokens, end - 1) == sign:
        end += 1
    # The last letter may begin a word of its own, with another sign between its letters ("a k.n.i.f.e").
    other = _sign_after(text, tokens, end - 1)
    closer = len(other) < len(sign) or (sign.isspace() and not any(map(str.isspace, other)))
    return end - 1 if other and closer else end


def _follows_in_kind(text: str, tokens: Sequence[Token], index: int, sign: str) -> bool:
    """Say whether another word written letter by letter with the same sign follows, perhaps after a word of one letter."""
    for skipped in (0, 1):
        at = index + skipped
        if at < len(tokens) and _sign_after(text, tokens, at) == sign:
            return "\n" not in text[tokens[index - 1].end : tokens[at].start]
        if at >= len(tokens) or not _is_letter(tokens[at]):
            return False
    return False


def _placed(words: Sequence[str], run: Sequence[Token], understand: Callable[[str], tuple[str, ...]]) -> list[Token]:
    placed, at = [], 0
    for word in words:
        read = understand(word) if len(word) > 1 else (word,)
        placed.append(Token(run[at].start, run[at + len(word) - 1].end, read))
        at += len(word)
    return placed


def is_between_all(between: str, before: str, after: str) -> bool:
    """Say whether a sign stands between one word and the next time and again ("he.has.a.knife"): it ends no sentence."""
    return "\n" not in between and between in (before, after)

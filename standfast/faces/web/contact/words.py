"""Which of a contact's words caused a flag, and how is a contact named in a line?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from standfast.faces.screens.marking import marked_at

LINE_LENGTH = 90
NOTHING_TYPED = "Nothing typed yet"


def marked_words(*, words: str, kind: str, causes: Sequence[Mapping[str, Any]]) -> Markup:
    """Return a contact's words as safe HTML, the spans that caused flags marked where they still stand."""
    return marked_at(words, spans_in(words=words, kind=kind, causes=causes))


def spans_in(*, words: str, kind: str, causes: Iterable[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """
    Return where the causes stand in the words.

    The detector reads the kind and the words as one text, and words may have been edited since: a cause counts only where its own
    words still stand, at its old place or else at the first place that has them.
    """
    before = len(f"{kind}. ") if kind else 0
    found = []
    for cause in causes:
        told = str(cause["words"])
        start = int(cause["start"]) - before
        if words[max(start, 0) : max(start, 0) + len(told)].lower() != told.lower():
            start = words.lower().find(told.lower())
        if start >= 0 and told.strip():
            found.append((start, start + len(told)))
    return found


def widest(told: Iterable[str]) -> list[str]:
    """Return the phrases that are no part of another of them, in their order."""
    phrases = list(dict.fromkeys(told))
    return [
        phrase for phrase in phrases if not any(phrase.lower() in other.lower() for other in phrases if other != phrase)
    ]


def line_of(*, words: str, kind: str) -> str:
    """Return a contact in one line: its first words as a quotation, else its kind."""
    said = " ".join(words.split())
    if not said:
        return kind or NOTHING_TYPED
    cut = said if len(said) <= LINE_LENGTH else said[:LINE_LENGTH].rsplit(" ", 1)[0] + "…"
    return f"{kind}: “{cut}”" if kind else f"“{cut}”"


def in_words(code: str) -> str:
    """Return a stored code as words for people, such as `he_is_here` as “He is here”."""
    return code.replace("_", " ").capitalize()


def edition_of(table: str) -> str:
    """Return an edition of a policy table for people, such as `response_grade/2026-04-01`."""
    name, _, since = table.partition("/")
    return f"{in_words(name)}, edition of {date.fromisoformat(since):%-d %B %Y}"

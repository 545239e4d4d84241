"""How are the words that caused something shown in a text? Underlined and tinted, and everything else as plain text."""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape


def marked(text: str, words: Sequence[str]) -> Markup:
    """Return the text as safe HTML with each of these words marked wherever it stands, in any case."""
    wanted = [re.escape(word) for word in sorted(set(words), key=len, reverse=True) if word.strip()]
    if not wanted:
        return escape(text)
    return marked_at(text, (found.span() for found in re.finditer("|".join(wanted), text, re.IGNORECASE)))


def marked_at(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """Return the text as safe HTML with these (start, end) ranges marked; ranges that overlap become one."""
    safe, position = Markup(), 0
    for start, end in _joined(spans):
        safe += escape(text[position:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        position = end
    return safe + escape(text[position:])


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined

"""How is a line shown: which of its words caused something, and which were taken as facts? All of it plain text but for the marks."""

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

Span = tuple[int, int]
FACT = Markup('<span class="fact">{}</span>')
CAUSE = Markup("<mark>{}</mark>")


def dressed(text: str, *, causes: Sequence[Span], facts: Sequence[Span]) -> Markup:
    """Return a line as safe HTML: words that caused something marked, words taken as facts underlined, both where both are so."""
    edges = sorted({0, len(text), *(edge for span in (*causes, *facts) for edge in span if 0 < edge < len(text))})
    return Markup().join(
        _piece(text[start:end], is_cause=_within(start, causes), is_fact=_within(start, facts))
        for start, end in pairwise(edges)
    )


def _piece(text: str, *, is_cause: bool, is_fact: bool) -> Markup:
    shown = CAUSE.format(text) if is_cause else escape(text)
    return FACT.format(shown) if is_fact else shown


def _within(place: int, spans: Sequence[Span]) -> bool:
    return any(start <= place < end for start, end in spans)

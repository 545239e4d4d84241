"""
Would the checks of the chat see a breach? One of each kind is planted in copies of what was stored and heard, and must be counted.

Without this, a run that finds nothing wrong cannot be told from one that looks at nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy

from standfast.bench.chat_crowd import Row, faults_of
from standfast.bench.chat_load import ChatVisitor

STRANGE = "the words of somebody else"
Plant = Callable[[ChatVisitor, list[Row]], object]


def _of(kept: list[Row], place: int) -> int:
    """Return where the first or last of the visitor's own lines stands among those stored."""
    return [number for number, row in enumerate(kept) if row[1] == "visitor"][place]


def _swap_stored(kept: list[Row]) -> None:
    first, last = _of(kept, 0), _of(kept, -1)
    kept[first], kept[last] = kept[last], kept[first]


def _swap_heard(visitor: ChatVisitor) -> None:
    visitor.heard[0], visitor.heard[-1] = visitor.heard[-1], visitor.heard[0]


PLANTS: Mapping[str, tuple[Plant, Plant]] = {
    "lost": (lambda _, kept: kept.pop(_of(kept, -1)), lambda visitor, _: visitor.heard.pop()),
    "doubled": (
        lambda _, kept: kept.append((kept[-1][0] + 1, "visitor", "another id", kept[_of(kept, -1)][3])),
        lambda visitor, _: visitor.heard.append(visitor.heard[-1]),
    ),
    "misrouted": (
        lambda _, kept: kept.append((kept[-1][0] + 1, "visitor", "another's", STRANGE)),
        lambda visitor, _: visitor.heard.append((*visitor.heard.pop()[:2], STRANGE)),
    ),
    "out_of_order": (lambda _, kept: _swap_stored(kept), lambda visitor, _: _swap_heard(visitor)),
}
"""By fault, how it is planted in what was stored, and in what a page was told."""


def breaches_seen(visitors: Sequence[ChatVisitor], rows: Mapping[str, Sequence[Row]]) -> dict[str, int]:
    """
    Return for each fault how many of the two breaches planted were counted as one more of it.

    They are planted with a visitor who wrote at least twice, was told that all of it is stored, and heard it. Where there is none, nothing
    is planted and nothing seen.
    """
    fit = [each for each in visitors if sum(row[1] == "visitor" for row in rows.get(each.hash, ())) > 1]
    fit = [each for each in fit if len(each.heard) > 1 and all(line.is_kept for line in each.sent)]
    return {
        fault: sum(_is_seen(fault, plant, fit[0], rows) for plant in PLANTS[fault]) if fit else 0 for fault in PLANTS
    }


def _is_seen(fault: str, plant: Plant, visitor: ChatVisitor, rows: Mapping[str, Sequence[Row]]) -> bool:
    spoilt, kept = copy(visitor), list(rows[visitor.hash])
    spoilt.heard = list(visitor.heard)
    before = faults_of([spoilt], {visitor.hash: list(kept)})[fault]
    plant(spoilt, kept)
    return faults_of([spoilt], {visitor.hash: kept})[fault] > before

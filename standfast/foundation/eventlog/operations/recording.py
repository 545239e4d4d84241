"""How is an event remembered, and what follows from it in the same transaction?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from standfast.foundation.eventlog.happening import Happening
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel import rows
from standfast.foundation.kernel.actor import Actor

Reaction = Callable[..., Any]
_REACTIONS: dict[type[Happening], Sequence[Reaction]] = {}
_HELD: ContextVar[list[Entry] | None] = ContextVar("events held back until their block ends", default=None)


def wire(reactions: Mapping[type[Happening], Sequence[Reaction]]) -> None:
    """Say what follows from which event. Called once at start, with the page `flow.py`."""
    _REACTIONS.clear()
    _REACTIONS.update(reactions)


def record(happening: Happening, *, by: Actor, at: datetime, journey: str = "") -> None:
    """
    Store an event in the caller's transaction, then run what follows from it.

    A reaction is called as `reaction(happening, by=by, now=at)`. It may not refuse: if it fails, the change that caused it fails.
    """
    entry = Entry(
        kind=happening.kind, about=happening.about, journey=journey, by_ref=by.ref, at=at, facts=happening.facts()
    )
    held = _HELD.get()
    if held is None:
        rows.insert_row(entry)
    else:
        held.append(entry)
    for reaction in _REACTIONS.get(type(happening), ()):
        reaction(happening, by=by, now=at)


@contextmanager
def recorded_together() -> Iterator[None]:
    """
    Store the events of this block by one statement when it ends, in the order in which they happened. Open it inside the transaction.

    What follows from each event still follows at once. A block that fails stores none of its own, so it may stand around a savepoint.
    """
    mine: list[Entry] = []
    token = _HELD.set(mine)
    try:
        yield
    finally:
        _HELD.reset(token)
    around = _HELD.get()
    if around is not None:
        around.extend(mine)
    elif mine:
        rows.insert_rows(mine)

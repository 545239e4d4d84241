"""By which other given names is somebody of this name commonly called?"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from standfast.foundation.kernel.tables import DatedTable


@dataclass(frozen=True, kw_only=True)
class NameGroup:
    """A given name and the short forms and spellings of it, all folded."""

    usual: str
    also: list[str]


TABLE = DatedTable.beside(__file__, "nicknames", row=NameGroup)


def other_names(given: str, *, on: date) -> frozenset[str]:
    """Return every name that shares a group with this folded given name in the edition of that day, without itself."""
    return _groups_by_name(TABLE.on(on).effective_from).get(given, frozenset()) - {given}


def is_short_form(said: str, recorded: str, *, on: date) -> bool:
    """Say whether two folded given names are forms of one name."""
    return recorded in _groups_by_name(TABLE.on(on).effective_from).get(said, frozenset())


@lru_cache(maxsize=16)
def _groups_by_name(edition: date) -> dict[str, frozenset[str]]:
    together: dict[str, set[str]] = {}
    for row in TABLE.on(edition).rows:
        group = {row.usual, *row.also}
        for name in group:
            together.setdefault(name, set()).update(group)
    return {name: frozenset(group) for name, group in together.items()}

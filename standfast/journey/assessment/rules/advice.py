"""Which advice belongs to a contact, by the strands and the kind of matter?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from standfast.foundation.kernel.tables import DatedTable


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One piece of advice in words that can be read out; `strands` and `kinds` (parts of the kind's text) say when it belongs."""

    id: str
    topic: str
    text: str
    strands: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


ADVICE = DatedTable.beside(__file__, "advice", row=Advice)


def advice_required(rows: Sequence[Advice], *, strands: Collection[str], kind: str) -> list[Advice]:
    """Return the advice that belongs to these strands or this kind, in table order."""
    matter = kind.lower()
    return [row for row in rows if set(row.strands) & set(strands) or any(part in matter for part in row.kinds)]

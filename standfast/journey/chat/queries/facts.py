"""Which words of a chat were taken as facts?"""

from collections.abc import Sequence
from typing import TypeAlias

from standfast.foundation.kernel.rows import find_rows
from standfast.journey.chat.models import Fact

FactRecord: TypeAlias = Fact


def facts_of(*, reference: str) -> Sequence[Fact]:
    """Return the facts taken from a chat, in the order of its lines: for pages about its matter, which ask for permission themselves."""
    return find_rows(Fact, order="seq, starts, id", conversation__reference=reference, dropped_at=None)

"""Which part of a long list is shown, and how is the next part asked for?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows of a list in order, how many there are in all, and the cursor of the row after them (empty at the end)."""

    rows: Sequence[Row]
    total: int
    next_cursor: str = ""

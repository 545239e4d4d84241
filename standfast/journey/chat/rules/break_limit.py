"""After how long without a sign has a chat broken off?"""

from dataclasses import dataclass
from datetime import date, timedelta

from standfast.foundation.kernel.tables import DatedTable


@dataclass(frozen=True, kw_only=True)
class BreakRow:
    """One limit: how it breaks off (a `Break` code), the risk it is for or `any`, and seconds."""

    id: str
    how: str
    risk: str
    seconds: int
    because: str


TABLE = DatedTable.beside(__file__, "break_limit", row=BreakRow)


def break_after(how: str, *, risk: str, on: date) -> timedelta:
    """Return after how long without a sign a chat of this risk counts as broken off in this way. The row for the risk wins."""
    rows = {row.risk: row for row in TABLE.on(on).rows if row.how == how}
    return timedelta(seconds=(rows.get(risk) or rows["any"]).seconds)

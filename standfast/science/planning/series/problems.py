"""What can be wrong with a file of demand, told in one sentence with its line and what was expected?"""

from pathlib import Path

from standfast.foundation.kernel.errors import Refusal


class BadSeries(Refusal):
    """A file of counts, calls, events or forecasts that cannot be used."""

    @classmethod
    def at(cls, path: Path | str, line: int, wrong: str, *, expected: str) -> "BadSeries":
        """Return the refusal of one line of a file; the header is line 1."""
        return cls(f"{path}, line {line}: {wrong}; {expected} expected.")

    @classmethod
    def of(cls, path: Path | str, wrong: str, *, expected: str) -> "BadSeries":
        """Return the refusal of a whole file."""
        return cls(f"{path}: {wrong}; {expected} expected.")

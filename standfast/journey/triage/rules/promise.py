"""What was the caller told: what happens next, by whom, and when? And which time was agreed for an appointment?"""

from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the caller was told happens next, who does it, and by when, in the words used."""

    what: str
    by_whom: str
    when: str

    def is_complete(self) -> bool:
        """Say whether all three were told."""
        return all(part.strip() for part in (self.what, self.by_whom, self.when))

    def as_record(self) -> dict[str, str]:
        """Return the promise as it is stored."""
        return {name: value.strip() for name, value in asdict(self).items()}


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A time agreed for an appointment, half-open."""

    starts_at: datetime
    ends_at: datetime

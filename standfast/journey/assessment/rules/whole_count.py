"""Which of the things every contact is owed did a contact get, and how many of all contacts got them?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.days import LONDON
from standfast.journey.assessment.rules.counted_share import CountedShare
from standfast.journey.assessment.rules.thrive import MUST_BE_WRITTEN, Limb


class Owed(Choice):
    """What is measured on every contact."""

    ASSESSED = "assessed", "Assessed whole"
    CHECKED = "checked", "Checks made"
    ADVISED = "advised", "Advice given"


@dataclass(frozen=True, kw_only=True)
class KeptOfContact:
    """What is on record of one contact: limbs of THRIVE written, whether graded, look-ups made, and advice."""

    limbs: frozenset[str]
    graded: bool
    checks: frozenset[str]
    advice_required: frozenset[str]
    advice_given: frozenset[str]
    closed: bool


@dataclass(frozen=True, kw_only=True)
class Served:
    """What one contact got; `advised` is None where no advice belongs to it. `ended_without` is closed and never assessed whole."""

    assessed: bool
    checked: bool
    advised: bool | None
    ended_without: bool

    def lacks(self, owed: Owed) -> bool:
        """Say whether the contact is owed this and did not get it."""
        return getattr(self, owed.value) is False


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many of a number of contacts got what they are owed."""

    contacts: int
    assessed: CountedShare
    checked: CountedShare
    advised: CountedShare
    ended_without: int

    def of(self, owed: Owed) -> CountedShare:
        """Return the share of one thing owed."""
        found: CountedShare = getattr(self, owed.value)
        return found


def served(kept: KeptOfContact, *, checks: Collection[str]) -> Served:
    """Return what a contact got of what it is owed, `checks` being the look-ups every contact gets."""
    assessed = kept.graded and frozenset(Limb(each).value for each in MUST_BE_WRITTEN) <= kept.limbs
    return Served(
        assessed=assessed,
        checked=frozenset(checks) <= kept.checks,
        advised=kept.advice_required <= kept.advice_given if kept.advice_required else None,
        ended_without=kept.closed and not assessed,
    )


def tally(contacts: Iterable[Served]) -> Tally:
    """Count what contacts got. Advice counts only where some belongs."""
    rows = list(contacts)
    owed_advice = [each for each in rows if each.advised is not None]
    return Tally(
        contacts=len(rows),
        assessed=CountedShare(part=sum(each.assessed for each in rows), whole=len(rows)),
        checked=CountedShare(part=sum(each.checked for each in rows), whole=len(rows)),
        advised=CountedShare(part=sum(bool(each.advised) for each in owed_advice), whole=len(owed_advice)),
        ended_without=sum(each.ended_without for each in rows),
    )


def half_hour_of(instant: datetime) -> str:
    """Return the half-hour of the London day an instant falls in, by its beginning, such as `14:30`."""
    local = instant.astimezone(LONDON)
    return f"{local.hour:02}:{local.minute - local.minute % 30:02}"

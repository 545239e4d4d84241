"""What do the pages show on which the intake is looked after?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standfast.faces.screens.times import ago, span
from standfast.foundation.intake import queries
from standfast.foundation.intake.queries import ParkedFiling
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.obligations import queries as obligations


@dataclass(frozen=True, kw_only=True)
class ConflictRow:
    """Two texts under one key, in the list."""

    number: int
    reference: str
    source: str
    since: str
    differs: str


@dataclass(frozen=True, kw_only=True)
class ParkedRow:
    """An entry that could not be filed."""

    number: int
    reference: str
    since: str
    attempts: int
    error: str


@dataclass(frozen=True, kw_only=True)
class SetbackRow:
    """A row whose time had come and that a job cannot do."""

    number: int
    job: str
    reference: str
    because: str
    tries: int
    since: str


@dataclass(frozen=True, kw_only=True)
class IntakePage:
    """How the intake stands, and what waits for a person."""

    waiting: int
    oldest_wait: str
    open_conflicts: int
    all_parked: int
    conflicts: Sequence[ConflictRow]
    parked: Sequence[ParkedRow]
    setbacks: Sequence[SetbackRow]


@dataclass(frozen=True, kw_only=True)
class ConflictPage:
    """Two texts under one key, field by field: its name, the first version, the other one, and whether they differ."""

    number: int
    reference: str
    source: str
    since: str
    fields: Sequence[tuple[str, str, str, bool]]


@dataclass(frozen=True, kw_only=True)
class ShownSource:
    """A registered sender."""

    code: str
    name: str
    channels: str
    rate: int
    active: bool


def intake_page(*, now: datetime) -> IntakePage:
    """Return how the intake stands, with every open conflict, every entry that was put aside, and what jobs cannot do."""
    state = queries.intake_state(now=now)
    conflicts = queries.list_open_conflicts()
    return IntakePage(
        waiting=state.waiting,
        oldest_wait=span(int(state.oldest_wait.total_seconds())),
        open_conflicts=state.conflicts,
        all_parked=state.parked,
        conflicts=[
            ConflictRow(
                number=each.conflict,
                reference=each.reference,
                source=each.source,
                since=ago(each.stored_at, now=now),
                differs=", ".join(name for name, _, _, differs in side_by_side(each.standing, each.other) if differs),
            )
            for each in conflicts
        ],
        parked=[_parked(each, now=now) for each in queries.list_parked()],
        setbacks=[
            SetbackRow(
                number=each.id,
                job=each.job.capitalize(),
                reference=each.reference or "Could not ask which are due",
                because=each.because,
                tries=each.tries,
                since=ago(each.first_at, now=now),
            )
            for each in obligations.list_setbacks()
        ],
    )


def conflict_page(number: int, *, now: datetime) -> ConflictPage:
    """
    Return two texts under one key.

    :raises NotFound: if there is no such open conflict
    """
    found = next((each for each in queries.list_open_conflicts() if each.conflict == number), None)
    if found is None:
        raise NotFound("There is no such open conflict.")
    return ConflictPage(
        number=found.conflict,
        reference=found.reference,
        source=found.source,
        since=ago(found.stored_at, now=now),
        fields=side_by_side(found.standing, found.other),
    )


def parked_row(number: int, *, now: datetime) -> ParkedRow:
    """
    Return an entry that was put aside.

    :raises NotFound: if there is none
    """
    found = next((each for each in queries.list_parked() if each.filing == number), None)
    if found is None:
        raise NotFound("There is no such parked entry.")
    return _parked(found, now=now)


def source_rows() -> list[ShownSource]:
    """Return the registered senders."""
    return [
        ShownSource(
            code=row.code,
            name=row.name,
            channels=", ".join(IntakeChannel(each).label for each in row.channels),
            rate=row.rate_per_minute,
            active=row.active,
        )
        for row in queries.list_sources()
    ]


def source_row(code: str) -> ShownSource:
    """
    Return one registered sender.

    :raises NotFound: if there is none of that code
    """
    row = next((row for row in source_rows() if row.code == code), None)
    if row is None:
        raise NotFound("There is no such source.")
    return row


def side_by_side(first: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[str, str, str, bool]]:
    """Return every field of two texts: its name, both values as text, and whether they differ."""
    one, two = _flat(first), _flat(other)
    names = [*one, *(name for name in two if name not in one)]
    return [(name, one.get(name, ""), two.get(name, ""), one.get(name) != two.get(name)) for name in names]


def _flat(given: Mapping[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in given.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name}, ")
        else:
            found[f"{before}{name}".replace("_", " ").capitalize()] = "" if value is None else str(value)
    return found


def _parked(each: ParkedFiling, *, now: datetime) -> ParkedRow:
    return ParkedRow(
        number=each.filing,
        reference=each.reference or "A call event without a contact",
        since=ago(each.parked_at, now=now),
        attempts=each.attempts,
        error=each.error,
    )

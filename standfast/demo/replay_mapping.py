"""What do a replayed file's own types, receptions, priorities and outcomes mean here? Dated tables under `tables/`."""

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache

from standfast.foundation.kernel.tables import DatedTable


@dataclass(frozen=True, kw_only=True)
class KindRow:
    """The kind for the types of a layout that match a pattern; `priority` where the file itself has none."""

    id: str
    layout: str
    matches: tuple[str, ...]
    kind: str
    agency: str = ""
    priority: int | None = None


@dataclass(frozen=True, kw_only=True)
class ChannelRow:
    """The channel for one way a call came in; an empty reception stands for the rest."""

    id: str
    layout: str
    reception: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class PriorityRow:
    """Our priority for the file's priorities from `at_least` on."""

    id: str
    layout: str
    at_least: int
    priority: int


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """What the caller is taken to have answered in a call of our priority `at_least` or less urgent; the rest was not asked."""

    id: str
    at_least: int
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ClosingRow:
    """With which of our codes an incident is closed whose outcome in the file matches; by whether anybody arrived."""

    id: str
    matches: tuple[str, ...]
    attended: str
    unattended: str


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a row of a file means here; `row` is the table row that gave the kind, empty if none fits and the type is the kind."""

    kind: str
    channel: str
    priority: int | None
    row: str


KINDS = DatedTable.beside(__file__, "replay_kind", row=KindRow)
CHANNELS = DatedTable.beside(__file__, "replay_channel", row=ChannelRow)
PRIORITIES = DatedTable.beside(__file__, "replay_priority", row=PriorityRow)
ANSWERS = DatedTable.beside(__file__, "replay_answer", row=AnswerRow)
CLOSINGS = DatedTable.beside(__file__, "replay_closing", row=ClosingRow)


@dataclass(frozen=True, kw_only=True)
class SourceTerms:
    """What the file says of a call, in its own terms; `priority` is None where it has none."""

    layout: str
    agency: str
    type: str
    reception: str
    priority: int | None


@lru_cache(maxsize=4096)
def meaning_of(terms: SourceTerms, *, on: date) -> Meaning:
    """Return what the file's terms mean under the tables in force on a London day. A type no row fits is kept as the kind."""
    row = _kind_row(terms, on)
    priority = row.priority if row and row.priority is not None else _priority(terms, on)
    return Meaning(
        kind=row.kind if row else terms.type.capitalize(),
        channel=_channel(terms, on),
        priority=priority,
        row=row.id if row else "",
    )


def answers_of(priority: int | None, *, on: date) -> dict[str, bool]:
    """Return what the caller is taken to have answered, by question; without a priority nothing was asked."""
    rows = [row for row in ANSWERS.on(on).rows if priority is not None and row.at_least <= priority]
    if not rows:
        return {}
    row = max(rows, key=lambda each: each.at_least)
    return {**dict.fromkeys(row.yes, True), **dict.fromkeys(row.no, False)}


def closing_code_of(outcome: str, *, attended: bool, on: date) -> str:
    """Return the code with which an incident is closed that ended so in the file; the first row that fits gives it."""
    row = next(row for row in CLOSINGS.on(on).rows if any(fnmatchcase(outcome, pattern) for pattern in row.matches))
    return row.attended if attended else row.unattended


def _kind_row(terms: SourceTerms, on: date) -> KindRow | None:
    for row in KINDS.on(on).rows:
        fits = row.layout == terms.layout and row.agency in {"", terms.agency}
        if fits and any(fnmatchcase(terms.type, pattern) for pattern in row.matches):
            return row
    return None


def _channel(terms: SourceTerms, on: date) -> str:
    rows = [row for row in CHANNELS.on(on).rows if row.layout == terms.layout]
    return next(row.channel for row in rows if row.reception in {terms.reception, ""})


def _priority(terms: SourceTerms, on: date) -> int | None:
    if terms.priority is None:
        return None
    rows = [r for r in PRIORITIES.on(on).rows if r.layout == terms.layout and r.at_least <= terms.priority]
    return max(rows, key=lambda row: row.at_least).priority if rows else None

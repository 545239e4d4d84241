"""Which contacts are behind a number of the measures? Counted and listed by the same code, so that they are always the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.faces.screens.times import ago
from standfast.faces.web.measures.forms import LACKS, Asked, Part
from standfast.faces.web.measures.words import ANY, NO_TEAM, NO_TEAM_LABEL
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment import queries
from standfast.journey.assessment.queries import FlagState, MeasuredContact
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.states import ContactState

ROWS = 200
"""Rows of one page; the rest is asked for by its address."""


@dataclass(frozen=True, kw_only=True)
class ContactRow:
    """One contact behind a number: where and when it is from, whose it was, and what it lacks."""

    reference: str
    at: str
    since: str
    channel: str
    state: str
    team: str
    lacks: str


@dataclass(frozen=True, kw_only=True)
class BehindPage:
    """The contacts behind a number: which ones in words, some rows, how many there are in all, and the way on and back."""

    title: str
    days: str
    total: int
    first: int
    rows: Sequence[ContactRow]
    more: str
    back: str


def behind_page(asked: Asked, *, by: Actor, now: datetime) -> BehindPage:
    """
    Return the contacts behind a number.

    :raises NotAllowed: if the one who asks may not see how contacts were assessed
    """
    found = narrowed(queries.traced_contacts(span=asked.span, by=by), asked)
    shown = found[asked.start : asked.start + ROWS]
    after = asked.start + ROWS
    return BehindPage(
        title=_title(asked),
        days=days_of(asked),
        total=len(found),
        first=asked.start + 1 if shown else 0,
        rows=[_row(each, now=now) for each in shown],
        more=asked.query(start=after) if after < len(found) else "",
        back=asked.query(half="", part=Part.ALL, strand="", state="", origin="", start=0),
    )


def narrowed(contacts: Iterable[MeasuredContact], asked: Asked) -> list[MeasuredContact]:
    """Return the contacts that are asked for."""
    return [
        each
        for each in contacts
        if asked.team in (ANY, each.team or NO_TEAM)
        and asked.half in ("", each.half_hour)
        and _is_of(each, asked.part)
        and _has_prompt(each, asked)
    ]


def days_of(asked: Asked) -> str:
    """Return the days asked for in words."""
    first, last = asked.span.first, asked.span.last
    return f"{last:%-d %B %Y}" if first == last else f"{first:%-d %B} to {last:%-d %B %Y}"


def _is_of(contact: MeasuredContact, part: Part) -> bool:
    if part == Part.ENDED_WITHOUT:
        return contact.served.ended_without
    owed = next((each for each, lacking in LACKS.items() if lacking == part), None)
    return owed is None or contact.served.lacks(owed)


def _has_prompt(contact: MeasuredContact, asked: Asked) -> bool:
    if not (asked.strand or asked.state or asked.origin):
        return True
    return any(
        asked.strand in ("", each.strand)
        and asked.state in ("", each.state)
        and asked.origin in ("", "machine" if each.by_machine else "person")
        for each in contact.prompts
    )


def _title(asked: Asked) -> str:
    said = ["Contacts"]
    if asked.strand or asked.state or asked.origin:
        strand = Strand(asked.strand).label.lower() if asked.strand else "a vulnerability"
        state = f", {FlagState(asked.state).label.lower()}" if asked.state else ""
        origin = {"machine": " prompted by the machine", "person": " a person found alone", "": ""}[asked.origin]
        said.append(f"with {strand}{origin}{state}")
    if asked.part:
        said.append(asked.part.label)
    if asked.half:
        said.append(f"in the half-hour from {asked.half}")
    if asked.team:
        said.append(f"of {NO_TEAM_LABEL.lower() if asked.team == NO_TEAM else asked.team}")
    return " ".join(said)


def _row(contact: MeasuredContact, *, now: datetime) -> ContactRow:
    lacks = [part.label for owed, part in LACKS.items() if contact.served.lacks(owed)]
    return ContactRow(
        reference=contact.reference,
        at=days.wall_clock(contact.first_contact_at),
        since=ago(contact.first_contact_at, now=now),
        channel=Channel(contact.channel).label,
        state=ContactState(contact.state).label,
        team=contact.team or NO_TEAM_LABEL,
        lacks=", ".join(lacks).capitalize() or "Nothing",
    )

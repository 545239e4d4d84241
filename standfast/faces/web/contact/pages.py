"""What does the contact page show?"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup

from standfast.faces.screens.parts import TimelineRow
from standfast.faces.screens.times import short_moment, span
from standfast.faces.web.contact.forms import ENDINGS
from standfast.faces.web.contact.going import NEEDS, Going, going
from standfast.faces.web.contact.instruments import InstrumentLine, instrument_lines
from standfast.faces.web.contact.judging import RISKS, Judgement, judgement
from standfast.faces.web.contact.knowing import Earlier, Suggestion, Who, earlier, facts_of, suggestions, who
from standfast.faces.web.contact.putting_forward import put_forward
from standfast.faces.web.contact.running import Duties, duties_of, log_of
from standfast.faces.web.contact.unasked import Unasked, unasked
from standfast.faces.web.contact.words import line_of, marked_words
from standfast.faces.web.incidents.joined import LikelyRow, likely_rows
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.journey.assessment import queries as assessments
from standfast.journey.chat import queries as chats
from standfast.journey.contact.queries import ContactRecord
from standfast.journey.contact.states import ContactState, Ending
from standfast.journey.incidents import queries as incidents

ANSWERS = [(answer.value, answer.label) for answer in Answer]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """
    What somebody sent that was refused: under which form, in which words, and why. Empty when nothing was.

    `theirs` are the label and text of each fact a colleague saved meanwhile; `saved`
    is the part that was just saved.
    """

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()
    theirs: Sequence[tuple[str, str]] = ()
    saved: str = ""

    def of(self, form: str, name: str, stored: object = "") -> str:
        """Return what was typed into a field of a refused form, else what is stored."""
        if self.form == form and name in self.values:
            return self.values[name]
        return "" if stored is None else str(stored)


NOTHING_TYPED = Typed()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts of a contact as typed, and for each the mark by which a later save sees whether somebody else changed it."""

    words: str
    kind: str
    caller_name: str
    caller_phone: str
    caller_relation: str
    caller_born_on: str
    safe_to_call: str
    place_text: str
    point: str
    area: str
    marks: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Head:
    """The line over the panes: what kind of contact, whose it is, since when."""

    reference: str
    risk: str
    risk_label: str
    channel: str
    channel_label: str
    state: str
    state_label: str
    owner: str
    is_mine: bool
    first_contact: str
    first_contact_title: str
    first_contact_at: str
    waited: str
    line: str
    ended: str


@dataclass(frozen=True, kw_only=True)
class ContactPage:
    """The whole page."""

    head: Head
    facts: Facts
    marked: Markup
    who: Who
    unasked: Sequence[Unasked]
    linked: str
    suggestions: Sequence[Suggestion]
    same: Sequence[LikelyRow]
    earlier: Sequence[Earlier]
    judgement: Judgement
    instruments: Sequence[InstrumentLine]
    going: Going
    incident: str
    chat: str
    duties: Duties
    log: Sequence[TimelineRow]
    risks: Sequence[tuple[str, str]] = tuple(RISKS)
    answers: Sequence[tuple[str, str]] = tuple(ANSWERS)
    needs: Sequence[tuple[str, str]] = tuple(NEEDS)
    endings: Sequence[tuple[str, str]] = tuple((ending.value, ending.label) for ending in ENDINGS)


def contact_page(contact: ContactRecord, *, need: str, by: Actor, now: datetime) -> ContactPage:
    """Return everything the page shows of a contact."""
    reference = contact.reference
    view = assessments.view_assessment(reference=reference, by=by, now=now)
    linked = contact.person.reference if contact.person else ""
    incident = incidents.find_by_journey(journey=reference)
    known = who(facts_of(contact), linked=linked, now=now)
    chat = chats.find_conversation(reference=reference)
    return ContactPage(
        head=head(contact, by=by, now=now),
        facts=facts(contact),
        marked=marked_words(
            words=contact.words,
            kind=contact.kind,
            causes=[cause for flag in view.flags if flag.state != "dismissed" for cause in flag.because],
        ),
        who=known,
        unasked=unasked(contact, known.found, linked=linked, now=now) if known.found else (),
        linked=contact.person.full_name if contact.person else "",
        suggestions=suggestions(contact.place_text) if contact.place_text and contact.lat is None else (),
        same=likely_rows(incidents.likely_of_contact(contact, by=by, now=now), by=by),
        earlier=earlier(contact, now=now),
        judgement=put_forward(judgement(view, now=now), chats.facts_of(reference=reference) if chat else ()),
        instruments=instrument_lines(reference, by=by, now=now),
        going=going(reference, need=need, by=by, now=now),
        incident=incident.reference if incident else "",
        chat=reference if chat else "",
        duties=duties_of(reference, now=now),
        log=log_of(contact, now=now),
    )


def head(contact: ContactRecord, *, by: Actor, now: datetime) -> Head:
    """Return the line over the panes."""
    ended = ""
    if contact.closed_at:
        ending = Ending(contact.ending).label
        ended = f"{ending}: {contact.ending_reason} ({short_moment(contact.closed_at, now=now)})"
    return Head(
        reference=contact.reference,
        risk=contact.risk,
        risk_label=contact.get_risk_display(),
        channel=contact.channel,
        channel_label=contact.get_channel_display(),
        state=contact.state,
        state_label=ContactState(contact.state).label,
        owner=contact.owner.name if contact.owner else "",
        is_mine=bool(contact.owner and f"staff:{contact.owner.username}" == by.ref),
        first_contact=short_moment(contact.first_contact_at, now=now),
        first_contact_title=days.wall_clock(contact.first_contact_at),
        first_contact_at=contact.first_contact_at.isoformat(),
        waited=span(max(0, int((now - contact.first_contact_at).total_seconds()))),
        line=line_of(words=contact.words, kind=contact.kind),
        ended=ended,
    )


def facts(contact: ContactRecord) -> Facts:
    """Return the facts of a contact as a form shows them."""
    born = contact.caller_born_on
    point = f"{contact.lat:.5f}, {contact.lon:.5f}" if contact.lat is not None and contact.lon is not None else ""
    return Facts(
        words=contact.words,
        kind=contact.kind,
        caller_name=contact.caller_name,
        caller_phone=contact.caller_phone,
        caller_relation=contact.caller_relation,
        caller_born_on=f"{born:%d/%m/%Y}" if born else "",
        safe_to_call=contact.safe_to_call,
        place_text=contact.place_text,
        point=point,
        area=contact.urban_rural.capitalize(),
        marks={name: mark_of(getattr(contact, name)) for name in MARKED},
    )


MARKED = (
    "words",
    "kind",
    "caller_name",
    "caller_phone",
    "caller_relation",
    "caller_born_on",
    "safe_to_call",
    "place_text",
    "lat",
    "lon",
)


def mark_of(value: Any) -> str:
    """Return a short mark of a stored value: equal for equal values, and nothing can be read from it."""
    return hashlib.sha256(repr(None if value is None else str(value)).encode()).hexdigest()[:16]

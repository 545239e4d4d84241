"""Who may this be, where are they, and what is known of both?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from standfast.faces.screens.parts import PIPS, Agreement, Evidence, Match
from standfast.faces.screens.times import short_moment
from standfast.faces.web.contact.words import in_words, line_of
from standfast.foundation.kernel import days
from standfast.foundation.parties import queries as parties
from standfast.foundation.parties.rules.likeness import Agreement as Weighed
from standfast.foundation.parties.rules.match_level import MatchLevel
from standfast.foundation.places import queries as places
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.queries import ContactRecord

AGREEMENT = {
    Weighed.AGREES: Agreement.AGREES,
    Weighed.NEAR: Agreement.AGREES,
    Weighed.DIFFERS: Agreement.DIFFERS,
    Weighed.NOT_KNOWN: Agreement.NOT_KNOWN,
}
SURENESS = {MatchLevel.CERTAIN: PIPS, MatchLevel.PROBABLE: 2, MatchLevel.POSSIBLE: 1}
HOUSE_NUMBER = re.compile(r"^\s*(\d+\s?[A-Za-z]?)\b[\s,]*")
MOST_PEOPLE = 4
EARLIER_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class Caution:
    """A standing warning: what it warns of, in which words, and by when it is reviewed."""

    title: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person this may be, with what is known of them."""

    reference: str
    level: str
    match: Match
    household: str
    children: str
    repeat: str
    lines: Sequence[tuple[str, str]]
    warnings: Sequence[Caution]
    is_linked: bool


@dataclass(frozen=True, kw_only=True)
class Who:
    """What a look-up brought, and by what was searched: nothing found is a result. `found` is the look-up itself."""

    searched: str
    people: Sequence[Known] = ()
    cut_short: bool = False
    place: str = ""
    place_children: str = ""
    place_warnings: Sequence[Caution] = ()
    place_lines: Sequence[tuple[str, str]] = ()
    number_repeat: str = ""
    found: parties.LookUp | None = None


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A place offered while somebody types, and the value that chooses it."""

    name: str
    kind: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """An earlier contact of the same number or person."""

    when: str
    channel: str
    what: str
    risk: str
    reference: str


def facts_of(contact: ContactRecord) -> parties.LookUpFacts:
    """Return what is searched by for a contact as it is stored."""
    return parties.LookUpFacts(
        name=contact.caller_name,
        phone=contact.caller_phone,
        born_on=contact.caller_born_on,
        address_text=contact.place_text,
    )


def who(facts: parties.LookUpFacts, *, linked: str = "", now: datetime) -> Who:
    """Return who may be meant, surest first. `linked` is the reference of the person the contact is linked to."""
    found = parties.look_up(facts, now=now, limit=MOST_PEOPLE)
    place = found.place
    return Who(
        searched=", ".join(found.searched),
        people=[_known(each, linked=linked, now=now) for each in found.candidates],
        cut_short=found.cut_short,
        place=_residents(place.residents) if place else "",
        place_children=_children(place.children) if place else "",
        place_warnings=[_warning(marker) for marker in place.markers] if place else (),
        place_lines=_lines(place.history) if place else (),
        number_repeat=_repeat(found.number_history),
        found=found,
    )


def suggestions(typed: str) -> list[Suggestion]:
    """Return the places of the gazetteer that begin like what was typed; a house number typed before stays."""
    number = HOUSE_NUMBER.match(typed)
    before = f"{number.group(1)} " if number else ""
    return [
        Suggestion(
            name=before + each.full_name,
            kind=each.kind.label,
            value=f"{each.lat}|{each.lon}|{before}{each.full_name}",
        )
        for each in places.find_places(text=typed[number.end() :] if number else typed, limit=6)
    ]


def earlier(contact: ContactRecord, *, now: datetime) -> list[Earlier]:
    """Return the newest earlier contacts of the same number or person."""
    return [
        Earlier(
            when=short_moment(each.first_contact_at, now=now),
            channel=each.get_channel_display(),
            what=line_of(words=each.words, kind=each.kind),
            risk=each.get_risk_display(),
            reference=each.reference,
        )
        for each in contacts.earlier_contacts(contact=contact, limit=EARLIER_SHOWN)
    ]


def _known(each: parties.Candidate, *, linked: str, now: datetime) -> Known:
    age = _age(each, now=now)
    return Known(
        reference=each.reference,
        level=each.level,
        match=Match(
            name=f"{each.full_name}, {age}" if age else each.full_name,
            level=each.level.label,
            pips=SURENESS.get(each.level, 1),
            evidence=[
                Evidence(agreement=AGREEMENT[piece.agreement], text=piece.because)
                for piece in each.evidence
                if piece.agreement != Weighed.NOT_KNOWN
            ],
            note=each.decision.because,
            href=reverse("persons:person", args=[each.reference]),
        ),
        household=_residents(each.household),
        children=_children(each.children),
        repeat=_repeat(each.history),
        lines=_lines(each.history),
        warnings=[_warning(marker) for marker in each.markers],
        is_linked=linked in each.records,
    )


def _age(each: parties.Candidate, *, now: datetime) -> str:
    if each.born_on is None:
        return ""
    today = days.london_day(now)
    return str(today.year - each.born_on.year - ((today.month, today.day) < (each.born_on.month, each.born_on.day)))


def _residents(residents: Sequence[parties.Resident]) -> str:
    adults = [each for each in residents if not each.is_child]
    return _counted(len(adults), "adult") if adults else ""


def _children(residents: Sequence[parties.Resident]) -> str:
    ages = sorted(each.age for each in residents if each.age is not None)
    return f"{_counted(len(residents), 'child', 'children')} ({', '.join(map(str, ages))})" if residents else ""


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def _repeat(history: parties.HistorySummary) -> str:
    counts = {
        "7 days": history.contacts_7_days,
        "30 days": history.contacts_30_days,
        "a year": history.contacts_365_days,
    }
    shown = [f"{count} in {period}" for period, count in counts.items() if count]
    return f"Contacts: {', '.join(shown)}" if shown else ""


def _lines(history: parties.HistorySummary) -> list[tuple[str, str]]:
    return [
        (
            f"{line.on:%-d %b %Y}",
            " · ".join(part for part in (in_words(line.kind), line.summary, line.last_risk) if part),
        )
        for line in history.lines
    ]


def _warning(marker: parties.MarkerShown) -> Caution:
    review = f"review {marker.review_on:%-d %b %Y}"
    return Caution(
        title=f"{in_words(marker.kind)}: {marker.text}",
        source=f"{review}, overdue" if marker.review_is_overdue else review,
    )

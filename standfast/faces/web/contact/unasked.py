"""What is known of the household and the past that the contact page brings up by itself, and why?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from standfast.foundation.kernel import days
from standfast.foundation.parties import queries as parties
from standfast.foundation.parties.rules.match_level import MatchLevel
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.rules.circumstance import (
    Circumstance,
    CircumstanceFacts,
    danger_of,
    rank_circumstances,
)
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.queries import ContactRecord

# Warnings that say somebody may not be able to protect themselves, as distinct from those that warn officers.
AT_RISK = frozenset({"self_harm", "mental_health", "domestic_abuse", "communication"})
SURE_ENOUGH = frozenset({MatchLevel.CERTAIN, MatchLevel.PROBABLE})
LOCATION_DAYS = 90
MOST_CONTACTS = 50


@dataclass(frozen=True, kw_only=True)
class Unasked:
    """One thing brought up: what it is, what is known of it, why it matters, and the row that says so."""

    title: str
    known: str
    because: str
    row: str


def unasked(contact: ContactRecord, found: parties.LookUp, *, linked: str, now: datetime) -> list[Unasked]:
    """Return what to bring up of a contact, most dangerous first. A person counts once linked, or while the look-up is sure enough."""
    today = days.london_day(now)
    known = _Known(contact, found, linked=linked, today=today)
    return [
        Unasked(title=each.title, known=known.told(each), because=each.because, row=each.row)
        for each in rank_circumstances(known.facts(), on=today)
    ]


class _Known:
    # The pieces of a look-up that bear on one contact, gathered once. What came of the contact itself is no past of it.
    def __init__(self, contact: ContactRecord, found: parties.LookUp, *, linked: str, today: date) -> None:
        self.contact, self.today = contact, today
        self.person = next(
            (each for each in found.candidates if (linked in each.records if linked else each.level in SURE_ENOUGH)),
            None,
        )
        self.place = found.place
        here = [each for each in (self.person, self.place) if each is not None]
        self.past = [*(each.history for each in here), found.number_history]
        self.children = list({child.reference: child for each in here for child in each.children}.values())
        warnings = {marker.reference: marker for each in here for marker in (*each.markers, *each.household_markers)}
        self.at_risk = [marker for marker in warnings.values() if marker.kind in AT_RISK]
        self.names = self._names()
        incidents = self._incidents(self.past)
        self.last = max(incidents, default=None)
        self.strands = assessments.strands_before(contact, also=self._contacts_at_place())

    def _names(self) -> dict[str, str]:
        household = self.person.household if self.person else ()
        names = {each.reference: each.full_name for each in (*household, *(self.place.residents if self.place else ()))}
        return names | dict.fromkeys(
            self.person.records if self.person else (), self.person.full_name if self.person else ""
        )

    def _contacts_at_place(self) -> list[str]:
        return [ref for _, ref in self.place.history.incidents if ref] if self.place else []

    def _incidents(self, histories: Iterable[parties.HistorySummary]) -> list[date]:
        # An incident and the crime that came of it are one matter, told by the contact they came from.
        matters: dict[object, date] = {}
        for each in histories:
            for place, (on, contact_ref) in enumerate(each.incidents):
                if contact_ref != self.contact.reference:
                    matters[contact_ref or (id(each), place)] = on
        return list(matters.values())

    def facts(self) -> CircumstanceFacts:
        at_place = self._incidents([self.place.history] if self.place else [])
        return CircumstanceFacts(
            children=len(self.children),
            people_at_risk=len(self.at_risk),
            strands_before=len(self.strands),
            last_risk=max(danger_of(_last_risk(each, self.contact.reference)) for each in self.past),
            days_since_incident=(self.today - self.last).days if self.last else None,
            incidents_at_address_90_days=sum(on > self.today - timedelta(days=LOCATION_DAYS) for on in at_place),
            incidents_of_person_365_days=len(self._incidents([self.person.history] if self.person else [])),
            **self._contacts(),
        )

    def _contacts(self) -> dict[str, int]:
        # This one counts: somebody who gets in touch for the third time is a repeat caller now, not the next time.
        before = contacts.earlier_contacts(contact=self.contact, limit=MOST_CONTACTS)
        at = self.contact.first_contact_at
        told = {
            "contacts_7_days": max(each.contacts_7_days for each in self.past),
            "contacts_30_days": max(each.contacts_30_days for each in self.past),
            "contacts_365_days": max(each.contacts_365_days for each in self.past),
        }
        ours = {
            f"contacts_{number}_days": sum(each.first_contact_at > at - timedelta(days=number) for each in before)
            for number in (7, 30, 365)
        }
        return {name: 1 + max(told[name], ours[name]) for name in told}

    def told(self, each: Circumstance) -> str:
        """Say what is known of one thing, beyond its count."""
        if each.fact == "children":
            return ", ".join(f"{child.full_name}, {child.age}" for child in self.children)
        if each.fact == "people_at_risk":
            return "; ".join(map(self._warning, self.at_risk))
        if each.fact == "strands_before":
            return ", ".join(f"{strand.label} ({days.london_day(at):%-d %b %Y})" for strand, at in self.strands)
        if each.fact == "days_since_incident":
            return _days_ago(each.value, self.last)
        if each.fact == "incidents_of_person_365_days" and self.person:
            return f"{self.person.full_name}, {each.value} incidents"
        return "" if each.fact == "last_risk" else f"{each.value} times"

    def _warning(self, marker: parties.MarkerShown) -> str:
        kind = parties.MarkerKind(marker.kind).label
        what = kind if marker.text.casefold() == kind.casefold() else f"{kind}: {marker.text}"
        name = self.names.get(marker.on_record, "")
        return f"{name} – {what}" if name else what


def _days_ago(number: int, last: date | None) -> str:
    ago = {0: "today", 1: "yesterday"}.get(number, f"{number} days ago")
    return f"{ago}, {last:%-d %b %Y}" if last and number else ago


def _last_risk(history: parties.HistorySummary, own: str) -> str:
    others: Sequence[parties.HistoryLine] = [line for line in history.lines if line.contact_ref != own]
    newest = next((line.last_risk for line in others if line.last_risk), "")
    return newest or (history.last_risk if len(others) == len(history.lines) else "")

"""What do the pages about persons on record show?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from standfast.faces.screens.parts import Match
from standfast.faces.screens.telling import doer, in_words
from standfast.faces.screens.times import ago, short_moment
from standfast.faces.web.contact.words import line_of
from standfast.faces.web.persons.likeness import match_of
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.parties import queries as parties
from standfast.foundation.parties.queries import Before, Home, MarkerKind, MergeShown, PersonSheet, Sex
from standfast.foundation.people import queries as people
from standfast.journey.contact import queries as contacts

NOT_KNOWN = "Not known"
POSTCODE_END = 3
CONTACTS_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a record: what, and each value of it."""

    label: str
    values: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Told:
    """Something that was decided about a record: the sentence, why, who and when, and how to take it back, if one still may."""

    sentence: str
    reason: str
    by: str
    href: str = ""
    href_label: str = ""
    undo_href: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactLine:
    """A contact linked to a person, newest first."""

    when: str
    what: str
    risk: str
    href: str


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """One person as shown. `contacts` is None for those who may not read contacts."""

    reference: str
    name: str
    rows: Sequence[Row]
    warnings: Sequence[tuple[str, str]]
    repeat: str
    lines: Sequence[tuple[str, str]]
    contacts: Sequence[ContactLine] | None
    merges: Sequence[Told]
    corrections: Sequence[Told]
    kept_href: str
    correct_href: str
    merge_href: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One line of two records side by side, and whether they say the same."""

    label: str
    mine: Sequence[str]
    theirs: Sequence[str]
    verdict: str


def person_page(
    sheet: PersonSheet, *, may_correct: bool, may_merge: bool, may_read_contacts: bool, now: datetime
) -> PersonPage:
    """Return one person as shown. A merged record is looked at only: what is put right is the one that is kept."""
    names = people.names_by_ref(_doers(sheet))
    stands = not sheet.merged_into
    return PersonPage(
        reference=sheet.reference,
        name=sheet.full_name,
        rows=rows_of(sheet),
        warnings=[_warning(marker) for marker in sheet.markers],
        repeat=repeat_of(sheet),
        lines=[
            (
                f"{line.on:%-d %b %Y}",
                " · ".join(part for part in (in_words(line.kind, now=now), line.summary, line.last_risk) if part),
            )
            for line in sheet.history.lines
        ],
        contacts=_contacts(sheet, now=now) if may_read_contacts else None,
        merges=[_merge(each, sheet, names, may_undo=may_merge, now=now) for each in sheet.merges],
        corrections=[_correction(each, names, now=now) for each in sheet.corrections],
        kept_href=reverse("persons:person", args=[sheet.merged_into]) if sheet.merged_into else "",
        correct_href=reverse("persons:correct", args=[sheet.reference]) if may_correct and stands else "",
        merge_href=reverse("persons:merge", args=[sheet.reference]) if may_merge and stands else "",
    )


def rows_of(sheet: PersonSheet) -> list[Row]:
    """Return what is on record of a person, line by line; what is not known says so."""
    born = f"{day(sheet.born_on)}, aged {sheet.age}" if sheet.born_on else ""
    given = [
        ("Given names", [sheet.given_names]),
        ("Family name", [sheet.family_name]),
        ("Known as", [sheet.known_as]),
        ("Born", [born]),
        ("Sex", [Sex(sheet.sex).label if sheet.sex else ""]),
        ("Numbers", [f"{number}, safe to call: {Answer(safe).label.lower()}" for number, safe in sheet.numbers]),
        ("Lives at", [_home(home) for home in sheet.homes if home.to_on is None]),
        ("Lived at", [_home(home) for home in sheet.homes if home.to_on is not None]),
    ]
    return [Row(label=label, values=[each for each in values if each] or [NOT_KNOWN]) for label, values in given]


def compared(mine: PersonSheet, theirs: PersonSheet, *, now: datetime) -> list[Comparison]:
    """Return two records side by side."""
    pairs = list(zip(rows_of(mine), rows_of(theirs), strict=True))
    lines = [
        Comparison(label=one.label, mine=one.values, theirs=other.values, verdict=_verdict(one.values, other.values))
        for one, other in pairs
    ]
    return [
        *lines,
        Comparison(label="Warnings", mine=_warnings(mine), theirs=_warnings(theirs), verdict=""),
        Comparison(label="Before", mine=_before(mine, now=now), theirs=_before(theirs, now=now), verdict=""),
    ]


def alike(sheet: PersonSheet, *, now: datetime) -> list[tuple[Match, str]]:
    """Return who on record is like this person and not yet one with them, surest first, each with the address that compares the two."""
    home = next((each for each in sheet.homes if each.to_on is None), None)
    facts = parties.LookUpFacts(
        name=sheet.full_name,
        phone=sheet.numbers[0][0] if sheet.numbers else "",
        born_on=sheet.born_on,
        address_text=home.lines if home else "",
        postcode=home.postcode if home else "",
    )
    found = parties.look_up(facts, now=now).candidates
    compare = reverse("persons:merge", args=[sheet.reference])
    return [
        (match_of(each, now=now), f"{compare}?other={each.reference}")
        for each in found
        if sheet.reference not in each.records
    ]


def repeat_of(sheet: PersonSheet) -> str:
    """Return how often a person got in touch, as one sentence."""
    before = sheet.history
    counts = {"7 days": before.contacts_7_days, "30 days": before.contacts_30_days, "a year": before.contacts_365_days}
    shown = [f"{count} in {period}" for period, count in counts.items() if count]
    return f"Contacts: {', '.join(shown)}" if shown else ""


def day(on: date) -> str:
    """Return a day as people write it."""
    return f"{on:%-d %B %Y}"


def _contacts(sheet: PersonSheet, *, now: datetime) -> list[ContactLine]:
    return [
        ContactLine(
            when=short_moment(each.first_contact_at, now=now),
            what=f"{each.get_channel_display()} · {line_of(words=each.words, kind=each.kind)}",
            risk=each.get_risk_display(),
            href=reverse("contact:contact", args=[each.reference]),
        )
        for each in contacts.contacts_of_person(person_ref=sheet.reference, limit=CONTACTS_SHOWN)
    ]


def _home(home: Home) -> str:
    code = f"{home.postcode[:-POSTCODE_END]} {home.postcode[-POSTCODE_END:]}" if home.postcode else ""
    left = f"until {day(home.to_on)}" if home.to_on else ""
    lines = home.lines if not code or code in home.lines else f"{home.lines}, {code}"
    return ", ".join(part for part in (lines, left) if part)


def _verdict(mine: Sequence[str], theirs: Sequence[str]) -> str:
    if NOT_KNOWN in mine or NOT_KNOWN in theirs:
        return ""
    same = {each.casefold() for each in mine} & {each.casefold() for each in theirs}
    return "Same" if same else "Differs"


def _warning(marker: parties.MarkerShown) -> tuple[str, str]:
    review = f"review by {day(marker.review_on)}"
    label = MarkerKind(marker.kind).label
    title = label if marker.text == label else f"{label}: {marker.text}"
    return title, f"{review}, overdue" if marker.review_is_overdue else review


def _warnings(sheet: PersonSheet) -> list[str]:
    return [title for title, _ in map(_warning, sheet.markers)] or ["None"]


def _before(sheet: PersonSheet, *, now: datetime) -> list[str]:
    lines = [f"{line.on:%-d %b %Y} {in_words(line.kind, now=now)}" for line in sheet.history.lines]
    return [part for part in (repeat_of(sheet), *lines) if part] or ["Nothing is noted"]


def _doers(sheet: PersonSheet) -> Iterable[str]:
    merged = {ref for each in sheet.merges for ref in (each.merged_by, each.undone_by)}
    return merged | {each.corrected_by for each in sheet.corrections}


def _merge(each: MergeShown, sheet: PersonSheet, names: Mapping[str, str], *, may_undo: bool, now: datetime) -> Told:
    is_kept = each.kept_ref == sheet.reference
    other_ref, other = (each.merged_ref, each.merged_name) if is_kept else (each.kept_ref, each.kept_name)
    into = f"{other} is merged into this record" if is_kept else f"This record is merged into {other}"
    if each.undone_at:
        sentence = f"Merged with {other}, and parted again"
        by = f"{doer(each.undone_by, names)}, {ago(each.undone_at, now=now)}"
        reason = each.undone_because
    else:
        sentence, by, reason = into, f"{doer(each.merged_by, names)}, {ago(each.merged_at, now=now)}", each.reason
    return Told(
        sentence=sentence,
        reason=reason,
        by=by,
        href=reverse("persons:person", args=[other_ref]),
        href_label=f"See {other}",
        undo_href=reverse("persons:undo", args=[each.reference]) if may_undo and not each.undone_at else "",
    )


def _correction(each: Before, names: Mapping[str, str], *, now: datetime) -> Told:
    stood = [each.full_name, f"known as {each.known_as}" if each.known_as else ""]
    stood += [f"born {day(each.born_on)}" if each.born_on else "birth date not known"]
    return Told(
        sentence=f"Before: {', '.join(part for part in stood if part)}",
        reason=each.reason,
        by=f"{doer(each.corrected_by, names)}, {ago(each.corrected_at, now=now)}",
    )

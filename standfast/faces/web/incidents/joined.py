"""What does a page show of incidents that belong together, or are perhaps one: with distance, time apart and first line?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from standfast.faces.screens.times import ago, short_moment
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.places.rules.travel import km_between
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.same_incident import Likely, first_line
from standfast.journey.incidents.states import OPEN, IncidentState

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class LikelyRow:
    """An open incident that is perhaps the same: what it is, how near, and the first line of what was told."""

    reference: str
    what: str
    near: str
    first_line: str


@dataclass(frozen=True, kw_only=True)
class JoinedRow:
    """
    An incident that belongs to this one: what it is, and how, since when and by whom it was joined.

    `call_back` is until when its own caller, whom a merge does not forget, is still to be called back.
    """

    reference: str
    what: str
    told: str
    call_back: str = ""


@dataclass(frozen=True, kw_only=True)
class JoinedPart:
    """The part “Same incident?” of a page. `into` is what this one was merged into, `survivor` where that leads in the end."""

    is_open: bool
    likely: Sequence[LikelyRow]
    into: JoinedRow | None
    survivor: str
    took_in: Sequence[JoinedRow]
    links: Sequence[JoinedRow]
    split: Sequence[JoinedRow]

    @property
    def belongs(self) -> bool:
        """Whether anything belongs to it."""
        return bool(self.took_in or self.links or self.split)


@dataclass(frozen=True, kw_only=True)
class MergePage:
    """
    Two incidents side by side: `kept` and `merged` first, then a line for each thing that matters, and every change or why not.

    `apart` says how far they are from each other, in place and time.
    """

    kept: str
    merged: str
    apart: str
    lines: Sequence[tuple[str, str, str]]
    changes: Sequence[str]
    against: str
    seen: str


def joined_part(incident: Any, *, offers: Sequence[Likely], by: Actor, now: datetime) -> JoinedPart:
    """Return what belongs to an incident, and what is offered as perhaps the same."""
    joined = queries.joined_of(incident)
    split = [_row(each, f"split from this {ago(each.opened_at, now=now)}") for each in joined.split]
    if joined.split_from is not None:
        split.append(_row(joined.split_from, f"this was split from it {ago(incident.opened_at, now=now)}"))
    return JoinedPart(
        is_open=incident.state in OPEN,
        likely=likely_rows(offers, by=by),
        into=_row(joined.into, _how(joined.into_link, now=now)) if joined.into else None,
        survivor=joined.survivor.reference if joined.survivor else "",
        took_in=_took_in(joined.took_in, now=now),
        links=[_row(other, _how(each, now=now)) for other, each in joined.links],
        split=split,
    )


def likely_rows(offers: Sequence[Likely], *, by: Actor) -> Sequence[LikelyRow]:
    """Return incidents that are perhaps the same as rows of a list."""
    if not offers:
        return []
    known = queries.incidents_by_reference([each.reference for each in offers], by=by)
    return [
        LikelyRow(
            reference=each.reference,
            what=_what(known[each.reference]),
            near=near(each),
            first_line=each.first_line or "Nothing was written",
        )
        for each in offers
        if each.reference in known
    ]


def near(each: Likely) -> str:
    """Return in words how near another incident is in place and time, and what else both have."""
    place = "place not on the map" if each.km is None else f"{each.km:.1f} km away"
    minutes = round(each.apart / MINUTE)
    when = (
        "told in the same minute" if not minutes else f"told {abs(minutes)} min {'later' if minutes > 0 else 'earlier'}"
    )
    alike = ["same number"] if each.same_number else []
    alike += ["same words for the place"] if each.same_place else []
    return " · ".join([place, when, *alike])


def merge_page(preview: queries.MergePreview, *, now: datetime) -> MergePage:
    """Return two incidents side by side with what a merge would change."""
    kept, merged = preview.kept, preview.merged
    units = {
        each.pk: ", ".join(job.callsign for job in queries.active_deployments(incidents=[each.pk])) or "None"
        for each in (kept, merged)
    }
    sides = [_side(each, units, now=now) for each in (kept, merged)]
    return MergePage(
        kept=kept.reference,
        merged=merged.reference,
        apart=_apart(kept, merged),
        lines=[(label, sides[0][label], sides[1][label]) for label in sides[0]],
        changes=preview.plan.changes if preview.plan else (),
        against=preview.against,
        seen=preview.seen,
    )


def _apart(kept: Any, merged: Any) -> str:
    minutes = round(abs(merged.first_contact_at - kept.first_contact_at) / MINUTE)
    km = km_between((kept.lat, kept.lon), (merged.lat, merged.lon))
    place = "one of them is not on the map" if km is None else f"{km:.1f} km from each other"
    return f"{place}, {minutes} min between the first contacts"


def _side(incident: Any, units: Mapping[int, str], *, now: datetime) -> dict[str, str]:
    return {
        "First contact": short_moment(incident.first_contact_at, now=now),
        "Grade": ResponseGrade(incident.grade).label,
        "Risk": Risk(incident.risk).label,
        "What": incident.kind or "Not noted",
        "Place": incident.place_text or "Not known",
        "First line": first_line(incident.contact.words) or "Nothing was written",
        "Vulnerability": ", ".join(Strand(each).label for each in incident.strands) or "None seen",
        "State": IncidentState(incident.state).label,
        "Units": units[incident.pk],
    }


def _took_in(links: Sequence[Any], *, now: datetime) -> Sequence[JoinedRow]:
    if not links:
        return []
    duties = obligations.running_for(each.incident.reference for each in links)
    return [
        JoinedRow(
            reference=each.incident.reference,
            what=_what(each.incident),
            told=_how(each, now=now),
            call_back=next(
                (
                    short_moment(duty.due_at, now=now)
                    for duty in duties.get(each.incident.reference, ())
                    if duty.kind == Duty.CALL_BACK
                ),
                "",
            ),
        )
        for each in links
    ]


def _row(incident: Any, told: str) -> JoinedRow:
    return JoinedRow(reference=incident.reference, what=_what(incident), told=told)


def _what(incident: Any) -> str:
    return f"{incident.kind or 'Kind not noted'}, {incident.place_text or 'place not known'}"


def _how(link: Any, *, now: datetime) -> str:
    return f"by {link.by_name}, {ago(link.at, now=now)}: {link.reason}"

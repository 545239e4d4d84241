"""Which incidents belong together: which were merged, linked or split, which are perhaps the same, and what would a merge change?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians

from django.db.models import Q, QuerySet

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations.queries import running
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.parties.rules.phones import NoSuchNumber, dialled
from standfast.foundation.people.access import reachable, require
from standfast.foundation.people.permissions import Permission
from standfast.foundation.places.rules.travel import KM_PER_DEGREE
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState
from standfast.journey.incidents.models import Deployment, Incident, Link, LinkKind, Transfer
from standfast.journey.incidents.queries.incidents import family_of, get_incident
from standfast.journey.incidents.rules.merging import MergeFacts, MergePlan, in_order, plan_merge, why_not_merge
from standfast.journey.incidents.rules.same_incident import Likely, Matter, limits_for, rank_likely
from standfast.journey.incidents.states import OPEN, IncidentState

MOST_COMPARED = 200


@dataclass(frozen=True, kw_only=True)
class MergePreview:
    """What a merge of two incidents would do, or why it may not be. `seen` names how both stood when it was worked out."""

    kept: Incident
    merged: Incident
    against: str
    plan: MergePlan | None
    seen: str


@dataclass(frozen=True, kw_only=True)
class Joined:
    """What an incident belongs together with: what it was merged into, split from, and what into or from it; links both ways."""

    into: Incident | None
    into_link: Link | None
    survivor: Incident | None
    took_in: Sequence[Link]
    links: Sequence[tuple[Incident, Link]]
    split_from: Incident | None
    split: Sequence[Incident]


def survivor_of(incident: Incident) -> Incident:
    """Return the incident under which this one is dealt with: itself, or at the end of what it was merged into."""
    while incident.merged_into_id is not None:
        incident = Incident.objects.select_related("contact").get(pk=incident.merged_into_id)
    return incident


def channels_of(incident: Incident) -> frozenset[Channel]:
    """Return by which channels an incident, and what was merged into it, came."""
    rows = Incident.objects.filter(pk__in=family_of(incident))
    return frozenset(Channel(each) for each in rows.values_list("contact__channel", flat=True))


def find_link(one: Incident, other: Incident) -> Link | None:
    """Return the link that stands between two incidents, locked, whichever way it was made, or None."""
    rows = Link.objects.select_for_update().filter(kind=LinkKind.LINKED, undone_at=None)
    return rows.filter(Q(incident=one, other=other) | Q(incident=other, other=one)).first()


def likely_same(incident: Incident, *, by: Actor, now: datetime) -> Sequence[Likely]:
    """Return the open incidents that are perhaps the same as an open one and not linked with it yet, most alike first."""
    require(by, Permission.INCIDENT_READ)
    if incident.state not in OPEN:
        return []
    linked = Link.objects.filter(Q(incident=incident) | Q(other=incident), undone_at=None, kind=LinkKind.LINKED)
    rows = reachable(by, Incident.objects.filter(state__in=OPEN)).exclude(pk=incident.pk)
    rows = rows.exclude(pk__in=linked.values("incident_id")).exclude(pk__in=linked.values("other_id"))
    return _ranked(_matter(incident, incident.contact), rows, number=incident.contact.caller_phone, now=now)


def likely_of_contact(contact: Contact, *, by: Actor, now: datetime) -> Sequence[Likely]:
    """Return the open incidents that are perhaps what somebody gets in touch about, before one is opened for it; none once it is closed."""
    require(by, Permission.INCIDENT_READ)
    if contact.state == ContactState.CLOSED:
        return []
    rows = reachable(by, Incident.objects.filter(state__in=OPEN)).exclude(contact=contact)
    return _ranked(_matter(contact, contact), rows, number=contact.caller_phone, now=now)


def joined_of(incident: Incident) -> Joined:
    """Return what an incident was merged into, linked with and split from, and what was merged into and split from it."""
    rows = Link.objects.filter(Q(incident=incident) | Q(other=incident), undone_at=None)
    standing = list(rows.select_related("incident__contact", "other").order_by("id"))
    merged = [each for each in standing if each.kind == LinkKind.MERGED]
    into = next((each for each in merged if each.incident_id == incident.pk), None)
    return Joined(
        into=into.other if into else None,
        into_link=into,
        survivor=survivor_of(incident) if into else None,
        took_in=[each for each in merged if each.other_id == incident.pk],
        links=[
            (each.other if each.incident_id == incident.pk else each.incident, each)
            for each in standing
            if each.kind == LinkKind.LINKED
        ],
        split_from=incident.split_from,
        split=list(Incident.objects.filter(split_from=incident).order_by("pk")),
    )


def preview_merge(*, reference: str, other: str, by: Actor) -> MergePreview:
    """
    Return what merging two incidents would do.

    :raises NotFound: if one of them is not there, or out of reach
    """
    require(by, Permission.INCIDENT_MERGE)
    return plan_of(get_incident(reference=reference, by=by), get_incident(reference=other, by=by))


def plan_of(one: Incident, other: Incident) -> MergePreview:
    """Return what merging two incidents would do, as they were read."""
    rows = {one.pk: one, other.pk: other}
    facts = merge_facts(rows.values())
    first, second = facts[one.pk], facts[other.pk]
    against = why_not_merge(first, second)
    kept, merged = in_order(first, second)
    return MergePreview(
        kept=rows[kept.number],
        merged=rows[merged.number],
        against=against,
        plan=None if against else plan_merge(first, second),
        seen=f"{rows[kept.number].version}-{rows[merged.number].version}",
    )


def merge_facts(incidents: Iterable[Incident]) -> dict[int, MergeFacts]:
    """Return incidents as the rule of merging sees them, by key."""
    rows = {each.pk: each for each in incidents}
    offered = set(Transfer.objects.filter(incident_id__in=rows, answered_at=None).values_list("incident_id", flat=True))
    units: dict[int, list[str]] = {}
    sent = Deployment.objects.filter(incident_id__in=rows, ended_at=None).order_by("assigned_at", "id")
    for key, callsign in sent.values_list("incident_id", "callsign"):
        units.setdefault(key, []).append(callsign)
    calls = running().filter(kind=Duty.CALL_BACK, subject__in=[each.reference for each in rows.values()])
    back = set(calls.values_list("subject", flat=True))
    return {
        key: MergeFacts(
            reference=each.reference,
            number=key,
            first_contact_at=each.first_contact_at,
            is_open=each.state in OPEN,
            left=each.state == IncidentState.RESULTED,
            desk=each.desk,
            offered=key in offered,
            by_appointment=each.slot_until is not None,
            closing_asked=bool(each.closing_by),
            grade=ResponseGrade(each.grade),
            risk=Risk(each.risk),
            strands=frozenset(each.strands),
            warnings=frozenset(warning["reference"] for warning in each.warnings),
            child_mentioned=each.child_mentioned,
            on_the_map=each.lat is not None,
            units=tuple(units.get(key, ())),
            call_back=each.reference in back,
        )
        for key, each in rows.items()
    }


def _ranked(matter: Matter, rows: QuerySet[Incident], *, number: str, now: datetime) -> Sequence[Likely]:
    on = days.london_day(now)
    limits = limits_for(matter.setting, on=on)
    within = timedelta(minutes=limits.within_minutes)
    near = rows.filter(
        _near(matter, number, limits.within_km),
        first_contact_at__range=(matter.first_contact_at - within, matter.first_contact_at + within),
    )
    others = near.select_related("contact").order_by("-pk")[:MOST_COMPARED]
    return rank_likely(matter, [_matter(each, each.contact) for each in others], on=on)


def _near(matter: Matter, number: str, km: float) -> Q:
    """Return the condition that an incident lies in a box around a matter, or was told of the same place or by the same number."""
    near = Q(contact__caller_phone=number) if number else Q(pk__in=[])
    if matter.place:
        near |= Q(place_text__iexact=matter.place)
    if matter.lat is not None and matter.lon is not None:
        north, east = km / KM_PER_DEGREE, km / KM_PER_DEGREE / cos(radians(matter.lat))
        box = {
            "lat__range": (matter.lat - north, matter.lat + north),
            "lon__range": (matter.lon - east, matter.lon + east),
        }
        near |= Q(**box)
    return near


def _matter(stands: Incident | Contact, contact: Contact) -> Matter:
    return Matter(
        reference=stands.reference,
        lat=stands.lat,
        lon=stands.lon,
        place=stands.place_text,
        setting=stands.urban_rural,
        first_contact_at=stands.first_contact_at,
        number=_dialled(contact.caller_phone),
        words=contact.words,
    )


def _dialled(text: str) -> str:
    try:
        return dialled(text) if text else ""
    except NoSuchNumber:
        return text

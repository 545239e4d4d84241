"""How are two incidents linked, because they belong together and are not one? Nothing of either changes but that each shows the other."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import IncidentsLinked, LinkUndone
from standfast.journey.incidents.models import Incident, Link, LinkKind
from standfast.journey.incidents.operations.deploying import ReasonMissing
from standfast.journey.incidents.operations.moving import write
from standfast.journey.incidents.states import LogKind


class NotLinked(Refusal):
    """These two are linked already, or are one, or are not linked where a link is to be undone."""


@dataclass(frozen=True, kw_only=True)
class Linking:
    """Which two incidents, and why."""

    incident: str
    other: str
    reason: str


@transaction.atomic
def link_incidents(*, linking: Linking, by: Actor, now: datetime) -> Link:
    """
    Link two incidents, open or closed: each shows the other. Clocks, grades, units and states stay as they are.

    :raises NotFound: if one of them is not there
    :raises NotLinked: if they are linked already, or one and the same
    :raises ReasonMissing: if it is not said why
    """
    one, other = _both(linking, by=by)
    if one.pk == other.pk:
        raise NotLinked("That is this incident itself.")
    if queries.find_link(one, other) is not None:
        raise NotLinked(f"{one.reference} and {other.reference} are linked already.")
    reason = _reason(linking, "Say what they have to do with each other.")
    link = Link.objects.create(
        incident=one, other=other, kind=LinkKind.LINKED, reason=reason, by_ref=by.ref, by_name=by.name, at=now
    )
    for each, its in ((one, other), (other, one)):
        write(each, kind=LogKind.JOINED, words=f"Linked with {its.reference}: {reason}", by=by, at=now, now=now)
        linked = IncidentsLinked(about=each.reference, other=its.reference, how="Linked with")
        record(linked, by=by, at=now, journey=each.journey)
    return link


@transaction.atomic
def unlink_incidents(*, linking: Linking, by: Actor, now: datetime) -> Link:
    """
    Undo the link of two incidents.

    :raises NotFound: if one of them is not there
    :raises NotLinked: if no link stands between them
    :raises ReasonMissing: if it is not said why
    """
    one, other = _both(linking, by=by)
    link = queries.find_link(one, other)
    if link is None:
        raise NotLinked(f"{one.reference} and {other.reference} are not linked.")
    reason = _reason(linking, "Say why they do not belong together.")
    link.undone_at, link.undone_by, link.undone_because = now, by.ref, reason
    link.save(update_fields=["undone_at", "undone_by", "undone_because"])
    for each, its in ((one, other), (other, one)):
        words = f"No longer linked with {its.reference}: {reason}"
        write(each, kind=LogKind.JOINED, words=words, by=by, at=now, now=now)
        record(LinkUndone(about=each.reference, other=its.reference), by=by, at=now, journey=each.journey)
    return link


def _both(linking: Linking, *, by: Actor) -> tuple[Incident, Incident]:
    require(by, Permission.INCIDENT_MERGE)
    one, other = (queries.get_incident(reference=each, by=by) for each in (linking.incident, linking.other))
    # Both are locked, so that two people who link the same two wait for each other.
    return (one, other) if one.pk == other.pk else queries.lock_both(one, other)


def _reason(linking: Linking, ask: str) -> str:
    if not linking.reason.strip():
        raise ReasonMissing(ask)
    return linking.reason.strip()[:400]

"""How is a second matter split from an incident? It gets an incident of its own, with the first contact and the grade of the first."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import IncidentSplit
from standfast.journey.incidents.models import Incident
from standfast.journey.incidents.operations.deploying import ReasonMissing
from standfast.journey.incidents.operations.moving import write
from standfast.journey.incidents.operations.opening import address_told, note_opened, start_first_clocks
from standfast.journey.incidents.states import OPEN, IncidentState, LogKind

# What is about the incident as it stands, not about the matter: the new one begins without it.
ITS_OWN = frozenset(
    {"id", "reference", "state", "split_from", "merged_into", "merged_at", "attended_at", "result", "reviewed_at"}
    | {"closing_code", "closing_reason", "closing_by", "closing_at", "second_person", "resolved_at"}
    | {"stored_at", "version", "opened_at", "opened_by", "kind"}
)


class NotSplit(Refusal):
    """This incident cannot be split."""


@dataclass(frozen=True, kw_only=True)
class Splitting:
    """From which incident, what the second matter is, and how that is known."""

    incident: str
    kind: str
    reason: str


@transaction.atomic
def split_incident(*, splitting: Splitting, by: Actor, now: datetime) -> Incident:
    """
    Split a second matter from an open incident. Returns its incident, which waits for a unit of its own.

    It has the contact, the grade, the risk and all that was known of the first, and its clocks: it was told in that first contact, so it
    has waited since. What stands of the first does not change. Merging the two again takes it back.

    :raises NotSplit: if the incident is not open
    :raises ReasonMissing: if it is not said what the second matter is, or how that is known
    """
    require(by, Permission.INCIDENT_MERGE)
    first = queries.lock_reachable(reference=splitting.incident, by=by)
    if first.state not in OPEN:
        state = IncidentState(first.state).label.lower()
        raise NotSplit(f"{first.reference} is {state}: only an open incident is split.")
    kind, reason = splitting.kind.strip()[:120], splitting.reason.strip()[:400]
    if not kind or not reason:
        raise ReasonMissing("Say what the second matter is, and how you know that it is one of its own.")
    second = _second(first, kind=kind, by=by, now=now)
    start_first_clocks(second, by=by, now=now)
    _tell(first, second, reason=reason, by=by, now=now)
    return second


def _second(first: Incident, *, kind: str, by: Actor, now: datetime) -> Incident:
    fields = [each.attname for each in Incident._meta.concrete_fields if each.name not in ITS_OWN]
    second = Incident(
        reference=refs.new_reference(),
        split_from=first,
        kind=kind,
        opened_at=now,
        opened_by=by.ref,
        **{name: getattr(first, name) for name in fields},
    )
    second.save(force_insert=True)
    return second


def _tell(first: Incident, second: Incident, *, reason: str, by: Actor, now: datetime) -> None:
    words = f"{second.reference} was split from this, {second.kind}: {reason}"
    write(first, kind=LogKind.JOINED, words=words, by=by, at=now, now=now)
    words = f"Split from {first.reference}: {reason}"
    write(second, kind=LogKind.JOINED, words=words, by=by, at=now, now=now)
    split = IncidentSplit(about=first.reference, other=second.reference, reason=reason[:200])
    record(split, by=by, at=now, journey=first.journey)
    note_opened(second, told=address_told(second.contact), by=by, now=now)

"""
How do two incidents become one, and how is that taken back?

The merged one keeps all that is its own and points at the one that is kept. What goes along is what officers need there: the units, the
graver grade and risk, every vulnerability and warning. What each had before is kept with the merge, so that they can be parted again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal, Stale
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.queries import running_for
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.contact.rules.risk import Risk, higher_risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.events import IncidentGaveBack, IncidentMerged, IncidentParted, IncidentTookIn
from standfast.journey.incidents.models import Deployment, Incident, Link, LinkKind
from standfast.journey.incidents.operations.deploying import ReasonMissing
from standfast.journey.incidents.operations.moving import move, write
from standfast.journey.incidents.operations.settling import (
    WAITING,
    follow_units,
    move_deployments,
    settle,
    sound_alarm,
    stop_as_merged,
    take_over_waiting,
)
from standfast.journey.incidents.queries import MergePreview
from standfast.journey.incidents.states import OPEN, IncidentState, LogKind

GRADE = ("grade", "grade_because", "grade_row", "grade_table")
PLACE = ("lat", "lon", "area_code", "place_text")
CARRIED = (
    *GRADE,
    *PLACE,
    "risk",
    "strands",
    "child_mentioned",
    "warnings",
    "opening_code",
    "qualifiers",
    "kind",
    "result",
)


class NotMerged(Refusal):
    """These two incidents may not be merged."""


class NotParted(Refusal):
    """There is nothing to part, or it cannot be parted now."""


@dataclass(frozen=True, kw_only=True)
class Merging:
    """Which two incidents are one, and why; `seen` names how both stood when it was decided, or nothing."""

    incident: str
    other: str
    reason: str
    seen: str = ""


@transaction.atomic
def merge_incidents(*, merging: Merging, by: Actor, now: datetime) -> Incident:
    """
    Make one of two open incidents. Returns the one that is kept: the one with the earlier first contact, whose clock does not move.

    :raises NotFound: if one of them is not there
    :raises NotMerged: if they may not be merged: in one sentence, why
    :raises ReasonMissing: if it is not said why they are one
    :raises Stale: if one of them changed since it was looked at
    """
    require(by, Permission.INCIDENT_MERGE)
    one, other = (queries.get_incident(reference=each, by=by) for each in (merging.incident, merging.other))
    if one.pk != other.pk:
        one, other = queries.lock_both(one, other)
    preview = queries.plan_of(one, other)
    if preview.plan is None:
        raise NotMerged(preview.against)
    if not merging.reason.strip():
        raise ReasonMissing("Say how you know that they are one.")
    if merging.seen and merging.seen != preview.seen:
        raise Stale("One of the two changed since you looked. Look at both again before they are merged.")
    link = Link(
        incident=preview.merged,
        other=preview.kept,
        kind=LinkKind.MERGED,
        reason=merging.reason.strip()[:400],
        by_ref=by.ref,
        by_name=by.name,
        at=now,
    )
    _take_in(preview, link, by=by, now=now)
    _tell_merged(preview, link, by=by, now=now)
    return preview.kept


@transaction.atomic
def part_incident(*, reference: str, reason: str, by: Actor, now: datetime) -> Incident:
    """
    Part a merged incident from the one it was merged into. Returns it: open again, with its own clocks and the units it brought along.

    :raises NotParted: if it is not merged, or the other is not open
    :raises ReasonMissing: if it is not said why they are two
    """
    require(by, Permission.INCIDENT_MERGE)
    found = queries.get_incident(reference=reference, by=by)
    if found.merged_into is None:
        raise NotParted(f"{found.reference} is not merged into another.")
    kept, merged = queries.lock_both(found.merged_into, found)
    link = Link.objects.select_for_update().filter(incident=merged, kind=LinkKind.MERGED, undone_at=None).first()
    if link is None or link.other_id != kept.pk:
        raise Stale("It was parted meanwhile.")
    if kept.state not in OPEN:
        state = IncidentState(kept.state).label.lower()
        raise NotParted(f"{kept.reference} is {state}: open or part that one first.")
    if not reason.strip():
        raise ReasonMissing("Say how you know that they are two.")
    link.undone_at, link.undone_by, link.undone_because = now, by.ref, reason.strip()[:400]
    link.save(update_fields=["undone_at", "undone_by", "undone_because"])
    _give_back(kept, merged, link, by=by, now=now)
    _tell_parted(kept, merged, link, by=by, now=now)
    return merged


def _take_in(preview: MergePreview, link: Link, *, by: Actor, now: datetime) -> None:
    kept, merged = preview.kept, preview.merged
    duties = [each for each in running_for([merged.reference]).get(merged.reference, ()) if each.kind in WAITING]
    before = {name: getattr(kept, name) for name in CARRIED}
    _stand_as_both(preview)
    changed = [name for name, value in before.items() if value != getattr(kept, name)]
    moved = list(Deployment.objects.filter(incident=merged).order_by("assigned_at", "id"))
    link.carried = {
        "before": {name: before[name] for name in changed},
        "after": {name: getattr(kept, name) for name in changed},
        "state": str(merged.state),
        "deployments": [each.pk for each in moved],
        "duties": [each.pk for each in duties],
    }
    link.save(force_insert=True)
    stop_as_merged(merged, kept=kept, by=by, now=now)
    merged.merged_into, merged.merged_at = kept, now
    move(merged, "merge")
    move_deployments(moved, source=merged, target=kept, by=by, now=now)
    kept.attended_at = min(filter(None, (kept.attended_at, merged.attended_at)), default=None)
    take_over_waiting(kept, duties=duties, by=by, now=now)
    follow_units(kept)
    settle(kept, by=by, now=now)


def _stand_as_both(preview: MergePreview) -> None:
    """Let the kept incident stand as the plan says: as grave as the graver of the two, and with what only the other knew."""
    kept, merged, plan = preview.kept, preview.merged, preview.plan
    if plan is None:
        return
    if plan.raises_grade:
        _copy(GRADE, merged, kept)
    if plan.takes_place:
        _copy(PLACE, merged, kept)
    kept.risk = plan.risk
    kept.strands = sorted({*kept.strands, *merged.strands})
    kept.child_mentioned = kept.child_mentioned or merged.child_mentioned
    known = {each["reference"] for each in kept.warnings}
    kept.warnings = [*kept.warnings, *(each for each in merged.warnings if each["reference"] not in known)]
    kept.qualifiers = sorted({*kept.qualifiers, *merged.qualifiers})
    kept.kind = kept.kind or merged.kind
    kept.opening_code = kept.opening_code or merged.opening_code
    kept.result = "\n".join(filter(None, (kept.result, merged.result)))


def _give_back(kept: Incident, merged: Incident, link: Link, *, by: Actor, now: datetime) -> None:
    carried: dict[str, Any] = link.carried
    for name, value in carried["before"].items():
        # What somebody changed since stays as they left it.
        if getattr(kept, name) == carried["after"][name]:
            setattr(kept, name, value)
    _keep_what_was_found(kept, merged, link)
    merged.merged_into = merged.merged_at = None
    move(merged, "part")
    moved = list(Deployment.objects.filter(pk__in=carried["deployments"], incident=kept).order_by("assigned_at", "id"))
    move_deployments(moved, source=kept, target=merged, by=by, now=now)
    if moved:
        kept.attended_at, merged.attended_at = _arrived(kept), _arrived(merged)
    if moved and kept.state != IncidentState.WAITING:
        move(kept, "give_back")
        _stand_again(kept)
    if carried["state"] != IncidentState.WAITING:
        _stand_again(merged)
    else:
        take_over_waiting(merged, duties=Obligation.objects.filter(pk__in=carried["duties"]), by=by, now=now)
    for each in (kept, merged):
        settle(each, by=by, now=now)
    gone = next((each.callsign for each in moved if each.ended_at is None), "")
    if gone and kept.state == IncidentState.WAITING:
        sound_alarm(kept, callsign=gone, by=by, now=now)


def _stand_again(incident: Incident) -> None:
    """Let an incident that was just made to wait stand as its units say: assigned, at the scene, left, or waiting indeed."""
    follow_units(incident)
    if incident.state == IncidentState.WAITING and incident.attended_at is not None:
        move(incident, "leave")


def _keep_what_was_found(kept: Incident, merged: Incident, link: Link) -> None:
    """Leave a risk that a review raised since with both: nobody can say which of the two it was about."""
    found = [each.level for each in kept.reviews.filter(at__gte=link.at)]
    for level in found:
        for each in (kept, merged):
            each.risk = higher_risk(Risk(each.risk), Risk(level))


def _arrived(incident: Incident) -> datetime | None:
    times = Deployment.objects.filter(incident=incident, at_scene_at__isnull=False).order_by("at_scene_at")
    return times.values_list("at_scene_at", flat=True).first()


def _copy(names: Sequence[str], source: Incident, target: Incident) -> None:
    for name in names:
        setattr(target, name, getattr(source, name))


def _tell_merged(preview: MergePreview, link: Link, *, by: Actor, now: datetime) -> None:
    kept, merged, plan = preview.kept, preview.merged, preview.plan
    words = f"Merged into {kept.reference}: {link.reason}"
    write(merged, kind=LogKind.JOINED, words=words, by=by, at=now, now=now)
    # Whoever is on the way is to be told of what is graver than they were sent to.
    graver = plan.graver if plan else ()
    words = " ".join([f"{merged.reference} was merged into this: {link.reason}.", *graver])
    write(kept, kind=LogKind.ALARM if graver else LogKind.JOINED, words=words, by=by, at=now, now=now)
    gone = IncidentMerged(about=merged.reference, other=kept.reference, reason=link.reason[:200])
    record(gone, by=by, at=now, journey=merged.journey)
    took = IncidentTookIn(about=kept.reference, other=merged.reference, grade=str(kept.grade), reason=link.reason[:200])
    record(took, by=by, at=now, journey=kept.journey)


def _tell_parted(kept: Incident, merged: Incident, link: Link, *, by: Actor, now: datetime) -> None:
    because = link.undone_because
    words = f"No longer merged into {kept.reference}: {because}"
    write(merged, kind=LogKind.JOINED, words=words, by=by, at=now, now=now)
    words = f"{merged.reference} is an incident of its own again: {because}"
    write(kept, kind=LogKind.JOINED, words=words, by=by, at=now, now=now)
    parted = IncidentParted(about=merged.reference, other=kept.reference, reason=because[:200])
    record(parted, by=by, at=now, journey=merged.journey)
    gave = IncidentGaveBack(about=kept.reference, other=merged.reference, reason=because[:200])
    record(gave, by=by, at=now, journey=kept.journey)

"""
May two incidents be merged, which of them is kept, and as what does it then stand?

The one whose first contact was earlier is kept, so that no clock is ever moved. It stands as grave as the graver of the two, in grade, in
risk and in every vulnerability and warning, so that it is closed only by whom either would have needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.foundation.kernel import days
from standfast.journey.assessment.rules.response_grade import ResponseGrade, is_more_urgent
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk, higher_risk, risk_rank


@dataclass(frozen=True, kw_only=True)
class MergeFacts:
    """
    One of two incidents to be merged. `number` counts incidents as they were opened. `left` means that officers were there and are gone;
    `warnings` are references of markers; `units` are callsigns on it now; `call_back` that its caller is still to be called back.
    """

    reference: str
    number: int
    first_contact_at: datetime
    is_open: bool
    left: bool
    desk: str
    offered: bool
    by_appointment: bool
    closing_asked: bool
    grade: ResponseGrade
    risk: Risk
    strands: frozenset[str]
    warnings: frozenset[str]
    child_mentioned: bool
    on_the_map: bool
    units: Sequence[str]
    call_back: bool


@dataclass(frozen=True, kw_only=True)
class MergePlan:
    """
    As what the kept incident stands after a merge, and every change in a sentence: shown before, done after.

    `graver` are those changes of which whoever is on the way to it must be told.
    """

    kept: str
    merged: str
    grade: ResponseGrade
    risk: Risk
    raises_grade: bool
    takes_place: bool
    graver: Sequence[str]
    changes: Sequence[str]


def in_order(one: MergeFacts, other: MergeFacts) -> tuple[MergeFacts, MergeFacts]:
    """Return the incident that is kept, with the earlier first contact or opened first, and the one that is merged into it."""
    first, second = sorted((one, other), key=lambda each: (each.first_contact_at, each.number))
    return first, second


def why_not_merge(one: MergeFacts, other: MergeFacts) -> str:
    """Return why two incidents may not be merged, in one sentence, or nothing if they may."""
    if one.reference == other.reference:
        return "That is this incident itself."
    for each in (one, other):
        if against := _against(each):
            return against
    if one.desk != other.desk:
        return f"{one.reference} is with {one.desk} and {other.reference} with {other.desk}: link them instead."
    if one.left != other.left:
        been, never = (one, other) if one.left else (other, one)
        return (
            f"Officers have left {been.reference}, and {never.reference} still needs them: "
            "link the two, so that somebody goes."
        )
    return ""


def plan_merge(one: MergeFacts, other: MergeFacts) -> MergePlan:
    """Return what merging two incidents that may be merged comes to."""
    kept, merged = in_order(one, other)
    raises = is_more_urgent(merged.grade, kept.grade)
    graver = [*_raised(kept, merged), *_added(kept, merged)]
    grade, risk = merged.grade if raises else kept.grade, higher_risk(kept.risk, merged.risk)
    return MergePlan(
        kept=kept.reference,
        merged=merged.reference,
        grade=grade,
        risk=risk,
        raises_grade=raises,
        takes_place=merged.on_the_map and not kept.on_the_map,
        graver=graver,
        changes=[*_first(kept, merged), *graver, *_last(kept, merged)],
    )


def _against(each: MergeFacts) -> str:
    if not each.is_open:
        return f"{each.reference} is not open any more: only open incidents are merged."
    if each.offered:
        return f"{each.reference} is offered to another desk: wait for the answer."
    if each.by_appointment:
        return f"A time was agreed for {each.reference}: link the two, so that it is kept."
    if each.closing_asked:
        return f"Closing is asked for at {each.reference}: agree or refuse first."
    return ""


def _first(kept: MergeFacts, merged: MergeFacts) -> Sequence[str]:
    began = days.wall_clock(kept.first_contact_at)
    found = [
        f"{merged.reference} is closed as merged into {kept.reference}. Its reference leads there from then on.",
        f"The clock of {kept.reference} runs from its first contact at {began}, the earlier one, as it does now.",
    ]
    if not is_more_urgent(merged.grade, kept.grade):
        found.append(f"{kept.reference} stays graded {kept.grade.label.lower()}.")
    return found


def _raised(kept: MergeFacts, merged: MergeFacts) -> Sequence[str]:
    found = []
    if is_more_urgent(merged.grade, kept.grade):
        found.append(
            f"{kept.reference} is graded {merged.grade.label.lower()} instead of {kept.grade.label.lower()}, "
            "with the shorter time to attend, counted from that first contact."
        )
    if risk_rank(merged.risk) < risk_rank(kept.risk):
        found.append(f"Its risk is {merged.risk.label.lower()} instead of {kept.risk.label.lower()}.")
    return found


def _added(kept: MergeFacts, merged: MergeFacts) -> Sequence[str]:
    found = []
    if strands := sorted(merged.strands - kept.strands):
        found.append(f"Vulnerability comes along: {', '.join(Strand(each).label for each in strands)}.")
    if merged.child_mentioned and not kept.child_mentioned:
        found.append("That a child is mentioned comes along.")
    if warnings := len(merged.warnings - kept.warnings):
        found.append(f"{warnings} {'warning comes' if warnings == 1 else 'warnings come'} along.")
    return found


def _last(kept: MergeFacts, merged: MergeFacts) -> Sequence[str]:
    found = [f"{callsign} goes along to {kept.reference}." for callsign in merged.units]
    if merged.on_the_map and not kept.on_the_map:
        found.append(f"{kept.reference} takes the place of {merged.reference}, because its own is not on the map.")
    found.append(
        f"The clocks of {merged.reference} stop as merged; what was written in its log stays there and shows here."
    )
    if merged.call_back:
        found.append(f"The caller of {merged.reference} is still to be called back.")
    return found

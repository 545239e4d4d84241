"""What does the desk show of the one contact that is chosen?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from standfast.faces.screens.parts import Reason, Why
from standfast.faces.web.contact.judging import FlagShown, flags_of
from standfast.faces.web.contact.knowing import Earlier, Who, earlier, facts_of, who
from standfast.faces.web.contact.pages import Head, head
from standfast.faces.web.contact.running import Duties, duties_of
from standfast.faces.web.contact.words import in_words, marked_words
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.queries import AssessmentView
from standfast.journey.assessment.rules.response_grade import grade_number
from standfast.journey.contact.queries import ContactRecord


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The contact in the right pane."""

    head: Head
    grade_number: int
    grade_label: str
    why: Why
    flags: Sequence[FlagShown]
    who: Who
    marked: Markup
    place: str
    duties: Duties
    earlier: Sequence[Earlier]


def chosen(contact: ContactRecord, *, by: Actor, now: datetime) -> Chosen:
    """Return what the right pane shows of a contact."""
    view = assessments.view_assessment(reference=contact.reference, by=by, now=now)
    duties = duties_of(contact.reference, now=now)
    decided = view.standing.grade if view.standing else view.explanation.decision.outcome
    return Chosen(
        head=head(contact, by=by, now=now),
        grade_number=grade_number(decided) if view.standing else 0,
        grade_label=decided.label,
        why=_why(contact, view, duties),
        flags=flags_of(view),
        who=who(facts_of(contact), linked=contact.person.reference if contact.person else "", now=now),
        marked=marked_words(
            words=contact.words,
            kind=contact.kind,
            causes=[cause for flag in view.flags if flag.state != "dismissed" for cause in flag.because],
        ),
        place=contact.place_text,
        duties=duties,
        earlier=earlier(contact, now=now),
    )


def _why(contact: ContactRecord, view: AssessmentView, duties: Duties) -> Why:
    rule, *floors = contact.risk_reasons or ["Nothing found so far; that is no evidence that nothing is wrong"]
    reasons = [Reason(sign="+", text=rule, source="risk rule")]
    reasons += [Reason(sign="+", text=f"Said: {in_words(floor).lower()}", source="always raises") for floor in floors]
    reasons += [
        Reason(
            sign="+",
            text=", ".join(flag.words[:2]) or flag.label,
            words=flag.words[:2],
            source=f"{flag.label}, {'machine' if flag.by_machine and flag.state == 'suggested' else 'a person'}",
        )
        for flag in flags_of(view)
        if flag.state != "dismissed"
    ][:4]
    if view.assessment.repeat_contacts:
        number = view.assessment.repeat_contacts + 1
        reasons.append(Reason(sign="+", text=f"{number} contacts from this number in 90 days", source="check"))
    if duties.first and duties.first.state == "overdue":
        reasons.append(Reason(sign="+", text=f"{duties.running[0].title}: over its limit", source="clock"))
    return Why(
        reasons=reasons, foot="Risk orders the desk, then the wait. Machine help may raise a contact, never lower it."
    )

"""What is shown of the structured assessments of a contact?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.faces.screens.parts import DutyRow
from standfast.faces.screens.telling import duty_rows
from standfast.faces.screens.times import short_moment
from standfast.faces.web.contact.words import edition_of
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import queries as obligations
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.queries import InstrumentView
from standfast.journey.assessment.rules.instrument import REPLIES, Reply
from standfast.journey.assessment.states import InstrumentState, Refused
from standfast.journey.contact.rules.risk import Risk, risk_rank

REFUSALS = [(why.value, why.label) for why in Refused]


@dataclass(frozen=True, kw_only=True)
class InstrumentLine:
    """One structured assessment in the list of a contact: what it is for, and how far it is."""

    code: str
    title: str
    purpose: str
    says: str
    is_called_for: bool
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question with the replies it takes and the one that stands."""

    name: str
    ask: str
    why: str
    reply: str


@dataclass(frozen=True, kw_only=True)
class InstrumentPage:
    """One structured assessment to be answered; `levels` are those a judgement may give, `duties` what has to follow."""

    reference: str
    record: str
    title: str
    purpose: str
    edition: str
    questions: Sequence[Asked]
    replies: Sequence[tuple[str, str]]
    answered: int
    points: int
    counts: str
    level: str
    level_label: str
    reasons: Sequence[str]
    levels: Sequence[tuple[str, str]]
    judged: str
    judgement: str
    declined: str
    duties: Sequence[DutyRow]
    something_follows: bool
    is_completed: bool


def instrument_lines(reference: str, *, by: Actor, now: datetime) -> list[InstrumentLine]:
    """Return the structured assessments of a contact: those called for, those begun, then the others."""
    views = assessments.instruments_of(reference=reference, by=by, now=now)
    return [
        InstrumentLine(
            code=view.instrument.id,
            title=view.instrument.title,
            purpose=view.instrument.purpose,
            says=_says(view, now=now),
            is_called_for=view.is_called_for,
            is_open=view.record is None or view.record.state != InstrumentState.COMPLETED,
        )
        for view in views
    ]


def instrument_page(reference: str, code: str, *, by: Actor, now: datetime) -> InstrumentPage:
    """Return one structured assessment as it is answered."""
    view = assessments.instrument_of(reference=reference, instrument=code, by=by, now=now)
    kept, which = view.record, view.instrument
    rows = [each for each in obligations.all_for_journey(reference) if kept and each.subject == kept.reference]
    return InstrumentPage(
        reference=reference,
        record=kept.reference if kept else "",
        title=which.title,
        purpose=which.purpose,
        edition=f"Questions, {edition_of(view.edition).split(', ')[1]}",
        questions=[
            Asked(name=each.id, ask=each.ask, why=each.why, reply=view.replies.get(each.id, ""))
            for each in view.questions
        ],
        replies=[(reply.value, reply.label) for reply in REPLIES[which.scale]],
        answered=view.answered,
        points=view.score.points,
        counts=_counts(view),
        level=view.score.level,
        level_label=view.score.level.label,
        reasons=view.score.reasons,
        levels=[(risk.value, risk.label) for risk in Risk if risk_rank(risk) <= risk_rank(view.score.level)],
        judged=_judged(view, now=now),
        judgement=kept.judgement if kept else "",
        declined=_declined(view, now=now),
        duties=duty_rows(rows, now=now),
        something_follows=any(row.met_at is None and row.stopped_at is None for row in rows),
        is_completed=bool(kept and kept.state == InstrumentState.COMPLETED),
    )


def _says(view: InstrumentView, *, now: datetime) -> str:
    kept, asked = view.record, len(view.questions)
    if kept is None:
        return f"Not begun, {asked} questions"
    if kept.state == InstrumentState.COMPLETED:
        meeting = ", to the multi-agency meeting" if kept.for_meeting else ""
        return f"{Risk(kept.level).label}, count {kept.points}{meeting}"
    if kept.state == InstrumentState.REFUSED:
        return f"Declined: {_declined(view, now=now)}"
    return f"{view.answered} of {asked} answered; so far {view.score.level.label}"


def _counts(view: InstrumentView) -> str:
    which = view.instrument
    found = [
        f"{label} from {least}" for label, least in (("medium", which.medium_from), ("high", which.high_from)) if least
    ]
    return f"a guide: {', '.join(found)}" if found else "the count alone says nothing here"


def _judged(view: InstrumentView, *, now: datetime) -> str:
    kept = view.record
    if kept is None or kept.completed_at is None or not kept.level:
        return ""
    return f"{Risk(kept.level).label}, {kept.completed_by}, {short_moment(kept.completed_at, now=now)}"


def _declined(view: InstrumentView, *, now: datetime) -> str:
    kept = view.record
    if kept is None or kept.refused_at is None:
        return ""
    return f"{Refused(kept.refused).label}, {short_moment(kept.refused_at, now=now)}: {kept.refused_words}"


def replies_in(given: dict[str, str]) -> dict[str, Reply]:
    """Return the replies among the fields a form sent, by question; a question left open has none."""
    known = {reply.value: reply for reply in Reply}
    return {
        name.removeprefix("q-"): known[value]
        for name, value in given.items()
        if name.startswith("q-") and value in known
    }

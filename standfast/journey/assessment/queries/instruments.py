"""Which structured assessments belong to a contact, and how far is each?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment.models import InstrumentRecord
from standfast.journey.assessment.queries.assessments import get_assessment, strands_of
from standfast.journey.assessment.rules.instrument import (
    INSTRUMENTS,
    OVERRIDES,
    Instrument,
    InstrumentQuestion,
    Reply,
    Score,
    questions_of,
    score_instrument,
)


@dataclass(frozen=True, kw_only=True)
class InstrumentView:
    """One structured assessment of a contact: what it asks, what was answered, what that comes to; no record while it is not begun."""

    instrument: Instrument
    questions: Sequence[InstrumentQuestion]
    edition: str
    record: InstrumentRecord | None
    replies: dict[str, Reply]
    score: Score
    is_called_for: bool

    @property
    def answered(self) -> int:
        """How many of its questions have a reply."""
        return sum(question.id in self.replies for question in self.questions)


def lock_instrument(record_reference: str) -> InstrumentRecord:
    """
    Return a structured assessment, locked until the transaction ends.

    :raises NotFound: if there is none
    """
    rows = InstrumentRecord.objects.select_for_update(of=("self",)).select_related("assessment__contact")
    found = rows.filter(reference=record_reference).first()
    if found is None:
        raise NotFound("There is no such structured assessment.")
    return found


def replies_of(kept: InstrumentRecord) -> dict[str, Reply]:
    """Return the newest reply to each question that has one."""
    return {entry.question: Reply(entry.reply) for entry in kept.replies.order_by("id")}


def instruments_of(*, reference: str, by: Actor, now: datetime) -> list[InstrumentView]:
    """
    Return every instrument in force for a contact, those that what was seen calls for first, then those begun.

    :raises NotFound: if there is no such contact, or none this person may reach
    """
    assessment = get_assessment(reference=reference)
    require(by, Permission.CONTACT_READ, assessment)
    seen = strands_of(reference=reference)
    begun = {kept.instrument: kept for kept in assessment.instruments.prefetch_related("replies")}
    rows = INSTRUMENTS.on(days.london_day(now)).rows
    views = [_view(each, begun.get(each.id), called_for=bool(set(each.strands) & seen), now=now) for each in rows]
    return sorted(views, key=lambda view: (not view.is_called_for, view.record is None))


def instrument_of(*, reference: str, instrument: str, by: Actor, now: datetime) -> InstrumentView:
    """
    Return one instrument for a contact.

    :raises NotFound: if there is no such contact or instrument, or none this person may reach
    """
    for view in instruments_of(reference=reference, by=by, now=now):
        if view.instrument.id == instrument:
            return view
    raise NotFound("There is no such structured assessment in force.")


def _view(instrument: Instrument, kept: InstrumentRecord | None, *, called_for: bool, now: datetime) -> InstrumentView:
    on = days.london_day(now)
    questions = questions_of(instrument.id, on=on)
    replies = {}
    if kept is not None:
        ordered = sorted(kept.replies.all(), key=lambda entry: entry.id)
        replies = {entry.question: Reply(entry.reply) for entry in ordered}
    return InstrumentView(
        instrument=instrument,
        questions=questions.rows,
        edition=str(questions),
        record=kept,
        replies=replies,
        score=score_instrument(instrument, questions.rows, OVERRIDES.on(on).rows, replies),
        is_called_for=called_for,
    )

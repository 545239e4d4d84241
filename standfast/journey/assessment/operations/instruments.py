"""How is a structured assessment answered, bit by bit, declined, and completed with a judgement?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days, refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.obligations import operations as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission
from standfast.journey.assessment import queries
from standfast.journey.assessment.events import (
    InstrumentAnswered,
    InstrumentCompleted,
    InstrumentFollowedUp,
    InstrumentRefused,
)
from standfast.journey.assessment.models import Assessment, InstrumentRecord, ReplyEntry
from standfast.journey.assessment.operations.reconsidering import reconsider
from standfast.journey.assessment.operations.recording import flag_strand
from standfast.journey.assessment.rules.instrument import (
    INSTRUMENTS,
    OVERRIDES,
    REPLIES,
    Instrument,
    Reply,
    Score,
    questions_of,
    score_instrument,
)
from standfast.journey.assessment.states import INSTRUMENT, Refused
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk, higher_risk, risk_rank


class NoSuchReply(Refusal):
    """A reply to a question the instrument in force does not ask, or one it does not take."""


class NoJudgement(Refusal):
    """A level without the officer's own words."""


class JudgementIsLower(Refusal):
    """A level below what the answers come to: a wrong answer is put right, it is not judged away."""


class NothingFollows(Refusal):
    """Nothing is waiting to be done after this structured assessment."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What an officer makes of it: the level and why."""

    level: Risk
    why: str


@transaction.atomic
def keep_replies(
    *, reference: str, instrument: str, replies: Mapping[str, Reply], by: Actor, now: datetime
) -> InstrumentRecord:
    """
    Keep the replies given so far; the rest may follow any time. A completed assessment whose answers change is open again.

    :raises NotFound: if no such instrument is in force
    :raises NoSuchReply: if a question or a reply is not one of its own
    """
    kept, which = _begun(reference, instrument, by=by, now=now)
    questions = questions_of(instrument, on=days.london_day(now)).by_id
    for name, reply in replies.items():
        if name not in questions or reply not in REPLIES[which.scale]:
            raise NoSuchReply(f"“{name}” cannot be answered “{reply}” in {which.title}.")
    standing = queries.replies_of(kept)
    changed = {name: reply for name, reply in replies.items() if standing.get(name) != reply}
    if not changed:
        return kept
    ReplyEntry.objects.bulk_create(
        ReplyEntry(record=kept, question=name, reply=reply, by_ref=by.ref, at=now) for name, reply in changed.items()
    )
    kept.state = INSTRUMENT.after(kept.state, "reply")
    kept.save()
    answered = InstrumentAnswered(
        about=reference, instrument=which.title, answered=len({**standing, **changed}), questions=len(questions)
    )
    record(answered, by=by, at=now, journey=reference)
    return kept


@transaction.atomic
def refuse_instrument(
    *, reference: str, instrument: str, why: Refused, words: str, by: Actor, now: datetime
) -> InstrumentRecord:
    """
    Record that somebody did not answer, and why; a duty to offer it again begins. What is known may still be answered for them.

    :raises NotFound: if no such instrument is in force
    :raises NoJudgement: if it is not said what was offered instead
    :raises IllegalMove: if it was completed before
    """
    kept, which = _begun(reference, instrument, by=by, now=now)
    if not words.strip():
        raise NoJudgement("Say what was said, and what you offered instead.")
    kept.state = INSTRUMENT.after(kept.state, "refuse")
    kept.refused, kept.refused_words, kept.refused_at = why, words.strip()[:400], now
    kept.save()
    _start(Duty.OFFER_AGAIN, kept, reference, case=why, by=by, now=now)
    record(InstrumentRefused(about=reference, instrument=which.title, why=why.label), by=by, at=now, journey=reference)
    return kept


@transaction.atomic
def complete_instrument(
    *, reference: str, instrument: str, judgement: Judgement, by: Actor, now: datetime
) -> InstrumentRecord:
    """
    Complete a structured assessment with the officer's judgement, which may be above what the answers come to, never below.

    Above standard it flags its vulnerability and raises the contact; high domestic abuse or stalking begins the duty to refer to the
    multi-agency meeting.

    :raises NotFound: if no such instrument is in force
    :raises NoJudgement: if there are no words of the officer's own
    :raises JudgementIsLower: if the level is below what the answers come to
    """
    kept, which = _begun(reference, instrument, by=by, now=now)
    if not judgement.why.strip():
        raise NoJudgement("Write your own judgement: a count is a guide, not an assessment.")
    score = _score(kept, which, now=now)
    if risk_rank(judgement.level) > risk_rank(score.level):
        raise JudgementIsLower(
            f"The answers come to {score.level.label}; a judgement may raise that, not lower it. "
            "If an answer is wrong, correct it."
        )
    kept.state = INSTRUMENT.after(kept.state, "complete")
    _hold(kept, which, score, judgement, by=by, now=now)
    kept.save()
    completed = InstrumentCompleted(
        about=reference,
        instrument=which.title,
        level=kept.level,
        rule_level=kept.rule_level,
        points=kept.points,
        edition=kept.edition,
    )
    record(completed, by=by, at=now, journey=reference)
    obligations.meet_obligation(kind=Duty.OFFER_AGAIN, subject=kept.reference, at=now, by=by, now=now)
    _raise(kept, which, reference, by=by, now=now)
    return kept


@transaction.atomic
def note_followed_up(*, record_reference: str, said: str, by: Actor, now: datetime) -> InstrumentRecord:
    """
    Record that what had to follow was done: it was offered again, or the meeting was told.

    :raises NoJudgement: if it is not said what came of it
    :raises NothingFollows: if nothing was waiting
    """
    kept = queries.lock_instrument(record_reference)
    require(by, Permission.ASSESSMENT_RECORD, kept.assessment)
    if not said.strip():
        raise NoJudgement("Say what came of it, and who was spoken to.")
    reference = kept.assessment.contact.reference
    met = [
        duty
        for duty in (Duty.OFFER_AGAIN, Duty.REFER_TO_MEETING)
        if obligations.meet_obligation(kind=duty, subject=kept.reference, at=now, by=by, now=now)
    ]
    if not met:
        raise NothingFollows("Nothing is waiting to be done after this.")
    contact_operations.add_note(reference=reference, text=said.strip(), by=by, now=now)
    for duty in met:
        done = InstrumentFollowedUp(about=reference, instrument=kept.instrument, duty=duty.label)
        record(done, by=by, at=now, journey=reference)
    return kept


def _score(kept: InstrumentRecord, which: Instrument, *, now: datetime) -> Score:
    on = days.london_day(now)
    return score_instrument(which, questions_of(which.id, on=on).rows, OVERRIDES.on(on).rows, queries.replies_of(kept))


def _begun(reference: str, instrument: str, *, by: Actor, now: datetime) -> tuple[InstrumentRecord, Instrument]:
    assessment = queries.lock_assessment(reference)
    require(by, Permission.ASSESSMENT_RECORD, assessment)
    which = INSTRUMENTS.on(days.london_day(now)).by_id.get(instrument)
    if which is None:
        raise NotFound("There is no such structured assessment in force.")
    kept, _ = InstrumentRecord.objects.get_or_create(
        assessment=assessment,
        instrument=instrument,
        defaults={"reference": refs.new_reference(), "begun_at": now, "begun_by": by.ref},
    )
    return kept, which


def _hold(
    kept: InstrumentRecord, which: Instrument, score: Score, judgement: Judgement, *, by: Actor, now: datetime
) -> None:
    kept.edition = str(questions_of(which.id, on=days.london_day(now)))
    kept.points, kept.rule_level, kept.reasons = score.points, score.level, list(score.reasons)
    kept.level, kept.judgement = judgement.level, judgement.why.strip()
    kept.for_meeting = which.meeting and risk_rank(Risk(kept.level)) <= risk_rank(Risk.HIGH)
    kept.completed_at, kept.completed_by = now, by.name


def _raise(kept: InstrumentRecord, which: Instrument, reference: str, *, by: Actor, now: datetime) -> None:
    level = Risk(kept.level)
    if level == Risk.STANDARD:
        return
    # What was answered counts like what was said: it sets the lowest risk, and the grade is asked again.
    assessment = queries.lock_assessment(reference)
    assessment.floor = higher_risk(Risk(assessment.floor), level)
    assessment.floors = sorted({*assessment.floors, f"answers_in_{which.id}_{level}"})
    assessment.save(update_fields=["floor", "floors"])
    for strand in which.flags:
        flag_strand(reference=reference, strand=strand, by=by, now=now)
    _raise_contact(assessment, level, which, by=by, now=now)
    reconsider(assessment, by=by, now=now)
    if kept.for_meeting:
        _start(Duty.REFER_TO_MEETING, kept, reference, case="any", by=by, now=now)


def _raise_contact(assessment: Assessment, level: Risk, which: Instrument, *, by: Actor, now: datetime) -> None:
    contact: Contact = assessment.contact
    if higher_risk(Risk(contact.risk), level) == contact.risk:
        return
    contact_operations.set_risk(
        reference=contact.reference,
        risk=level,
        attention=contact.attention,
        reasons=[f"{which.title}: {level.label}"],
        by=by,
        now=now,
    )


def _start(duty: Duty, kept: InstrumentRecord, reference: str, *, case: str, by: Actor, now: datetime) -> None:
    # The duty is the record's own, not the contact's: a contact that closes stops its duties, and this one must go on.
    obligations.start_obligation(
        kind=duty, case=case, subject=kept.reference, journey=reference, starts_at=now, by=by, now=now
    )

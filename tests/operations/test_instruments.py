"""Structured assessments: kept bit by bit, declined with a duty to offer again, completed with a judgement."""

from datetime import UTC, datetime, timedelta

import pytest

from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.obligations import queries as obligations
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment import queries
from standfast.journey.assessment.operations import Judgement
from standfast.journey.assessment.rules.instrument import Reply
from standfast.journey.assessment.states import InstrumentState, Refused
from standfast.journey.contact import operations as contacts
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import Ending
from tests.builders import claimed_contact, graded_contact, staff

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
DASH = "dash_style"


def keep(contact: Contact, instrument: str = DASH, **replies: Reply) -> None:
    """Keep replies as Asha."""
    assessment.keep_replies(reference=contact.reference, instrument=instrument, replies=replies, by=staff(), now=NOW)


def complete(contact: Contact, level: Risk, why: str = "She was calm and alone", instrument: str = DASH) -> object:
    """Complete as Asha."""
    judgement = Judgement(level=level, why=why)
    return assessment.complete_instrument(
        reference=contact.reference, instrument=instrument, judgement=judgement, by=staff(), now=NOW
    )


def view(contact: Contact, instrument: str = DASH) -> queries.InstrumentView:
    """Return how it stands."""
    return queries.instrument_of(reference=contact.reference, instrument=instrument, by=staff(), now=NOW)


def running(contact: Contact) -> list[str]:
    """Return the kinds of duty that run for the record."""
    record = view(contact).record
    assert record is not None
    return sorted(duty.kind for duty in obligations.running_for([record.reference]).get(record.reference, []))


@pytest.fixture
def hers() -> Contact:
    return claimed_contact(by=staff(), now=NOW, words="Somebody dropped a wallet")


def test_answers_are_kept_bit_by_bit_and_the_newest_stands(hers: Contact) -> None:
    keep(hers, very_afraid=Reply.YES)
    keep(hers, very_afraid=Reply.NO, money=Reply.YES)
    stands = view(hers)
    assert stands.replies == {"very_afraid": Reply.NO, "money": Reply.YES}
    assert stands.record is not None
    assert (stands.answered, stands.record.replies.count()) == (2, 3)


def test_what_is_not_asked_is_refused(hers: Contact) -> None:
    with pytest.raises(assessment.NoSuchReply):
        keep(hers, colour=Reply.YES)
    with pytest.raises(assessment.NoSuchReply):
        keep(hers, money=Reply.OFTEN)
    with pytest.raises(NotFound):
        keep(hers, "tarot")
    assert view(hers).record is None


def test_an_override_is_high_whatever_the_count_and_raises_the_contact(hers: Contact) -> None:
    keep(hers, strangled=Reply.YES)
    complete(hers, Risk.HIGH)
    hers.refresh_from_db()
    assert hers.risk == Risk.HIGH
    assert "domestic_abuse" in queries.strands_of(reference=hers.reference)
    assert running(hers) == ["refer_to_meeting"]


def test_a_judgement_may_raise_but_not_lower(hers: Contact) -> None:
    keep(hers, strangled=Reply.YES)
    with pytest.raises(assessment.JudgementIsLower):
        complete(hers, Risk.STANDARD)
    keep(hers, strangled=Reply.NO)
    complete(hers, Risk.HIGH, why="She would not look at the door")
    record = view(hers).record
    assert record is not None
    assert (record.rule_level, record.level, record.for_meeting) == (Risk.STANDARD, Risk.HIGH, True)


def test_a_count_without_words_is_no_assessment(hers: Contact) -> None:
    with pytest.raises(assessment.NoJudgement):
        complete(hers, Risk.STANDARD, why="  ")


def test_standard_raises_nothing(hers: Contact) -> None:
    keep(hers, money=Reply.YES)
    complete(hers, Risk.STANDARD)
    assert queries.strands_of(reference=hers.reference) == frozenset()
    assert running(hers) == []


def test_whoever_declines_is_offered_it_again_even_after_the_contact_closed(hers: Contact) -> None:
    assessment.refuse_instrument(
        reference=hers.reference, instrument=DASH, why=Refused.NOT_SAFE, words="He came in", by=staff(), now=NOW
    )
    contacts.close_contact(reference=hers.reference, ending=Ending.ADVICE_GIVEN, reason="Rang off", by=staff(), now=NOW)
    record = view(hers).record
    assert record is not None
    (duty,) = obligations.running_for([record.reference])[record.reference]
    assert (duty.kind, duty.due_at) == ("offer_again", NOW + timedelta(hours=2))
    assessment.note_followed_up(record_reference=record.reference, said="Met her at work", by=staff(), now=NOW)
    assert running(hers) == []
    with pytest.raises(assessment.NothingFollows):
        assessment.note_followed_up(record_reference=record.reference, said="Again", by=staff(), now=NOW)


def test_what_was_declined_may_be_answered_from_what_is_known(hers: Contact) -> None:
    assessment.refuse_instrument(
        reference=hers.reference, instrument=DASH, why=Refused.DECLINED, words="Not now", by=staff(), now=NOW
    )
    keep(hers, threat_kill=Reply.YES)
    complete(hers, Risk.HIGH)
    record = view(hers).record
    assert record is not None
    assert (record.state, record.refused) == (InstrumentState.COMPLETED, Refused.DECLINED)
    assert running(hers) == ["refer_to_meeting"]


def test_an_answer_that_changes_opens_it_again(hers: Contact) -> None:
    complete(hers, Risk.STANDARD)
    keep(hers, worse=Reply.YES, more_often=Reply.YES)
    record = view(hers).record
    assert record is not None
    assert record.state == InstrumentState.STARTED
    assert view(hers).score.level == Risk.HIGH


def test_a_grade_that_it_outgrows_is_asked_again() -> None:
    answers = {"visit_needed": Answer.NO, "evidence_perishable": Answer.NO, "risk_continues": Answer.NO}
    graded = graded_contact(by=staff(), now=NOW, words="Somebody dropped a wallet", answers=answers)
    keep(graded, strangled=Reply.YES)
    complete(graded, Risk.HIGH)
    standing = queries.standing_grade(reference=graded.reference)
    assert standing is not None
    assert standing.outgrown


def test_who_may_not_record_may_not_answer(hers: Contact) -> None:
    with pytest.raises(NotAllowed):
        assessment.keep_replies(
            reference=hers.reference, instrument=DASH, replies={"money": Reply.YES}, by=staff("farid"), now=NOW
        )


def test_what_was_seen_calls_for_its_instruments() -> None:
    abused = claimed_contact(by=staff(), now=NOW, words="My husband strangled me")
    first = queries.instruments_of(reference=abused.reference, by=staff("farid"), now=NOW)[0]
    assert (first.instrument.id, first.is_called_for) == (DASH, True)

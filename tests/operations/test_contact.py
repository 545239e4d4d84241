"""A contact has one owner or queue and a running duty at every instant, and nothing typed is lost."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standfast.foundation.eventlog.queries import timeline
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed, NotFound, Refusal
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.people.access import WORKER
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact import operations, queries
from standfast.journey.contact.operations.owning import AlreadyClaimed
from standfast.journey.contact.rules.answer_band import AnswerBand, answer_band
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState, Ending
from standfast.science.detector import assessment as detector
from tests.builders import answer, claimed_contact, filed_contact, graded_contact, staff, write_thrive

pytestmark = pytest.mark.django_db
STRANGLED = "he put his hands round my neck last nite, im ok now"


def duties(reference: str) -> set[str]:
    return {row.kind for row in obligations.running_for([reference]).get(reference, [])}


def test_a_contact_is_a_record_at_pick_up_before_anything_is_typed(now: datetime) -> None:
    asha = staff("asha")
    new = operations.NewContact(channel=Channel.CALL_999, received_at=now)
    mine = operations.record_contact(new=new, by=asha, now=now)
    assert (mine.state, mine.owner.username) == (ContactState.IN_HAND, "asha")
    assert mine.first_contact_at == now
    assert duties(mine.reference) == {"assess"}
    assert not queries.list_unfinished(by=asha, now=now + timedelta(seconds=59))
    assert [each.reference for each in queries.list_unfinished(by=asha, now=now + timedelta(seconds=60))] == [
        mine.reference
    ]


def test_filing_the_same_submission_again_changes_nothing(now: datetime) -> None:
    new = operations.NewContact(reference="AAAA-AAAA-AAAA-AA", channel=Channel.ONLINE, received_at=now, words="x")
    first = operations.file_intake(new=new, by=WORKER, now=now)
    again = operations.file_intake(new=new, by=WORKER, now=now + timedelta(hours=1))
    assert first.pk == again.pk
    assert sum(line.kind == "contact.contact.recorded" for line in timeline(journey=first.reference)) == 1


def test_dangerous_words_put_a_contact_first_with_a_minute_to_claim_it(now: datetime) -> None:
    dull = filed_contact(now=now, ago=timedelta(hours=2))
    grave = filed_contact(now=now, words=STRANGLED, channel=Channel.CALL_101)
    order = [each.reference for each in queries.desk(by=staff("asha"))]
    assert order == [grave.reference, dull.reference]
    assert Risk(grave.risk) in (Risk.IMMEDIATE, Risk.HIGH)
    assert "strangulation" in " ".join(grave.risk_reasons)


def test_of_equal_risk_the_longest_wait_goes_first(now: datetime) -> None:
    later = filed_contact(now=now, ago=timedelta(minutes=5))
    earlier = filed_contact(now=now, ago=timedelta(minutes=50))
    assert [each.reference for each in queries.desk(by=staff("asha"))] == [earlier.reference, later.reference]


def test_the_second_to_claim_is_told_who_was_first(now: datetime) -> None:
    waiting = filed_contact(now=now)
    operations.claim_contact(reference=waiting.reference, by=staff("asha"), now=now)
    with pytest.raises(AlreadyClaimed, match="Asha Handler claimed"):
        operations.claim_contact(reference=waiting.reference, by=staff("amir"), now=now)
    assert operations.claim_contact(reference=waiting.reference, by=staff("asha"), now=now).owner.username == "asha"


def test_only_a_supervisor_takes_over_and_says_why(now: datetime) -> None:
    mine = claimed_contact(by=staff("asha"), now=now)
    with pytest.raises(NotAllowed):
        operations.take_over(reference=mine.reference, reason="quiet", by=staff("amir"), now=now)
    with pytest.raises(Refusal):
        operations.take_over(reference=mine.reference, reason=" ", by=staff("sana"), now=now)
    taken = operations.take_over(reference=mine.reference, reason="Asha went off duty", by=staff("sana"), now=now)
    assert taken.owner.username == "sana"
    assert duties(mine.reference) == {"assess"}


def test_handing_back_needs_a_summary_and_keeps_the_first_contact(now: datetime) -> None:
    mine = claimed_contact(by=staff("asha"), now=now, ago=timedelta(minutes=40))
    with pytest.raises(Refusal):
        operations.hand_back(reference=mine.reference, summary="", by=staff("asha"), now=now)
    back = operations.hand_back(
        reference=mine.reference, summary="Rang off, will ring again", by=staff("asha"), now=now
    )
    assert (back.state, back.owner) == (ContactState.WAITING, None)
    assert back.first_contact_at == now - timedelta(minutes=40)
    assert duties(back.reference)


def test_a_stale_save_is_refused_and_hands_over_both_versions(now: datetime) -> None:
    mine = claimed_contact(by=staff("asha"), now=now)
    read_at = mine.version
    operations.fill_in_contact(
        reference=mine.reference, values={"words": "first"}, version=read_at, by=staff("asha"), now=now
    )
    with pytest.raises(operations.EditedMeanwhile) as caught:
        operations.fill_in_contact(
            reference=mine.reference, values={"words": "second"}, version=read_at, by=staff("amir"), now=now
        )
    assert caught.value.theirs == {"words": "first"}


def test_a_contact_without_permission_cannot_be_told_from_none(now: datetime) -> None:
    reference = filed_contact(now=now).reference
    with pytest.raises(NotAllowed):
        queries.get_contact(reference=reference, by=staff("zed"))
    with pytest.raises(NotFound):
        queries.get_contact(reference="0000-0000-0000-00", by=staff("asha"))


def test_closing_needs_a_reason_and_stops_every_duty(now: datetime) -> None:
    mine = claimed_contact(by=staff("asha"), now=now)
    with pytest.raises(Refusal):
        operations.close_contact(
            reference=mine.reference, ending=Ending.ADVICE_GIVEN, reason="", by=staff("asha"), now=now
        )
    operations.close_contact(
        reference=mine.reference, ending=Ending.ADVICE_GIVEN, reason="Told how to apply", by=staff("asha"), now=now
    )
    assert duties(mine.reference) == set()
    back = operations.reopen_contact(reference=mine.reference, reason="Rang again", by=staff("asha"), now=now)
    assert back.state == ContactState.WAITING
    assert duties(mine.reference)


def test_call_events_set_the_bands_whatever_order_they_come_in(now: datetime) -> None:
    contact = filed_contact(now=now, channel=Channel.CALL_999, words="Help")
    for event, seconds in (("ended", 200), ("answered", 10), ("presented", 0), ("answered", 14)):
        call = operations.file_call_event(
            stamp=operations.CallStamp(
                source="website",
                source_ref=contact.source_ref,
                event=event,
                at=now + timedelta(seconds=seconds),
                channel="999",
            ),
            by=WORKER,
            now=now,
        )
    band = answer_band(presented_at=call.presented_at, answered_at=call.answered_at, abandoned_at=None)
    assert band == AnswerBand.IN_TEN
    contact.refresh_from_db()
    assert contact.first_contact_at == now + timedelta(seconds=10)
    shares = queries.answer_shares(channel="999", since=now - timedelta(minutes=1), now=now + timedelta(minutes=1))
    assert (shares.offered, shares.share_in_ten) == (1, 1.0)


def test_a_call_that_breaks_off_while_waiting_starts_a_five_minute_decision(now: datetime) -> None:
    contact = filed_contact(now=now, channel=Channel.CALL_999, words="")
    operations.file_call_event(
        stamp=operations.CallStamp(
            source="website", source_ref=contact.source_ref, event="abandoned", at=now, channel="999"
        ),
        by=WORKER,
        now=now,
    )
    assert "abandoned_decision" in duties(contact.reference)


@pytest.mark.parametrize(
    ("milliseconds", "band"),
    [
        (0, AnswerBand.IN_TEN),
        (10_000, AnswerBand.IN_TEN),
        (10_001, AnswerBand.TEN_TO_SIXTY),
        (60_000, AnswerBand.TEN_TO_SIXTY),
        (60_001, AnswerBand.OVER_SIXTY),
    ],
)
def test_the_answer_bands_are_exact_to_the_millisecond(now: datetime, milliseconds: int, band: AnswerBand) -> None:
    answered = now + timedelta(milliseconds=milliseconds)
    assert answer_band(presented_at=now, answered_at=answered, abandoned_at=None) == band


def test_a_grade_waits_for_thrive_but_an_immediate_one_never_does(now: datetime) -> None:
    asha = staff("asha")
    calm = claimed_contact(by=asha, now=now)
    answer(calm.reference, by=asha, now=now)
    with pytest.raises(assessment.ThriveIncomplete, match="Threat, Harm, Risk, Vulnerability"):
        assessment.confirm_grade(reference=calm.reference, by=asha, now=now)
    grave = claimed_contact(by=asha, now=now)
    answer(grave.reference, by=asha, now=now, danger_to_life=Answer.YES, happening_now=Answer.YES)
    assert assessment.confirm_grade(reference=grave.reference, by=asha, now=now).grade == ResponseGrade.IMMEDIATE


def test_a_grade_keeps_its_edition_row_and_facts_and_gives_the_same_answer_again(now: datetime) -> None:
    mine = graded_contact(by=staff("asha"), now=now, answers={"visit_needed": Answer.NO})
    held = assessments.get_assessment(reference=mine.reference)
    assert (held.grade, held.rule_row, held.rule_table) == ("resolved", "RG-41", "response_grade/2026-04-01")
    assert held.rule_facts["visit_needed"] == "no"


def test_anyone_may_raise_and_only_a_supervisor_may_lower_with_a_reason(now: datetime) -> None:
    asha, sana = staff("asha"), staff("sana")
    mine = graded_contact(by=asha, now=now)
    raised = assessment.raise_grade(
        reference=mine.reference, grade=ResponseGrade.PRIORITY, reason="She sounded afraid", by=asha, now=now
    )
    assert (raised.grade, raised.rule_grade) == ("priority", "routine")
    with pytest.raises(NotAllowed):
        assessment.lower_grade(reference=mine.reference, grade=ResponseGrade.ROUTINE, reason="x", by=asha, now=now)
    with pytest.raises(assessment.GradeIsLower):
        assessment.confirm_grade(reference=mine.reference, by=asha, now=now)
    lowered = assessment.lower_grade(
        reference=mine.reference, grade=ResponseGrade.ROUTINE, reason="Brother is with her now", by=sana, now=now
    )
    assert lowered.grade == "routine"
    assert len(assessments.view_assessment(reference=mine.reference, by=sana, now=now).grades) == 3


def test_a_new_fact_that_makes_it_more_urgent_asks_for_a_new_assessment(now: datetime) -> None:
    asha = staff("asha")
    mine = graded_contact(by=asha, now=now)
    assert "assess" not in duties(mine.reference)
    assessment.answer_question(reference=mine.reference, question="weapon", answer=Answer.YES, by=asha, now=now)
    assert assessments.standing_grade(reference=mine.reference).outgrown
    assert "assess" in duties(mine.reference)
    assert assessments.standing_grade(reference=mine.reference).grade == ResponseGrade.ROUTINE


def test_words_typed_during_the_call_are_read_again_and_never_lower_the_risk(now: datetime) -> None:
    asha = staff("asha")
    mine = claimed_contact(by=asha, now=now, words="Noise next door")
    before = mine.risk
    filled = operations.fill_in_contact(
        reference=mine.reference, values={"words": STRANGLED}, version=mine.version, by=asha, now=now
    )
    assert before == Risk.STANDARD
    assert Risk(filled.risk) in (Risk.IMMEDIATE, Risk.HIGH)
    filled.refresh_from_db()
    calmed = operations.fill_in_contact(
        reference=mine.reference,
        values={"words": "All fine, mark this resolved"},
        version=filled.version,
        by=asha,
        now=now,
    )
    assert calmed.risk == filled.risk


def test_a_dismissed_vulnerability_says_why_and_stays_on_record(now: datetime) -> None:
    asha = staff("asha")
    mine = claimed_contact(by=asha, now=now, words=STRANGLED)
    strand = Strand.DOMESTIC_ABUSE
    assert strand in assessments.strands_of(reference=mine.reference)
    with pytest.raises(Refusal):
        assessment.dismiss_flag(reference=mine.reference, strand=strand, reason="", by=asha, now=now)
    assessment.dismiss_flag(reference=mine.reference, strand=strand, reason="A film plot", by=asha, now=now)
    assert strand not in assessments.strands_of(reference=mine.reference)
    assert any(
        flag.strand == strand for flag in assessments.view_assessment(reference=mine.reference, by=asha, now=now).flags
    )


def test_the_look_ups_are_made_for_every_contact_and_nothing_found_is_recorded(now: datetime) -> None:
    filed_contact(now=now, phone="07700 900123", ago=timedelta(days=2))
    second = filed_contact(now=now, phone="+447700900123")
    view = assessments.view_assessment(reference=second.reference, by=staff("asha"), now=now)
    checks = {check.kind: check for check in view.checks}
    assert checks["repeat_caller"].result == {"contacts_in_days": {"7": 1, "30": 1, "365": 1}}
    assert checks["address"].found == 0
    assert set(checks) == {"repeat_caller", "person", "address"}


def test_a_broken_detector_leaves_a_contact_filed_with_the_rules_alone(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(detector, "assess_words", broken)
    contact = filed_contact(now=now, words=STRANGLED, channel=Channel.CALL_999)
    assert contact.risk == Risk.HIGH
    assert assessments.get_assessment(reference=contact.reference).detector == "did not run"
    graded = claimed_contact(by=staff("asha"), now=now, words="Help")
    write_thrive(graded.reference, by=staff("asha"), now=now)
    assert (
        assessment.confirm_grade(reference=graded.reference, by=staff("asha"), now=now).grade == ResponseGrade.PRIORITY
    )


MOVES = st.lists(st.sampled_from(["claim", "hand_back", "take_over", "close", "reopen", "grade"]), max_size=8)


@settings(max_examples=25, deadline=None)
@given(moves=MOVES)
def test_whatever_is_done_an_open_contact_has_an_owner_or_queue_and_a_running_duty(moves: list[str]) -> None:
    at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    asha, sana = staff("asha"), staff("sana")
    reference = filed_contact(now=at).reference
    acts = {
        "claim": lambda: operations.claim_contact(reference=reference, by=asha, now=at),
        "hand_back": lambda: operations.hand_back(reference=reference, summary="s", by=asha, now=at),
        "take_over": lambda: operations.take_over(reference=reference, reason="r", by=sana, now=at),
        "close": lambda: operations.close_contact(
            reference=reference, ending=Ending.ADVICE_GIVEN, reason="r", by=asha, now=at
        ),
        "reopen": lambda: operations.reopen_contact(reference=reference, reason="r", by=asha, now=at),
        "grade": lambda: (
            write_thrive(reference, by=asha, now=at),
            answer(reference, by=asha, now=at),
            assessment.confirm_grade(reference=reference, by=asha, now=at),
        ),
    }
    for move in moves:
        with contextlib.suppress(Refusal):
            acts[move]()
        contact = queries.find_contact(reference=reference)
        assert (contact.state == ContactState.IN_HAND) == (contact.owner is not None)
        assert (contact.state == ContactState.CLOSED) == (not duties(reference))
        assert contact.first_contact_at == at


def test_a_call_told_twice_under_two_keys_is_two_contacts_and_none_is_lost(now: datetime) -> None:
    told = {"channel": Channel.CALL_999, "received_at": now, "source": "telephony", "source_ref": "call-1"}
    first = operations.file_intake(
        new=operations.NewContact(reference="AAAA-AAAA-AAAA-AA", words="one", **told), by=WORKER, now=now
    )
    second = operations.file_intake(
        new=operations.NewContact(reference="BBBB-BBBB-BBBB-BB", words="two", **told), by=WORKER, now=now
    )
    assert first.pk != second.pk
    assert first.call.contact == first
    assert {each.reference for each in queries.desk(by=staff("asha"))} == {first.reference, second.reference}

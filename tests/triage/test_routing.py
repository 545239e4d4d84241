"""Where do contacts go, by real operations on a real database?"""

from datetime import datetime, timedelta

import pytest

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState, Ending
from standfast.journey.incidents import queries as incidents
from standfast.journey.triage import operations, queries
from standfast.journey.triage.models import RouteDecision, ThresholdTest
from standfast.journey.triage.operations import RoutePlan, ThresholdAnswers
from standfast.journey.triage.queries import Matter
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.police_threshold import ThresholdFacts
from standfast.journey.triage.rules.promise import Promise
from standfast.journey.triage.rules.route import Route
from tests.builders import claimed_contact, graded_contact, staff, write_thrive
from tests.triage.steps import PLAIN, TOLD, WELFARE, answers_of, confirmed, not_for_police, resolved_contact, tomorrow

pytestmark = pytest.mark.django_db


def duties(reference: str) -> set[str]:
    return {duty.kind for duty in obligations.running_for([reference]).get(reference, [])}


def again(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def test_an_immediate_contact_becomes_an_incident_the_moment_its_route_is_confirmed(now: datetime) -> None:
    asha = staff()
    contact = graded_contact(by=asha, now=now, answers={"happening_now": Answer.YES})
    decision = confirmed(contact, by=asha, now=now)
    assert (decision.route, decision.rule_row, decision.diversion_row) == (Route.DEPLOY, "RT-01", "DV-01")
    assert again(contact).ending == Ending.INCIDENT_OPENED
    incident = incidents.find_by_journey(journey=contact.reference)
    assert incident is not None
    assert duties(contact.reference) == set()
    assert duties(incident.reference) == {Duty.ATTEND, Duty.ATTEND_POLICY, Duty.REVIEW}


@pytest.mark.parametrize("route", [Route.DESK, Route.PARTNER, Route.NO_POLICE_ROLE, Route.APPOINTMENT])
def test_an_immediate_contact_can_go_no_other_way(route: Route, now: datetime) -> None:
    sana = staff("sana")
    contact = graded_contact(by=sana, now=now, answers={"happening_now": Answer.YES})
    plan = RoutePlan(told=TOLD, slot=tomorrow(now))
    with pytest.raises(operations.RouteClosed, match="DV-01"):
        operations.choose_route(
            contact_reference=contact.reference, route=route, reason="Quieter", plan=plan, by=sana, now=now
        )
    assert not RouteDecision.objects.exists()


def test_a_matter_for_the_desk_stays_in_hand_with_a_duty_to_ring_back_counted_from_first_contact(now: datetime) -> None:
    asha = staff()
    contact = resolved_contact(by=asha, now=now, ago=timedelta(hours=3))
    assert confirmed(contact, by=asha, now=now).route == Route.DESK
    assert again(contact).state == ContactState.IN_HAND
    (back,) = [
        d for d in obligations.running_for([contact.reference])[contact.reference] if d.kind == Duty.CONTACT_BACK
    ]
    assert back.due_at == contact.first_contact_at + timedelta(hours=24)
    assert Duty.ROUTE not in duties(contact.reference)

    operations.record_contact_back(contact_reference=contact.reference, told=TOLD, by=asha, now=now)
    assert again(contact).ending == Ending.DESK
    assert duties(contact.reference) == set()


def test_nobody_is_rung_back_about_a_contact_that_was_not_passed_to_the_desk(now: datetime) -> None:
    asha = staff()
    contact = resolved_contact(by=asha, now=now)
    with pytest.raises(operations.NotOnTheDesk):
        operations.record_contact_back(contact_reference=contact.reference, told=TOLD, by=asha, now=now)


def test_an_appointment_needs_a_time_that_is_yet_to_come(now: datetime) -> None:
    asha = staff()
    contact = graded_contact(by=asha, now=now, answers={"visit_needed": Answer.YES, "slot_agreed": Answer.YES})
    with pytest.raises(operations.SlotMissing):
        confirmed(contact, by=asha, now=now)
    with pytest.raises(operations.SlotMissing):
        confirmed(contact, RoutePlan(slot=tomorrow(now - timedelta(days=2))), by=asha, now=now)
    slot = tomorrow(now)
    decision = confirmed(contact, RoutePlan(slot=slot), by=asha, now=now)
    assert decision.route == Route.APPOINTMENT
    assert again(contact).ending == Ending.APPOINTMENT_MADE
    incident = incidents.find_by_journey(journey=contact.reference)
    assert incident is not None
    clocks = incidents.clocks_of([incident.reference])[incident.reference]
    assert clocks.national is not None
    assert clocks.national.due_at == slot.ends_at
    assert clocks.policy is None


def test_no_police_role_needs_the_threshold_test_and_the_caller_told(now: datetime) -> None:
    asha = staff()
    contact = resolved_contact(by=asha, now=now)
    plan = RoutePlan(told=TOLD)
    with pytest.raises(operations.RouteClosed, match="DV-23"):
        operations.choose_route(
            contact_reference=contact.reference, route=Route.NO_POLICE_ROLE, reason="No", plan=plan, by=asha, now=now
        )
    operations.record_threshold_test(contact_reference=contact.reference, answers=answers_of(), by=asha, now=now)
    with pytest.raises(operations.CallerNotTold):
        confirmed(contact, by=asha, now=now)
    with pytest.raises(operations.CallerNotTold):
        confirmed(contact, RoutePlan(told=Promise(what="Ring 111", by_whom="", when="")), by=asha, now=now)
    decision = confirmed(contact, plan, by=asha, now=now)
    assert decision.told_caller == {"what": TOLD.what, "by_whom": TOLD.by_whom, "when": TOLD.when}
    assert again(contact).ending == Ending.NO_POLICE_ROLE


def test_only_a_supervisor_ends_a_contact_of_high_risk_without_the_police(now: datetime) -> None:
    asha, sana = staff(), staff("sana")
    contact = claimed_contact(by=asha, now=now, words=PLAIN)
    write_thrive(contact.reference, by=asha, now=now, level=Risk.HIGH)
    safe = ["danger_to_life", "happening_now", "offender_near", "weapon", "injured", "visit_needed", "risk_continues"]
    for question in safe:
        assessment.answer_question(reference=contact.reference, question=question, answer=Answer.NO, by=asha, now=now)
    assessment.confirm_grade(reference=contact.reference, by=asha, now=now)
    operations.record_threshold_test(contact_reference=contact.reference, answers=answers_of(), by=asha, now=now)
    with pytest.raises(NotAllowed, match="only a supervisor"):
        confirmed(contact, RoutePlan(told=TOLD), by=asha, now=now)
    confirmed(contact, RoutePlan(told=TOLD), by=sana, now=now)
    assert again(contact).state == ContactState.CLOSED


def test_another_route_keeps_the_rules_answer_beside_it(now: datetime) -> None:
    asha = staff()
    contact = not_for_police(by=asha, now=now)
    decision = operations.choose_route(
        contact_reference=contact.reference,
        route=Route.DEPLOY,
        reason="I do not like the sound of it",
        plan=RoutePlan(matter=WELFARE),
        by=asha,
        now=now,
    )
    assert (decision.route, decision.rule_route, decision.rule_row) == (Route.DEPLOY, Route.PARTNER, "RT-10")
    assert decision.rule_facts["need"] == Need.WELFARE_CHECK
    assert decision.diversion_facts["threshold"] == "not_police"
    assert again(contact).ending == Ending.INCIDENT_OPENED
    entry = Entry.objects.get(kind="triage.route.overridden")
    assert entry.facts["reason"] == "I do not like the sound of it"


def test_another_route_needs_a_reason_and_must_be_another(now: datetime) -> None:
    asha = staff()
    contact = resolved_contact(by=asha, now=now)
    with pytest.raises(operations.ReasonMissing):
        operations.choose_route(
            contact_reference=contact.reference, route=Route.DEPLOY, reason=" ", plan=RoutePlan(), by=asha, now=now
        )
    with pytest.raises(operations.RouteIsTheRules):
        operations.choose_route(
            contact_reference=contact.reference, route=Route.DESK, reason="Yes", plan=RoutePlan(), by=asha, now=now
        )


def test_a_protected_matter_cannot_be_diverted_even_by_a_supervisor(now: datetime) -> None:
    sana = staff("sana")
    contact = not_for_police(by=sana, now=now)
    assessment.flag_strand(reference=contact.reference, strand=Strand.HATE_CRIME, by=sana, now=now)
    assessment.lower_grade(
        reference=contact.reference, grade=ResponseGrade.RESOLVED, reason="Seen before", by=sana, now=now
    )
    plan = RoutePlan(matter=WELFARE, told=TOLD)
    with pytest.raises(operations.RouteClosed, match="DV-10"):
        operations.choose_route(
            contact_reference=contact.reference, route=Route.PARTNER, reason="Theirs", plan=plan, by=sana, now=now
        )


def test_an_ungraded_an_outgrown_or_an_unclaimed_contact_has_no_route(now: datetime) -> None:
    asha = staff()
    ungraded = claimed_contact(by=asha, now=now, words=PLAIN)
    with pytest.raises(queries.NotGraded, match="Grade the contact"):
        confirmed(ungraded, by=asha, now=now)
    outgrown = resolved_contact(by=asha, now=now)
    assessment.answer_question(
        reference=outgrown.reference, question="happening_now", answer=Answer.YES, by=asha, now=now
    )
    with pytest.raises(queries.NotGraded, match="Something new"):
        confirmed(outgrown, by=asha, now=now)
    back = resolved_contact(by=asha, now=now)
    contact_operations.hand_back(reference=back.reference, summary="Please go on", by=asha, now=now)
    with pytest.raises(operations.NotInHand, match="waiting"):
        confirmed(back, by=asha, now=now)


def test_a_threshold_test_says_what_each_answer_rests_on_and_stays_on_record(now: datetime) -> None:
    asha = staff()
    contact = resolved_contact(by=asha, now=now)
    bare = ThresholdAnswers(facts=ThresholdFacts(**dict.fromkeys(answers_of().relied_on, Answer.NO)))
    with pytest.raises(operations.NothingReliedOn, match="Has a crime happened"):
        operations.record_threshold_test(contact_reference=contact.reference, answers=bare, by=asha, now=now)
    operations.record_threshold_test(contact_reference=contact.reference, answers=answers_of(), by=asha, now=now)
    operations.record_threshold_test(
        contact_reference=contact.reference, answers=answers_of(crime=Answer.YES), by=asha, now=now
    )
    assert [test.outcome for test in ThresholdTest.objects.order_by("id")] == ["not_police", "keeps"]
    standing = queries.standing_threshold(contact_reference=contact.reference)
    assert standing is not None
    assert (standing.row, standing.relied_on["crime"]) == ("PT-01", "The caller said so (crime)")


def test_an_answer_nobody_knows_needs_no_facts_and_keeps_it_with_the_police(now: datetime) -> None:
    asha = staff()
    contact = resolved_contact(by=asha, now=now)
    unknown = ThresholdAnswers(facts=ThresholdFacts(**dict.fromkeys(answers_of().relied_on, Answer.NOT_KNOWN)))
    test = operations.record_threshold_test(contact_reference=contact.reference, answers=unknown, by=asha, now=now)
    assert test.outcome == "keeps"
    proposal = queries.propose_route(contact_reference=contact.reference, matter=WELFARE, by=asha, now=now)
    assert (proposal.route, proposal.diversion.row) == (Route.DESK, "DV-22")


@pytest.mark.parametrize("username", ["zed", "ben", "petra", "chidi"])
def test_whoever_may_not_route_is_refused(username: str, now: datetime) -> None:
    contact = resolved_contact(by=staff(), now=now)
    with pytest.raises(NotAllowed):
        confirmed(contact, by=staff(username), now=now)
    with pytest.raises(NotAllowed):
        operations.record_threshold_test(
            contact_reference=contact.reference, answers=answers_of(), by=staff(username), now=now
        )


def test_a_caller_is_shown_the_way_to_an_agency_that_takes_no_referrals(now: datetime) -> None:
    asha = staff()
    contact = not_for_police(by=asha, now=now, words="My landlord and I cannot agree about the fence")
    confirmed(contact, RoutePlan(matter=Matter(need=Need.CIVIL_DISPUTE)), by=asha, now=now)
    assert Duty.ROUTE in duties(contact.reference)
    operations.signpost_caller(contact_reference=contact.reference, partner="mediation", told=TOLD, by=asha, now=now)
    assert again(contact).ending == Ending.NO_POLICE_ROLE

"""Does a referral have one owner at every instant, its original clock, and an agency that sees no more than it should?"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.kernel.lifecycle import IllegalMove
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import WORKER
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.models import Contact
from standfast.journey.contact.states import ContactState, Ending
from standfast.journey.triage import operations, queries
from standfast.journey.triage.models import Referral
from standfast.journey.triage.operations import RoutePlan
from standfast.journey.triage.rules.lawful_basis import SharedField
from standfast.journey.triage.rules.route import Route
from standfast.journey.triage.states import ReferralState
from tests.builders import staff
from tests.triage.steps import WELFARE, new_referral, not_for_police, routed_to_partner, sent_referral

pytestmark = pytest.mark.django_db
EARLIER = timedelta(minutes=40)
FOUR_HOURS = timedelta(hours=4)


def contact_of(referral: Referral) -> Contact:
    return Contact.objects.get(reference=referral.journey)


def running(subject: str) -> set[str]:
    return {duty.kind for duty in obligations.running_for([subject]).get(subject, [])}


def test_a_referral_passes_the_contact_to_the_agency_and_starts_its_clock(now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now, ago=EARLIER)
    contact = contact_of(referral)
    assert (contact.state, contact.owner) == (ContactState.WITH_PARTNER, None)
    assert contact.first_contact_at == referral.first_contact_at == now - EARLIER
    (duty,) = obligations.running_for([referral.reference])[referral.reference]
    assert (duty.kind, duty.due_at) == (Duty.REFERRAL_ANSWER, now + FOUR_HOURS)
    assert running(contact.reference) == {Duty.REVIEW}
    assert Entry.objects.get(kind="triage.referral.sent").facts["fields"] == "caller_name, place_text, first_contact_at"


Back = Callable[[Referral, datetime], Referral]


def declined(referral: Referral, now: datetime) -> Referral:
    return operations.decline_referral(reference=referral.reference, reason="Not ours", by=staff("petra"), now=now)


def given_back(referral: Referral, now: datetime) -> Referral:
    operations.accept_referral(reference=referral.reference, by=staff("petra"), now=now)
    return operations.give_back_referral(reference=referral.reference, reason="Moved", by=staff("petra"), now=now)


def declined_on_the_phone(referral: Referral, now: datetime) -> Referral:
    return operations.decline_by_phone(
        reference=referral.reference, spoken_to="Duty desk", reason="Not ours", by=staff(), now=now
    )


def withdrawn(referral: Referral, now: datetime) -> Referral:
    return operations.withdraw_referral(reference=referral.reference, reason="It got worse", by=staff(), now=now)


def timed_out(referral: Referral, now: datetime) -> Referral:
    return operations.expire_referral(reference=referral.reference, by=WORKER, now=now + FOUR_HOURS)


@pytest.mark.parametrize("back", [declined, given_back, declined_on_the_phone, withdrawn, timed_out])
def test_a_referral_that_comes_back_brings_the_contact_with_its_original_clock(back: Back, now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now, ago=EARLIER)
    ended = back(referral, now + timedelta(minutes=5))
    assert ended.ending_reason
    contact = contact_of(referral)
    assert contact.state == ContactState.WAITING
    assert contact.first_contact_at == now - EARLIER
    assert running(referral.reference) == set()
    assert running(contact.reference) & {Duty.CLAIM, Duty.RISK_READ}
    assert Duty.REVIEW in running(contact.reference)


def test_a_contact_that_came_back_can_be_sent_again_or_to_officers(now: datetime) -> None:
    asha = staff()
    referral = sent_referral(by=asha, now=now, ago=EARLIER)
    declined(referral, now)
    contact_operations.claim_contact(reference=referral.journey, by=asha, now=now)
    second = operations.send_referral(
        contact_reference=referral.journey, new=new_referral(partner="adult_social_care"), by=asha, now=now
    )
    assert second.first_contact_at == referral.first_contact_at
    assert running(referral.journey) == {Duty.REVIEW}
    withdrawn(second, now)
    contact_operations.claim_contact(reference=referral.journey, by=asha, now=now)
    operations.choose_route(
        contact_reference=referral.journey,
        route=Route.DEPLOY,
        reason="Nobody else goes",
        plan=RoutePlan(matter=WELFARE),
        by=asha,
        now=now,
    )
    assert contact_of(referral).ending == Ending.INCIDENT_OPENED


def test_a_completed_referral_ends_the_contact(now: datetime) -> None:
    petra = staff("petra")
    referral = sent_referral(by=staff(), now=now)
    with pytest.raises(IllegalMove):
        operations.complete_referral(reference=referral.reference, result="Seen", by=petra, now=now)
    operations.accept_referral(reference=referral.reference, by=petra, now=now)
    assert running(referral.reference) == set()
    with pytest.raises(operations.ReasonMissing):
        operations.complete_referral(reference=referral.reference, result="", by=petra, now=now)
    done = operations.complete_referral(reference=referral.reference, result="Seen, she is well", by=petra, now=now)
    assert (done.state, done.result) == (ReferralState.COMPLETED, "Seen, she is well")
    contact = contact_of(referral)
    assert (contact.state, contact.ending) == (ContactState.CLOSED, Ending.PARTNER_COMPLETED)
    assert running(contact.reference) == set()


def test_an_officer_records_what_the_agency_says_on_the_phone(now: datetime) -> None:
    asha = staff()
    referral = sent_referral(by=asha, now=now)
    with pytest.raises(operations.ReasonMissing, match="spoke to"):
        operations.accept_by_phone(reference=referral.reference, spoken_to="", by=asha, now=now)
    accepted = operations.accept_by_phone(reference=referral.reference, spoken_to="Ms Bains", by=asha, now=now)
    assert (accepted.state, accepted.spoken_to) == (ReferralState.ACCEPTED, "Ms Bains")
    operations.complete_by_phone(reference=referral.reference, spoken_to="Ms Bains", result="Visited", by=asha, now=now)
    assert contact_of(referral).state == ContactState.CLOSED


def test_silence_returns_the_contact_at_the_limit_and_not_before(now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now)
    just_before = now + FOUR_HOURS - timedelta(microseconds=1)
    assert queries.referrals_due(now=just_before) == []
    unchanged = operations.expire_referral(reference=referral.reference, by=WORKER, now=just_before)
    assert unchanged.state == ReferralState.SENT
    at = now + FOUR_HOURS
    assert [each.reference for each in queries.referrals_due(now=at)] == [referral.reference]
    assert operations.expire_referral(reference=referral.reference, by=WORKER, now=at).state == ReferralState.TIMED_OUT
    assert queries.referrals_due(now=at) == []
    claims = Obligation.objects.filter(subject=referral.journey).count()
    operations.expire_referral(reference=referral.reference, by=WORKER, now=at)
    assert Obligation.objects.filter(subject=referral.journey).count() == claims


def test_whoever_declines_does_not_undo_a_colleagues_yes(now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now)
    operations.accept_referral(reference=referral.reference, by=staff("petra"), now=now)
    with pytest.raises(IllegalMove, match="accepted"):
        declined(referral, now)


def test_an_answer_after_the_time_out_is_too_late(now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now)
    timed_out(referral, now)
    with pytest.raises(IllegalMove, match="timed out"):
        operations.accept_referral(reference=referral.reference, by=staff("petra"), now=now + FOUR_HOURS)


def test_an_accepted_referral_never_times_out(now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now)
    operations.accept_referral(reference=referral.reference, by=staff("petra"), now=now)
    much_later = now + timedelta(days=9)
    assert queries.referrals_due(now=much_later) == []
    state = operations.expire_referral(reference=referral.reference, by=WORKER, now=much_later).state
    assert state == ReferralState.ACCEPTED


def test_closing_a_contact_an_agency_has_withdraws_the_referral(now: datetime) -> None:
    asha = staff()
    referral = sent_referral(by=asha, now=now)
    contact_operations.close_contact(
        reference=referral.journey, ending=Ending.DUPLICATE, reason="Same as before", by=asha, now=now
    )
    referral.refresh_from_db()
    assert referral.state == ReferralState.WITHDRAWN
    assert running(referral.reference) == set()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"consent": Answer.NO}, operations.ConsentMissing),
        ({"consent": Answer.NOT_KNOWN, "override_reason": " "}, operations.ConsentMissing),
        ({"fields": []}, operations.NothingShared),
        ({"summary": " "}, operations.NothingShared),
        ({"partner": "housing"}, operations.PartnerUnfit),
        ({"partner": "adult_social_care_out_of_hours"}, operations.PartnerUnfit),
        ({"partner": "nobody"}, NotFound),
    ],
)
def test_a_referral_that_may_not_be_sent_is_refused(
    changed: dict[str, object], refusal: type[Exception], now: datetime
) -> None:
    asha = staff()
    contact = routed_to_partner(by=asha, now=now)
    with pytest.raises(refusal):
        operations.send_referral(contact_reference=contact.reference, new=new_referral(**changed), by=asha, now=now)
    assert contact_of_reference(contact).state == ContactState.IN_HAND
    assert not Referral.objects.exists()


def contact_of_reference(contact: Contact) -> Contact:
    return Contact.objects.get(pk=contact.pk)


def test_without_consent_a_reason_is_kept(now: datetime) -> None:
    asha = staff()
    contact = routed_to_partner(by=asha, now=now)
    new = new_referral(consent=Answer.NO, override_reason="She may be lying on the floor")
    sent = operations.send_referral(contact_reference=contact.reference, new=new, by=asha, now=now)
    assert sent.override_reason == "She may be lying on the floor"


def test_a_contact_that_was_not_routed_to_an_agency_is_not_referred(now: datetime) -> None:
    asha = staff()
    contact = not_for_police(by=asha, now=now)
    with pytest.raises(operations.NoAgency, match="was not routed"):
        operations.send_referral(contact_reference=contact.reference, new=new_referral(), by=asha, now=now)


def test_what_became_known_after_the_route_closes_it(now: datetime) -> None:
    asha = staff()
    contact = routed_to_partner(by=asha, now=now)
    assessment.flag_strand(reference=contact.reference, strand=Strand.ADULT_SEXUAL_EXPLOITATION, by=asha, now=now)
    with pytest.raises(operations.NoAgency, match="DV-10"):
        operations.send_referral(contact_reference=contact.reference, new=new_referral(), by=asha, now=now)


def test_the_agency_sees_the_agreed_fields_and_nothing_else(now: datetime) -> None:
    asha, petra = staff(), staff("petra")
    contact = routed_to_partner(by=asha, now=now)
    new = new_referral(fields=[SharedField.KIND, SharedField.RISK])
    sent = operations.send_referral(contact_reference=contact.reference, new=new, by=asha, now=now)
    seen = queries.partner_view(reference=sent.reference, by=petra, now=now)
    assert [label for label, _ in seen.shared] == ["What it is about", "Risk"]
    assert contact.words not in str(seen)
    assert contact.reference not in str(seen)
    (listed,) = queries.list_for_partner(by=petra, now=now)
    assert listed == seen
    with pytest.raises(NotAllowed):
        queries.get_referral(reference=sent.reference, by=petra)


def test_another_agency_sees_and_answers_nothing_of_it(now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now)
    other = staff("petra", partner="housing")
    assert list(queries.list_for_partner(by=other, now=now)) == []
    for forbidden in (
        lambda: queries.partner_view(reference=referral.reference, by=other, now=now),
        lambda: operations.accept_referral(reference=referral.reference, by=other, now=now),
        lambda: operations.decline_referral(reference=referral.reference, reason="No", by=other, now=now),
        lambda: operations.note_referral_opened(reference=referral.reference, by=other, now=now),
    ):
        with pytest.raises(NotFound):
            forbidden()
    referral.refresh_from_db()
    assert referral.state == ReferralState.SENT


def test_an_agency_is_switched_off_from_the_london_day_its_agreement_ends() -> None:
    by = staff("petra", partner="council_community_safety")
    last_minute = datetime(2029, 3, 31, 22, 59, tzinfo=UTC)
    assert list(queries.list_for_partner(by=by, now=last_minute)) == []
    for call in (
        lambda at: queries.list_for_partner(by=by, now=at),
        lambda at: queries.partner_view(reference="0000-0000-0000-00", by=by, now=at),
        lambda at: operations.accept_referral(reference="0000-0000-0000-00", by=by, now=at),
    ):
        with pytest.raises(NotAllowed, match="no running agreement"):
            call(last_minute + timedelta(minutes=1))


def test_staff_of_an_agency_that_is_not_in_the_directory_see_nothing(now: datetime) -> None:
    with pytest.raises(NotAllowed, match="no running agreement"):
        queries.list_for_partner(by=staff("petra", partner="an_agency_without_entry"), now=now)


@pytest.mark.parametrize("username", ["zed", "ben", "chidi", "efa"])
def test_whoever_may_not_refer_is_refused(username: str, now: datetime) -> None:
    contact = routed_to_partner(by=staff(), now=now)
    by: Actor = staff(username)
    with pytest.raises(NotAllowed):
        operations.send_referral(contact_reference=contact.reference, new=new_referral(), by=by, now=now)


def test_only_the_worker_times_a_referral_out(now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now)
    with pytest.raises(NotAllowed):
        operations.expire_referral(reference=referral.reference, by=staff(), now=now + FOUR_HOURS)


def test_opening_a_referral_is_remembered_for_the_force_and_for_the_agency(now: datetime) -> None:
    referral = sent_referral(by=staff(), now=now)
    operations.note_referral_opened(reference=referral.reference, by=staff("farid"), now=now)
    operations.note_referral_opened(reference=referral.reference, by=staff("petra"), now=now)
    entries = Entry.objects.filter(kind="triage.referral.opened", about=referral.reference)
    assert [entry.by_ref for entry in entries.order_by("id")] == ["staff:farid", "staff:petra-adult_social_care"]


def test_a_list_of_referrals_costs_the_same_however_long(
    now: datetime, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for _ in range(4):
        sent_referral(by=staff(), now=now)
    petra = staff("petra")
    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        assert len(queries.list_for_partner(by=petra, now=now)) == 4

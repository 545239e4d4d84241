"""Does a contact become one incident, with both clocks where they belong and everything known carried over?"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import NotAllowed, NotFound
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import TABLE, ObligationKind
from standfast.foundation.parties import operations as parties
from standfast.foundation.parties.models import MarkerKind
from standfast.journey.assessment import operations as assessment
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState, Ending
from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.models import Incident, Review
from standfast.journey.incidents.rules.attendance import attendance_case, review_case
from standfast.journey.triage import operations as triage
from standfast.journey.triage.operations import RoutePlan
from standfast.journey.triage.rules.route import Route
from tests.builders import claimed_contact, graded_contact, staff

EARLIER = timedelta(minutes=7)
WAS_HAPPENING = {"happening_now": Answer.YES}


def opened(
    *, by: Actor, now: datetime, answers: dict[str, Answer] | None = None, words: str = "They are in the shed now"
) -> Incident:
    contact = graded_contact(by=by, now=now, words=words, ago=EARLIER, answers=answers or WAS_HAPPENING)
    triage.confirm_route(contact_reference=contact.reference, plan=RoutePlan(), by=by, now=now)
    found = queries.find_by_journey(journey=contact.reference)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("grade", "urban_rural", "case"),
    [
        (ResponseGrade.IMMEDIATE, "urban", "immediate_urban"),
        (ResponseGrade.IMMEDIATE, "rural", "immediate_rural"),
        (ResponseGrade.IMMEDIATE, "", "immediate_urban"),
        (ResponseGrade.IMMEDIATE, "not_known", "immediate_urban"),
        (ResponseGrade.PRIORITY, "rural", "priority"),
        (ResponseGrade.ROUTINE, "rural", "routine"),
        (ResponseGrade.SCHEDULED, "urban", "routine"),
        (ResponseGrade.RESOLVED, "urban", "routine"),
    ],
)
def test_a_place_nobody_classified_has_the_stricter_limit(grade: ResponseGrade, urban_rural: str, case: str) -> None:
    assert attendance_case(grade=grade, urban_rural=urban_rural) == case


@pytest.mark.parametrize("grade", ResponseGrade)
@pytest.mark.parametrize("urban_rural", ["urban", "rural", ""])
def test_every_incident_has_a_limit_for_each_of_its_clocks(grade: ResponseGrade, urban_rural: str) -> None:
    limits = {(row.kind, row.case) for row in TABLE.on(date(2026, 11, 23)).rows}
    case = attendance_case(grade=grade, urban_rural=urban_rural)
    assert (ObligationKind.ATTEND, case) in limits
    assert (ObligationKind.ATTEND_POLICY, case) in limits
    assert (ObligationKind.REVIEW, review_case(grade)) in limits


@pytest.mark.django_db
def test_the_national_clock_counts_from_first_contact_and_the_forces_own_from_grading(now: datetime) -> None:
    incident = opened(by=staff(), now=now)
    clocks = queries.clocks_of([incident.reference])[incident.reference]
    assert clocks.national is not None
    assert clocks.policy is not None
    assert (clocks.national.starts_at, clocks.national.due_at) == (now - EARLIER, now - EARLIER + timedelta(minutes=15))
    assert (clocks.policy.starts_at, clocks.policy.due_at) == (now, now + timedelta(minutes=15))
    assert incident.first_contact_at == now - EARLIER
    assert incident.graded_at == now


@pytest.mark.django_db
@pytest.mark.parametrize(
    "first",
    [datetime(2026, 10, 25, 0, 55, tzinfo=UTC), datetime(2027, 3, 28, 0, 55, tzinfo=UTC)],
    ids=["clocks go back", "clocks go forward"],
)
def test_a_clock_change_moves_no_attendance_clock(first: datetime) -> None:
    incident = opened(by=staff(), now=first + EARLIER)
    clocks = queries.clocks_of([incident.reference])[incident.reference]
    assert clocks.national is not None
    assert clocks.national.due_at - clocks.national.starts_at == timedelta(minutes=15)


@pytest.mark.django_db
def test_opening_twice_is_opening_once(now: datetime) -> None:
    asha = staff()
    first = opened(by=asha, now=now)
    later = now + timedelta(minutes=3)
    again = operations.open_incident(contact_reference=first.journey, by=asha, now=later)
    assert (again.pk, again.opened_at) == (first.pk, now)
    assert Obligation.objects.filter(subject=first.reference).count() == 3


@pytest.mark.django_db
def test_a_contact_that_opened_again_goes_back_to_its_one_incident_with_the_clock_it_had(now: datetime) -> None:
    asha = staff()
    incident = opened(by=asha, now=now)
    later = now + timedelta(minutes=30)
    contact_operations.reopen_contact(reference=incident.journey, reason="Rang again", by=asha, now=later)
    contact_operations.claim_contact(reference=incident.journey, by=asha, now=later)
    triage.confirm_route(contact_reference=incident.journey, plan=RoutePlan(), by=asha, now=later)
    (only,) = Incident.objects.filter(journey=incident.journey)
    assert only.first_contact_at == now - EARLIER
    contact = Contact.objects.get(reference=incident.journey)
    assert (contact.state, contact.ending) == (ContactState.CLOSED, Ending.INCIDENT_OPENED)
    clocks = queries.clocks_of([only.reference])[only.reference]
    assert clocks.national is not None
    assert clocks.national.starts_at == now - EARLIER


@pytest.mark.django_db
def test_what_was_known_is_carried_over(now: datetime) -> None:
    asha = staff()
    contact = claimed_contact(by=asha, now=now, words="My husband is smashing the kitchen, the kids are upstairs")
    person = parties.add_person(facts=parties.NewPerson(given_names="Leon", family_name="Bloor"), by=asha, now=now)
    marker = parties.NewMarker(
        kind=MarkerKind.VIOLENT,
        text="Fought with officers",
        owner="staff:asha",
        review_on=date(2027, 5, 1),
        person_ref=person.reference,
    )
    parties.place_marker(facts=marker, by=asha, now=now)
    contact_operations.link_person(
        reference=contact.reference, person_reference=person.reference, level="certain", by=asha, now=now
    )
    assessment.flag_strand(reference=contact.reference, strand=Strand.DOMESTIC_ABUSE, by=asha, now=now)
    assessment.answer_question(
        reference=contact.reference, question="happening_now", answer=Answer.YES, by=asha, now=now
    )
    assessment.confirm_grade(reference=contact.reference, by=asha, now=now)
    triage.confirm_route(contact_reference=contact.reference, plan=RoutePlan(), by=asha, now=now)
    incident = queries.find_by_journey(journey=contact.reference)
    assert incident is not None
    assert Strand.DOMESTIC_ABUSE in incident.strands
    assert incident.child_mentioned
    assert [(each["kind"], each["text"]) for each in incident.warnings] == [("violent", "Fought with officers")]
    assert (incident.grade, incident.risk) == (ResponseGrade.IMMEDIATE, Risk.IMMEDIATE)
    assert incident.grade_row.startswith("RG-")


@pytest.mark.django_db
def test_without_a_route_to_officers_no_incident_is_opened(now: datetime) -> None:
    asha = staff()
    ungraded = claimed_contact(by=asha, now=now)
    with pytest.raises(operations.NotRouted):
        operations.open_incident(contact_reference=ungraded.reference, by=asha, now=now)
    desk = graded_contact(by=asha, now=now, answers={"visit_needed": Answer.NO, "risk_continues": Answer.NO})
    assert (
        triage.confirm_route(contact_reference=desk.reference, plan=RoutePlan(), by=asha, now=now).route == Route.DESK
    )
    with pytest.raises(operations.NotRouted):
        operations.open_incident(contact_reference=desk.reference, by=asha, now=now)
    assert not Incident.objects.exists()


@pytest.mark.django_db
def test_a_review_starts_the_next_and_may_raise_the_risk_but_never_lower_it(now: datetime) -> None:
    ben = staff("ben")
    incident = opened(by=staff(), now=now, answers={"weapon": Answer.NOT_KNOWN})
    assert (incident.grade, incident.risk) == (ResponseGrade.PRIORITY, Risk.HIGH)
    later = now + timedelta(minutes=50)
    with pytest.raises(operations.NothingFound):
        operations.review_waiting(reference=incident.reference, found=" ", level=Risk.HIGH, by=ben, now=later)
    lower = operations.review_waiting(
        reference=incident.reference, found="Rang her, he has left", level=Risk.STANDARD, by=ben, now=later
    )
    assert lower.risk == Risk.HIGH
    clocks = queries.clocks_of([incident.reference])[incident.reference]
    assert clocks.review is not None
    assert clocks.review.due_at == later + timedelta(hours=1)
    raised = operations.review_waiting(
        reference=incident.reference, found="He is back with a bat", level=Risk.IMMEDIATE, by=ben, now=later
    )
    assert raised.risk == Risk.IMMEDIATE
    assert [review.level for review in queries.list_reviews(reference=incident.reference, by=ben)] == [
        Risk.IMMEDIATE,
        Risk.STANDARD,
    ]
    met = Obligation.objects.filter(subject=incident.reference, kind=ObligationKind.REVIEW, met_at__isnull=False)
    assert met.count() == Review.objects.count() == 2


@pytest.mark.django_db
def test_whoever_may_not_is_refused(now: datetime) -> None:
    incident = opened(by=staff(), now=now)
    for username in ("zed", "petra", "chidi"):
        with pytest.raises(NotAllowed):
            operations.review_waiting(
                reference=incident.reference, found="Quiet", level=Risk.HIGH, by=staff(username), now=now
            )
        with pytest.raises(NotAllowed):
            operations.open_incident(contact_reference=incident.journey, by=staff(username), now=now)
    for username in ("zed", "petra"):
        with pytest.raises(NotAllowed):
            queries.get_incident(reference=incident.reference, by=staff(username))
    assert queries.get_incident(reference=incident.reference.lower(), by=staff("chidi")) == incident
    with pytest.raises(NotFound):
        queries.get_incident(reference="0000-0000-0000-00", by=staff("chidi"))


@pytest.mark.django_db
def test_open_incidents_are_listed_most_danger_first_then_longest_wait(
    now: datetime, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    asha = staff()
    routine = opened(by=asha, now=now - timedelta(hours=1), answers={"visit_needed": Answer.YES})
    older = opened(by=asha, now=now - timedelta(minutes=9))
    newer = opened(by=asha, now=now)
    ben = staff("ben")
    with django_assert_max_num_queries(2):  # type: ignore[attr-defined]
        rows = list(queries.list_open(by=ben))
        queries.clocks_of([row.reference for row in rows])
    assert rows == [older, newer, routine]

"""Does a contact have exactly one owner at every instant, and its first contact for ever, whatever is done in whatever order?"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.lifecycle import IllegalMove
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.people.access import WORKER
from standfast.journey.contact import operations as contact_operations
from standfast.journey.contact.models import Contact
from standfast.journey.contact.states import ContactState, Ending
from standfast.journey.incidents.models import Incident
from standfast.journey.triage import operations
from standfast.journey.triage.models import Referral
from standfast.journey.triage.states import RUNNING, ReferralState
from tests.builders import graded_contact, staff
from tests.triage.steps import confirmed, new_referral, routed_to_partner, sent_referral

ANSWERS = [f"triage.referral.{end}" for end in ("accepted", "declined", "withdrawn", "timed_out")]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
Step = Callable[[Contact, datetime], Any]


def latest(contact: Contact) -> str:
    return str(Referral.objects.filter(contact=contact).order_by("-id").values_list("reference", flat=True).first())


STEPS: dict[str, Step] = {
    "claim": lambda c, now: contact_operations.claim_contact(reference=c.reference, by=staff(), now=now),
    "hand back": lambda c, now: contact_operations.hand_back(
        reference=c.reference, summary="Go on", by=staff(), now=now
    ),
    "send": lambda c, now: operations.send_referral(
        contact_reference=c.reference, new=new_referral(), by=staff(), now=now
    ),
    "accept": lambda c, now: operations.accept_referral(reference=latest(c), by=staff("petra"), now=now),
    "decline": lambda c, now: operations.decline_referral(
        reference=latest(c), reason="Not ours", by=staff("petra"), now=now
    ),
    "give back": lambda c, now: operations.give_back_referral(
        reference=latest(c), reason="Moved away", by=staff("petra"), now=now
    ),
    "complete": lambda c, now: operations.complete_referral(
        reference=latest(c), result="Seen", by=staff("petra"), now=now
    ),
    "withdraw": lambda c, now: operations.withdraw_referral(reference=latest(c), reason="Back", by=staff(), now=now),
    "expire": lambda c, now: operations.expire_referral(
        reference=latest(c), by=WORKER, now=now + timedelta(hours=4, minutes=1)
    ),
    "close": lambda c, now: contact_operations.close_contact(
        reference=c.reference, ending=Ending.ADVICE_GIVEN, reason="Told", by=staff(), now=now
    ),
    "reopen": lambda c, now: contact_operations.reopen_contact(
        reference=c.reference, reason="Rang again", by=staff(), now=now
    ),
}


def check_owner(contact: Contact, *, first_contact_at: datetime) -> None:
    now_is = Contact.objects.get(pk=contact.pk)
    running = list(Referral.objects.filter(contact=contact, state__in=RUNNING))
    owners = {
        "officer": now_is.state == ContactState.IN_HAND and now_is.owner is not None,
        "queue": now_is.state == ContactState.WAITING and now_is.owner is None,
        "agency": now_is.state == ContactState.WITH_PARTNER and len(running) == 1,
        "nobody, closed": now_is.state == ContactState.CLOSED and now_is.owner is None,
    }
    assert sum(owners.values()) == 1, owners
    assert len(running) == owners["agency"]
    assert now_is.first_contact_at == first_contact_at
    assert all(each.first_contact_at == first_contact_at for each in Referral.objects.filter(contact=contact))
    subjects = [contact.reference, *(each.reference for each in running)]
    found = obligations.running_for(subjects)
    assert bool(found) == (now_is.state != ContactState.CLOSED), "an open contact has a running duty, a closed one none"


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(sorted(STEPS)), min_size=4, max_size=14))
def test_no_sequence_of_steps_leaves_a_contact_without_exactly_one_owner_or_moves_its_clock(names: list[str]) -> None:
    with transaction.atomic():
        contact = routed_to_partner(by=staff(), now=NOON, ago=timedelta(minutes=50))
        first, done = contact.first_contact_at, 0
        for minute, name in enumerate(["send", *names]):
            try:
                STEPS[name](contact, NOON + timedelta(minutes=minute))
                done += 1
            except Refusal:
                pass
            check_owner(contact, first_contact_at=first)
        assert done
        transaction.set_rollback(True)


def race(*steps: Callable[[], Any]) -> list[BaseException | None]:
    """Run the steps at the same moment, each on a connection of its own, and return how each ended."""
    ends: list[BaseException | None] = [None] * len(steps)
    start = threading.Barrier(len(steps))

    def run(number: int) -> None:
        try:
            start.wait(timeout=20)
            steps[number]()
        except Exception as end:
            ends[number] = end
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ends


@pytest.mark.parametrize("others", [("accept", "decline"), ("accept", "expire"), ("decline", "withdraw", "expire")])
def test_of_answers_at_the_same_moment_one_wins_and_the_contact_has_one_owner(
    others: tuple[str, ...], own_database: Any
) -> None:
    for _ in range(4):
        referral = sent_referral(by=staff(), now=NOON, ago=timedelta(minutes=50))
        contact = Contact.objects.get(reference=referral.journey)
        staff("petra")
        ends = race(*(partial(STEPS[name], contact, NOON + timedelta(minutes=1)) for name in others))
        assert all(end is None or isinstance(end, IllegalMove) for end in ends), ends
        answers = Entry.objects.filter(about=referral.reference, kind__in=ANSWERS)
        assert answers.count() == 1, ends
        referral.refresh_from_db()
        if referral.state != ReferralState.ACCEPTED:
            assert Contact.objects.get(pk=contact.pk).state == ContactState.WAITING
        check_owner(contact, first_contact_at=contact.first_contact_at)


def test_two_officers_who_refer_one_contact_at_the_same_moment_send_one_referral(own_database: Any) -> None:
    contact = routed_to_partner(by=staff(), now=NOON)
    send = STEPS["send"]
    ends = race(lambda: send(contact, NOON), lambda: send(contact, NOON))
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "NotInHand"]
    assert Referral.objects.filter(contact=contact).count() == 1


def test_two_officers_who_route_one_contact_at_the_same_moment_open_one_incident(own_database: Any) -> None:
    contact = graded_contact(by=staff(), now=NOON, answers={"happening_now": Answer.YES})
    confirm = partial(confirmed, contact, by=staff(), now=NOON)
    ends = race(confirm, confirm, confirm)
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "NotInHand", "NotInHand"]
    assert Incident.objects.filter(contact=contact).count() == 1


def a_second_running_referral(referral: Referral) -> None:
    values = {
        field.attname: getattr(referral, field.attname)
        for field in Referral._meta.concrete_fields
        if not field.primary_key
    }
    Referral.objects.create(**{**values, "reference": "A-SECOND-ONE", "stored_at": NOON})


@pytest.mark.django_db
def test_the_database_itself_refuses_a_second_running_referral() -> None:
    referral = sent_referral(by=staff(), now=NOON)
    with pytest.raises(IntegrityError, match="triage_one_referral_of_a_contact_runs_at_a_time"), transaction.atomic():
        a_second_running_referral(referral)


def test_without_its_constraint_the_check_of_owners_sees_the_double(own_database: Any) -> None:
    referral = sent_referral(by=staff(), now=NOON)
    contact = Contact.objects.get(reference=referral.journey)
    check_owner(contact, first_contact_at=contact.first_contact_at)
    with psycopg.connect(own_database.admin_url) as admin:
        admin.execute("DROP INDEX triage_one_referral_of_a_contact_runs_at_a_time")
    a_second_running_referral(referral)
    with pytest.raises(AssertionError):
        check_owner(contact, first_contact_at=contact.first_contact_at)


@pytest.mark.parametrize("table", ["triage_routedecision", "triage_thresholdtest"])
def test_the_staff_program_cannot_change_a_decision_that_was_made(table: str, own_database: Any) -> None:
    routed_to_partner(by=staff(), now=NOON)
    with psycopg.connect(own_database.urls["staff"]) as session:
        assert session.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(f"UPDATE {table} SET by_name = 'somebody else'")
